"""What a tab follows: threads, and the answers in them, from where the page stands to the end.

Knows rows, news and readers; neither the connection nor what a page may ask besides.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog

from accounts.models import User
from threads import access, database, frames, live, news, queries
from threads.generation import runtime
from threads.generation.entries import Entry
from threads.generation.errors import Refused
from threads.generation.questions import Begun
from threads.live import Reader
from threads.outbox import Outbox

log = structlog.get_logger(__name__)

WATCHED = 20  # threads a tab may watch
TELL_AFTER = 0.1  # seconds from an answer's beginning to its turn, at the latest


@dataclass(slots=True)
class Watched:
    """A thread that the tab follows: the last answer it knows of, and those it is being told of."""

    leave: Callable[[], None]
    newest: UUID | None = None
    told: set[UUID] = field(default_factory=set)
    looking: bool = False  # a look for new answers is due already


class Watcher:
    """Says through `outbox` what happens in the threads that are watched, until `leave`. `begin` runs a task that ends
    with the tab at the latest."""

    def __init__(self, user: User, outbox: Outbox, begin: Callable[[Coroutine[Any, Any, None]], Any]) -> None:
        self._user, self._outbox, self._begin = user, outbox, begin
        self._hub = runtime.current().hub
        self._readers: dict[UUID, Reader] = {}
        self._watched: dict[UUID, Watched] = {}
        self._held: dict[Reader, Begun] = {}  # whose turn has not been told yet
        self._order = asyncio.Lock()  # what is watched changes, and is looked at, by one task after the other

    def leave(self) -> None:
        self._held.clear()
        for watched in self._watched.values():
            watched.leave()
        for reader in self._readers.values():
            reader.leave()

    # --- what the page asks ----------------------------------------------------------------------------------
    async def watch(self, frame: frames.Watch) -> None:
        """Follow a thread. Raises `access.NotFound`, and `Refused` (429) for too many."""
        async with self._order:
            known = frame.thread in self._watched
            if not known and len(self._watched) >= WATCHED:
                raise Refused(429, "too_many_threads", f"One tab watches at most {WATCHED} chats. Close one first.")
            watched = self._watch(frame.thread)  # before the look: what begins meanwhile is heard
            try:
                standing = await database.read(queries.standing, self._user, frame.thread, frame.have.keys())
            except access.NotFound:
                if not known:
                    self._watched.pop(frame.thread).leave()
                raise
            for generation_id in tuple(watched.told):
                self._detach(watched, generation_id)
            running = [str(pk) for pk in standing.running]
            self._outbox.say({"type": "watching", "thread": str(frame.thread), "running": running, "id": frame.id})
            for generation_id in standing.mine:
                await self._outbox.room()
                place = frame.have[generation_id]
                self._attach(watched, generation_id, place.seq, place.blocks)
            watched.newest = standing.newest
            await self._tell(frame.thread, watched, standing.missed)

    async def unwatch(self, frame: frames.Unwatch) -> None:
        async with self._order:
            if watched := self._watched.pop(frame.thread, None):
                watched.leave()
                for generation_id in tuple(watched.told):
                    self._detach(watched, generation_id)

    def acknowledge(self, frame: frames.Ack) -> None:
        if reader := self._readers.get(frame.request_id):
            self._outbox.acknowledge(reader, frame.seq)

    def follow(self, begun: Begun) -> None:
        """Show a turn begun this moment in this process, and what comes of it."""
        started = begun.started
        if started.thread_id not in self._watched and len(self._watched) >= WATCHED:
            return
        known = started.thread_id in self._watched
        watched = self._watch(started.thread_id)
        if started.generation_id in watched.told:
            return
        if known and self._hub.relay is not None:
            # Other processes begin answers too, and a hint of theirs may have been lost: look what came between.
            self._look_soon(started.thread_id)
            return
        watched.newest = started.generation_id
        # Followed from now on, told in a moment, or before its first words: the calls to the providers go out first.
        reader = self._attach(watched, started.generation_id, begun=begun.entries if self._is_fresh(begun) else ())
        self._held[reader] = begun
        asyncio.get_running_loop().call_later(TELL_AFTER, self._tell_begun, begun, reader)

    def _is_fresh(self, begun: Begun) -> bool:
        """Whether the log still holds what it began with and nothing else, so that it need not be read."""
        worker = runtime.current().worker
        runner = worker.runners.get(begun.started.generation_id) if worker is not None else None
        return runner is not None and runner.seq == begun.entries[-1].seq

    def _tell_begun(self, begun: Begun, reader: Reader) -> None:
        if self._held.pop(reader, None) is not None:
            self._outbox.say(news.begun(begun))
            if reader.behind:
                self._outbox.wake(reader)

    def _wake(self, reader: Reader) -> None:
        if (begun := self._held.get(reader)) is None:
            self._outbox.wake(reader)
        elif reader.view.speaking:
            self._tell_begun(begun, reader)

    # --- what the engine tells -------------------------------------------------------------------------------
    def _watch(self, thread_id: UUID) -> Watched:
        watched = self._watched.get(thread_id)
        if watched is None:
            leave = self._hub.subscribe(f"thread:{thread_id}", lambda what: self._hear(thread_id, what))
            watched = self._watched[thread_id] = Watched(leave)
        return watched

    def _hear(self, thread_id: UUID, what: Any) -> None:
        if isinstance(what, Begun) and not self._order.locked():
            self.follow(what)
        else:
            self._look_soon(thread_id)

    def _look_soon(self, thread_id: UUID) -> None:
        """However many hints come while a look is due: one look finds all there is."""
        watched = self._watched.get(thread_id)
        if watched is not None and not watched.looking:
            watched.looking = True
            self._begin(self._show_new(thread_id))

    async def look_again(self) -> None:
        """Look for answers whose hint was lost."""
        for thread_id in tuple(self._watched):
            await self._show_new(thread_id)

    async def _show_new(self, thread_id: UUID) -> None:
        try:
            async with self._order:
                if watched := self._watched.get(thread_id):
                    watched.looking = False  # before the look: what begins meanwhile is looked for anew
                    await self._show(thread_id, watched)
        except Exception:
            log.exception("turn_failed", thread=str(thread_id))

    async def _show(self, thread_id: UUID, watched: Watched) -> None:
        thread = await database.read(access.find_thread, self._user, thread_id)
        if thread is None:
            del self._watched[thread_id]
            watched.leave()
            self._outbox.say(news.gone(thread_id))
            return
        begun = await database.read(queries.generations_after, thread, watched.newest)
        await self._tell(thread_id, watched, begun)

    async def _tell(self, thread_id: UUID, watched: Watched, begun: list[UUID]) -> None:
        """Send the turns of these answers, and follow them."""
        for generation_id in begun:
            await self._outbox.room()
            frame = await database.read(news.turn, thread_id, generation_id)
            watched.newest = generation_id
            if frame is not None and generation_id not in watched.told:
                self._outbox.say(frame)
                self._attach(watched, generation_id)

    # --- readers ---------------------------------------------------------------------------------------------
    def _attach(
        self,
        watched: Watched,
        generation_id: UUID,
        seq: int = 0,
        blocks: int = 0,
        *,
        begun: Sequence[Entry] = (),
    ) -> Reader:
        self._detach(watched, generation_id)
        watched.told.add(generation_id)
        reader = live.current().attach(generation_id, self._wake, seq, blocks, begun=begun)
        self._readers[generation_id] = reader
        return reader

    def _detach(self, watched: Watched, generation_id: UUID) -> None:
        watched.told.discard(generation_id)
        if reader := self._readers.get(generation_id):
            self.let_go(reader)

    def let_go(self, reader: Reader) -> None:
        """This reader has been told all, or is not wanted any more."""
        reader.leave()
        self._held.pop(reader, None)
        self._outbox.drop(reader)
        if self._readers.get(reader.view.generation_id) is reader:
            del self._readers[reader.view.generation_id]
