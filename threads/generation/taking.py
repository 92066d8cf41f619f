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
from threads.generation.offers import Offers
from threads.generation.preparation import Prepared
from threads.statements import together


@dataclass(frozen=True, slots=True)
class Taken:
    """`entries` were added to the log and are to be published. Without `prepared` the runner has to read it itself: of
    an answer that another has begun that may be much."""

    claim: Claim
    prepared: Prepared | None = None
    entries: tuple[Entry, ...] = ()


def take(worker: str, limit: int, snapshots: Snapshots, offers: Offers, *, dead: bool) -> list[Taken]:
    """As `lease.claim`. What `offers` have need not be read."""
    with transaction.atomic(), together():
        claims = lease.claim(worker, limit, dead=dead)
        fresh = [claim for claim in claims if claim.epoch == 1]
        prepared = _offered(fresh, snapshots, offers)
        unknown = [claim.generation_id for claim in fresh if claim.generation_id not in prepared]
        if unknown:
            prepared |= preparation.load_all(unknown, snapshots)
        return _with_first_calls(claims, prepared, snapshots)


def _offered(claims: list[Claim], snapshots: Snapshots, offers: Offers) -> dict[UUID, Prepared]:
    found = {claim: offers.take(claim.generation_id) for claim in claims}
    return {
        claim.generation_id: preparation.offered(offer, snapshots)
        for claim, offer in found.items()
        if offer is not None and not claim.cancelled  # as its row says
    }


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
