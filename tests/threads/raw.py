"""Connections that do what no library lets one do: they read nothing, or send what no page sends. Plain sockets."""

import base64
import json
import os
import socket
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 20.0
SMALL = 4096  # bytes that the system may take for a reader that does not read


class Raw:
    """A connection to `origin`. `cookie` is the header's value. Reads nothing unless asked."""

    def __init__(self, origin: str, *, cookie: str = "", receives: int = SMALL) -> None:
        address = urlsplit(origin)
        self._host, self._cookie = address.netloc, cookie
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
        self.socket.settimeout(PATIENCE)
        self.socket.connect((address.hostname, address.port))
        self.unread = b""

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> None:
        """Send a request and read nothing of its answer."""
        content = json.dumps(body).encode() if body is not None else b""
        told = {"Host": self._host, "Cookie": self._cookie, "Content-Length": str(len(content)), **headers}
        if body is not None:
            told["Content-Type"] = "application/json"
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items() if value)]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode() + content)

    def head(self) -> str:
        """The head of the answer. What came behind it stays in `unread`."""
        while b"\r\n\r\n" not in self.unread:
            if not (more := self.socket.recv(SMALL)):
                raise ConnectionError(f"closed after {self.unread!r}")
            self.unread += more
        head, _, self.unread = self.unread.partition(b"\r\n\r\n")
        return head.decode()

    # --- WebSocket -------------------------------------------------------------------------------------------
    def upgrade(self, **headers: str) -> str:
        """Open a WebSocket; returns the head of the answer."""
        key = base64.b64encode(os.urandom(16)).decode()
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": key, **headers}
        self.request(
            "GET",
            "/ws/",
            **{"Sec-WebSocket-Version": "13", "Origin": f"http://{self._host}", "Content-Length": ""},
            **upgrade,
        )
        return self.head()

    def say(self, *frames: dict[str, Any]) -> None:
        self.socket.sendall(b"".join(framed(json.dumps(frame).encode()) for frame in frames))

    def hear(self) -> dict[str, Any]:
        """The next text frame, as JSON. A close is `{"type": "close", "code", "reason"}`."""
        while True:
            first, second = self._take(2)
            size = second & 0x7F
            if size >= 126:
                size = int.from_bytes(self._take(2 if size == 126 else 8), "big")
            content = self._take(size)
            if first & 0xF == 8:
                return {"type": "close", "code": int.from_bytes(content[:2], "big"), "reason": content[2:].decode()}
            if first & 0xF == 1:
                return dict(json.loads(content))

    def _take(self, count: int) -> bytes:
        while len(self.unread) < count:
            if not (more := self.socket.recv(65536)):
                raise ConnectionError("closed")
            self.unread += more
        taken, self.unread = self.unread[:count], self.unread[count:]
        return taken

    def gone(self) -> bool:
        """Whether the server has cut the connection, asked by sending: nothing is read."""
        try:
            self.socket.sendall(framed(b"", opcode=9))
        except OSError:
            return True
        return False

    def close(self) -> None:
        self.socket.close()


def framed(content: bytes, *, opcode: int = 1, fin: bool = True) -> bytes:
    """A WebSocket frame as a client sends it. Its mask is zero, which changes nothing."""
    first = (0x80 if fin else 0) | opcode
    if len(content) < 126:
        head = bytes([first, 0x80 | len(content)])
    elif len(content) < 65536:
        head = bytes([first, 0x80 | 126]) + len(content).to_bytes(2, "big")
    else:
        head = bytes([first, 0x80 | 127]) + len(content).to_bytes(8, "big")
    return head + bytes(4) + content
