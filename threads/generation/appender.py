"""One generation's end of the log's writer: what its owner has said and the writer has not committed yet.

Knows nothing of how it is stored, nor when.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from providers.text import storable
from threads.generation.entries import Entry
from threads.generation.fold import Answer

BACKLOG = 256 * 1024  # characters of one generation that may wait for a commit before its reader has to
BACKLOG_OF_ALL = 16 * 1024 * 1024  # the same, of all generations of a process
OVERHEAD = 100  # characters that an entry counts for beside its own
RowWrite = Callable[[], None]


class Committer(Protocol):
    """The writer, as its appenders see it. `backlog` is that of all."""

    committing: "set[Appender]"
    backlog: int

    def mark(self, appender: "Appender", urgent: bool) -> None: ...


class Appender:
    """One generation's end of the writer, held by its owner. Entries are numbered when they are committed.

    `answer` is the fold of all that was handed over for a commit, so what is stored at the end is the fold of the log.
    """

    def __init__(self, writer: Committer, generation_id: UUID, epoch: int, answer: Answer) -> None:
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
        self._wait(len(text))
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
        self._wait(OVERHEAD + sum(len(value) for value in payload.values() if isinstance(value, str)))
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
        return self._backlog > BACKLOG or self._writer.backlog > BACKLOG_OF_ALL

    def _wait(self, size: int) -> None:
        self._backlog += size
        self._writer.backlog += size

    def take(self) -> "Batch":
        """Number what waits and hand it over; the writer calls this."""
        entries = []
        for kind, payload in self._pending:
            body = {"text": "".join(payload)} if isinstance(payload, list) else payload
            entry = Entry.of(self.answer.seq + 1, kind, body)
            self.answer.apply(entry)
            entries.append(entry)
        batch = Batch(self, entries, self._rows, self._waiting)
        self._writer.backlog -= self._backlog
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
    tried: bool = False  # a commit of it has failed, or else its answer was lost
    error: Exception | None = None
    cancelled: bool = False


def _storable(payload: dict[str, Any]) -> dict[str, Any]:
    return {key: storable(value) if isinstance(value, str) else value for key, value in payload.items()}
