"""Whose turn it is to send, and how far that has come: the one row of `Telemetry`, changed by conditional updates.

Who holds it keeps it by asking again, and whoever asks first gets it when that stopped. A cursor is moved only from
where its holder found it: who was overtaken meanwhile is told so.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from metrics.models import Telemetry
from metrics.telemetry.reading import Mark

HOLD = timedelta(seconds=60)  # longer than one batch takes to be refused by a collector that does not answer
LOWEST = UUID(int=0)


def take(who: str, now: datetime) -> bool:
    """Whether it is `who`'s turn now."""
    Telemetry.objects.get_or_create(pk=1)
    mine = Q(held_by=who) | Q(held_until=None) | Q(held_until__lte=now)
    return bool(Telemetry.objects.filter(mine, pk=1).update(held_by=who, held_until=now + HOLD))


def leave(who: str) -> None:
    """The next who asks may go on at once."""
    Telemetry.objects.filter(pk=1, held_by=who).update(held_until=None)


def mark() -> Mark | None:
    """How far it has come; None where nothing was ever sent."""
    at, last = Telemetry.objects.values_list("sent_until", "sent_id").get(pk=1)
    return None if at is None else Mark(at, last or LOWEST)


def move(who: str, start: Mark | None, end: Mark, now: datetime) -> bool:
    """From `start` on to `end`; not where somebody else has, or holds it."""
    found = {"sent_until": None} if start is None else {"sent_until": start.at, "sent_id": start.id}
    row = Telemetry.objects.filter(pk=1, held_by=who, **found)
    return bool(row.update(sent_until=end.at, sent_id=end.id, held_until=now + HOLD))
