"""What one tab is still to be sent: frames in their order, and patches as fast as the page acknowledges them.

Knows frames as text and readers as what yields them; not who the person is, nor what the frames say.
"""

import asyncio
import json
import sys
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from threads.live import Reader

UNACKNOWLEDGED = 8  # patches of an answer that a reader may be behind with
WAITING = 500  # frames that may wait for a page that does not read …
MOST = 512 * 1024  # … and bytes of them, if it is more than one frame
READERS = 24  # answers whose news may wait: a page that reads has a few at a time


class Overrun(Exception):
    """More was to be told than may wait: the page did not read. It comes back, and goes on from where it is."""


class Outbox:
    """`run` sends, until cancelled, by `send`, which holds it up for as long as the connection does. `on_end(reader)`
    is called when a reader has been told the end of its answer. Once there was too much for a page that does not read,
    nothing is kept for it any more, and `run` raises `Overrun` as soon as the connection takes something again."""

    def __init__(self, send: Callable[[str], Awaitable[None]], on_end: Callable[[Reader], None]) -> None:
        self._send, self._on_end = send, on_end
        self._frames: deque[str] = deque()
        self._size = 0  # bytes of these
        self._overrun = False
        self._dirty: dict[Reader, None] = {}
        self._unacknowledged: dict[Reader, list[int]] = {}
        self._news = asyncio.Event()
        self._taken = asyncio.Event()

    @property
    def full(self) -> bool:
        """True for a page that goes on asking without reading the answers."""
        return self._overrun or len(self._frames) >= WAITING or self._size >= MOST

    def say(self, frame: dict[str, Any]) -> None:
        text = json.dumps(frame, ensure_ascii=False)
        if self._frames and (len(self._frames) >= 2 * WAITING or self._size + sys.getsizeof(text) > 2 * MOST):
            self._overrun = True
            self._clear()
        if not self._overrun:
            self._frames.append(text)
            self._size += sys.getsizeof(text)
            self._news.set()

    async def room(self) -> None:
        """Return when a page that reads has taken enough for more to be said, or to be followed."""
        while (self.full or len(self._dirty) >= READERS) and not self._overrun:
            self._taken.clear()
            await self._taken.wait()

    def wake(self, reader: Reader) -> None:
        """There is more for this reader."""
        if not self._overrun:
            self._dirty[reader] = None
            self._news.set()

    def acknowledge(self, reader: Reader, seq: int) -> None:
        """The page has applied all up to `seq`."""
        self._unacknowledged[reader] = [sent for sent in self._unacknowledged.get(reader, ()) if sent > seq]
        self.wake(reader)

    def drop(self, reader: Reader) -> None:
        """Nothing more for this reader."""
        self._dirty.pop(reader, None)
        self._unacknowledged.pop(reader, None)

    async def run(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while self._frames or self._dirty:
                if self._frames:
                    await self._send(self._next())
                else:
                    await self._send_patches(next(iter(self._dirty)))
            if self._overrun:
                raise Overrun

    def _next(self) -> str:
        text = self._frames.popleft()
        self._size -= sys.getsizeof(text)
        self._taken.set()
        return text

    def _clear(self) -> None:
        self._frames.clear()
        self._dirty.clear()
        self._size = 0
        self._news.set()
        self._taken.set()

    async def _send_patches(self, reader: Reader) -> None:
        del self._dirty[reader]
        waiting = self._unacknowledged.setdefault(reader, [])
        if len(waiting) >= UNACKNOWLEDGED:
            return  # its acknowledgement wakes it
        self._taken.set()
        frames = reader.frames()
        waiting.extend(reader.seq for _ in frames)
        for frame in frames:
            await self._send(frame)
        if reader.told_end:
            self._on_end(reader)
