"""What people and programs are told while the database does not answer: 503, in words, and when to come again.

Views and middlewares need not know: whatever of theirs fails for the database ends here instead of as a fault of ours.
"""

import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error as usual_server_error

from threads.api import gateway_errors
from threads.api.errors import error
from threads.generation.errors import unavailable
from threads.postgresql import patient

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]  # Django's and Channels' words for a scope differ

PATIENCE = 3.0  # seconds that a request waits for the answer to one statement
STAFF_PATIENCE = 30.0  # … in the admin and the figures, which may look through whole tables
_STAFF = ("/admin/", "/metrics", "/health")
TRY_AGAIN_LATER = 1013  # WebSocket's close code


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`, called while the exception is being handled."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return told(request)
    return usual_server_error(request)


def told(request: HttpRequest) -> HttpResponse:
    refusal = unavailable()
    if request.path.startswith("/v1/"):
        return gateway_errors.say(503, refusal.type, refusal.message, retry_after=refusal.retry_after)
    if request.path.startswith("/api/"):
        return error(503, refusal.type, refusal.message, retry_after=refusal.retry_after)
    wait = {"Retry-After": f"{refusal.retry_after:.0f}"}
    if "application/json" in request.headers.get("Accept", ""):
        body = {"type": refusal.type, "message": refusal.message, "retry_after": refusal.retry_after}
        return JsonResponse({"error": body}, status=503, headers=wait)
    return HttpResponse(render_to_string("503.html"), status=503, headers=wait)


def impatient(application: Application) -> Application:
    """`application` with an end to its waiting for the database, and sockets that are refused where it is away."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        with patient(STAFF_PATIENCE if scope.get("path", "").startswith(_STAFF) else PATIENCE):
            try:
                await application(scope, receive, send)
            except DatabaseError:
                if scope["type"] != "websocket":
                    raise
                await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})

    return serve
