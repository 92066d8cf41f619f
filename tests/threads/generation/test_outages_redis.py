"""Redis killed, flushed, standing still or absent from the start, between a page's process and a worker's.

The two are two engines on event loops of their own, with nothing but the database and a private Redis between them.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import Any

import pytest
import pytest_asyncio
from django.conf import LazySettings

from accounts.models import User
from tests.fixtures_engine import Ask, ended, until
from tests.private_redis import PROGRAM, PrivateRedis, private_redis
from tests.simulator import RunningSimulator
from threads import database
from threads.generation import relay as relays
from threads.generation import runtime, service, tail
from threads.generation.relay import ChannelRelay
from threads.generation.runtime import Runtime
from threads.generation.service import Started
from threads.generation.tail import Tail
from threads.models import Event

pytestmark = [pytest.mark.redis, pytest.mark.slow]
PATIENCE = 20.0
_MODEL = "sim:ttft=0ms,rate=40,tokens=160"  # 4 s


@pytest.fixture
def server(settings: LazySettings) -> Iterator[PrivateRedis]:
    if not PROGRAM:
        pytest.skip("there is no redis-server that could be killed")
    with private_redis() as running:
        config = {"hosts": [running.url], "prefix": "outage"}
        settings.CHANNEL_LAYERS = {"default": {**settings.CHANNEL_LAYERS["default"], "CONFIG": config}}
        yield running


class Elsewhere:
    """A worker's engine on an event loop in a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def start(self) -> Runtime:
        async def begin() -> Runtime:
            return runtime.start(work=True)

        return self.run(begin())  # type: ignore[no-any-return]

    def close(self) -> None:
        self.run(runtime.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()


@pytest_asyncio.fixture
async def front(transactional_db: None, server: PrivateRedis) -> AsyncIterator[Runtime]:
    """The engine here, which leaves the work to the one elsewhere."""
    running = runtime.start(work=False)
    elsewhere = Elsewhere()
    await asyncio.to_thread(elsewhere.start)
    yield running
    await asyncio.to_thread(elsewhere.close)
    await runtime.stop()


async def _read(front: Runtime, started: Started) -> str:
    """All that a reader here is told, once and in order."""
    text, seen = "", 0
    async with asyncio.timeout(PATIENCE):
        async for batch in Tail(front.hub, started.generation_id):
            for entry in batch:
                assert entry.seq == seen + 1
                seen = entry.seq
                if entry.type == "delta":
                    text += entry.payload["text"]
    return text


async def _flowing(started: Started) -> None:
    await until(lambda: Event.objects.filter(generation=started.generation_id, type="delta").count() > 2)


async def _hints_flow(front: Runtime, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer reaches a reader who never looks by itself, as soon as both processes are heard again."""
    relay = front.hub.relay
    assert isinstance(relay, ChannelRelay)
    async with asyncio.timeout(PATIENCE):
        while relay._interrupted:
            await asyncio.sleep(0.05)
    with monkeypatch.context() as patched:
        patched.setattr(tail, "POLL", 3600.0)
        async with asyncio.timeout(PATIENCE):
            while True:  # the other process may take a moment longer
                started = await ask(model="sim:ttft=300ms,rate=200,tokens=20")
                reader = Tail(front.hub, started.generation_id)
                try:
                    async with asyncio.timeout(4):
                        async for _ in reader:
                            pass
                        return
                except TimeoutError:
                    continue


def _kill_and_start_again(server: PrivateRedis) -> None:
    server.kill()
    server.start()


def _flush_and_drop_everybody(server: PrivateRedis) -> None:
    server.tell("FLUSHALL")
    server.tell("CLIENT", "KILL", "TYPE", "pubsub")
    server.tell("CLIENT", "KILL", "TYPE", "normal")


@pytest.mark.parametrize("fault", [_kill_and_start_again, _flush_and_drop_everybody])
async def test_answers_and_hints_go_on_by_themselves(
    server: PrivateRedis, front: Runtime, ask: Ask, monkeypatch: pytest.MonkeyPatch, fault: Any
) -> None:
    await _hints_flow(front, ask, monkeypatch)
    started = await ask(model=_MODEL)
    reading = asyncio.create_task(_read(front, started))
    await _flowing(started)
    await asyncio.to_thread(fault, server)
    assert await reading == (await ended(started)).message.text
    await _hints_flow(front, ask, monkeypatch)


async def test_readers_read_on_while_redis_is_away_and_a_stop_still_stops(
    server: PrivateRedis,
    front: Runtime,
    ask: Ask,
    user: User,
    simulator: RunningSimulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await _hints_flow(front, ask, monkeypatch)
    await asyncio.to_thread(server.kill)
    started = await ask(model=_MODEL)
    assert await _read(front, started) == (await ended(started)).message.text
    started = await ask(model="sim:ttft=0ms,rate=20,tokens=9000")
    await _flowing(started)
    assert await service.cancel(user=user, request_id=started.generation_id) == "cancelled"
    await simulator.until(lambda record: record[-1]["disconnected"])


async def test_redis_that_comes_later_is_used_without_a_restart(
    server: PrivateRedis, transactional_db: None, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asyncio.to_thread(server.kill)
    front, elsewhere = runtime.start(work=False), Elsewhere()
    await asyncio.to_thread(elsewhere.start)
    try:
        started = await ask()
        assert await _read(front, started) == (await ended(started)).message.text
        await asyncio.to_thread(server.start)
        await _hints_flow(front, ask, monkeypatch)
    finally:
        await asyncio.to_thread(elsewhere.close)
        await runtime.stop()


async def test_redis_that_stands_still_holds_up_nobody_and_is_heard_again(
    server: PrivateRedis, front: Runtime, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _hints_flow(front, ask, monkeypatch)
    server.stand_still()
    try:
        started = await ask(model=_MODEL)
        assert await _read(front, started) == (await ended(started)).message.text
        relay = front.hub.relay
        assert isinstance(relay, ChannelRelay)
        async with asyncio.timeout(PATIENCE):
            while not relay._interrupted:
                await asyncio.sleep(0.05)
        assert len(relay._outgoing) < relays.WAITING
    finally:
        server.go_on()
    await _hints_flow(front, ask, monkeypatch)


async def test_what_waits_for_redis_is_bounded_by_its_size(
    server: PrivateRedis, front: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relays, "WAITING_SIZE", 1000)
    relay = front.hub.relay
    assert isinstance(relay, ChannelRelay)
    for _ in range(100):
        front.hub.publish("work", "x" * 90)
    assert len(relay._outgoing) <= 11
    await database.read(int)
