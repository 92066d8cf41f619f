"""Hints to and from other processes, over the Channels layer (Redis). Loses what it must, holds up nobody.

All processes share one channel, and what a process says in one moment is one message: a message for each hint would
cost fifty times as much as the hint itself, and who subscribes to each topic by itself has as many to ask for. (Where
so many processes are at work that reading past others' hints matters, they are better split: docs/scaling.md.)

The layer connects anew by itself, but it tells nobody what it lost, waits without a limit for a Redis that stands
still, and keeps what it failed to subscribe to. So each relay listens to its own pulse: where it does not come back,
the layer is made like new and subscribed again.
"""

import asyncio
import contextlib
import secrets
from collections import deque
from typing import Any

import structlog
from channels.layers import BaseChannelLayer

from threads.generation.entries import Entry
from threads.generation.wakeup import Hub

log = structlog.get_logger(__name__)

WAITING = 2000  # hints that may wait to be sent; more are dropped, and readers look at the log instead
WAITING_SIZE = 8 * 1024 * 1024  # characters of them
LAST_WORDS = 1.0  # seconds that sending them may take when the process stops
LARGEST = 64 * 1024  # characters of entries that travel with a hint
GROUP = "hints"
TOGETHER = 512 * 1024  # characters of entries in one message, about
GATHER = 0.003  # seconds between two messages: what comes meanwhile goes with the next
LIMIT = 1.0  # seconds that Redis has for anything
PAUSE = 0.5  # seconds after a failure, in which hints are dropped
PULSE = 2.0  # seconds
SILENCE = 3 * PULSE  # after which what was subscribed counts as lost


class _Silence(Exception):
    """Nothing is heard, not even oneself."""


class ChannelRelay:
    """Made and started by the runtime on its loop; `stop` ends its tasks."""

    def __init__(self, hub: Hub, layer: BaseChannelLayer) -> None:
        self._hub, self._layer, self._name = hub, layer, secrets.token_hex(8)
        self._loop = asyncio.get_running_loop()
        self._outgoing: deque[tuple[str, Any, int]] = deque()  # topic, message, characters
        self._size = 0
        self._news, self._idle = asyncio.Event(), asyncio.Event()
        self._idle.set()
        self._quiet_until = 0.0
        self._channel = ""
        self._heard_at = self._loop.time()
        self._lost_at = self._loop.time()  # when hints to this process were last being lost
        self._interrupted = self._stopped = False
        self._tasks = [
            asyncio.create_task(self._sending(), name="relay-sends"),
            asyncio.create_task(self._receiving(), name="relay-receives"),
        ]

    async def stop(self) -> None:
        """What was published last (a worker's hand-over) is still sent, if Redis takes it."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS):
                await self._idle.wait()
        self._stopped = True
        waiting = set(self._tasks)
        while waiting:  # a client of Redis may swallow a cancellation: said once more, it meets a loop that has ended
            self._news.set()
            for task in waiting:
                task.cancel()
            _, waiting = await asyncio.wait(waiting, timeout=0.5)

    # --- called by the hub -----------------------------------------------------------------------------------
    def publish(self, topic: str, message: Any) -> None:
        packed, size = _pack(message)
        if self._loop.time() < self._quiet_until:
            return
        if len(self._outgoing) < WAITING and self._size + size <= WAITING_SIZE:
            self._outgoing.append((topic, packed, size))
            self._size += size
            self._idle.clear()
            self._news.set()

    def heard_all_since(self, moment: float) -> bool:
        return not self._interrupted and self._lost_at < moment

    # --- sending ---------------------------------------------------------------------------------------------
    async def _sending(self) -> None:
        while not self._stopped:
            await self._news.wait()
            while self._outgoing:
                message = {"type": "hints", "from": self._name, "hints": self._bundle()}
                try:
                    async with asyncio.timeout(LIMIT):
                        await self._layer.group_send(GROUP, message)
                except Exception as error:  # noqa: BLE001 - whatever Redis or its client raises: hints are lost
                    self._drop(error)
                if not self._outgoing:
                    self._idle.set()
                await asyncio.sleep(GATHER)
            self._news.clear()

    def _bundle(self) -> list[tuple[str, Any]]:
        hints, size = [], 0
        while self._outgoing and size < TOGETHER:
            topic, message, its = self._outgoing.popleft()
            hints.append((topic, message))
            size += its
        self._size -= size
        return hints

    def _drop(self, error: Exception) -> None:
        """What waits is old by the time that it could be sent; readers have looked at the log by then."""
        self._interrupt(error)
        self._outgoing.clear()
        self._size = 0
        self._quiet_until = self._loop.time() + PAUSE

    def _interrupt(self, error: BaseException) -> None:
        if not self._interrupted:
            log.warning("hints_interrupted", error=repr(error))
        self._interrupted = True

    # --- receiving -------------------------------------------------------------------------------------------
    async def _receiving(self) -> None:
        while not self._stopped:
            try:
                async with asyncio.timeout(LIMIT):
                    self._channel = await self._layer.new_channel()
                    await self._layer.group_add(GROUP, self._channel)
                self._heard_at = self._loop.time()
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._hearing())
                    both.create_task(self._listening_to_itself())
            except Exception as error:  # noqa: BLE001 - Redis is away; readers poll meanwhile
                self._interrupt(error)
                await asyncio.sleep(PAUSE)
                with contextlib.suppress(Exception):
                    async with asyncio.timeout(LIMIT):
                        await self._layer.flush()

    async def _hearing(self) -> None:
        while not self._stopped:
            message = await self._layer.receive(self._channel)
            if message["from"] == self._name:
                self._heard_itself()
                continue
            for topic, hint in message["hints"]:
                if self._hub.hears(topic):
                    self._hub.deliver(topic, _unpack(hint))

    def _heard_itself(self) -> None:
        self._heard_at = self._loop.time()
        if self._interrupted:
            log.warning("hints_are_back")
            self._interrupted, self._lost_at = False, self._heard_at

    async def _listening_to_itself(self) -> None:
        while not self._stopped:
            self.publish("pulse", "")
            await asyncio.sleep(PULSE)
            if self._loop.time() - self._heard_at > SILENCE:
                raise _Silence


def _pack(message: Any) -> tuple[Any, int]:
    """Entries as lists, and their characters; too many of them as none, which tells a reader to look at the log."""
    if not isinstance(message, list):
        return (message, len(message)) if isinstance(message, str) else ("", 0)
    size = sum(len(entry.data) for entry in message)
    if size > LARGEST:
        return [], 0
    return [[entry.seq, entry.type, entry.data] for entry in message], size


def _unpack(message: Any) -> Any:
    return [Entry(*entry) for entry in message] if isinstance(message, list) else message
