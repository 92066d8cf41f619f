"""A reader's cursor in one generation's log: subscribe first, read the log from the cursor, then apply what comes.

Hints may be lost, doubled or late, so a gap sends the reader back to the log, and it looks there once a second anyway.
"""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError

from threads import database
from threads.generation import log
from threads.generation.entries import Entry
from threads.generation.wakeup import Hub

logger = structlog.get_logger(__name__)

POLL = 1.0  # seconds
PAGE = 1000  # entries read from the log at once …
PAGE_SIZE = 128 * 1024  # … and characters of them: a reader that stalls holds no more than that
HELD = 64  # hints kept for a reader that is busy …
HELD_SIZE = 128 * 1024  # … and characters of them; more, and it reads the log instead


class Tail:
    """Iterate it for lists of entries, each following the last seen, without gap or double, until `done`. It also
    ends, without `done`, when the answer was deleted or ended with its log pruned: the stored message is all there is.

    `stop` ends the iteration from elsewhere. `idle` seconds without entries yield an empty list (for keep-alives).
    """

    def __init__(self, hub: Hub, generation_id: UUID, after: int = 0, *, idle: float | None = None) -> None:
        self._hub, self._generation_id, self.seq, self._idle = hub, generation_id, after, idle
        self._hints: list[list[Entry]] = []
        self._held = 0  # characters of these
        self._overrun = False
        self._news = asyncio.Event()
        self._stopped = False
        self._reads_first = True

    def expect(self) -> None:
        """Begin by waiting instead of reading: nobody can have appended anything behind the cursor yet. (Where that
        is wrong, the first hint shows a gap, or the look after a second shows more.)"""
        self._reads_first = False

    def stop(self) -> None:
        self._stopped = True
        self._news.set()

    def _hear(self, entries: list[Entry]) -> None:
        if len(self._hints) < HELD and self._held < HELD_SIZE:
            self._hints.append(entries)
            self._held += _size(entries)
        else:
            self._overrun = True
        self._news.set()

    async def __aiter__(self) -> AsyncIterator[list[Entry]]:
        leave = self._hub.subscribe(f"generation:{self._generation_id}", self._hear)
        try:
            async for batch in self._batches():
                if batch:
                    self.seq = batch[-1].seq
                yield batch
                if batch and batch[-1].type == "done":
                    return
        finally:
            leave()

    async def _batches(self) -> AsyncIterator[list[Entry]]:
        loop = asyncio.get_running_loop()
        look, last = self._reads_first, loop.time()
        while not self._stopped:
            more = True
            if look:
                batch, more = await self._look()
            else:
                batch = self._heard()
            if batch:
                last = loop.time()
                look = len(batch) >= PAGE or _size(batch) >= PAGE_SIZE
                yield batch
                continue
            if not more:
                return
            if look is False and self._overrun:
                self._overrun, look = False, True
                continue
            look = not await self._wait()
            if self._idle is not None and loop.time() - last >= self._idle:
                last = loop.time()
                yield []

    async def _look(self) -> tuple[list[Entry], bool]:
        """The log from the cursor. While the database is away there is nothing, but more may come."""
        try:
            return await database.read(log.look, self._generation_id, self.seq, PAGE, PAGE_SIZE)
        except (OperationalError, InterfaceError) as error:
            logger.warning("log_not_read", generation=str(self._generation_id), error=str(error))
            return [], True

    def _heard(self) -> list[Entry]:
        """What was heard and follows; on a gap, the hints are dropped and the log is read."""
        hints, self._hints, self._held = self._hints, [], 0
        heard: list[Entry] = []
        seq = self.seq
        for entries in hints:
            if not entries or entries[0].seq > seq + 1:
                self._overrun = True
                break
            heard.extend(entry for entry in entries if entry.seq > seq)
            seq = max(seq, entries[-1].seq)
        return heard

    async def _wait(self) -> bool:
        """True when a hint came, False when it is time to look."""
        if self._hints:
            return True
        self._news.clear()
        try:
            async with asyncio.timeout(POLL):
                await self._news.wait()
        except TimeoutError:
            return False
        return True


def _size(entries: list[Entry]) -> int:
    return sum(len(entry.data) for entry in entries)
