"""Hints between processes over Redis: two event loops, each with its own hub and relay, and only Redis between."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings

from accounts.models import User
from tests.fixtures_engine import Ask, ended
from tests.threads.generation.rows import generation_in, store, thread_of
from threads import database
from threads.generation import relay as relays
from threads.generation import runtime, tail
from threads.generation.entries import Entry
from threads.generation.relay import ChannelRelay
from threads.generation.runtime import Runtime
from threads.generation.tail import Tail
from threads.generation.wakeup import Hub

PATIENCE = 10.0
_ENTRIES = [Entry.of(2, "delta", {"text": "é😀"}), Entry.of(3, "done", {"state": "completed"})]


def _joined(prefix: str, url: str = "") -> Hub:
    """A hub whose relay speaks under this prefix."""
    hub = Hub(asyncio.get_running_loop())
    hub.relay = ChannelRelay(hub, RedisPubSubChannelLayer(hosts=[url or settings.REDIS_URL], prefix=prefix))  # type: ignore[arg-type]
    return hub


class Elsewhere:
    """Another process as far as Redis can tell: an event loop of its own in a thread."""

    def __init__(self, prefix: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.hub = self.run(self._open(prefix))
        self.heard: list[tuple[str, Any]] = []

    @staticmethod
    async def _open(prefix: str) -> Hub:
        return _joined(prefix)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def call(self, work: Callable[..., Any], *arguments: Any) -> Any:
        async def act() -> Any:
            return work(*arguments)

        return self.run(act())

    def listen(self, topic: str) -> Callable[[], None]:
        return self.call(self.hub.subscribe, topic, lambda message: self.heard.append((topic, message)))  # type: ignore[no-any-return]

    def close(self) -> None:
        assert self.hub.relay is not None
        self.run(self.hub.relay.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()


async def _until(holds: Callable[[], object], act: Callable[[], object] = lambda: None) -> None:
    """Until `holds()`, doing `act` again and again: a subscription takes a moment to reach Redis."""
    async with asyncio.timeout(PATIENCE):
        while not holds():
            act()
            await asyncio.sleep(0.02)


@pytest_asyncio.fixture
async def here() -> AsyncIterator[Hub]:
    hub = _joined(prefix := f"relay-{uuid4().hex}")
    hub.prefix = prefix  # type: ignore[attr-defined]
    yield hub
    assert hub.relay is not None
    await hub.relay.stop()


@pytest_asyncio.fixture
async def elsewhere(here: Hub) -> AsyncIterator[Elsewhere]:
    other = await asyncio.to_thread(Elsewhere, here.prefix)  # type: ignore[attr-defined]
    yield other
    await asyncio.to_thread(other.close)


@pytest.mark.redis
async def test_hints_arrive_elsewhere_as_they_were_said(here: Hub, elsewhere: Elsewhere) -> None:
    topic = f"generation:{uuid4()}"
    for one in (topic, "work", "cancel"):
        await asyncio.to_thread(elsewhere.listen, one)
    await _until(lambda: (topic, _ENTRIES) in elsewhere.heard, lambda: here.publish(topic, _ENTRIES))
    await _until(lambda: ("cancel", "an id") in elsewhere.heard, lambda: here.publish("cancel", "an id"))
    await _until(lambda: ("work", "") in elsewhere.heard, lambda: here.publish("work"))
    assert {heard for heard, _ in elsewhere.heard} == {topic, "work", "cancel"}


@pytest.mark.redis
async def test_what_only_this_process_can_use_arrives_as_a_bare_hint(here: Hub, elsewhere: Elsewhere) -> None:
    await asyncio.to_thread(elsewhere.listen, "thread:x")
    await _until(lambda: elsewhere.heard, lambda: here.publish("thread:x", object()))
    assert elsewhere.heard[0] == ("thread:x", "")


@pytest.mark.redis
async def test_each_hint_is_heard_once_and_in_order(here: Hub, elsewhere: Elsewhere) -> None:
    own: list[Any] = []
    here.subscribe("work", own.append)
    await asyncio.to_thread(elsewhere.listen, "work")
    await _until(lambda: elsewhere.heard, lambda: here.publish("work", "are you there?"))
    for n in range(50):
        here.publish("work", str(n))
    await _until(lambda: ("work", "49") in elsewhere.heard)
    numbers = [message for _, message in elsewhere.heard if message.isdigit()]
    assert numbers == [message for message in own if message.isdigit()] == [str(n) for n in range(50)]


@pytest.mark.redis
async def test_who_has_left_is_told_nothing(here: Hub, elsewhere: Elsewhere) -> None:
    leave = await asyncio.to_thread(elsewhere.listen, "a:b")
    await asyncio.to_thread(elsewhere.listen, "work")
    await _until(lambda: elsewhere.heard, lambda: here.publish("a:b", "1"))
    await asyncio.to_thread(elsewhere.call, leave)
    await asyncio.to_thread(elsewhere.listen, "a:c")
    await _until(lambda: ("a:c", "2") in elsewhere.heard, lambda: here.publish("a:c", "2"))
    elsewhere.heard.clear()
    here.publish("a:b", "3")
    await _until(lambda: ("a:c", "4") in elsewhere.heard, lambda: here.publish("a:c", "4"))
    assert ("a:b", "3") not in elsewhere.heard


@pytest.mark.redis
async def test_more_than_a_hint_should_carry_sends_its_hearers_to_the_log(here: Hub, elsewhere: Elsewhere) -> None:
    large = [Entry.of(2, "delta", {"text": "x" * relays.LARGEST})]
    await asyncio.to_thread(elsewhere.listen, "generation:x")
    await _until(lambda: elsewhere.heard, lambda: here.publish("generation:x", large))
    assert elsewhere.heard[0] == ("generation:x", [])


@pytest.mark.redis
async def test_the_last_words_are_sent_before_a_process_ends(here: Hub, elsewhere: Elsewhere) -> None:
    heard: list[Any] = []
    here.subscribe("work", heard.append)
    await _until(lambda: heard, lambda: elsewhere.hub.publish("work", "are you there?"))

    def say_and_stop() -> None:
        elsewhere.call(elsewhere.hub.publish, "work", "handed over")
        assert elsewhere.hub.relay is not None
        elsewhere.run(elsewhere.hub.relay.stop())

    await asyncio.to_thread(say_and_stop)
    await _until(lambda: "handed over" in heard)


@pytest.mark.redis
async def test_a_reader_elsewhere_needs_no_poll(
    pools: None, user: User, here: Hub, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "POLL", 3600.0)
    row = await database.write(lambda: generation_in(thread_of(user)))
    reader = Tail(elsewhere.hub, row.pk)

    async def read() -> list[int]:
        return [entry.seq async for batch in reader for entry in batch]

    reading = asyncio.create_task(asyncio.to_thread(elsewhere.run, read()))
    await _until(lambda: reader.seq == 1)
    await database.write(store, row.pk, _ENTRIES)
    await _until(reading.done, lambda: here.publish(f"generation:{row.pk}", _ENTRIES))
    assert await reading == [1, 2, 3]


# --- Redis away ------------------------------------------------------------------------------------------------------
async def test_without_redis_readers_still_finish(engine: Runtime, ask: Ask) -> None:
    """Nobody listens at that port: every hint to other processes is lost, and this is all that happens."""
    elsewhere = _joined("nobody", "redis://127.0.0.1:9/0")
    engine.hub.relay, before = _joined("nobody", "redis://127.0.0.1:9/0").relay, engine.hub.relay
    started = await ask(model="sim:ttft=0ms,rate=200,tokens=40")
    text = ""
    async with asyncio.timeout(PATIENCE):
        async for batch in Tail(elsewhere, started.generation_id):
            text += "".join(entry.payload["text"] for entry in batch if entry.type == "delta")
    assert text == (await ended(started)).message.text
    for hub in (elsewhere, engine.hub):
        assert hub.relay is not None
        await hub.relay.stop()
    engine.hub.relay = before


async def test_hints_that_nobody_takes_are_dropped_not_kept() -> None:
    hub = _joined("nobody", "redis://127.0.0.1:9/0")
    assert isinstance(hub.relay, ChannelRelay)
    for n in range(relays.WAITING + 500):
        hub.publish("work", str(n))
    assert len(hub.relay._outgoing) == relays.WAITING
    await hub.relay.stop()


@pytest.mark.redis
async def test_the_engine_speaks_over_redis_where_it_is_configured(engine: Runtime) -> None:
    assert isinstance(engine.hub.relay, ChannelRelay)
    assert runtime.current() is engine
