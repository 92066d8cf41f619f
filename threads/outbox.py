"""What one tab is still to be sent: frames in their order, and patches as fast as the page acknowledges them.

Knows frames as text and readers as what yields them; not who the person is, nor what the frames say.
"""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from threads.live import Reader

UNACKNOWLEDGED = 8  # patches of an answer that a reader may be behind with
WAITING = 500  # frames that may wait for a page that does not read


class Outbox:
    """`run` sends, until cancelled, by `send`, which holds it up for as long as the connection does. `on_end(reader)`
    is called when a reader has been told the end of its answer."""

    def __init__(self, send: Callable[[str], Awaitable[None]], on_end: Callable[[Reader], None]) -> None:
        self._send, self._on_end = send, on_end
        self._frames: deque[str] = deque()
        self._dirty: dict[Reader, None] = {}
        self._unacknowledged: dict[Reader, list[int]] = {}
        self._news = asyncio.Event()

    @property
    def full(self) -> bool:
        """True for a page that goes on asking without reading the answers."""
        return len(self._frames) >= WAITING

    def say(self, frame: dict[str, Any]) -> None:
        self._frames.append(json.dumps(frame, ensure_ascii=False))
        self._news.set()

    def wake(self, reader: Reader) -> None:
        """There is more for this reader."""
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
                    await self._send(self._frames.popleft())
                else:
                    await self._send_patches(next(iter(self._dirty)))

    async def _send_patches(self, reader: Reader) -> None:
        del self._dirty[reader]
        waiting = self._unacknowledged.setdefault(reader, [])
        if len(waiting) >= UNACKNOWLEDGED:
            return  # its acknowledgement wakes it
        frames = reader.frames()
        waiting.extend(reader.seq for _ in frames)
        for frame in frames:
            await self._send(frame)
        if reader.told_end:
            self._on_end(reader)
