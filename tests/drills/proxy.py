"""A TCP proxy on the event loop: the network's faults between any two processes. Knows nothing of what passes."""

import asyncio
import contextlib
import socket
import struct
from typing import Self, cast

_NO_LINGER = struct.pack("ii", 1, 0)  # closing resets the connection


class Proxy:
    """`port` leads to the server at `target`. Call `start`, and `close` in the end."""

    def __init__(self, target: int) -> None:
        self.port, self.target = 0, target
        self.stalled = False
        self.pause_per_byte = 0.0  # seconds
        self.sides: set[Side] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> Self:
        """Accept connections; at the same port as before, if there was one."""
        if self._server is None:
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(lambda: Side(self), "127.0.0.1", self.port, reuse_address=True)
            self.port = self._server.sockets[0].getsockname()[1]
        return self

    def close(self) -> None:
        self.cut()

    def cut(self) -> None:
        """Every connection is reset, and new ones are refused until `resume`."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.reset()

    def reset(self) -> None:
        """Every connection is reset; new ones come about."""
        for side in tuple(self.sides):
            side.abort()

    def stall(self) -> None:
        """Connections stay, and nothing passes in either direction until `resume`."""
        self.stalled = True
        for side in self.sides:
            side.hold()

    def throttle(self, bytes_per_second: float) -> None:
        self.pause_per_byte = 1 / bytes_per_second

    async def resume(self) -> None:
        self.stalled, self.pause_per_byte = False, 0.0
        for side in self.sides:
            side.go_on()
        await self.start()


class Side(asyncio.Protocol):
    """One of a connection's two ends; `peer` is the other."""

    def __init__(self, proxy: Proxy, peer: "Side | None" = None) -> None:
        self._proxy, self.peer = proxy, peer
        self.transport: asyncio.Transport | None = None
        self._gone = self._peer_full = False
        self._early = b""  # what came before the other end was there
        self._connecting: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._proxy.sides.add(self)
        if self.peer is None:
            self._connecting = asyncio.create_task(self._connect())
        if self._proxy.stalled:
            asyncio.get_running_loop().call_soon(self.hold)  # uvloop begins to read after this call

    async def _connect(self) -> None:
        try:
            _, self.peer = await asyncio.get_running_loop().create_connection(
                lambda: Side(self._proxy, self), "127.0.0.1", self._proxy.target
            )
        except OSError:
            self.abort()
            return
        if self._gone:
            self.peer.abort()
        elif self._early and self.peer.transport is not None:
            self.peer.transport.write(self._early)

    def data_received(self, data: bytes) -> None:
        if self.peer is None or self.peer.transport is None:
            self._early += data
            return
        self.peer.transport.write(data)
        if self._proxy.pause_per_byte:
            self.hold()
            asyncio.get_running_loop().call_later(len(data) * self._proxy.pause_per_byte, self.go_on)

    def pause_writing(self) -> None:
        if self.peer is not None:
            self.peer._peer_full = True
            self.peer.hold()

    def resume_writing(self) -> None:
        if self.peer is not None:
            self.peer._peer_full = False
            self.peer.go_on()

    def eof_received(self) -> bool:
        if self.peer is not None and self.peer.transport is not None:
            with contextlib.suppress(OSError, RuntimeError):
                self.peer.transport.write_eof()
        return True

    def connection_lost(self, error: Exception | None) -> None:
        self._gone = True
        self._proxy.sides.discard(self)
        if self.peer is not None and not self.peer._gone and self.peer.transport is not None:
            self.peer.transport.close() if error is None else self.peer.abort()

    def hold(self) -> None:
        if self.transport is not None and not self._gone:
            self.transport.pause_reading()

    def go_on(self) -> None:
        held = self._gone or self._peer_full or self._proxy.stalled
        if self.transport is not None and self.peer is not None and not held:
            self.transport.resume_reading()

    def abort(self) -> None:
        if self.transport is None or self._gone:
            return
        with contextlib.suppress(OSError):
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self.transport.abort()
