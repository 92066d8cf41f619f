"""A TCP proxy between browser and site: the network's faults, on demand. Knows of HTTP only what it must refuse."""

import contextlib
import socket
import struct
import threading
from types import TracebackType
from typing import Self

SOCKETS = b"upgrade: websocket"  # what a request's head holds that is to be refused
EVENTS = b"accept: text/event-stream"
_REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_GAVE_UP = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_RESET = struct.pack("ii", 1, 0)  # linger for no time at all: closing resets the connection


class Proxy:
    """`origin` leads to the server at `port`. `refused`: heads of requests that get a 403 instead of an answer."""

    def __init__(self, port: int, refused: tuple[bytes, ...] = ()) -> None:
        self._port, self._refused = port, refused
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._away = False
        self._swallowed, self._to_swallow = b"", 0
        threading.Thread(target=self._accept, name="proxy", daemon=True).start()

    def cut(self) -> None:
        """Every connection breaks, and none comes about until `restore`."""
        with self._lock:
            self._away = True
            for one in self._open:
                _break(one)

    def restore(self) -> None:
        with self._lock:
            self._away = False

    def swallow_answers_to(self, words: bytes, times: int) -> None:
        """The next requests that hold `words` reach the server; instead of its answers comes a 502, as from a proxy
        that gave up. (Were the connection cut, the browser itself would send the request again.)"""
        self._swallowed, self._to_swallow = words, times

    @property
    def swallowed_all(self) -> bool:
        return self._to_swallow == 0

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed
            with self._lock:
                if self._away:
                    _break(client)
                    continue
                self._open.add(client)
            threading.Thread(target=self._carry, args=(client,), name="proxy", daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._port))
        except OSError:  # the server is being restarted
            self._close(client)
            return
        with self._lock:
            self._open.add(server)
        lost = threading.Event()
        threading.Thread(target=self._pump, args=(server, client, lost), name="proxy", daemon=True).start()
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                head = data.lower()
                if any(words in head for words in self._refused):
                    client.sendall(_REFUSAL)
                    break
                if self._to_swallow and self._swallowed in data:
                    self._to_swallow -= 1
                    lost.set()
                server.sendall(data)
        self._close(client, server)

    def _pump(self, server: socket.socket, client: socket.socket, lost: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if lost.is_set():
                    client.sendall(_GAVE_UP)
                    break
                client.sendall(data)
        self._close(client, server)

    def _close(self, *sockets: socket.socket) -> None:
        with self._lock:
            for one in sockets:
                self._open.discard(one)
                _break(one)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _break(self._listener)
        self.cut()


def _break(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)  # wakes the thread that reads from it
    one.close()
