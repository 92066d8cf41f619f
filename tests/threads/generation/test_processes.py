"""Workers as processes of their own, which come, are killed and are asked to go, while the answers go on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import pytest_asyncio

from accounts.models import User
from tests.fixtures_engine import Ask, ended, until
from tests.simulator import RunningSimulator
from tests.threads.generation.worker_process import WorkerProcess
from threads import database
from threads.generation import lease, log, runtime, service
from threads.generation.entries import Entry
from threads.generation.fold import fold
from threads.generation.runtime import Runtime
from threads.generation.service import Started
from threads.models import Event, Generation

pytestmark = pytest.mark.slow
_MODEL, _AT_ONCE = "sim:ttft=0ms,rate=80,tokens=150", "sim:ttft=0ms,rate=max,tokens=150"  # say the same


@pytest_asyncio.fixture
async def front(transactional_db: None) -> AsyncIterator[Runtime]:
    """An engine that leaves the work to others, as in a web process beside workers."""
    running = runtime.start(work=False)
    yield running
    await runtime.stop()


@asynccontextmanager
async def _worker() -> AsyncIterator[WorkerProcess]:
    process = await asyncio.to_thread(WorkerProcess)
    try:
        await asyncio.to_thread(process.ready)
        yield process
    finally:
        await asyncio.to_thread(process.close)


async def _flowing(started: Started) -> Generation:
    """The row once some text is there."""
    await until(lambda: Event.objects.filter(generation=started.generation_id, type="delta").count() > 2)
    return await database.read(Generation.objects.get, pk=started.generation_id)


async def _attempts(generation: Generation) -> list[tuple[str, str, int]]:
    rows = generation.attempts.order_by("number").values_list("kind", "state", "epoch")
    return await database.read(lambda: list(rows))


async def test_a_killed_worker_is_replaced_and_the_text_is_the_same(
    front: Runtime, ask: Ask, user: User, simulator: RunningSimulator
) -> None:
    async with AsyncExitStack() as stack:
        workers = await asyncio.gather(*(stack.enter_async_context(_worker()) for _ in range(2)))
        started = await ask(model=_MODEL)
        owner = (await _flowing(started)).owner
        [victim], [survivor] = ([one for one in workers if (one.name == owner) is owns] for owns in (True, False))
        victim.kill()
        generation = await ended(started)
        whole = await ended(await ask(model=_AT_ONCE))
        assert (generation.state, generation.owner, generation.takeovers) == ("completed", survivor.name, 1)
        assert generation.message.text == whole.message.text == simulator.record()[-1]["text"]
        assert await _attempts(generation) == [("first", "lost", 1), ("takeover", "completed", 2)]
        entries = await database.read(log.entries, generation.pk)
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        assert fold(entries).text == generation.message.text
        assert {"state": "taken_over"} in [entry.payload for entry in entries]

        # A stop asked for here reaches the other process by its next look at the database.
        started = await ask(model="sim:ttft=0ms,rate=60,tokens=9000")
        await _flowing(started)
        assert await service.cancel(user=user, request_id=started.generation_id) == "cancelled"
        await simulator.until(lambda record: record[-1]["disconnected"])


async def test_a_worker_that_is_asked_to_go_hands_over_at_once(
    front: Runtime, ask: Ask, simulator: RunningSimulator
) -> None:
    async with _worker() as first:
        started = await ask(model=_MODEL)
        assert (await _flowing(started)).owner == first.name
        assert await asyncio.to_thread(first.terminate) == 0
        # Free now, although its lease would have run for seconds yet.
        [claim] = await database.write(lease.claim, "next", 5)
        assert (claim.generation_id, claim.epoch, claim.taken_over) == (started.generation_id, 2, True)
        await database.write(lease.release, claim.generation_id, claim.epoch)
    async with _worker():
        generation = await ended(started)
        assert generation.message.text == (await ended(await ask(model=_AT_ONCE))).message.text
    assert (await _attempts(generation))[0] == ("first", "cancelled", 1)
    assert (await _attempts(generation))[-1] == ("takeover", "completed", 3)


async def test_a_worker_that_stood_still_says_nothing_more(
    front: Runtime, ask: Ask, simulator: RunningSimulator
) -> None:
    """It wakes up in the middle of its stream, when another has long gone on: it hangs up, and nobody hears of it."""
    async with AsyncExitStack() as stack:
        workers = await asyncio.gather(*(stack.enter_async_context(_worker()) for _ in range(2)))
        started = await ask(model=_MODEL)
        owner = (await _flowing(started)).owner
        [zombie] = [one for one in workers if one.name == owner]
        zombie.freeze()
        await until(lambda: Generation.objects.filter(pk=started.generation_id, epoch=2).exists())
        await until(lambda: Event.objects.filter(data__contains="taken_over").exists())
        heard: list[Entry] = []
        front.hub.subscribe(f"generation:{started.generation_id}", heard.extend)
        zombie.thaw()
        generation = await ended(started)
        whole = await ended(await ask(model=_AT_ONCE))
        await simulator.until(lambda record: record[0]["disconnected"] or record[0]["finished_at"] is not None)
        entries = await database.read(log.entries, generation.pk)
        assert generation.message.text == whole.message.text == fold(entries).text
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        assert await _attempts(generation) == [("first", "lost", 1), ("takeover", "completed", 2)]
        assert all(entry == entries[entry.seq - 1] for entry in heard), "something else was told than is stored"
