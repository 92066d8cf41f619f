"""Who runs what: the conditional updates by which one worker, and only one, owns a generation. All times are the
database's, so that the clocks of machines need not agree. Plain functions on rows, called on a database thread."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now

from threads.models import Generation

LEASE = timedelta(seconds=4)
HEARTBEAT = 1.0  # seconds between renewals
TAKEOVERS = 2  # after so many an answer is given up, its text kept

_State = Generation.State


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run a generation. `taken_over`: somebody began it before."""

    generation_id: UUID
    epoch: int
    taken_over: bool


def claim(worker: str, limit: int) -> list[Claim]:
    """Claim up to `limit` generations: first those whose owner is gone, then the oldest in the queue."""
    if limit <= 0:
        return []
    free = Q(state=_State.QUEUED) | Q(state=_State.RUNNING, lease_expires_at__lt=Now())
    with transaction.atomic():
        rows = list(
            Generation.objects.select_for_update(skip_locked=True, no_key=True)
            .filter(free)
            .order_by("-state", "created_at")  # "running" before "queued"
            .values_list("pk", "epoch", "state")[:limit]
        )
        claims = []
        for pk, epoch, state in rows:
            taken_over = state == _State.RUNNING
            won = Generation.objects.filter(free, pk=pk, epoch=epoch).update(
                state=_State.RUNNING,
                owner=worker,
                epoch=F("epoch") + 1,
                lease_expires_at=Now() + LEASE,
                started_at=Coalesce("started_at", Now()),
                takeovers=F("takeovers") + (1 if taken_over else 0),
            )
            if won:
                claims.append(Claim(pk, epoch + 1, taken_over))
        return claims


def begin(generations: Collection[UUID]) -> None:
    """Start the leases of generations that are stored as claimed."""
    if generations:
        Generation.objects.filter(pk__in=generations).update(lease_expires_at=Now() + LEASE)


@dataclass(frozen=True, slots=True)
class Renewal:
    held: set[UUID]  # still ours, good for another LEASE
    cancelled: set[UUID]  # of these, the ones somebody asked to stop


def renew(worker: str, generations: Iterable[UUID]) -> Renewal:
    """Prolong those of these leases that are still this worker's own."""
    mine = Generation.objects.filter(owner=worker, state=_State.RUNNING, pk__in=list(generations))
    mine.update(lease_expires_at=Now() + LEASE)
    rows = list(mine.values_list("pk", "cancel_requested_at"))
    return Renewal({pk for pk, _ in rows}, {pk for pk, cancel in rows if cancel is not None})


def release(worker: str, generations: Iterable[UUID]) -> None:
    """Give leases up at once, so that another worker need not wait for their end."""
    Generation.objects.filter(owner=worker, state=_State.RUNNING, pk__in=list(generations)).update(
        lease_expires_at=Now() - LEASE, owner=""
    )
