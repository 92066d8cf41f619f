"""What Daphne lacks: a start and an end of the engine with the server's own, and the close codes that servers have.

Called while Daphne imports the application, before its reactor runs. Any other server it leaves alone.
"""

import asyncio
import signal
import sys
import threading
from typing import Any

from django.conf import settings

from chatsite import engine
from threads.generation import runtime
from threads.shutdown import Shutdown


def attend() -> None:
    reactor = sys.modules.get("twisted.internet.reactor")
    if reactor is None or "daphne.server" not in sys.modules:
        return
    from daphne.ws_protocol import WebSocketProtocol  # type: ignore[import-untyped]
    from twisted.internet.defer import Deferred

    WebSocketProtocol.serverClose = _close
    reactor.callWhenRunning(lambda: asyncio.get_event_loop().call_soon(engine.start))
    if threading.current_thread() is threading.main_thread():  # else runserver's reloader has the signals
        reactor.callWhenRunning(_take_signals, reactor)
    reactor.addSystemEventTrigger(
        "before", "shutdown", lambda: Deferred.fromFuture(asyncio.ensure_future(engine.stop()))
    )


def _close(protocol: Any, code: int | None = None) -> None:
    """As Daphne does, by way of a check that is meant for clients: it refuses 1008, 1011 and 1012."""
    protocol.sendCloseFrame(code=1000 if code is None else code)


def _take_signals(reactor: Any) -> None:
    """Daphne's own end drops every connection at once: what has to be said comes before it."""
    loop, shutdown = asyncio.get_event_loop(), Shutdown(settings.DRAIN_SECONDS)
    tasks = []

    async def end() -> None:
        process = runtime.current()
        process.drain()
        await asyncio.sleep(settings.DRAIN_SECONDS)
        await process.close()
        reactor.stop()

    def asked(*_: object) -> None:
        shutdown.asked()
        loop.call_soon_threadsafe(lambda: tasks.append(loop.create_task(end())))

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, asked)
