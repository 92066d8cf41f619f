"""One-shot chat: one message, one answer, no thread."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.fixtures_engine import until
from tests.simulator import RunningSimulator
from tests.threads.api.conftest import Caller
from tests.threads.api.reading import error_of, events_of
from threads import database
from threads.api import sse
from threads.generation import log, service
from threads.generation.fold import fold
from threads.models import Event, Generation, StoredPrompt, Thread

MakeModel = Callable[[str], Awaitable[str]]
QUICK = "sim:ttft=0ms,rate=1000,tokens=30,reasoning=5"
SLOW = "sim:ttft=0ms,rate=50,tokens=5000"


async def test_a_whole_answer(caller: Caller, model: MakeModel, simulator: RunningSimulator) -> None:
    await model(QUICK)
    response = await caller.post("chat", {"message": "hello"})
    assert response.status_code == 200, response.content
    body, generation = response.json(), await database.read(Generation.objects.get)
    assert (body["request_id"], body["state"]) == (str(generation.pk), "completed")
    assert response["X-Request-Id"] == body["request_id"]
    message = body["message"]
    assert message["text"] == simulator.record()[0]["text"] != ""
    assert (message["role"], message["model"], message["provider"]) == ("assistant", QUICK, "simulator")
    assert message["html"].startswith("<")
    assert message["reasoning"]
    assert message["usage"]["total_tokens"] == generation.total_tokens
    assert await database.read(Thread.objects.count) == 0
    assert not await database.read(StoredPrompt.objects.exists)


async def test_a_stream_is_the_log(caller: Caller, model: MakeModel) -> None:
    name = await model(QUICK)
    events = await events_of(await caller.post("chat", {"message": "hello", "model": name, "stream": True}))
    generation = await database.read(Generation.objects.get)
    assert events == await database.read(log.entries, generation.pk)
    assert events[0].payload == {"request_id": str(generation.pk), "thread_id": None, "message_id": None}
    assert (fold(events).state, events[-1].type) == ("completed", "done")


async def test_a_provider_that_fails(caller: Caller, model: MakeModel) -> None:
    name = await model("sim:ttft=0ms,rate=1000,fault=cut@20")
    error = error_of(await caller.post("chat", {"message": "hello", "model": name}), 502, "stream_cut")
    assert error["answer"]["state"] == "failed"
    assert error["answer"]["message"]["text"]
    events = await events_of(await caller.post("chat", {"message": "hello", "model": name, "stream": True}))
    assert [event.type for event in events[-2:]] == ["error", "done"]


REFUSED: list[tuple[Any, int, str]] = [
    ({}, 422, "invalid"),
    ({"message": ""}, 400, "empty_message"),
    ({"message": "x" * 100_001}, 413, "message_too_long"),
    ({"message": "a", "model": "gpt-0"}, 422, "model_unavailable"),
    (b"{", 400, "bad_json"),
]


@pytest.mark.parametrize(("body", "status", "kind"), REFUSED)
async def test_what_cannot_be_asked(caller: Caller, model: MakeModel, body: Any, status: int, kind: str) -> None:
    await model(QUICK)
    error_of(await caller.post("chat", body), status, kind)
    assert await database.read(Generation.objects.count) == 0


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
async def test_who_hangs_up_stops_it(
    caller: Caller, model: MakeModel, simulator: RunningSimulator, stream: bool
) -> None:
    body = {"message": "hello", "model": await model(SLOW), "stream": stream}

    reading = asyncio.Event()

    async def ask() -> None:
        response = await caller.post("chat", body)
        async for _ in response:
            reading.set()

    asking = asyncio.create_task(ask())
    await until(lambda: Event.objects.filter(type="delta").exists())
    if stream:
        await reading.wait()
    asking.cancel()
    await asyncio.wait([asking])
    await simulator.until(lambda record: record[0]["disconnected"])
    await until(lambda: Generation.objects.get().state == "cancelled")


async def test_a_stream_whose_reader_left_before_it_was_sent_is_stopped(caller: Caller, model: MakeModel) -> None:
    body = {"message": "hello", "model": await model(SLOW), "stream": True}
    responses = []

    async def ask() -> None:
        responses.append(await caller.post("chat", body))
        await asyncio.Event().wait()  # as a middleware that is busy with it

    asking = asyncio.create_task(ask())
    while not responses:
        await asyncio.sleep(0.001)
    asking.cancel()
    await until(lambda: Generation.objects.get().state == "cancelled")


async def test_a_stop_leaves_what_came(caller: Caller, model: MakeModel) -> None:
    asking = asyncio.create_task(caller.post("chat", {"message": "hello", "model": await model(SLOW)}))
    await until(lambda: Event.objects.filter(type="delta").exists())
    generation = await database.read(Generation.objects.get)
    assert await service.stop(generation.pk) == "cancelled"
    body = (await asking).json()
    assert body["state"] == "cancelled"
    assert body["message"]["text"]


async def test_silence_is_bridged_by_comments(
    caller: Caller, model: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "KEEP_ALIVE", 0.05)
    body = {"message": "hello", "model": await model("sim:fault=no-head"), "stream": True}
    response = await caller.post("chat", body)
    stream = aiter(response)
    seen = b""
    while sse.COMMENT not in seen:
        seen += await anext(stream)
    await asyncio.to_thread(response.close)  # as Django does when the reader has gone
    await until(lambda: Generation.objects.get().state == "cancelled")
