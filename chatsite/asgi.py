"""The server's entry: HTTP, WebSocket, lifespan. Starts the engine with the event loop and stops it in good order."""

import asyncio
import os
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

from chatsite import engine, reactor
from chatsite.unavailable import impatient
from chatsite.warmth import warm
from threads.tabs import socket

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
            engine.start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await engine.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


_tab: Any = socket
_router: Any = URLRouter([path("ws/", _tab)])
_sockets = AllowedHostsOriginValidator(AuthMiddlewareStack(_router))
application = ProtocolTypeRouter({"http": impatient(_http), "websocket": impatient(_sockets), "lifespan": lifespan})


reactor.attend()
