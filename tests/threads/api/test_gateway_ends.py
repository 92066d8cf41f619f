"""How calls of the gateway end other than well: failures, stops, readers who leave, owners who die."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import openai as client
import pytest
from openai import AsyncOpenAI

from providers.models import Deployment, Model, Provider
from tests.fixtures_engine import until
from tests.simulator import RunningSimulator
from tests.threads.api.asking import HELLO, ask, generation_row
from tests.threads.api.conftest import Caller
from tests.threads.api.live import remembering
from threads import database
from threads.api import gateway, sse
from threads.generation import log
from threads.generation.fold import fold
from threads.generation.runtime import Runtime
from threads.models import Attempt, Event, Generation, StoredPrompt

MakeModel = Callable[[str], Awaitable[str]]
SLOW = "sim:ttft=0ms,rate=50,tokens=5000"
BOTH = pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])


# --- failures --------------------------------------------------------------------------------------------------
FAILURES = [
    ("500", 502, "upstream", "upstream", True),
    ("401", 502, "authentication", "authentication", False),
    ("quota", 502, "quota", "insufficient_quota", False),
    ("429,retry-after=7", 429, "rate_limit", "rate_limit_exceeded", True),
    ("503", 503, "overloaded", "overloaded", True),
    ("context", 413, "context_length", "context_length_exceeded", False),
    ("empty", 502, "empty", "empty", True),
]


@BOTH
@pytest.mark.parametrize(("fault", "status", "kind", "code", "again"), FAILURES, ids=[fault for fault, *_ in FAILURES])
async def test_a_failure_before_the_first_word_has_its_status(
    openai: AsyncOpenAI, model: MakeModel, fault: str, status: int, kind: str, code: str, again: bool, stream: bool
) -> None:
    with pytest.raises(client.APIStatusError) as raised:
        await ask(openai, await model(f"sim:ttft=0ms,rate=1000,fault={fault}"), stream=stream)
    error, generation = raised.value, await generation_row()
    assert (error.status_code, error.type, error.code) == (status, kind, code)
    assert error.request_id == str(generation.pk)
    assert isinstance(error.body, dict)
    assert error.body["request_id"] == str(generation.pk)
    assert error.body["message"] == generation.error_message
    assert ("Retry-After" in error.response.headers) is (status in {429, 503})
    assert error.response.headers.get("X-Should-Retry") == (None if again else "false")
    assert generation.state == "failed"
    assert not await database.read(StoredPrompt.objects.exists)


async def test_the_client_asks_again_where_it_helps_and_only_there(
    openai: AsyncOpenAI, model: MakeModel, simulator: RunningSimulator
) -> None:
    patient = openai.with_options(max_retries=1)
    await ask(patient, await model("sim:ttft=0ms,tokens=3,fault=503,retry-after=0.01,times=3"), stream=False)
    asked = await database.read(Generation.objects.count)
    with pytest.raises(client.APIStatusError):
        await ask(patient, await model("sim:fault=401"), stream=False)
    assert await database.read(Generation.objects.count) == asked + 1


async def test_a_stream_that_breaks_says_so_in_band(openai: AsyncOpenAI, model: MakeModel) -> None:
    read: list[str] = []
    name = await model("sim:ttft=0ms,rate=1000,fault=error@20")
    with pytest.raises(client.APIError) as raised:
        await ask(openai, name, stream=True, read=read)
    generation = await generation_row()
    assert not isinstance(raised.value, client.APIStatusError)
    assert (raised.value.type, raised.value.message) == ("upstream", generation.error_message)
    assert "".join(read) == fold(await database.read(log.entries, generation.pk)).text != ""


async def test_a_whole_answer_that_breaks_is_an_error_with_what_came(openai: AsyncOpenAI, model: MakeModel) -> None:
    with pytest.raises(client.APIStatusError) as raised:
        await ask(openai, await model("sim:ttft=0ms,rate=1000,fault=cut@20"), stream=False)
    assert raised.value.status_code == 502
    assert isinstance(raised.value.body, dict)
    partial = raised.value.body["answer"]["choices"][0]["message"]["content"]
    assert partial == fold(await database.read(log.entries, (await generation_row()).pk)).text != ""


@BOTH
async def test_an_answer_that_is_begun_anew(
    openai: AsyncOpenAI, model: MakeModel, simulator: RunningSimulator, stream: bool
) -> None:
    """What a stream has said cannot be taken back: it ends in an error. A whole answer is the second alone."""
    read: list[str] = []
    with remembering() as (url, bodies):
        name = await model("sim:ttft=0ms,rate=1000,fault=cut@20")
        await database.write(_add_one_that_cannot_continue, name, url)
        if stream:
            with pytest.raises(client.APIError) as raised:
                await ask(openai, name, stream=True, read=read)
            assert raised.value.type == "restarted"
            assert "".join(read) == simulator.record()[0]["text"] != ""
        else:
            assert await ask(openai, name, stream=False) == ["seen"]
    assert len(bodies) == 1
    await until(lambda: Generation.objects.get().ended)


def _add_one_that_cannot_continue(name: str, url: str) -> None:
    provider = Provider.objects.create(name="second", preset="openai-compatible", base_url=url)
    Deployment.objects.create(model=Model.objects.get(name=name), provider=provider, upstream="m", order=1)


# --- stops -----------------------------------------------------------------------------------------------------
@BOTH
async def test_who_hangs_up_stops_the_call(
    openai: AsyncOpenAI, model: MakeModel, simulator: RunningSimulator, stream: bool
) -> None:
    asking = asyncio.create_task(ask(openai, await model(SLOW), stream=stream))
    await until(lambda: Event.objects.filter(type="delta").exists())
    asking.cancel()
    await asyncio.wait([asking])
    await until(lambda: Generation.objects.get().ended)
    [request] = await simulator.until(lambda record: record[0]["disconnected"])
    generation = await generation_row()
    assert (generation.state, request["tokens"] < 200) == ("cancelled", True)
    assert (await database.read(Attempt.objects.get)).state == "cancelled"
    assert not await database.read(StoredPrompt.objects.exists)


@BOTH
async def test_who_hangs_up_in_silence_stops_the_call(
    openai: AsyncOpenAI, model: MakeModel, simulator: RunningSimulator, stream: bool
) -> None:
    """Before the response has begun."""
    asking = asyncio.create_task(ask(openai, await model("sim:fault=no-head"), stream=stream))
    await simulator.until(bool)
    asking.cancel()
    await asyncio.wait([asking])
    await simulator.until(lambda record: record[0]["disconnected"])
    await until(lambda: Generation.objects.get().state == "cancelled")


async def test_who_hangs_up_while_it_is_stored_stops_the_call(
    caller: Caller, model: MakeModel, simulator: RunningSimulator, engine: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = asyncio.Event()
    begin = engine.starter.begin

    async def begun(question: Any) -> Any:
        began.set()
        return await begin(question)

    monkeypatch.setattr(engine.starter, "begin", begun)
    body = {"model": await model(SLOW), "messages": HELLO}
    asking = asyncio.create_task(caller.post("/v1/chat/completions", body))
    await began.wait()
    asking.cancel()
    await asyncio.wait([asking])
    await until(lambda: Generation.objects.filter(state="cancelled").exists())


@pytest.mark.slow
async def test_a_reader_who_takes_nothing_and_leaves_stops_the_call(
    origin: str, caller: Caller, model: MakeModel, simulator: RunningSimulator
) -> None:
    """Its connection is full, so that the server is in the middle of sending when it goes."""
    body = json.dumps({"model": await model("sim:ttft=0ms,rate=max,tokens=400000"), "messages": HELLO, "stream": True})
    host, port = origin.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {caller.key}\r\n"
    writer.write(f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
    await reader.readline()
    await until(lambda: Event.objects.filter(type="delta").count() > 5)
    writer.transport.abort()
    await simulator.until(lambda record: record[0]["disconnected"])
    await until(lambda: Generation.objects.get().state == "cancelled")


@BOTH
async def test_a_call_that_is_stopped_is_no_answer(
    openai: AsyncOpenAI, caller: Caller, model: MakeModel, stream: bool
) -> None:
    patient = openai.with_options(max_retries=2)
    asking = asyncio.create_task(ask(patient, await model(SLOW), stream=stream))
    await until(lambda: Event.objects.filter(type="delta").exists())
    generation = await generation_row()
    assert (await caller.post(f"threads/cancel/{generation.pk}")).json() == {"state": "cancelled"}
    with pytest.raises(client.APIError) as raised:
        await asking
    assert raised.value.type == "cancelled"
    assert isinstance(raised.value, client.ConflictError) is not stream
    assert await database.read(Generation.objects.count) == 1  # and it was not asked again


async def test_another_persons_call_is_not_there(openai: AsyncOpenAI, stranger: Caller, model: MakeModel) -> None:
    asking = asyncio.create_task(ask(openai, await model(SLOW), stream=True))
    await until(lambda: Event.objects.filter(type="delta").exists())
    generation = await generation_row()
    assert (await stranger.get(f"generations/{generation.pk}/events")).status_code == 404
    assert (await stranger.post(f"threads/cancel/{generation.pk}")).status_code == 404
    assert not asking.done()
    asking.cancel()
    await asyncio.wait([asking])


# --- silence ---------------------------------------------------------------------------------------------------
async def test_silence_begins_the_stream_with_comments_and_ends_in_band(
    origin: str, caller: Caller, model: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "KEEP_ALIVE", 0.05)
    monkeypatch.setattr(gateway, "LOOK", 0.05)
    name = await model("sim:fault=silent")
    await database.write(Model.objects.filter(name=name).update, timeout_first_token=1.5)
    body = {"model": name, "messages": HELLO, "stream": True}
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {caller.key}"}) as http:
        response = await http.post(f"{origin}/v1/chat/completions", json=body, timeout=20)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/event-stream")
    assert response.headers["x-request-id"] == response.headers["x_request_id"] == str((await generation_row()).pk)
    *comments, last, rest = response.text.split("\n\n")
    assert rest == ""
    assert set(comments) == {": keep-alive"}
    error = json.loads(last.removeprefix("data: "))["error"]
    assert (error["type"], error["code"], error["param"]) == ("timeout", "timeout", None)
