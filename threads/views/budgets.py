"""What a person is told of budgets above the composer: with the page, and again when an answer has ended."""

import uuid
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import default_organization
from accounts.models import User
from threads import access, budget_words, budgets, database
from threads.budget_words import Notice
from threads.models import Thread
from threads.views.entrance import page, signed_in

READ = "budgets_read"  # the cookie with the keys of what was dismissed


@dataclass(frozen=True, slots=True)
class Told:
    """`concerned` is false for who has no budget and asks in no organisation that has one: there will be no news."""

    concerned: bool = False
    notices: tuple[Notice, ...] = ()


def told(user: User, thread: Thread | None, read: str) -> Told:
    """To be called on a database thread. `read`: the cookie."""
    organization = thread.organization_id if thread is not None else default_organization(user).pk
    standings = budgets.standings_of(user.pk, [organization])
    notices = filter(None, map(budget_words.notice, sorted(standings, key=lambda one: -one.share)))
    seen = read.split("~")
    return Told(bool(standings), tuple(one for one in notices if one.key not in seen))


def _found(user: User, thread_id: uuid.UUID | None, read: str) -> Told:
    return told(user, access.thread_read(user, thread_id) if thread_id is not None else None, read)


@require_safe
@signed_in
async def notices(request: HttpRequest, user: User, thread_id: uuid.UUID | None = None) -> HttpResponse:
    found = await database.read(_found, user, thread_id, request.COOKIES.get(READ, ""))
    response = await page(request, "threads/_budgets.html", {"budgets": found})
    response.headers["Cache-Control"] = "no-store"
    return response
