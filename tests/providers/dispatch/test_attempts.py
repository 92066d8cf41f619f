"""One call: its events, its timeouts and its record, at the simulator over real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio

from providers import events
from providers.adapters.http import make_client
from providers.adapters.openai_chat import OpenAIChat
from providers.dispatch import attempts
from providers.dispatch.attempts import AttemptEnded, AttemptStarted, Step
from providers.dispatch.targets import AttemptRecord, Target
from providers.errors import ProviderError, TimedOut
from providers.types import ChatRequest, Endpoint, Message, Timeouts
from tests.simulator import RunningSimulator

_REQUEST = ChatRequest("", (Message("user", "hello"),))


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with make_client() as client:
        yield client


def _target(simulator: RunningSimulator, upstream: str, **fields: Any) -> Target:
    timeouts = fields.pop("timeouts", Timeouts(first_token=5, stall=5, total=20))
    endpoint = Endpoint("sim", simulator.url)
    return Target(None, "sim", "model", upstream, OpenAIChat(), endpoint, timeouts=timeouts, **fields)


async def _all(steps: AsyncIterator[Step]) -> tuple[list[Step], ProviderError | None]:
    """What it yields, and how it fails."""
    taken: list[Step] = []
    try:
        async with asyncio.timeout(15), aclosing(steps):
            async for step in steps:
                taken.append(step)  # noqa: PERF401 - what came before a failure counts
    except ProviderError as error:
        return taken, error
    return taken, None


def _text(steps: list[Step]) -> str:
    return "".join(step.text for step in steps if isinstance(step, events.TextDelta))


def _record(steps: list[Step]) -> AttemptRecord:
    assert isinstance(steps[0], AttemptStarted)
    assert isinstance(steps[-1], AttemptEnded)
    assert steps[-1].record is steps[0].record
    return steps[0].record


async def test_a_call_and_its_record(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    target = _target(simulator, "sim:ttft=20ms,rate=400,tokens=10,reasoning=4")
    steps, error = await _all(attempts.stream(_REQUEST, target, client, number=3, kind="takeover"))
    assert error is None
    record = _record(steps)
    [request] = simulator.record()
    assert (_text(steps), request["prompt"]) == (request["text"], "hello")
    assert (record.number, record.kind, record.streaming, record.http_status) == (3, "takeover", True, 200)
    assert (record.finish_reason, record.error_kind, record.deltas) == ("stop", "", 14)
    assert record.upstream_id == f"sim-{request['id']}"
    assert record.usage is not None
    assert record.usage.completion_tokens == 14
    reasoning = sum(len(step.text) for step in steps if isinstance(step, events.ReasoningDelta))
    assert record.characters == len(request["text"]) + reasoning
    times = [record.sent_at, record.opened_at, record.first_token_at, record.last_token_at, record.finished_at]
    assert times == sorted(times)  # type: ignore[type-var]
    assert record.first_token_at != record.last_token_at


async def test_the_call_is_made_only_after_its_beginning_was_taken(
    simulator: RunningSimulator, client: httpx.AsyncClient
) -> None:
    """Whoever iterates writes it down in between."""
    async with aclosing(attempts.stream(_REQUEST, _target(simulator, "sim-instant"), client)) as steps:
        assert isinstance(await anext(steps), AttemptStarted)
        await asyncio.sleep(0.05)
        assert simulator.record() == []
        await anext(steps)
        assert len(simulator.record()) == 1


@pytest.mark.parametrize(
    "upstream", ["sim:fault=no-head", "sim:fault=silent", "sim:ttft=30s", "sim:ttft=30s,comments=20ms"]
)
async def test_no_first_token(simulator: RunningSimulator, client: httpx.AsyncClient, upstream: str) -> None:
    """Comments show that the connection lives, not that tokens come."""
    target = _target(simulator, upstream, timeouts=Timeouts(first_token=0.25, stall=20, total=20))
    steps, error = await _all(attempts.stream(_REQUEST, target, client))
    assert isinstance(error, TimedOut)
    assert "did not begin to answer within 0.25 s" in str(error)
    record = _record(steps)
    assert (record.error_kind, record.error_message, record.deltas) == ("timeout", str(error), 0)
    assert record.finished_at is not None
    await simulator.until(lambda requests: requests[0]["disconnected"])


@pytest.mark.parametrize(
    "upstream", ["sim:ttft=0ms,rate=max,fault=stall@6", "sim:ttft=0ms,rate=0.2,tokens=9,comments=20ms"]
)
async def test_tokens_that_cease(simulator: RunningSimulator, client: httpx.AsyncClient, upstream: str) -> None:
    target = _target(simulator, upstream, timeouts=Timeouts(first_token=20, stall=0.25, total=20))
    steps, error = await _all(attempts.stream(_REQUEST, target, client))
    assert isinstance(error, TimedOut)
    assert "stopped in the middle for 0.25 s" in str(error)
    assert _text(steps) == simulator.record()[0]["text"] != ""
    assert _record(steps).error_kind == "timeout"


async def test_an_answer_that_takes_too_long(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    target = _target(
        simulator, "sim:ttft=0ms,rate=40,tokens=5000", timeouts=Timeouts(first_token=20, stall=20, total=0.4)
    )
    steps, error = await _all(attempts.stream(_REQUEST, target, client))
    assert isinstance(error, TimedOut)
    assert "did not finish within 0.4 s" in str(error)
    assert _text(steps)


async def test_tokens_that_come_slowly_are_in_time(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    """Each token begins the waiting anew: the whole takes longer than either limit."""
    target = _target(
        simulator, "sim:ttft=0ms,rate=20,tokens=14", timeouts=Timeouts(first_token=0.4, stall=0.4, total=20)
    )
    steps, error = await _all(attempts.stream(_REQUEST, target, client))
    assert error is None
    assert len(_text(steps)) == len(simulator.record()[0]["text"])


async def test_a_slow_reader_is_not_the_providers_fault(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    """It is away for longer than every limit, and then the provider has the usual time for the next token."""
    limits = Timeouts(first_token=0.5, stall=0.5, total=1.0)
    target = _target(simulator, "sim:ttft=0ms,rate=0.8,tokens=2", timeouts=limits)
    steps: list[Step] = []
    async with asyncio.timeout(15), aclosing(attempts.stream(_REQUEST, target, client)) as stream:
        async for step in stream:
            steps.append(step)
            if isinstance(step, events.TextDelta) and len(_text(steps)) == len(step.text):
                await asyncio.sleep(1.05)  # the second token is due 1.25 s after the first: 0.2 s of waiting for it
    assert _record(steps).finish_reason == "stop"
    assert _text(steps) == simulator.record()[0]["text"]


@pytest.mark.parametrize(("model", "request_"), [(False, True), (True, False)], ids=["by the model", "by the request"])
async def test_without_streaming(
    simulator: RunningSimulator, client: httpx.AsyncClient, model: bool, request_: bool
) -> None:
    """The whole answer takes its time: only the total counts."""
    target = _target(
        simulator,
        "sim:ttft=300ms,rate=400,tokens=20",
        streaming=model,
        timeouts=Timeouts(first_token=0.1, stall=0.1, total=10),
    )
    steps, error = await _all(attempts.stream(replace(_REQUEST, stream=request_), target, client))
    assert error is None
    [request] = simulator.record()
    assert (request["stream"], _record(steps).streaming) == (False, False)
    assert _text(steps) == request["text"]


async def test_a_whole_answer_that_does_not_come(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    target = _target(simulator, "sim:fault=silent", streaming=False, timeouts=Timeouts(0.1, 0.1, 0.1, 0.3))
    _, error = await _all(attempts.stream(_REQUEST, target, client))
    assert isinstance(error, TimedOut)
    assert "did not finish within 0.3 s" in str(error)


@pytest.mark.parametrize("upstream", ["sim:fault=no-head", "sim:fault=stall@3", "sim:ttft=0ms,rate=100,tokens=9000"])
async def test_cancelling_closes_the_connection(
    simulator: RunningSimulator, client: httpx.AsyncClient, upstream: str
) -> None:
    """It is a cancellation, not a timeout, and the record has no end: the caller settles it."""
    records: list[AttemptRecord] = []

    async def read() -> None:
        async with aclosing(attempts.stream(_REQUEST, _target(simulator, upstream), client)) as steps:
            first = await anext(steps)
            assert isinstance(first, AttemptStarted)
            records.append(first.record)
            async for _ in steps:
                pass

    task = asyncio.create_task(read())
    await simulator.until(lambda requests: len(requests) == 1)
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await simulator.until(lambda requests: requests[0]["disconnected"])
    assert (records[0].finished_at, records[0].error_kind) == (None, "")


async def test_closing_closes_the_connection(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    target = _target(simulator, "sim:ttft=0ms,rate=100,tokens=9000")
    async with aclosing(attempts.stream(_REQUEST, target, client)) as steps:
        async for step in steps:
            if isinstance(step, events.TextDelta):
                break
    await simulator.until(lambda requests: requests[0]["disconnected"])


async def test_a_timeout_does_not_swallow_a_later_cancellation(
    simulator: RunningSimulator, client: httpx.AsyncClient
) -> None:
    """The task that was interrupted for a timeout is as it was before."""
    target = _target(simulator, "sim:fault=silent", timeouts=Timeouts(first_token=0.15))

    async def read() -> None:
        await _all(attempts.stream(_REQUEST, target, client))
        me = asyncio.current_task()
        assert me is not None
        assert me.cancelling() == 0
        await asyncio.Event().wait()

    task = asyncio.create_task(read())
    await simulator.until(lambda requests: bool(requests) and requests[0]["disconnected"])
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    ("fault", "kind", "status"),
    [("401", "authentication", 401), ("503", "overloaded", 503), ("cut@3", "stream_cut", 200)],
)
async def test_a_refusal_is_noted_and_raised(
    simulator: RunningSimulator, client: httpx.AsyncClient, fault: str, kind: str, status: int
) -> None:
    steps, error = await _all(attempts.stream(_REQUEST, _target(simulator, f"sim-instant:fault={fault}"), client))
    record = _record(steps)
    assert error is not None
    assert (record.error_kind, record.error_message, record.http_status) == (kind, str(error), status)
    assert error.kind == kind


async def test_a_usage_that_cannot_be_is_none(
    simulator: RunningSimulator, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = _target(simulator, "sim-instant:tokens=5")
    steps, _ = await _all(attempts.stream(_REQUEST, target, client))
    assert _record(steps).usage is not None
    monkeypatch.setattr(attempts, "_MOST_TOKENS", 1)
    steps, error = await _all(attempts.stream(_REQUEST, target, client))
    assert (error, _record(steps).usage) == (None, None)
