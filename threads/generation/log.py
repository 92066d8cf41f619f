"""The event log: one writer for all generations of a process, and reading back.

Group commit: whatever any generation has to say is gathered and committed in one transaction, at once for what a
person waits for (a first token, a status, the end), else every `INTERVAL`. Each generation's right to append is checked
in that transaction: whose epoch is over appends nothing. Published is only what is committed.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection, connections, transaction
from django.utils import timezone

from providers.text import storable
from threads import database, inserts
from threads.generation.entries import Entry
from threads.generation.errors import Fenced
from threads.generation.fold import Answer
from threads.generation.wakeup import Hub
from threads.models import Event, Generation

log = structlog.get_logger(__name__)

INTERVAL = 0.05  # seconds between commits of text that flows …
CROWD = 25  # … for so many answers at once; in proportion longer for more, up to LONGEST
LONGEST = 0.2
BACKLOG = 256 * 1024  # characters of one generation that may wait for a commit before its reader has to
RowWrite = Callable[[], None]


class Appender:
    """One generation's end of the writer, held by its owner. Entries are numbered when they are committed.

    `answer` is the fold of all that was handed over for a commit, so what is stored at the end is the fold of the log.
    """

    def __init__(self, writer: "Writer", generation_id: UUID, epoch: int, answer: Answer) -> None:
        self.generation_id, self.epoch, self.answer = generation_id, epoch, answer
        self.topic = f"generation:{generation_id}"
        self.fenced: Exception | None = None
        self.on_cancel: Callable[[], None] = lambda: None  # called when a commit finds a stop was asked for
        self.on_fenced: Callable[[], None] = lambda: None  # called when nothing can be appended any more
        self._writer = writer
        self._pending: list[tuple[str, dict[str, Any] | list[str]]] = []
        self._rows: list[RowWrite] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._backlog = 0

    def text(self, type: str, text: str, *, urgent: bool = False) -> None:
        """Append text of `type` delta or reasoning; neighbours become one entry."""
        if self._pending and self._pending[-1][0] == type:
            self._pending[-1][1].append(text)  # type: ignore[union-attr]
        else:
            self._pending.append((type, [text]))
        self._backlog += len(text)
        self._writer.mark(self, urgent)

    def append(
        self,
        type: str,
        payload: dict[str, Any],
        *,
        row: RowWrite | None = None,
        urgent: bool = True,
    ) -> None:
        """Append an entry, and write `row` in the transaction that commits it, where `answer` has the entry already."""
        self._pending.append((type, _storable(payload)))
        if row is not None:
            self._rows.append(row)
        self._writer.mark(self, urgent)

    async def flush(self) -> None:
        """Return when all that was appended is committed. Raises `Fenced` when it never will be."""
        if self.fenced is not None:
            raise self.fenced
        if self._pending or self._rows or self in self._writer.committing:
            waiter = asyncio.get_running_loop().create_future()
            self._waiting.append(waiter)
            self._writer.mark(self, urgent=True)
            await waiter

    @property
    def full(self) -> bool:
        """True when so much waits (the database is slow or away) that the provider should not be read further."""
        return self._backlog > BACKLOG

    def take(self) -> "Batch":
        """Number what waits and hand it over; the writer calls this."""
        entries = []
        for kind, payload in self._pending:
            body = {"text": "".join(payload)} if isinstance(payload, list) else payload
            entry = Entry.of(self.answer.seq + 1, kind, body)
            self.answer.apply(entry)
            entries.append(entry)
        batch = Batch(self, entries, self._rows, self._waiting)
        self._pending, self._rows, self._waiting, self._backlog = [], [], [], 0
        return batch

    def settle(self, batch: "Batch", error: Exception | None) -> None:
        if error is not None:
            self.fenced = error
        for waiter in batch.waiting:
            if waiter.done():
                continue
            if error is None:
                waiter.set_result(None)
            else:
                waiter.set_exception(error)


@dataclass(slots=True)
class Batch:
    appender: Appender
    entries: list[Entry]
    rows: list[RowWrite]
    waiting: list[asyncio.Future[None]]
    error: Exception | None = None
    cancelled: bool = False


def _storable(payload: dict[str, Any]) -> dict[str, Any]:
    return {key: storable(value) if isinstance(value, str) else value for key, value in payload.items()}


class Writer:
    """The process's one writer. `start` and `stop` belong to the runtime; `stop` commits what is left."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._dirty: dict[Appender, None] = {}
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
            self._urgent.set()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="log-writer")

    async def stop(self) -> None:
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
            last = time.monotonic()
            batches = [appender.take() for appender in self._dirty]
            self._dirty = {}
            self._any.clear()
            self._urgent.clear()
            pause = min(LONGEST, max(INTERVAL, INTERVAL * len(batches) / CROWD))
            if batches:
                await self._commit(batches)
            if self._stopping:
                if not self._dirty:
                    return
                self._any.set()
                self._urgent.set()

    async def _commit(self, batches: list[Batch]) -> None:
        """Commit, trying again for as long as it takes: text that a provider sent is never dropped."""
        self.committing = {batch.appender for batch in batches}
        try:
            await self._store(batches)
        except Exception:  # noqa: BLE001 - one generation's entry cannot be stored: find whose, so it alone fails
            await self._commit_singly(batches)
        self.committing = set()
        for batch in batches:
            self._publish(batch)

    async def _store(self, batches: list[Batch]) -> None:
        pause = 0.05
        while True:
            try:
                return await database.write_log(commit, batches)
            except (OperationalError, InterfaceError) as error:
                log.warning("log_commit_failed", error=str(error), retry_in_s=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 1.0)

    async def _commit_singly(self, batches: list[Batch]) -> None:
        for batch in batches:
            try:
                await self._store([batch])
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


def commit(batches: list[Batch]) -> None:
    """Store the batches' entries in one transaction; a batch whose owner is fenced gets its `error` set instead."""
    now = timezone.now()
    with transaction.atomic():
        standing = {
            row[0]: row[1:]
            for row in Generation.objects.filter(pk__in=[batch.appender.generation_id for batch in batches])
            .select_for_update(no_key=True)
            .values_list("pk", "epoch", "state", "cancel_requested_at")
        }
        allowed: list[tuple[UUID, Sequence[Entry]]] = []
        for batch in batches:
            if batch.appender.fenced is not None:  # an entry before these is missing: what follows must be, too
                batch.error = batch.appender.fenced
                continue
            epoch, state, cancel = standing.get(batch.appender.generation_id, (None, None, None))
            if epoch != batch.appender.epoch or state != Generation.State.RUNNING:
                batch.error = Fenced(f"epoch {batch.appender.epoch} of {batch.appender.generation_id} is over")
                continue
            batch.error, batch.cancelled = None, cancel is not None
            allowed.append((batch.appender.generation_id, batch.entries))
        insert(allowed, now)
        for batch in batches:
            if batch.error is None:
                for row in batch.rows:
                    row()


# By column: building a model object for each entry costs four times as much, thousands of times a second.
_COLUMNS = ("generation_id", "seq", "type", "data", "created_at")


def insert(entries_of: Iterable[tuple[UUID, Sequence[Entry]]], now: datetime) -> None:
    """Store entries, in the caller's transaction. Whether they may be appended is the caller's business."""
    inserts.insert(Event._meta.db_table, _COLUMNS, _columns(entries_of, now))


def _columns(entries_of: Iterable[tuple[UUID, Sequence[Entry]]], now: datetime) -> list[tuple[Any, ...]]:
    at = connection.ops.adapt_datetimefield_value(now)
    key = partial(Generation._meta.pk.get_db_prep_value, connection=connections[DEFAULT_DB_ALIAS])
    return [
        (generation, entry.seq, entry.type, entry.data, at)
        for generation_id, entries in entries_of
        for generation in (key(generation_id),)
        for entry in entries
    ]


def entries(generation_id: UUID, after: int = 0, limit: int | None = None) -> list[Entry]:
    """The log from just behind `after`, in order."""
    rows = Event.objects.filter(generation=generation_id, seq__gt=after).order_by("seq")
    return [Entry(*row) for row in rows.values_list("seq", "type", "data")[:limit]]


def look(generation_id: UUID, after: int, limit: int) -> tuple[list[Entry], bool]:
    """The log from just behind `after`, and whether more may come: not when the answer has ended or is gone."""
    # State first: what ended before the log is read has all its entries there.
    open_ = Generation.objects.filter(pk=generation_id, deleted_at=None).exclude(state__in=Generation.ENDED).exists()
    return entries(generation_id, after, limit), open_
