"""The WebSocket of a tab: reads frames, asks the engine, tails answers. It generates nothing.

An ASGI application of its own rather than one of Channels' consumers: those handle one message after the other, so that
a slow one would hold up a stop, and tend the database around each. Here a frame begins a task, acknowledgements are
taken where they are read, and all database work is on the pools of `threads.database`.
"""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError

from accounts.access import default_organization
from accounts.models import Organization, User
from accounts.sessions import still_signed_in
from threads import access, database, frames, news
from threads.generation import runtime, service
from threads.generation.errors import Refused, unavailable
from threads.generation.questions import Begun, Question
from threads.live import Reader
from threads.models import Thread
from threads.outbox import Outbox, Overrun
from threads.pace import Pace
from threads.quotas import Caller
from threads.watching import Watcher

log = structlog.get_logger(__name__)

SIGNED_OUT = 4401  # close codes: sign in first
TOO_SLOW = 1008
BROKEN = 1011
RESTARTING = 1012
REQUESTS = 32  # frames of one tab that may be at work at once
FRAMES, FRAMES_A_SECOND = 1000, 200  # that a tab may say; pages acknowledge some twenty times a second
LOOK_AGAIN = 5.0  # seconds between looks for answers whose hint was lost, where other processes begin answers
LOOK_SELDOM = 60.0  # … and as long as hints get through
SIGNED_IN_FOR = 5.0  # seconds that a look at the session holds good
SPREAD = 1000  # milliseconds over which the tabs of a process that goes down come back, at most …
SPREAD_EACH = 10  # … and for each of them: a few need not wait for one another
LIST_PAUSE = 1.0  # seconds that news of the list wait for more of the same; nobody waits for them

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class _SignedOut(Exception):
    """The session that let this socket in is over."""


class Tab:
    """One connection, from `open` to `leave`."""

    def __init__(self, user: User, caller: Caller, session_key: str, send: Send) -> None:
        self.user, self._session_key, self._send_message = user, session_key, send
        self._caller, self._pace = caller, Pace(FRAMES, FRAMES_A_SECOND)
        self._outbox = Outbox(self._send_text, self._read_to_the_end)
        self._watcher = Watcher(user, self._outbox, self._begin)
        self._requests: set[asyncio.Task[None]] = set()
        self._deeds: set[asyncio.Task[None]] = set()  # of these, what is done also for a page that has gone
        self._left = self._closed = False
        self._list: set[UUID] = set()  # threads whose line is to be told anew
        self._signed_in_at = time.monotonic()
        self._engine = runtime.current()

    def open(self) -> None:
        # Looked up before it is needed: a first question must not wait for it.
        self._organization = self._look_up()
        self._leave_list = self._engine.hub.subscribe(f"user:{self.user.pk}", self._hear_list)
        self._tasks = [asyncio.create_task(self._sending(), name="tab-sends")]
        if self._engine.hub.relay is not None or self._engine.worker is None:
            self._tasks.append(asyncio.create_task(self._looking_again(), name="tab-looks"))
        self._outbox.say({"type": "hello", "user": str(self.user.pk), "version": frames.VERSION})

    def leave(self) -> None:
        self._left = True
        self._leave_list()
        for task in (*self._tasks, *(self._requests - self._deeds)):
            task.cancel()
        self._organization.add_done_callback(_looked_at)
        self._watcher.leave()

    async def close(self, code: int) -> None:
        if self._closed:
            return
        self._closed = True
        await self._send_message({"type": "websocket.close", "code": code})

    def send_away(self) -> None:
        """The process goes down: the page is told to come back, here or to another one."""
        self._parting = asyncio.create_task(self._part())

    async def _part(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)  # one task sends
        pause = random.randrange(min(SPREAD, SPREAD_EACH * max(1, len(self._engine.readers))))  # noqa: S311 - no secret
        try:
            await self._send_text(json.dumps({"type": "restart", "retry_in_ms": pause}))
            await self.close(RESTARTING)
        except OSError:
            return  # gone already

    # --- from the page ---------------------------------------------------------------------------------------
    def take(self, text: str | None) -> bool:
        """Begin what a frame asks for. False for a page that asks on and on without reading the answers, or faster
        than any page does."""
        if self._outbox.full or not self._pace.allows():
            return False
        try:
            if text is None:
                raise frames.BadFrame("bad_frame", "Frames are text, not bytes.")
            frame = frames.parse(text)
            if isinstance(frame, frames.Ack):
                self._watcher.acknowledge(frame)
                return True
            if len(self._requests) >= REQUESTS:
                raise frames.BadFrame("too_many_requests", "Too much at once. Wait for the answers first.", frame.id)
        except frames.BadFrame as error:
            self._say_error(error.type, error.message, id=error.id)
            return True
        task = self._begin(self._answer(frame))
        if isinstance(frame, _DEEDS):
            self._deeds.add(task)
            task.add_done_callback(self._deeds.discard)
        return True

    async def _answer(self, frame: frames.Frame) -> None:
        try:
            await _HANDLERS[type(frame)](self, frame)
        except _SignedOut:
            await self.close(SIGNED_OUT)
        except Refused as refusal:
            self._say_error(refusal.type, refusal.message, id=frame.id, retry_after=refusal.retry_after)
        except access.NotFound as error:
            self._say_error("not_found", str(error), id=frame.id)
        except (OperationalError, InterfaceError) as error:
            log.warning("frame_not_answered", type=frame.type, error=str(error))
            away = unavailable()
            self._say_error(away.type, away.message, id=frame.id, retry_after=away.retry_after)
        except Exception:
            log.exception("frame_failed", type=frame.type)
            self._say_error("internal", "Something went wrong inside chatsite. Try again.", id=frame.id)

    async def _check_session(self) -> None:
        """A socket outlives what let it in. A stop needs no check: it must come at once, and harms nobody."""
        now = time.monotonic()
        if now - self._signed_in_at < SIGNED_IN_FOR:
            return
        if not await database.read(still_signed_in, session_key=self._session_key, user_id=self.user.pk):
            raise _SignedOut
        self._signed_in_at = now

    async def _send(self, frame: frames.Send) -> None:
        await self._check_session()
        begun = await self._ask(frame)
        started = begun.started if isinstance(begun, Begun) else begun
        if isinstance(begun, Begun) and not self._left:
            self._watcher.follow(begun)
        self._outbox.say(
            {
                "type": "sent",
                "id": frame.id,
                "thread": str(started.thread_id),
                "request_id": str(started.generation_id),
                "message_id": str(started.message_id),
                "repeated": started.repeated,
            }
        )

    async def _ask(self, frame: frames.Send) -> service.Result:
        if frame.thread is not None:
            thread, organization = await database.read(_thread_and_organization, self.user, frame.thread)
        else:
            if self._organization.done() and self._organization.exception() is not None:
                self._organization = self._look_up()
            thread, organization = None, await asyncio.shield(self._organization)
        question = Question(self.user, organization, frame.text, thread, frame.model, frame.key, self._caller.address)
        return await service.begin(question)

    def _look_up(self) -> asyncio.Task[Organization]:
        return asyncio.create_task(database.write(default_organization, self.user))

    async def _cancel(self, frame: frames.Cancel) -> None:
        state = await service.cancel(user=self.user, request_id=frame.request_id)
        self._outbox.say({"type": "cancelled", "id": frame.id, "request_id": str(frame.request_id), "state": state})

    async def _ping(self, frame: frames.Ping) -> None:
        self._outbox.say({"type": "pong", "id": frame.id})

    async def _watch(self, frame: frames.Watch) -> None:
        await self._check_session()
        await self._watcher.watch(frame)

    async def _unwatch(self, frame: frames.Unwatch) -> None:
        await self._watcher.unwatch(frame)

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._requests.add(task)
        task.add_done_callback(self._requests.discard)
        return task

    # --- from the engine -------------------------------------------------------------------------------------
    def _hear_list(self, thread_id: Any) -> None:
        if not self._list:
            asyncio.get_running_loop().call_later(LIST_PAUSE, self._tell_list)
        self._list.add(UUID(thread_id))

    def _tell_list(self) -> None:
        if not self._left:
            self._begin(self._show_list())

    async def _show_list(self) -> None:
        changed, self._list = self._list, set()
        try:
            for thread_id in changed:
                self._outbox.say(await database.read(news.entry, self.user, thread_id))
        except Exception:
            log.exception("entry_failed", user=self.user.pk)

    async def _looking_again(self) -> None:
        loop, relay = asyncio.get_running_loop(), self._engine.hub.relay
        looked = loop.time()
        while True:
            await asyncio.sleep(LOOK_AGAIN)
            if relay is not None and relay.heard_all_since(looked) and loop.time() < looked + LOOK_SELDOM:
                continue
            looked = loop.time()
            await self._watcher.look_again()

    # --- to the page -----------------------------------------------------------------------------------------
    def _read_to_the_end(self, reader: Reader) -> None:
        self._watcher.let_go(reader)

    def _say_error(self, type: str, message: str, *, id: str | None, retry_after: float | None = None) -> None:
        error: dict[str, Any] = {"type": type, "message": message}
        if retry_after is not None:
            error["retry_after"] = retry_after
        self._outbox.say({"type": "error", "id": id, "error": error})

    async def _send_text(self, text: str) -> None:
        if not self._closed:
            await self._send_message({"type": "websocket.send", "text": text})

    async def _sending(self) -> None:
        """The only task that sends. Awaiting each send lets the server's own flow control hold it."""
        try:
            await self._outbox.run()
        except OSError:
            return  # the connection is gone; `leave` follows
        except Overrun:
            await self.close(TOO_SLOW)
        except Exception:
            log.exception("tab_broke")
            await self.close(BROKEN)  # the page connects anew and goes on from where it was


def _looked_at(done: asyncio.Task[Organization]) -> None:
    """Nobody may have asked for it; that it failed is then no news."""
    if not done.cancelled():
        done.exception()


def _thread_and_organization(user: User, thread_id: UUID) -> tuple[Thread | None, Organization]:
    thread = access.thread_write(user, thread_id)
    return thread, thread.organization


_DEEDS = (frames.Send, frames.Cancel)
_HANDLERS: dict[type, Callable[[Tab, Any], Coroutine[Any, Any, None]]] = {
    frames.Send: Tab._send,
    frames.Cancel: Tab._cancel,
    frames.Watch: Tab._watch,
    frames.Unwatch: Tab._unwatch,
    frames.Ping: Tab._ping,
}
