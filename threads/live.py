"""Answers as they grow, for all who watch them in this process: each is folded and rendered once, whoever looks on.

A reader pulls: it is woken when there is something new, and asks for the patch from where it stands to the present. So
a slow reader costs nothing, and what it gets then is one patch. Frames are those of `threads.frames`.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any
from uuid import UUID

import structlog

from threads import database, fragments, news, queries, statuses
from threads.generation import runtime
from threads.generation.entries import Entry
from threads.generation.fold import Answer
from threads.generation.tail import Tail
from threads.render import Rendering

log = structlog.get_logger(__name__)

Wake = Callable[["Reader"], None]
AGAIN = 1.0  # seconds until a view that broke reads its log anew


class Reader:
    """Where somebody who watches an answer stands. `wake` is called, on the event loop, when there is more."""

    def __init__(self, view: "View", wake: Wake, seq: int, blocks: int) -> None:
        self.view, self.wake = view, wake
        self.seq, self.blocks = seq, blocks  # of the blocks it has, so many are known to be final
        self.reasoning = self.reasoning_units = 0  # what it has of it, in characters and in UTF-16 units
        self.status: dict[str, str] | None = None
        self.sources = 0
        self.anew = True  # what it shows beside the blocks is not known here: all of it is told with the next patch
        self.told_end = False

    def forget(self, blocks: int) -> None:
        """It is known to have `blocks` final blocks, and nothing else."""
        self.blocks, self.reasoning, self.reasoning_units, self.sources = blocks, 0, 0, 0
        self.anew = True

    def frames(self) -> list[str]:
        """What brings the reader to the present: a patch, the end, both or nothing. As JSON."""
        return self.view.frames_for(self)

    @property
    def behind(self) -> bool:
        """Whether there is more than the page was given when the answer was begun."""
        return self.view.seq > max(self.seq, self.view.begun_at)

    def leave(self) -> None:
        self.view.detach(self)


class View:
    """One answer. Lives while somebody watches it. `ready` is set once it has caught up with the log."""

    def __init__(self, generation_id: UUID, views: dict[UUID, "View"], begun: Sequence[Entry] = ()) -> None:
        """`begun`: all that the log holds, of an answer begun this moment in this process; it need not be read."""
        self.generation_id = generation_id
        self.ready = asyncio.Event()
        self._begun = begun
        self.begun_at = begun[-1].seq if begun else 0
        self._views = views
        self._readers: dict[Reader, None] = {}
        self._answer, self._rendering = Answer(), Rendering()
        self._reset_at = 0  # seq of the last reset: blocks known from before are not to be trusted
        self._end: dict[str, Any] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._cached: tuple[Any, str] = (None, "")
        self._task = asyncio.create_task(self._run(), name=f"view-{generation_id}")

    @property
    def seq(self) -> int:
        return self._answer.seq

    @property
    def speaking(self) -> bool:
        """Whether there are words, or will be none."""
        return bool(self._answer.reasoning or self._answer.text or self._answer.ended)

    # --- readers ---------------------------------------------------------------------------------------------
    def attach(self, wake: Wake, seq: int = 0, blocks: int = 0) -> Reader:
        # A reader may be ahead, where another process told it more than has come here: it is woken when that is passed.
        trusted = not self.ready.is_set() or seq >= self._reset_at
        reader = Reader(self, wake, seq if trusted else 0, blocks if trusted else 0)
        self._readers[reader] = None
        if self.ready.is_set():
            wake(reader)
        return reader

    def detach(self, reader: Reader) -> None:
        self._readers.pop(reader, None)
        if not self._readers:
            self._views.pop(self.generation_id, None)
            self._task.cancel()
            if self._timer is not None:
                self._timer.cancel()

    # --- the answer ------------------------------------------------------------------------------------------
    async def _run(self) -> None:
        while True:
            try:
                await self._follow()
            except Exception:
                log.exception("view_broke", generation=str(self.generation_id))
                await asyncio.sleep(AGAIN)
            else:
                return

    async def _follow(self) -> None:
        self._answer, self._rendering, self._reset_at = Answer(), Rendering(), 0
        tail = Tail(runtime.current().hub, self.generation_id)
        if self._begun:
            for entry in self._begun:
                self._apply(entry)
            self._begun = ()
            tail.seq = self._answer.seq
            tail.expect()
            self.ready.set()
        async for entries in tail:
            for entry in entries:
                self._apply(entry)
            if not self.ready.is_set():
                self._caught_up()
            elif not self._answer.ended:
                self._show()
        if not self._answer.ended:  # deleted, or its log is pruned
            await self._take_stored()
        self._rendering.finish()
        self._end = await database.read(news.end, self.generation_id, self._answer)
        self.ready.set()
        self._wake_all()

    async def _take_stored(self) -> None:
        """The whole answer at once, numbered behind whatever a reader has."""
        seen = max([self._answer.seq, *(reader.seq for reader in self._readers)])
        self._answer = await database.read(queries.stored_answer, self.generation_id, seen)
        self._rendering = Rendering()
        self._rendering.append(self._answer.text)
        for reader in self._readers:
            reader.forget(0)

    def _caught_up(self) -> None:
        for reader in self._readers:
            if reader.seq < self._reset_at:
                reader.seq = 0
                reader.forget(0)
        if not self._answer.ended:  # else it is ready once it knows how to tell the end
            self.ready.set()
            self._wake_all()

    def _apply(self, entry: Entry) -> None:
        self._answer.apply(entry)
        if entry.type == "delta":
            self._rendering.append(entry.payload["text"])
        elif entry.type == "reset":
            self._rendering.truncate(entry.payload["keep_chars"])
            self._reset_at = entry.seq
            self._distrust()

    def _distrust(self) -> None:
        """Text was taken back: readers keep only the blocks before it."""
        for reader in self._readers:
            reader.forget(min(reader.blocks, self._rendering.stable))

    def _show(self) -> None:
        """Wake the readers, at once or, once there are words, as soon as the open block may be rendered again."""
        if self._timer is not None:
            return
        loop = asyncio.get_running_loop()
        if not self.speaking or self._rendering.due(loop.time()):
            self._wake_all()
        else:
            self._timer = loop.call_at(self._rendering.next_look, self._show_late)

    def _show_late(self) -> None:
        self._timer = None
        self._rendering.due(asyncio.get_running_loop().time())
        self._wake_all()

    def _wake_all(self) -> None:
        for reader in tuple(self._readers):
            reader.wake(reader)

    # --- frames ----------------------------------------------------------------------------------------------
    def frames_for(self, reader: Reader) -> list[str]:
        if not self.ready.is_set() or reader.told_end:
            return []
        frames = []
        if self._answer.seq > reader.seq:
            frames.append(self._patch(reader))
        if self._end is not None:
            frames.append(_encode(self._end))
            reader.told_end = True
        return frames

    def _patch(self, reader: Reader) -> str:
        """Readers who stand at the same place, as tabs that keep up do, share one patch."""
        told = (reader.anew, reader.reasoning, str(reader.status), reader.sources)
        place = (self._answer.seq, reader.seq, reader.blocks, told)
        stable = self._rendering.stable
        if self._cached[0] != place:
            self._cached = (place, _encode(self._build(reader, stable)))
        reader.seq, reader.blocks, reader.anew = self._answer.seq, stable, False
        new = self._answer.reasoning[reader.reasoning :]
        reader.reasoning += len(new)
        reader.reasoning_units += _utf16(new)
        reader.status = statuses.words(self._answer.status)
        reader.sources = len(self._answer.citations)
        return self._cached[1]

    def _build(self, reader: Reader, stable: int) -> dict[str, Any]:
        frame: dict[str, Any] = {
            "type": "patch",
            "request_id": str(self.generation_id),
            "after": reader.seq,
            "seq": self._answer.seq,
            "from": reader.blocks,
            "blocks": self._rendering.blocks()[reader.blocks :],
            "stable": stable,
        }
        if reader.anew or len(self._answer.reasoning) > reader.reasoning:
            text = self._answer.reasoning[reader.reasoning :]
            frame["reasoning"] = {"from": reader.reasoning_units, "text": text}
        if reader.anew or statuses.words(self._answer.status) != reader.status:
            frame["status"] = statuses.words(self._answer.status)
        if reader.anew or len(self._answer.citations) != reader.sources:
            frame["sources"] = fragments.sources(self._answer.citations) if self._answer.citations else ""
        return frame


def _utf16(text: str) -> int:
    """How many units a browser counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def _encode(frame: dict[str, Any]) -> str:
    return _encoder.encode(frame)


class Views:
    """The answers watched in one process."""

    def __init__(self) -> None:
        self._views: dict[UUID, View] = {}

    def attach(
        self, generation_id: UUID, wake: Wake, seq: int = 0, blocks: int = 0, *, begun: Sequence[Entry] = ()
    ) -> Reader:
        """Watch an answer from where the reader stands. The caller has looked at who is asking. `begun`: it was
        begun this moment by this process, and these are its entries."""
        view = self._views.get(generation_id)
        if view is None:
            view = self._views[generation_id] = View(generation_id, self._views, begun)
        return view.attach(wake, seq, blocks)


async def frames(generation_id: UUID, after: int = 0, blocks: int = 0, *, idle: float = 15.0) -> AsyncIterator[str]:
    """The frames of one answer until its end, or the process's, as JSON; "" after `idle` seconds without any."""
    news, engine = asyncio.Event(), runtime.current()
    reader = current().attach(generation_id, lambda _: news.set(), after, blocks)
    leave = engine.readers.enter(news.set)
    try:
        while not (reader.told_end or engine.closing):
            try:
                async with asyncio.timeout(idle):
                    await news.wait()
            except TimeoutError:
                yield ""
            news.clear()
            for frame in reader.frames():
                yield frame
    finally:
        leave()
        reader.leave()


async def frames_now(generation_id: UUID, after: int = 0, blocks: int = 0) -> list[str]:
    """The frames that bring a reader to the present, without waiting for more."""
    reader = current().attach(generation_id, lambda _: None, after, blocks)
    try:
        await reader.view.ready.wait()
        return reader.frames()
    finally:
        reader.leave()


def current() -> Views:
    """This event loop's views."""
    engine = runtime.current()
    views = engine.extras.setdefault("views", Views())
    assert isinstance(views, Views)  # noqa: S101 - nobody else uses the name
    return views
