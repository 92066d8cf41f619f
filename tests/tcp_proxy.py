"""A TCP proxy between this process and a server, for the faults of a network. It runs on threads of its own."""

import contextlib
import socket
import struct
import threading
from typing import Self

_RESET = struct.pack("ii", 1, 0)  # closing sends a reset


class TcpProxy:
    """`port` leads to `target` until something is done about it."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._flowing = threading.Event()
        self._flowing.set()
        self._lock = threading.Lock()
        self._after, self._cut_at = b"", b""
        self.cuts = 0
        self._threads: list[threading.Thread] = []
        self._begin(self._accept, self._listener)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.away()
        self._flowing.set()
        for thread in self._threads:
            thread.join(10)

    # --- faults ----------------------------------------------------------------------------------------------
    def away(self) -> None:
        """Connections are reset, new ones refused, until `back`."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.reset()

    def back(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._begin(self._accept, self._listener)

    def reset(self) -> None:
        """Connections are reset, new ones come about."""
        with self._lock:
            for one in self._open:
                with contextlib.suppress(OSError):
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                    one.shutdown(socket.SHUT_RDWR)

    def stall(self) -> None:
        """Connections stay and come about, and nothing passes, until `flow`."""
        self._flowing.clear()

    def flow(self) -> None:
        self._flowing.set()

    def cut_answer_to(self, words: bytes, *, after: bytes) -> None:
        """Once: what says these words reaches the server, and its answer does not come back: the connection is reset.
        On a connection that has said `after` before."""
        self._after, self._cut_at = after, words

    @property
    def ports(self) -> list[int]:
        """Those from which the server sees us coming."""
        with self._lock:
            return [one.getsockname()[1] for one in self._open]

    # --- threads ---------------------------------------------------------------------------------------------
    def _begin(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            far = socket.create_connection(self._target)
            cut = threading.Event()
            with self._lock:
                self._open |= {near, far}
            self._begin(self._ask, near, far, cut)
            self._begin(self._answer, near, far, cut)

    def _ask(self, near: socket.socket, far: socket.socket, cut: threading.Event) -> None:
        said = False
        with contextlib.suppress(OSError):
            while data := near.recv(65536):
                self._flowing.wait()
                said = said or (bool(self._after) and self._after in data)
                if said and self._cut_at and self._cut_at in data:
                    self._cut_at = b""
                    cut.set()
                far.sendall(data)
        self._close(near, far)

    def _answer(self, near: socket.socket, far: socket.socket, cut: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := far.recv(65536):
                self._flowing.wait()
                if cut.is_set():
                    self.cuts += 1
                    near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                    break
                near.sendall(data)
        self._close(near, far)

    def _close(self, *sockets: socket.socket) -> None:
        """Both of a connection's threads come here; the second closes."""
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        with self._lock:
            again = sockets[0] not in self._open
            self._open -= set(sockets)
        if again:
            for one in sockets:
                one.close()
