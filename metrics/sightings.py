"""Single answers, as staff see them: those that run, those that failed, and all that happened to one.

Reads rows alone, and of them only what is no word of a conversation. Synchronous, as `metrics.queries`. Who may look is
the doors'.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, prefetch_related_objects

from metrics.figures import Filters, Window
from threads import statuses
from threads.generation.entries import Entry
from threads.models import Attempt, Event, Generation

_TOLD = ("status", "attempt", "reset", "error", "done")  # events without a word of the conversation


@dataclass(frozen=True, slots=True)
class Running:
    """`state` in words. `provider` and `model` are those of the latest call, or "" before the first."""

    id: UUID
    who: str
    organization: str
    provider: str
    model: str
    state: str
    calls: int
    age_s: float
    stopping: bool

    @property
    def short(self) -> str:
        return str(self.id)[:8]


@dataclass(frozen=True, slots=True)
class Failure:
    """`message` is what the person was told."""

    id: UUID
    at: datetime
    provider: str
    model: str
    kind: str
    message: str
    calls: int


@dataclass(frozen=True, slots=True)
class Sighting:
    generation: Generation
    attempts: Sequence[Attempt]
    log: Sequence[tuple[datetime, Entry]]


def running(filters: Filters, limit: int = 50) -> list[Running]:
    """The longest running first."""
    found = _of(filters, Generation.objects.all())
    last = Event.objects.filter(generation=OuterRef("pk")).order_by("-seq")
    found = found.annotate(last_seq=Subquery(last.values("seq")[:1]), last_type=Subquery(last.values("type")[:1]))
    # State by state: by its statistics SQLite takes each for a third of all rows, and of two would read every row there
    # is. Not joined: the planner of a large site would begin with its few organisations, and read all they have.
    states = (Generation.State.QUEUED, Generation.State.RUNNING)
    rows = [row for state in states for row in found.filter(state=state).order_by("created_at")[:limit]]
    rows = sorted(rows, key=lambda row: row.created_at)[:limit]
    prefetch_related_objects(rows, "user", "organization")
    told, calls = _told(rows), _calls(rows)
    now = datetime.now(UTC)
    return [_running(row, calls.get(row.pk, []), told.get(row.pk), now) for row in rows]


def failed(filters: Filters, window: Window, limit: int = 20) -> list[Failure]:
    """The latest first. With a provider or a model: those that were asked of it."""
    rows = Generation.objects.filter(state=Generation.State.FAILED, finished_at__gte=window.start)
    latest = _of(filters, rows.filter(finished_at__lt=window.end)).order_by("-finished_at")[:limit]
    found = list(latest)
    calls = _calls(found)
    return [_failure(row, calls.get(row.pk, [])) for row in found]


def exists(generation_id: UUID) -> bool:
    return Generation.objects.filter(pk=generation_id).exists()


def find(generation_id: UUID) -> Sighting | None:
    generation = Generation.objects.select_related("user", "organization").filter(pk=generation_id).first()
    if generation is None:
        return None
    events = Event.objects.filter(generation=generation_id, type__in=_TOLD).order_by("seq")
    rows = events.values_list("created_at", "seq", "type", "data")
    log = [(at, Entry(seq, kind, data)) for at, seq, kind, data in rows]
    return Sighting(generation, list(generation.attempts.order_by("number")), log)


def _of(filters: Filters, rows: QuerySet[Generation]) -> QuerySet[Generation]:
    if filters.user is not None:
        rows = rows.filter(user=filters.user)
    if filters.organization is not None:
        rows = rows.filter(organization=filters.organization)
    asked = {name: value for name in ("provider", "model") if (value := getattr(filters, name))}
    return rows.filter(Exists(Attempt.objects.filter(generation=OuterRef("pk"), **asked))) if asked else rows


def _calls(rows: Sequence[Generation]) -> dict[UUID, list[Attempt]]:
    calls: dict[UUID, list[Attempt]] = {}
    for call in Attempt.objects.filter(generation__in=[row.pk for row in rows]).order_by("generation", "number"):
        calls.setdefault(call.generation_id, []).append(call)
    return calls


def _told(rows: Sequence[Any]) -> dict[UUID, Entry]:
    """The last event of each of `rows`, where it says what is being waited for."""
    wanted = [Q(generation=row.pk, seq=row.last_seq) for row in rows if row.last_type in ("status", "attempt")]
    if not wanted:
        return {}
    found = Event.objects.filter(reduce(or_, wanted)).values_list("generation", "seq", "type", "data")
    return {generation: Entry(seq, kind, data) for generation, seq, kind, data in found}


def _running(row: Any, calls: Sequence[Attempt], told: Entry | None, now: datetime) -> Running:
    call = calls[-1] if calls else None
    queued = row.state == Generation.State.QUEUED
    return Running(
        id=row.pk,
        who=row.user.email,
        organization=row.organization.slug,
        provider=call.provider if call is not None else "",
        model=call.model if call is not None else row.requested_model,
        state=_state(row, told, queued=queued),
        calls=len(calls),
        age_s=max(0.0, (now - row.created_at).total_seconds()),
        stopping=row.cancel_requested_at is not None,
    )


def _state(row: Any, told: Entry | None, *, queued: bool) -> str:
    if row.cancel_requested_at is not None:
        return "Stopping…"
    if queued:
        return "In line"
    if told is None:
        return "Starting" if row.last_type in (None, "started") else "Writing"
    status = told.payload if told.type == "status" else {"state": "connecting", **told.payload}
    return (statuses.words(status) or {"text": ""})["text"]


def _failure(row: Generation, calls: Sequence[Attempt]) -> Failure:
    call = calls[-1] if calls else None
    assert row.finished_at is not None  # noqa: S101 - it was searched by it
    return Failure(
        id=row.pk,
        at=row.finished_at,
        provider=call.provider if call is not None else row.provider,
        model=call.model if call is not None else row.model or row.requested_model,
        kind=statuses.reason(row.error_kind),
        message=row.error_message,
        calls=len(calls),
    )
