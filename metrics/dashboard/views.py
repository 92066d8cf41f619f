"""The doors of staff's pages. Whoever is not staff finds nothing here."""

import functools
from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from metrics import sightings
from metrics.dashboard import board, inspector
from threads import database
from threads.generation import service
from threads.views.entrance import View, page, signed_in

P = ParamSpec("P")
WRONG = 422  # a range that could not be taken; the usual one is shown


def staff_only(view: Callable[Concatenate[HttpRequest, P], Awaitable[HttpResponseBase]]) -> View[P]:
    """Others are sent to sign in, and then there is nothing: what they may not see looks like what is not there."""

    @functools.wraps(view)
    async def checked(request: HttpRequest, user: User, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not user.is_staff:
            raise Http404
        return await view(request, *args, **kwargs)

    return checked


@require_safe
@signed_in
@staff_only
async def dashboard(request: HttpRequest) -> HttpResponse:
    context = await database.read(board.board, request.GET)
    part = "board" if _is_part(request) else "dashboard"
    status = WRONG if context["asked"].problem else 200
    return await _page(request, part, context, status=status)


@require_safe
@signed_in
@staff_only
async def now(request: HttpRequest) -> HttpResponse:
    """What runs at this moment alone."""
    return await _page(request, "now", await database.read(board.present, request.GET))


@require_safe
@signed_in
@staff_only
async def inspect(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    part = "inspected" if _is_part(request) else "inspector"
    return await _page(request, part, await database.read(inspector.inspected, generation_id))


@require_POST
@signed_in
@staff_only
async def stop(request: HttpRequest, generation_id: UUID) -> HttpResponseBase:
    """Stop anybody's answer; what came so far stays theirs."""
    if not await database.read(sightings.exists, generation_id):
        raise Http404
    await service.stop(generation_id)
    if not _is_part(request):
        return HttpResponseRedirect(reverse("metrics:inspect", args=[generation_id]), status=303)
    if request.headers.get("HX-Target") == "inspected":
        return await _page(request, "inspected", await database.read(inspector.inspected, generation_id))
    return await _page(request, "now", await database.read(board.present, request.GET))


def _is_part(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


async def _page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    response = await page(request, f"metrics/{name}.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "HX-Request"
    return response
