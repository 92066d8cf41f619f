"""How a view is entered and left: who is signed in, pages, errors as JSON. Knows nothing of conversations."""

import functools
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec

import structlog
from django.contrib.auth import get_user
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from accounts.models import User
from threads import database
from threads.generation.errors import Refused

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, User, P], Coroutine[Any, Any, HttpResponseBase]]


async def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A rendered page. Not on the event loop: a long conversation takes its time, and others are streaming."""
    return await database.read(render, request, template, context, status=status)


def wants_json(request: HttpRequest) -> bool:
    """Scripts of the page ask for JSON; a plain form gets a page."""
    return "application/json" in request.headers.get("Accept", "")


def signed_in(view: View[P]) -> Callable[Concatenate[HttpRequest, P], Coroutine[Any, Any, HttpResponseBase]]:
    """Pass the person to the view. Others are sent to sign in; a script is told 401."""

    @functools.wraps(view)
    async def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        # Not by `request.auser`: the request's own thread would keep its connection for as long as a stream lasts.
        user = await database.read(get_user, request)
        if not isinstance(user, User):
            if wants_json(request):
                return error("not_signed_in", "You are signed out. Reload the page and sign in again.", status=401)
            return redirect_to_login(request.get_full_path())
        structlog.contextvars.bind_contextvars(user_id=user.pk)
        request.user = user  # loaded: templates may ask for it without a query
        return await view(request, user, *args, **kwargs)

    return checked


def error(kind: str, message: str, *, status: int, retry_after: float | None = None) -> JsonResponse:
    """`{"error": {"type", "message", "retry_after"?}}`, with a Retry-After header where there is one."""
    body: dict[str, Any] = {"type": kind, "message": message}
    headers = {}
    if retry_after is not None:
        body["retry_after"] = retry_after
        headers["Retry-After"] = str(max(1, round(retry_after)))
    return JsonResponse({"error": body}, status=status, headers=headers)


def refusal(refused: Refused) -> JsonResponse:
    return error(refused.type, refused.message, status=refused.status, retry_after=refused.retry_after)
