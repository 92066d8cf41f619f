"""What a worker takes up, in one go on one database thread: the claims and, for answers that nobody has begun, all that
their runners need. Their first calls are written down with the claims, so that they can go out without another commit.
"""

from collections import Counter
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from providers.dispatch.health import Promised
from providers.snapshot import Snapshots
from threads.generation import lease, ledger, log, preparation
from threads.generation.entries import Entry
from threads.generation.lease import Claim
from threads.generation.preparation import Prepared


@dataclass(frozen=True, slots=True)
class Taken:
    """`entries` were added to the log and are to be published. Without `prepared` the runner has to read it itself: of
    an answer that another has begun that may be much."""

    claim: Claim
    prepared: Prepared | None = None
    entries: tuple[Entry, ...] = ()


def take(worker: str, limit: int, snapshots: Snapshots, *, dead: bool) -> list[Taken]:
    """As `lease.claim`."""
    with transaction.atomic():
        claims = lease.claim(worker, limit, dead=dead)
        fresh = [claim.generation_id for claim in claims if claim.epoch == 1]
        prepared = preparation.load_all(fresh, snapshots) if fresh else {}
        return _with_first_calls(claims, prepared, snapshots)


def _with_first_calls(claims: list[Claim], prepared: dict[UUID, Prepared], snapshots: Snapshots) -> list[Taken]:
    promised: Promised = Counter()
    taken, calls, begun = [], [], []
    for claim in claims:
        known = prepared.get(claim.generation_id)
        record = preparation.first_call(known, snapshots, promised) if known is not None else None
        if known is None or record is None:
            taken.append(Taken(claim, known))
            continue
        entries = tuple(
            Entry.of(known.answer.seq + at, type, payload)
            for at, (type, payload) in enumerate(ledger.announced(record), start=1)
        )
        for entry in entries:
            known.answer.apply(entry)
        taken.append(Taken(claim, replace(known, record=record), entries))
        calls.append((claim.generation_id, claim.epoch, record))
        begun.append((claim.generation_id, entries))
    if calls:
        ledger.insert(calls)
        log.insert(begun, timezone.now())
    return taken
