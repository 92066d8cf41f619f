"""Who runs what: the conditional updates by which one worker, and only one, owns a generation. All times are the
database's, so that the clocks of machines need not agree. Plain functions on rows, called on a database thread."""

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Now

from threads.models import Generation
from threads.statements import Statement, marks, update, uuid

# Long enough for two heartbeats to be missed, short enough that a reader waits at most 4 s for a dead worker's heir.
LEASE = timedelta(seconds=3)
HEARTBEAT = 1.0  # seconds between renewals
# Seconds that an owner goes on by its own clock, from before it asked for the lease: it stops its calls before anybody
# else can make them.
OWN = LEASE.total_seconds() - 0.5
TAKEOVERS = 2  # after so many owners that died an answer is given up, its text kept

_State = Generation.State


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run a generation. `taken_over`: somebody began it before. `since`: a moment on this process's
    monotonic clock at which the lease had not begun yet. `cancelled`: a stop was asked for before it was claimed."""

    generation_id: UUID
    epoch: int
    taken_over: bool
    since: float = field(default_factory=time.monotonic, compare=False)
    cancelled: bool = False


def claim(worker: str, limit: int, *, dead: bool = True) -> list[Claim]:
    """Claim up to `limit` generations: first those that were begun, then the oldest in the queue. `dead` False leaves
    alone whose lease has run out, and takes what was handed over only.

    A handover is no takeover that counts: only owners that died speak against an answer.
    """
    if limit <= 0:
        return []
    since = time.monotonic()
    with transaction.atomic(savepoint=False):
        rows = _free(limit, dead).rows()
        if rows:
            _claimed(len(rows)).run(worker, *(pk for pk, *_ in rows))
    return [
        Claim(uuid(pk), epoch + 1, state == _State.RUNNING, since, cancelled is not None)
        for pk, epoch, state, cancelled in rows
    ]


@lru_cache
def _free(limit: int, dead: bool) -> Statement:
    over = Q(state=_State.RUNNING, lease_expires_at__lt=Now())
    rows = (
        Generation.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(Q(state=_State.QUEUED) | (over if dead else over & Q(owner="")))
        .order_by("-state", "created_at")  # "running" before "queued"
        .values_list("pk", "epoch", "state", "cancel_requested_at")[:limit]
    )
    return Statement(rows.query)


@lru_cache
def _claimed(number: int) -> Statement:
    worker, keys = "a worker", marks(Generation, number)
    query = update(
        Generation.objects.filter(pk__in=keys),
        state=_State.RUNNING,
        owner=worker,
        epoch=F("epoch") + 1,
        lease_expires_at=Now() + LEASE,
        started_at=Coalesce("started_at", Now()),
        takeovers=F("takeovers") + Case(When(Q(state=_State.RUNNING) & ~Q(owner=""), then=Value(1)), default=Value(0)),
    )
    return Statement(query, worker, *keys)


def due(worker: str) -> float | None:
    """Seconds until the first lease of another worker runs out, if it is not renewed; None where none has any."""
    others = Generation.objects.filter(state=_State.RUNNING, lease_expires_at__gte=Now()).exclude(owner=worker)
    row = others.order_by("lease_expires_at").values_list("lease_expires_at", Now()).first()
    return None if row is None else (row[0] - row[1]).total_seconds()


def begin(generations: Collection[UUID]) -> None:
    """Start the leases of generations that are stored as claimed."""
    if generations:
        Generation.objects.filter(pk__in=generations).update(lease_expires_at=Now() + LEASE)


@dataclass(frozen=True, slots=True)
class Renewal:
    held: set[UUID]  # still ours, good for another LEASE
    cancelled: set[UUID]  # of these, the ones somebody asked to stop


def renew(worker: str, generations: Iterable[UUID]) -> Renewal:
    """Prolong those of these leases that are still this worker's own, also when they have run out meanwhile."""
    with transaction.atomic():
        # In order, as the log locks them: two who lock the same rows the other way round wait for each other.
        mine = Generation.objects.select_for_update(no_key=True).order_by("pk")
        mine = mine.filter(owner=worker, state=_State.RUNNING, pk__in=list(generations))
        rows = list(mine.values_list("pk", "cancel_requested_at"))
        Generation.objects.filter(pk__in=[pk for pk, _ in rows]).update(lease_expires_at=Now() + LEASE)
    return Renewal({pk for pk, _ in rows}, {pk for pk, cancel in rows if cancel is not None})


def release(generation_id: UUID, epoch: int) -> None:
    """Hand it over: whoever has room goes on at once."""
    Generation.objects.filter(pk=generation_id, epoch=epoch, state=_State.RUNNING).update(
        lease_expires_at=Now() - LEASE, owner=""
    )
