"""Stopping from a process that runs nothing: whatever the answer is doing, its owner hears of it, at the latest with
its next heartbeat."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from accounts.models import User
from providers.models import Model, Provider
from tests.fixtures_engine import Ask, ended, until
from tests.simulator import RunningSimulator
from tests.threads.generation.apart import apart, worker_of
from threads import database
from threads.generation import log, preparation, service
from threads.generation.fold import fold
from threads.generation.runtime import Runtime
from threads.models import Attempt, Event

Registry = Callable[[str], Model]
pytestmark = pytest.mark.slow  # without Redis a stop waits for a heartbeat

# What the answer is doing -> the model that makes it do so, and the status or event that shows it.
_DOING = {
    "streaming": ("sim:ttft=0ms,rate=50,tokens=9000", "delta"),
    "silent before the head": ("sim:fault=no-head", "attempt"),
    "silent behind the head": ("sim:fault=silent", "thinking"),
    "silent in the middle": ("sim:ttft=0ms,rate=max,fault=stall@5", "delta"),
    "reasoning": ("sim:ttft=0ms,rate=50,tokens=5,reasoning=9000", "reasoning"),
    "backing off": ("sim:fault=429,retry-after=15", "retrying"),
    "between attempts": ("sim:fault=500", "retrying"),
    "in line for a place": ("sim:ttft=0ms,rate=50,tokens=8000", "queued"),
    "asked for as a whole": ("sim:ttft=20s", "attempt"),
}


@pytest_asyncio.fixture
async def other(transactional_db: None) -> AsyncIterator[Runtime]:
    """The engine that works, apart from the one that is asked to stop."""
    async with apart() as (_, other):
        yield other


def _shows(word: str) -> bool:
    return Event.objects.filter(type=word).exists() or Event.objects.filter(data__contains=f'"{word}"').exists()


@pytest.mark.parametrize("doing", _DOING)
async def test_whatever_it_is_doing(
    other: Runtime, ask: Ask, registry: Registry, user: User, simulator: RunningSimulator, doing: str
) -> None:
    model, shown = _DOING[doing]
    others = []
    if doing == "in line for a place":
        await database.write(Provider.objects.update, max_concurrency=1)
        others = [await ask("before", model="sim:ttft=0ms,rate=50,tokens=9000")]
        await until(lambda: _shows("delta"))
    if doing == "asked for as a whole":
        await database.write(registry, model)
        await database.write(Model.objects.update, streaming=False)
    before = len(simulator.record())
    started = await ask(model=model)
    await until(lambda: _shows(shown))
    state = await service.cancel(user=user, request_id=started.generation_id)
    assert state == "cancelled"
    generation = await ended(started)
    entries = await database.read(log.entries, generation.pk)
    assert generation.message is not None
    assert generation.message.text == fold(entries).text
    assert entries[-1].payload["state"] == "cancelled"
    if shown == "retrying":
        assert len(simulator.record()) == 1, "nobody was asked again"
    else:
        await simulator.until(lambda record: all(request["disconnected"] for request in record[before:]))
    await until(lambda: not Attempt.objects.filter(generation=generation.pk, state="running").exists())
    for one in others:
        await service.cancel(user=user, request_id=one.generation_id)


async def test_an_answer_that_waits_for_a_worker(other: Runtime, ask: Ask, user: User) -> None:
    worker_of(other)._limit = 0
    started = await ask()
    assert await service.cancel(user=user, request_id=started.generation_id) == "cancelled"


async def test_in_the_moment_of_a_takeover(
    other: Runtime, ask: Ask, user: User, simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked for while the heir reads what there is: it knows of no stop yet, and nobody hears the hint."""
    started = await ask(model="sim:ttft=0ms,rate=50,tokens=9000")
    await until(lambda: _shows("delta"))
    load, stopping = preparation.load_all, []
    loop = asyncio.get_running_loop()

    def load_meanwhile(*known: Any) -> dict[UUID, preparation.Prepared]:
        prepared = load(*known)
        stop = service.cancel(user=user, request_id=started.generation_id)
        stopping.append(asyncio.run_coroutine_threadsafe(stop, loop))
        assert _asked_to_stop.wait(10)
        return prepared

    _asked_to_stop = threading.Event()
    ask_to_stop = service._ask_to_stop

    def tell(*known: Any) -> Any:
        done = ask_to_stop(*known)
        _asked_to_stop.set()
        return done

    monkeypatch.setattr(preparation, "load_all", load_meanwhile)
    monkeypatch.setattr(service, "_ask_to_stop", tell)
    worker_of(other).runners[started.generation_id].abandon()
    assert (await ended(started)).state == "cancelled"
    assert await asyncio.wrap_future(stopping[0]) == "cancelled"
    await simulator.until(lambda record: all(request["disconnected"] for request in record))
