"""Calls of the gateway whose events are read again, or that another worker runs or takes over."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from openai import AsyncOpenAI

from accounts.models import User
from providers.models import Model
from tests.fixtures_engine import until
from tests.simulator import RunningSimulator
from tests.threads.api.asking import HELLO, ask, generation_row
from tests.threads.api.conftest import Caller
from tests.threads.api.live import serving
from tests.threads.api.reading import events_of
from tests.threads.generation.worker_process import WorkerProcess
from threads import database
from threads.generation import runtime
from threads.generation.fold import fold
from threads.generation.runtime import Runtime
from threads.models import Event, Generation, StoredPrompt

MakeModel = Callable[[str], Awaitable[str]]
SLOW = "sim:ttft=0ms,rate=50,tokens=5000"
BOTH = pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])


async def test_the_events_of_a_call_can_be_read_again(openai: AsyncOpenAI, caller: Caller, model: MakeModel) -> None:
    name = await model("sim:ttft=0ms,rate=1000,tokens=30")
    answer = await openai.chat.completions.create(model=name, messages=HELLO)
    generation = await generation_row()
    events = await events_of(await caller.get(f"generations/{generation.pk}/events"))
    ids = {"request_id": str(generation.pk), "thread_id": None, "message_id": None}
    assert (events[0].type, events[0].payload) == ("started", ids)
    assert events[-1].payload == {"state": "completed", "finish_reason": "stop", "message_id": None}
    assert fold(events).text == answer.choices[0].message.content
    rest = await events_of(await caller.get(f"generations/{generation.pk}/events", query_params={"after": "3"}))
    assert rest == events[3:]


async def test_when_its_log_is_gone_a_call_is_not_there(openai: AsyncOpenAI, caller: Caller, model: MakeModel) -> None:
    await ask(openai, await model("sim:ttft=0ms,rate=max,tokens=3"), stream=False)
    await database.write(Event.objects.all().delete)
    response = await caller.get(f"generations/{(await generation_row()).pk}/events")
    assert response.status_code == 404


@BOTH
async def test_another_worker_finishes_a_call_whose_owner_died(
    openai: AsyncOpenAI, model: MakeModel, simulator: RunningSimulator, engine: Runtime, stream: bool
) -> None:
    """The reader sees one answer without a seam, and the next owner asks what the first was asked."""
    name = await model("sim:ttft=0ms,rate=100,tokens=100")
    messages: Any = [{"role": "system", "content": "Be short."}, *HELLO]
    asking = asyncio.create_task(ask(openai, name, stream=stream, messages=messages, max_tokens=90))
    await until(lambda: Event.objects.filter(type="delta").count() > 2)
    worker = engine.worker
    assert worker is not None
    [runner] = worker.runners.values()
    runner.abandon()
    await asyncio.wait([runner.task])  # type: ignore[list-item]
    read = await asking
    first, second = simulator.record()
    assert first["prompt"] == second["prompt"] == "hello"
    assert second["prefix"]
    assert "".join(read) == second["prefix"] + second["text"]
    assert (await generation_row()).epoch == 2
    assert not await database.read(StoredPrompt.objects.exists)


async def test_a_call_begins_later_where_no_worker_has_room(
    openai: AsyncOpenAI, model: MakeModel, engine: Runtime
) -> None:
    worker = engine.worker
    assert worker is not None
    worker._limit = 0
    asking = asyncio.create_task(ask(openai, await model("sim:ttft=0ms,rate=max,tokens=3"), stream=False))
    await until(lambda: Generation.objects.filter(state="queued").exists())
    assert await database.read(StoredPrompt.objects.exists)
    worker._limit = 5
    engine.hub.publish("work")
    await asking
    assert (await generation_row()).state == "completed"


async def test_a_call_that_nobody_runs_yet_is_stopped_for_good(
    openai: AsyncOpenAI, model: MakeModel, engine: Runtime
) -> None:
    worker = engine.worker
    assert worker is not None
    worker._limit = 0
    asking = asyncio.create_task(ask(openai, await model(SLOW), stream=True))
    await until(lambda: Generation.objects.filter(state="queued").exists())
    asking.cancel()
    await asyncio.wait([asking])
    await until(lambda: Generation.objects.filter(state="cancelled").exists())
    assert not await database.read(StoredPrompt.objects.exists)


@pytest.mark.slow
async def test_processes_beside_the_door_run_and_finish_calls(
    registry: Callable[[str], Model], user: User, make_key: Callable[[User], str], simulator: RunningSimulator
) -> None:
    """The door's own process runs nothing; one that dies is replaced, and a reader who leaves reaches the next."""
    front, key = runtime.start(work=False), await database.write(make_key, user)
    name = (await database.write(registry, "sim:ttft=0ms,rate=80,tokens=200")).name
    endless = (await database.write(registry, SLOW)).name
    async with AsyncExitStack() as stack:
        stack.push_async_callback(runtime.stop)
        origin = await stack.enter_async_context(serving())
        openai = await stack.enter_async_context(
            AsyncOpenAI(api_key=key, base_url=f"{origin}/v1", max_retries=0, timeout=60)
        )
        workers = [await asyncio.to_thread(WorkerProcess) for _ in range(2)]
        for worker in workers:
            stack.push_async_callback(asyncio.to_thread, worker.close)
            await asyncio.to_thread(worker.ready)
        assert front.worker is None
        asking = asyncio.create_task(ask(openai, name, stream=True))
        await until(lambda: Event.objects.filter(type="delta").count() > 2)
        owner = (await generation_row()).owner
        next(worker for worker in workers if worker.name == owner).kill()
        read = "".join(await asking)
        first, second = simulator.record()
        assert (first["disconnected"], read) == (True, second["prefix"] + second["text"])

        asking = asyncio.create_task(ask(openai, endless, stream=True))
        await simulator.until(lambda record: len(record) == 3 and record[2]["tokens"] > 3)
        asking.cancel()
        await asyncio.wait([asking])
        await simulator.until(lambda record: record[2]["disconnected"])
