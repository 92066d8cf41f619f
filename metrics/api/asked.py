"""What a request asks for: parameters read, or refused in words (400); and what this caller may see (else 404)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

from django.http import Http404
from ninja import Query, Schema
from pydantic import Field

from accounts.access import organization_for
from accounts.models import Organization, User, normalise_email
from metrics.costs import MOST
from metrics.figures import Filters, Window
from providers.text import storable
from threads.api.actor import Actor
from threads.generation.errors import Refused

MOST_ANSWERS = 10_000
MOST_LINES = 1000
LONGEST = timedelta(days=1100)
RANGES = {
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "6h": timedelta(hours=6),
    "24h": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
}


class Narrowed(Schema):
    """Whose and which answers; blank for all that the caller may see."""

    provider: str = ""
    model: str = ""
    org: str = Field("", description="An organisation's slug.")


class Lately(Narrowed):
    last_n: str = Field("", description=f"The last so many answers, 1 to {MOST_ANSWERS:,} (100).")
    start: str = Field("", alias="from", description="ISO 8601; with `to` in place of `last_n`.")
    end: str = Field("", alias="to", description="ISO 8601; now, where it is left out.")


class Ranged(Narrowed):
    range: str = Field("", description=f"{', '.join(RANGES)} (24h).")
    start: str = Field("", alias="from", description="ISO 8601; with `to` in place of `range`.")
    end: str = Field("", alias="to", description="ISO 8601; now, where it is left out.")


AskedLately = Annotated[Lately, Query()]
AskedRange = Annotated[Ranged, Query()]


def filters_of(actor: Actor, asked: Narrowed) -> Filters:
    """Staff may see everybody's figures, others their own. Raises `Http404` for an organisation they cannot see.

    Reads rows.
    """
    provider, model, slug = storable(asked.provider), storable(asked.model), storable(asked.org)
    if not actor.staff:
        organization = organization_for(actor.user, slug).pk if slug else None
        return Filters(actor.user.pk, organization, provider, model)
    if not slug:
        return Filters(provider=provider, model=model)
    found = Organization.objects.filter(slug=slug).first()
    if found is None:
        raise Http404("There is no organisation of that name.")
    return Filters(organization=found.pk, provider=provider, model=model)


def only(actor: Actor, filters: Filters, email: str) -> Filters:
    """Narrowed to one person: of everybody by staff, else it can only be oneself. Raises `Http404`. Reads rows."""
    if not email:
        return filters
    found = User.objects.filter(email=normalise_email(storable(email))).values_list("pk", flat=True).first()
    if found is None or (not actor.staff and found != actor.user.pk):
        raise Http404("There is nobody of that address.")
    return replace(filters, user=found)


def lines_of(text: str) -> int:
    count = _whole(text, "limit") if text else MOST
    if not 1 <= count <= MOST_LINES:
        raise _bad(f"limit={text}: use a number from 1 to {MOST_LINES:,}.")
    return count


def count_of(text: str) -> int:
    count = _whole(text, "last_n") if text else 100
    if not 1 <= count <= MOST_ANSWERS:
        raise _bad(f"last_n={text}: use a number from 1 to {MOST_ANSWERS:,}.")
    return count


def window_of(asked: Lately | Ranged) -> Window | None:
    """None where neither `from` nor `to` is given."""
    if not asked.start and not asked.end:
        return None
    if not asked.start:
        raise _bad("to: give from, too.")
    start = _moment(asked.start, "from")
    end = _moment(asked.end, "to") if asked.end else datetime.now(UTC)
    if start >= end:
        raise _bad("from: must be before to.")
    if end - start > LONGEST:
        raise _bad(f"from: at most {LONGEST.days} days before to.")
    return Window(start, end)


def range_of(asked: Ranged) -> Window:
    window = window_of(asked)
    if window is not None:
        if asked.range:
            raise _bad("range: give either range, or from and to.")
        return window
    length = RANGES.get(asked.range or "24h")
    if length is None:
        raise _bad(f"range={asked.range}: use one of {', '.join(RANGES)}, or from and to.")
    return Window.last(length)


def bucket_of(text: str) -> timedelta | None:
    if not text:
        return None
    seconds = _whole(text, "bucket")
    if not 1 <= seconds <= 86_400 or 86_400 % seconds:
        raise _bad(f"bucket={text}: use seconds that divide a day evenly, such as 60, 300, 3600 or 86400.")
    return timedelta(seconds=seconds)


def _whole(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise _bad(f"{name}={text}: use a whole number.")
    return int(text)


def _moment(text: str, name: str) -> datetime:
    moment = _parsed(text) or _parsed("+".join(text.rsplit(" ", 1)))  # an address turns "+02:00" into " 02:00"
    if moment is None:
        raise _bad(f"{name}={text}: use a moment like 2026-11-20T12:00:00Z.")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    if not 2000 <= moment.year <= 2200:
        raise _bad(f"{name}={text}: use a year from 2000 to 2200.")
    return moment.astimezone(UTC)


def _parsed(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def _bad(words: str) -> Refused:
    return Refused(400, "bad_parameter", words)
