"""Ends an answer that a person stopped and nobody runs any more: where no worker is left to take it over, the stop
itself has to. Runs on a database thread."""

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from providers.snapshot import Snapshots
from threads.generation import ending, ledger, log, preparation
from threads.generation.book import Book
from threads.generation.ending import CANCELLED, Ended
from threads.generation.entries import Entry
from threads.models import Generation


def end(generation_id: UUID, snapshots: Snapshots) -> list[Entry]:
    """Its last entries; none where somebody runs it, or it has ended."""
    left = Generation.objects.filter(
        pk=generation_id, state=Generation.State.RUNNING, lease_expires_at__lt=Now(), cancel_requested_at__isnull=False
    )
    with transaction.atomic():
        # With a new epoch it is ours: whoever comes back has lost it, and who wants to take it over finds it ended.
        if not left.update(epoch=F("epoch") + 1, owner=""):
            return []
        prepared = preparation.load(generation_id, snapshots)
        generation, answer = prepared.generation, prepared.answer
        ledger.write_off(generation_id, generation.epoch, prepared.lost)
        spent = ledger.spent_before(generation_id, generation.epoch)
        words = [("usage", ledger.usage_payload(spent))] if spent is not None else []
        words.append(("done", ending.done(CANCELLED, generation)))
        entries = []
        for kind, payload in words:
            entries.append(Entry.of(answer.seq + 1, kind, payload))
            answer.apply(entries[-1])
        log.insert([(generation_id, entries)], timezone.now())
        ending.write(Ended(generation, CANCELLED, Book(generation_id), spent, None), answer)
    return entries
