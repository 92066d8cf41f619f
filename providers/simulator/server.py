"""Serves the simulator with uvicorn, and lends it the connection so that it can reset or close it in mid-answer.

ASGI has no word for that: a subclass of uvicorn's HTTP protocol puts a function into the scope's extensions. Knows
sockets and the server, nothing of what is said.
"""

import socket
import struct
from collections.abc import Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from providers.simulator.app import EXTENSION, Simulator

_LINGER = struct.pack("ii", 1, 0)  # on, zero seconds: closing sends a reset


class _LendingProtocol(H11Protocol):
    """uvicorn's own protocol, whose application finds `hang_up` in its scope."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        serve: Any = self.app

        async def lending(scope: Any, receive: Any, send: Any) -> None:
            extensions = {**scope.get("extensions", {}), EXTENSION: self._hang_up}
            await serve({**scope, "extensions": extensions}, receive, send)

        self.app = lending

    def _hang_up(self, reset: bool) -> None:
        if reset:
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
            self.transport.abort()
        else:
            self.transport.close()


class SimulatorServer(uvicorn.Server):
    """`ready(url)` is called once requests are answered. Open answers do not hold up the end."""

    def __init__(self, simulator: Simulator, listener: socket.socket, ready: Callable[[str], None]) -> None:
        super().__init__(
            uvicorn.Config(
                simulator,
                http=_LendingProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
            )
        )
        self._simulator, self._listener, self._ready = simulator, listener, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        host, port = self._listener.getsockname()[:2]
        self._ready(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._simulator.stop()
        await super().shutdown(sockets)

    def serve_until_stopped(self) -> None:
        """Blocks until `should_exit` is set or, in the main thread, a signal comes."""
        self.run(sockets=[self._listener])


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes a free one. Raises OSError where the address is taken or is none of ours."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener
