"""The event log: one writer for all generations of a process, and reading back.

Group commit: whatever any generation has to say is gathered and committed in one transaction every `INTERVAL`; what a
person waits for (a first token, a status, the end) at once, and alone where it would wait for a crowd. Each
generation's right to append is checked in that transaction: whose epoch is over appends nothing. Published is only what
is committed.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from threads import database, inserts
from threads.generation.appender import Appender, Batch
from threads.generation.entries import Entry
from threads.generation.errors import Fenced
from threads.generation.fold import Answer
from threads.generation.wakeup import Hub
from threads.models import Event, Generation
from threads.statements import Statement, key, marks

log = structlog.get_logger(__name__)

INTERVAL = 0.05  # seconds between commits of text that flows …
CROWD = 25  # … for so many answers at once; in proportion longer for more, up to LONGEST
LONGEST = 0.2
LAST_WORDS = 5.0  # seconds that a process which ends has for what could not be stored yet


class NotStored(Exception):
    """The process ends, and the database is away."""


class Writer:
    """The process's one writer. `start`, `hurry` and `stop` belong to the runtime; `stop` commits what is left."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.backlog = 0
        self._until: float | None = None  # by the loop's clock: when what cannot be stored is given up
        self._dirty: dict[Appender, None] = {}
        self._hurried: dict[Appender, None] = {}  # of these, whose entries somebody waits for
        self.committing: set[Appender] = set()
        self._any, self._urgent = asyncio.Event(), asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    def appender(self, generation_id: UUID, epoch: int, answer: Answer) -> Appender:
        return Appender(self, generation_id, epoch, answer)

    def mark(self, appender: Appender, urgent: bool) -> None:
        self._dirty[appender] = None
        self._any.set()
        if urgent:
            self._hurried[appender] = None
            self._urgent.set()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="log-writer")

    def hurry(self, within: float = LAST_WORDS) -> None:
        """The process ends: what cannot be stored until then is given up. Whoever waits for it gets `Fenced`."""
        if self._until is None:
            self._until = asyncio.get_running_loop().time() + within

    async def stop(self) -> None:
        self.hurry()
        self._stopping = True
        self._any.set()
        self._urgent.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        last, pause = 0.0, INTERVAL
        while True:
            await self._any.wait()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, last + pause - time.monotonic())):
                    await self._urgent.wait()
            now = time.monotonic()
            if now < last + pause and len(self._dirty) > CROWD and not self._stopping:
                batches = self._take(self._hurried)  # they would wait for all the others to be written down
            else:
                last = now
                batches = self._take(self._dirty)
                pause = min(LONGEST, max(INTERVAL, INTERVAL * len(batches) / CROWD))
            if batches:
                await self._commit(batches)
            if self._stopping:
                if not self._dirty:
                    return
                self._any.set()
                self._urgent.set()

    def _take(self, appenders: dict[Appender, None]) -> list[Batch]:
        taken = list(appenders)
        for one in taken:
            self._dirty.pop(one, None)
            self._hurried.pop(one, None)
        if not self._hurried:
            self._urgent.clear()
        if not self._dirty:
            self._any.clear()
        return [one.take() for one in taken]

    async def _commit(self, batches: list[Batch]) -> None:
        """Commit, trying again for as long as it takes: text that a provider sent is not dropped while we live."""
        self.committing = {batch.appender for batch in batches}
        try:
            await self._store(batches)
        except NotStored:
            _give_up(batches)
        except Exception:  # noqa: BLE001 - one generation's entry cannot be stored: find whose, so it alone fails
            await self._commit_singly(batches)
        self.committing = set()
        for batch in batches:
            self._publish(batch)

    async def _store(self, batches: list[Batch]) -> None:
        pause = 0.05
        while True:
            try:
                async with asyncio.timeout_at(self._until):
                    return await database.write_log(commit, batches)
            except (OperationalError, InterfaceError) as error:
                log.warning("log_commit_failed", error=str(error), retry_in_s=pause)
            except TimeoutError:
                raise NotStored from None
            for batch in batches:
                batch.tried = True
            if self._until is not None and asyncio.get_running_loop().time() + pause > self._until:
                raise NotStored
            await asyncio.sleep(pause)
            pause = min(pause * 2, 1.0)

    async def _commit_singly(self, batches: list[Batch]) -> None:
        for batch in batches:
            try:
                await self._store([batch])
            except NotStored:
                _give_up([batch])
            except Exception as error:
                log.exception("log_entry_refused", generation=str(batch.appender.generation_id))
                batch.error = Fenced(f"{batch.appender.generation_id} cannot be stored: {error!r}")

    def _publish(self, batch: Batch) -> None:
        appender = batch.appender
        appender.settle(batch, batch.error)
        if batch.error is None and batch.entries:
            self._hub.publish(appender.topic, batch.entries)
        if batch.error is not None:
            appender.on_fenced()
        elif batch.cancelled:
            appender.on_cancel()


def _give_up(batches: list[Batch]) -> None:
    """A successor goes on from what is stored. Whether the last commit was, nobody knows who got no answer."""
    for batch in batches:
        batch.error = Fenced(f"{batch.appender.generation_id} could not be stored before the process ended")
        if batch.entries:
            said = {"entries": len(batch.entries), "characters": sum(len(entry.data) for entry in batch.entries)}
            log.error("log_not_stored", generation=str(batch.appender.generation_id), **said)


def commit(batches: list[Batch]) -> None:
    """Store the batches' entries in one transaction; a batch whose owner is fenced gets its `error` set instead.

    May be called again when nobody knows whether it has committed: what is stored already is not stored twice. (The
    lock on the generations' rows is had only after a commit that is still under way.)
    """
    now = timezone.now()
    with transaction.atomic():
        keys = [key(Generation, batch.appender.generation_id) for batch in batches]
        standing = {pk: row for pk, *row in _standing(len(keys)).rows(*keys)}
        allowed: list[Batch] = []
        for batch, pk in zip(batches, keys, strict=True):
            if batch.appender.fenced is not None:  # an entry before these is missing: what follows must be, too
                batch.error = batch.appender.fenced
                continue
            epoch, state, cancel = standing.get(pk, (None, None, None))
            if epoch == batch.appender.epoch and batch.tried and _is_stored(batch):
                batch.error, batch.cancelled = None, cancel is not None
                continue
            if epoch != batch.appender.epoch or state != Generation.State.RUNNING:
                batch.error = Fenced(f"epoch {batch.appender.epoch} of {batch.appender.generation_id} is over")
                continue
            batch.error, batch.cancelled = None, cancel is not None
            allowed.append(batch)
        insert([(batch.appender.generation_id, batch.entries) for batch in allowed], now)
        for batch in allowed:
            for row in batch.rows:
                row()


@lru_cache(512)
def _standing(number: int) -> Statement:
    """Of so many generations: pk, epoch, state, when a stop was asked for."""
    keys = marks(Generation, number)
    rows = (
        Generation.objects.filter(pk__in=keys)
        .order_by("pk")  # as leases are renewed: two who lock the same rows must not do so in two orders
        .select_for_update(no_key=True)
        .values_list("pk", "epoch", "state", "cancel_requested_at")
    )
    return Statement(rows.query, *keys)


def _is_stored(batch: Batch) -> bool:
    """Whether an earlier try has stored it. Its rows and entries are one transaction: where these are, those are."""
    if not batch.entries:
        return False
    first = batch.entries[0].seq
    return entries(batch.appender.generation_id, first - 1, len(batch.entries)) == batch.entries


# By column: building a model object for each entry costs four times as much, thousands of times a second.
_COLUMNS = ("generation_id", "seq", "type", "data", "created_at")


def insert(entries_of: Iterable[tuple[UUID, Sequence[Entry]]], now: datetime) -> None:
    """Store entries, in the caller's transaction. Whether they may be appended is the caller's business."""
    inserts.insert(Event._meta.db_table, _COLUMNS, _columns(entries_of, now))


def _columns(entries_of: Iterable[tuple[UUID, Sequence[Entry]]], now: datetime) -> list[tuple[Any, ...]]:
    at = connection.ops.adapt_datetimefield_value(now)
    return [
        (generation, entry.seq, entry.type, entry.data, at)
        for generation_id, entries in entries_of
        for generation in (key(Generation, generation_id),)
        for entry in entries
    ]


def entries(generation_id: UUID, after: int = 0, limit: int | None = None) -> list[Entry]:
    """The log from just behind `after`, in order."""
    rows = Event.objects.filter(generation=generation_id, seq__gt=after).order_by("seq")
    return [Entry(*row) for row in rows.values_list("seq", "type", "data")[:limit]]


def look(generation_id: UUID, after: int, limit: int, size: int) -> tuple[list[Entry], bool]:
    """The log from just behind `after`, of at most `limit` entries and no more once they have `size` characters; and
    whether more may come: not when the answer has ended or is gone."""
    # State first: what ended before the log is read has all its entries there.
    open_ = Generation.objects.filter(pk=generation_id, deleted_at=None).exclude(state__in=Generation.ENDED).exists()
    page, sizes = entries(generation_id, after, limit), 0
    for at, entry in enumerate(page, start=1):
        sizes += len(entry.data)
        if sizes >= size:
            return page[:at], open_
    return page, open_
