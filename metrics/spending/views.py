"""The doors of the pages of costs: everybody's for staff, one's own for whoever is signed in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.models import User
from metrics.dashboard.views import WRONG, staff_only
from metrics.spending import board
from threads import database
from threads.views.entrance import page, signed_in


@require_safe
@signed_in
@staff_only
async def costs(request: HttpRequest) -> HttpResponse:
    return await _shown(request, "costs", await database.read(board.everybodys, request.GET))


@require_safe
@signed_in
async def usage(request: HttpRequest, user: User) -> HttpResponse:
    return await _shown(request, "usage", await database.read(board.own, user, request.GET))


async def _shown(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """The page, or where a script asks for it the part that is kept up to date."""
    part = "spending" if request.headers.get("HX-Request") == "true" else name
    response = await page(request, f"metrics/{part}.html", context, status=WRONG if context["asked"].problem else 200)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "HX-Request"
    return response
