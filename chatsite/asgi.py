"""The server's entry: HTTP, WebSocket, lifespan. Starts the engine with the event loop and stops it in good order."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")

from django.core.asgi import get_asgi_application

_http = get_asgi_application()

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.template import engines
from django.urls import path
from django.utils import formats

from chatsite.warmth import warm
from threads.consumers import socket
from threads.generation import runtime

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


# These look through the file system at their first use, which must not be in the event loop.
engines.all()
formats.get_format("DECIMAL_SEPARATOR")


async def lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await asyncio.to_thread(warm)
            runtime.current()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await runtime.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


_tab: Any = socket
_router: Any = URLRouter([path("ws/", _tab)])
_sockets = AllowedHostsOriginValidator(AuthMiddlewareStack(_router))
application = ProtocolTypeRouter({"http": _http, "websocket": _sockets, "lifespan": lifespan})


def _start_without_lifespan() -> None:
    """Daphne has no lifespan: its reactor's own start and stop take that place."""
    reactor = sys.modules.get("twisted.internet.reactor")
    if reactor is None or "daphne.server" not in sys.modules:
        return
    from twisted.internet.defer import Deferred

    reactor.callWhenRunning(lambda: asyncio.get_event_loop().call_soon(runtime.current))
    reactor.addSystemEventTrigger(
        "before", "shutdown", lambda: Deferred.fromFuture(asyncio.ensure_future(runtime.stop()))
    )


_start_without_lifespan()
