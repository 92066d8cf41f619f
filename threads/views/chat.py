"""The chat page as a whole: what it is made of, rendered. Used by the views that show it."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from accounts.models import User
from threads import access, database, queries
from threads.generation import runtime
from threads.models import Thread
from threads.views import budgets
from threads.views.entrance import page

LINES = 60

SUGGESTIONS = (
    {"title": "Explain", "text": "Explain how a hash table works, with a small example in Python."},
    {"title": "Write", "text": "Write a friendly e-mail that moves our meeting from Tuesday to Thursday."},
    {"title": "Compare", "text": "Compare SQLite and PostgreSQL for a small web application, as a table."},
    {"title": "Plan", "text": "Plan three relaxed days in Lisbon for two people who like food and walking."},
)


@dataclass(frozen=True, slots=True)
class Composer:
    """What stands in the composer: text that was refused, and why."""

    text: str = ""
    refusal: str = ""
    model: str = ""
    status: int = 200


def lines(user: User, query: str, before: datetime | None) -> dict[str, Any]:
    """The list of conversations: `lines`, `query` and `more`, the query string under which it goes on."""
    found = queries.thread_lines(user, query=query, before=before, limit=LINES)
    more = ""
    if len(found) == LINES:
        more = urlencode({"q": query, "before": found[-1].updated_at.isoformat()})
    return {"lines": found, "query": query, "more": more}


def _context(user: User, thread: Thread | None, query: str, before: datetime | None) -> dict[str, Any]:
    turns = queries.transcript(thread) if thread is not None else []
    open_turns = [turn.generation.pk for turn in turns if turn.generation is not None and not turn.generation.ended]
    models = queries.models_on_offer()
    return lines(user, query, before) | {
        "thread": thread,
        "current_id": thread.pk if thread is not None else None,
        "turns": turns,
        "running": open_turns[-1] if open_turns else None,
        "models": models,
        "ready": any(option.available for option in models),
        "model": thread.model if thread is not None else "auto",
    }


def _found(
    user: User, thread_id: uuid.UUID | None, query: str, before: datetime | None, budgets_read: str | None
) -> dict[str, Any]:
    thread = access.thread_read(user, thread_id) if thread_id is not None else None
    told = budgets.told(user, thread, budgets_read) if budgets_read is not None else budgets.Told()
    return _context(user, thread, query, before) | {"budgets": told}


async def show(
    request: HttpRequest,
    user: User,
    thread_id: uuid.UUID | None,
    composer: Composer | None = None,
) -> HttpResponse:
    """The page of a conversation, or of a new one. Raises NotFound."""
    composer = composer or Composer()
    purse = runtime.current().purse
    await purse.ready()
    read = request.COOKIES.get(budgets.READ, "") if purse.has_budgets else None  # without any, none are looked for
    context = await database.read(_found, user, thread_id, request.GET.get("q", "")[:200], moment(request), read)
    context |= {
        "person": user,
        "suggestions": SUGGESTIONS,
        "key": uuid.uuid4().hex,
        "text": composer.text,
        "refusal": composer.refusal,
        "model": composer.model or context["model"],
    }
    response = await page(request, "threads/chat.html", context, status=composer.status)
    response.headers["Cache-Control"] = "no-store"  # going back must not show an older state of the conversation
    return response


def moment(request: HttpRequest) -> datetime | None:
    """`before=` as a moment with its zone; None if it is none."""
    try:
        found = datetime.fromisoformat(request.GET.get("before", ""))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
