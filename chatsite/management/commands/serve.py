"""`manage.py serve`: prepares everything and serves the site in this process, with simulated providers beside it.

Owns the order of things at start and the end of the process. What each step does is the business of its app.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from types import FrameType
from typing import Any, NoReturn

import uvicorn
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand, CommandParser

from chatsite.children import child
from chatsite.preparation import collect_static, listen, manage, migrate
from chatsite.websocket import BoundedWebSocket
from providers.environment import register_from_environment, register_simulator
from threads.generation import runtime
from threads.shutdown import Shutdown

WS_MAX_SIZE = 1024 * 1024  # bytes of one WebSocket message; longer ones close the connection
REQUESTS_HAVE = 8.5  # seconds until requests that are still under way are cut


class Server(uvicorn.Server):
    """uvicorn, which says where it is once it can be used, and lets the engine end in its order: first it says that it
    goes, then it takes no more connections, then what is open is closed."""

    def __init__(self, config: uvicorn.Config, url: str, began: float) -> None:
        super().__init__(config)
        self.url, self.began = url, began
        self._shutdown = Shutdown(settings.DRAIN_SECONDS)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._shutdown.asked()
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        engine = runtime.current()
        engine.drain()
        await asyncio.sleep(settings.DRAIN_SECONDS)
        until = time.monotonic() + REQUESTS_HAVE
        for server in self.servers:
            server.close()
        await engine.close()
        for connection in tuple(self.server_state.connections):
            if isinstance(connection, BoundedWebSocket):
                connection.transport.abort()  # it was told to close; who has not read that by now does not read
        self.config.timeout_graceful_shutdown = max(1.0, until - time.monotonic())  # type: ignore[assignment]
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            took = time.monotonic() - self.began
            sys.stdout.write(f"chatsite is at {self.url} (started in {took:.1f} s; Ctrl-C ends it)\n")
            sys.stdout.flush()


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


class Command(BaseCommand):
    help = "Prepare everything and serve the site; with simulated providers, so that it works without any key."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: 8000)")
        parser.add_argument("--simulator-port", type=int, help="port of the simulated providers (default: port + 900)")
        parser.add_argument("--no-simulator", action="store_true", help="serve without the simulated providers")
        parser.add_argument("--dev", action="store_true", help="serve by runserver, which reloads when a file changes")

    def handle(self, *_args: Any, **options: Any) -> None:
        began = time.monotonic()
        host, port = options["host"], options["port"]
        simulator = None if options["no_simulator"] else options["simulator_port"] or port + 900
        for number in filter(None, [port, simulator]):
            if not 1 <= number <= 65535:
                raise CommandError(f"Port {number} does not exist: use 1 to 65535 (make run PORT=… SIMULATOR_PORT=…).")
        signal.signal(signal.SIGTERM, _end)
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.suppress(KeyboardInterrupt))
            listener = stack.enter_context(listen(host, port))
            if simulator:
                listen("127.0.0.1", simulator).close()  # says in words when it is taken, which the child could not
                command = manage("simulate_providers", "--port", str(simulator))
                stack.enter_context(child(command, on_end=self._simulator_ended))
            self._prepare(simulator)
            if options["dev"]:
                listener.close()
                self._develop(f"{host}:{port}")
            else:
                self._serve(listener, host, port, began)

    def _prepare(self, simulator: int | None) -> None:
        self.check(tags=["chatsite_start"], databases=["default"])
        if migrate():
            self.stdout.write("The tables are up to date.")
        if collect_static():
            self.stdout.write("The static files are collected.")
        call_command("ensure_account")
        notes = register_from_environment(os.environ)
        if simulator:
            notes += register_simulator(f"http://127.0.0.1:{simulator}")
        for note in notes:
            self.stdout.write(note)

    def _serve(self, listener: socket.socket, host: str, port: int, began: float) -> None:
        config = uvicorn.Config(
            settings.ASGI_APPLICATION.replace(".application", ":application"),
            loop="uvloop",
            ws=BoundedWebSocket,
            ws_max_size=WS_MAX_SIZE,
            ws_per_message_deflate=False,  # costs more CPU than the frames are long
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
        )
        shown = f"[{host}]" if ":" in host else host
        Server(config, f"http://{shown}:{port}", began).run(sockets=[listener])

    def _develop(self, address: str) -> None:
        command = manage("runserver", address)
        with child(command, env={"DEBUG": "on"}, own_session=False, on_end=lambda _status: None) as process:
            raise SystemExit(process.wait())

    def _simulator_ended(self, status: int) -> None:
        self.stderr.write(
            f"The simulated providers ended by themselves (exit status {status}); their models do not answer. "
            "Start again, or use --no-simulator."
        )
