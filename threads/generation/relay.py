"""Hints to and from other processes, over the Channels layer (Redis). Loses what it must, holds up nobody."""

import asyncio
import contextlib
import secrets
from collections import OrderedDict
from typing import Any

import structlog
from channels.layers import BaseChannelLayer

from threads.generation.entries import Entry
from threads.generation.wakeup import Hub

log = structlog.get_logger(__name__)

WAITING = 2000  # hints that may wait to be sent; more are dropped, and readers look at the log instead
LAST_WORDS = 1.0  # seconds that sending them may take when the process stops
LARGEST = 64 * 1024  # characters of entries that travel with a hint


class ChannelRelay:
    """Made and started by the runtime on its loop; `stop` ends its tasks."""

    def __init__(self, hub: Hub, layer: BaseChannelLayer) -> None:
        self._hub, self._layer, self._name = hub, layer, secrets.token_hex(8)
        self._outgoing: asyncio.Queue[tuple[str, Any]] = asyncio.Queue(WAITING)
        self._topics: OrderedDict[str, bool] = OrderedDict()  # topic -> wanted; what to tell the layer next
        self._changed = asyncio.Event()
        self._channel = ""
        self._stopped = False
        self._tasks = [
            asyncio.create_task(self._sending(), name="relay-sends"),
            asyncio.create_task(self._receiving(), name="relay-receives"),
        ]

    async def stop(self) -> None:
        """What was published last (a worker's hand-over) is still sent, if Redis takes it."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS):
                await self._outgoing.join()
        self._stopped = True
        waiting = set(self._tasks)
        while waiting:  # a client of Redis may swallow a cancellation: said once more, it meets a loop that has ended
            for task in waiting:
                task.cancel()
            _, waiting = await asyncio.wait(waiting, timeout=0.5)

    # --- called by the hub -----------------------------------------------------------------------------------
    def publish(self, topic: str, message: Any) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self._outgoing.put_nowait((topic, message))

    def listen(self, topic: str) -> None:
        self._topics[topic] = True
        self._changed.set()

    def forget(self, topic: str) -> None:
        self._topics[topic] = False
        self._changed.set()

    # --- tasks -----------------------------------------------------------------------------------------------
    async def _sending(self) -> None:
        while not self._stopped:
            topic, message = await self._outgoing.get()
            hint = {"type": "hint", "from": self._name, "topic": topic, "message": _pack(message)}
            try:
                await self._layer.group_send(_group(topic), hint)
            except Exception as error:  # noqa: BLE001 - whatever Redis or its client raises: the hint is lost, that is all
                log.warning("hint_lost", topic=topic, error=repr(error))
            self._outgoing.task_done()

    async def _receiving(self) -> None:
        while not self._stopped:
            try:
                self._channel = await self._layer.new_channel()
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._subscribing())
                    both.create_task(self._hearing())
            except Exception as error:  # noqa: BLE001 - Redis is away; readers poll meanwhile
                log.warning("hints_interrupted", error=repr(error))
                for topic in self._hub.topics():
                    self._topics[topic] = True
                await asyncio.sleep(1.0)

    async def _subscribing(self) -> None:
        while not self._stopped:
            self._changed.clear()
            while self._topics:
                topic, wanted = self._topics.popitem(last=False)
                act = self._layer.group_add if wanted else self._layer.group_discard
                await act(_group(topic), self._channel)
            await self._changed.wait()

    async def _hearing(self) -> None:
        while not self._stopped:
            hint = await self._layer.receive(self._channel)
            if hint["from"] != self._name:
                self._hub.deliver(hint["topic"], _unpack(hint["message"]))


def _group(topic: str) -> str:
    return topic.replace(":", ".")


def _pack(message: Any) -> Any:
    """Entries as lists; too many of them as none, which tells a reader to look at the log."""
    if not isinstance(message, list):
        return message if isinstance(message, str) else ""
    if sum(len(entry.data) for entry in message) > LARGEST:
        return []
    return [[entry.seq, entry.type, entry.data] for entry in message]


def _unpack(message: Any) -> Any:
    return [Entry(*entry) for entry in message] if isinstance(message, list) else message
