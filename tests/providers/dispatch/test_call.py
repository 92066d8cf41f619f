"""One call: its events, its timeouts and its record, at the simulator over real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from providers import events
from providers.dispatch import call as calls
from providers.dispatch.call import Call
from providers.dispatch.health import Board
from providers.dispatch.targets import AttemptRecord, Target
from providers.errors import TimedOut
from providers.types import ChatRequest, Message, Timeouts
from tests.providers.dispatch.plans import target
from tests.simulator import RunningSimulator

_REQUEST = ChatRequest("", (Message("user", "hello"),))


def _call(one: Target, board: Board | None = None, *, streaming: bool = True) -> Call:
    seat = (board or Board()).take([one])
    assert seat is not None
    return Call(seat, AttemptRecord(3, "takeover", one, streaming=streaming and one.streaming), _REQUEST)


@asynccontextmanager
async def _open(call: Call, client: httpx.AsyncClient) -> AsyncIterator[Call]:
    call.send(client)
    try:
        async with asyncio.timeout(15):
            yield call
    finally:
        await call.close()


@dataclass
class _Read:
    taken: list[events.Event] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.taken if isinstance(event, events.TextDelta))


async def _read(call: Call, client: httpx.AsyncClient) -> _Read:
    read = _Read()
    async with _open(call, client):
        while (event := await call.next()) is not None:
            read.taken.append(event)
    return read


async def test_a_call_and_its_record(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    call = _call(target(simulator, "sim:ttft=20ms,rate=400,tokens=10,reasoning=4"))
    read, record = await _read(call, client), call.record
    assert call.error is None
    [request] = simulator.record()
    assert (read.text, request["prompt"], call.text) == (request["text"], "hello", read.text)
    assert (record.streaming, record.http_status, record.finish_reason, record.error_kind) == (True, 200, "stop", "")
    assert (record.deltas, record.upstream_id) == (14, f"sim-{request['id']}")
    assert record.usage is not None
    assert record.usage.completion_tokens == 14
    reasoning = sum(len(event.text) for event in read.taken if isinstance(event, events.ReasoningDelta))
    assert record.characters == len(request["text"]) + reasoning
    times = [record.sent_at, record.opened_at, record.first_token_at, record.last_token_at, record.finished_at]
    assert times == sorted(times)  # type: ignore[type-var]
    assert record.first_token_at != record.last_token_at


@pytest.mark.parametrize(
    "upstream", ["sim:fault=no-head", "sim:fault=silent", "sim:ttft=30s", "sim:ttft=30s,comments=20ms"]
)
async def test_no_first_token(simulator: RunningSimulator, client: httpx.AsyncClient, upstream: str) -> None:
    """Comments show that the connection lives, not that tokens come."""
    call = _call(target(simulator, upstream, timeouts=Timeouts(first_token=0.25, stall=20, total=20)))
    await _read(call, client)
    assert isinstance(call.error, TimedOut)
    assert call.error.retryable
    assert "did not begin to answer within 0.25 s" in str(call.error)
    record = call.record
    assert (record.error_kind, record.error_message, record.deltas) == ("timeout", str(call.error), 0)
    assert record.finished_at is not None
    await simulator.until(lambda requests: requests[0]["disconnected"])


@pytest.mark.parametrize(
    "upstream", ["sim:ttft=0ms,rate=max,fault=stall@6", "sim:ttft=0ms,rate=0.2,tokens=9,comments=20ms"]
)
async def test_tokens_that_cease(simulator: RunningSimulator, client: httpx.AsyncClient, upstream: str) -> None:
    call = _call(target(simulator, upstream, timeouts=Timeouts(first_token=20, stall=0.25, total=20)))
    read = await _read(call, client)
    assert "stopped in the middle for 0.25 s" in str(call.error)
    assert read.text == simulator.record()[0]["text"] != ""
    assert call.record.error_kind == "timeout"


async def test_an_answer_that_takes_too_long(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    times = Timeouts(first_token=20, stall=20, total=0.4)
    call = _call(target(simulator, "sim:ttft=0ms,rate=40,tokens=5000", timeouts=times))
    read = await _read(call, client)
    assert isinstance(call.error, TimedOut)
    assert "did not finish within 0.4 s" in str(call.error)
    assert not call.error.retryable
    assert read.text


async def test_tokens_that_come_slowly_are_in_time(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    """Each token begins the waiting anew: the whole takes longer than either limit."""
    times = Timeouts(first_token=0.4, stall=0.4, total=20)
    call = _call(target(simulator, "sim:ttft=0ms,rate=20,tokens=14", timeouts=times))
    read = await _read(call, client)
    assert call.error is None
    assert len(read.text) == len(simulator.record()[0]["text"])


async def test_a_slow_reader_is_not_the_providers_fault(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    """It is away for longer than every limit, and then the provider has the usual time for the next token."""
    call = _call(
        target(simulator, "sim:ttft=0ms,rate=0.8,tokens=2", timeouts=Timeouts(first_token=1, stall=1, total=1.5))
    )
    async with _open(call, client):
        while (event := await call.next()) is not None:
            if isinstance(event, events.TextDelta) and call.record.deltas == 1:
                await asyncio.sleep(1.05)  # the second token is due 1.25 s after the first: 0.2 s of waiting for it
    assert (call.error, call.record.finish_reason) == (None, "stop")
    assert call.text == simulator.record()[0]["text"]


async def test_without_streaming(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    """The whole answer takes its time: only the total counts."""
    times = Timeouts(first_token=0.1, stall=0.1, total=10)
    call = _call(target(simulator, "sim:ttft=300ms,rate=400,tokens=20", timeouts=times), streaming=False)
    await _read(call, client)
    assert call.error is None
    [request] = simulator.record()
    assert (request["stream"], call.text) == (False, request["text"])


async def test_a_whole_answer_that_does_not_come(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    call = _call(target(simulator, "sim:fault=silent", timeouts=Timeouts(0.1, 0.1, 0.1, 0.3)), streaming=False)
    await _read(call, client)
    assert "did not finish within 0.3 s" in str(call.error)


@pytest.mark.parametrize("upstream", ["sim:fault=no-head", "sim:fault=stall@3", "sim:ttft=0ms,rate=100,tokens=9000"])
async def test_cancelling_closes_the_connection(
    simulator: RunningSimulator, client: httpx.AsyncClient, upstream: str
) -> None:
    """It is a cancellation, not a timeout; the record has no end, the place is free, and it is nobody's failure."""
    board = Board()
    call = _call(target(simulator, upstream), board)
    task = asyncio.create_task(_read(call, client))
    await simulator.until(lambda requests: len(requests) == 1)
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await simulator.until(lambda requests: requests[0]["disconnected"])
    assert (call.record.finished_at, call.record.error_kind, call.error) == (None, "", None)
    [known] = board.report()
    assert (known.in_flight, known.last_error) == (0, "")


async def test_a_timeout_does_not_swallow_a_later_cancellation(
    simulator: RunningSimulator, client: httpx.AsyncClient
) -> None:
    """The task that was interrupted for a timeout is as it was before."""
    call = _call(target(simulator, "sim:fault=silent", timeouts=Timeouts(first_token=0.15)))

    async def read() -> None:
        await _read(call, client)
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
async def test_a_failure_is_noted(
    simulator: RunningSimulator, client: httpx.AsyncClient, fault: str, kind: str, status: int
) -> None:
    board = Board()
    call = _call(target(simulator, f"sim-instant:fault={fault}"), board)
    await _read(call, client)
    assert call.error is not None
    assert (call.error.kind, call.record.error_kind, call.record.http_status) == (kind, kind, status)
    assert call.record.error_message == str(call.error)
    [known] = board.report()
    assert (known.in_flight, known.last_error) == (0, kind)


async def test_how_long_the_first_token_took_is_known(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    """Of one that did not come: at least as long as it was waited for. Of a whole answer nothing."""
    board = Board()
    await _read(_call(target(simulator, "sim:ttft=120ms,rate=max,tokens=3"), board), client)
    slow = target(simulator, "sim:fault=silent", timeouts=Timeouts(first_token=0.2))
    await _read(_call(slow, board), client)
    await _read(_call(target(simulator, "sim:ttft=0ms,rate=max,tokens=2"), board, streaming=False), client)
    took = {known.upstream: known.first_token_s for known in board.report()}
    assert took["sim:ttft=120ms,rate=max,tokens=3"] == pytest.approx(0.2, abs=0.1)
    assert took["sim:fault=silent"] == pytest.approx(0.25, abs=0.06)
    assert took["sim:ttft=0ms,rate=max,tokens=2"] is None


async def test_the_longest_gap_between_tokens(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    slow, single = _call(target(simulator, "sim:ttft=0ms,rate=20,tokens=4")), _call(target(simulator, "sim:tokens=1"))
    await _read(slow, client)
    await _read(single, client)
    gap, record = slow.record.longest_gap, slow.record
    assert gap is not None
    assert record.first_token_at is not None
    assert record.last_token_at is not None
    whole = record.last_token_at - record.first_token_at
    assert whole / 3 <= gap <= whole
    assert single.record.longest_gap is None


async def test_what_came_in_the_beginning_is_held(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    """A call that was begun beside another is read on as if nothing had been."""
    call = _call(target(simulator, "sim:ttft=20ms,rate=400,tokens=10"))
    read: list[Any] = []
    async with _open(call, client):
        await call.begin()
        assert call.spoke
        call.take_over()
        while (event := await call.next()) is not None:
            read.append(event)
    assert isinstance(read[0], events.Opened)
    text = "".join(event.text for event in read if isinstance(event, events.TextDelta))
    assert text == simulator.record()[0]["text"] == call.text


async def test_a_usage_that_cannot_be_is_none(
    simulator: RunningSimulator, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = _call(target(simulator, "sim-instant:tokens=5"))
    await _read(call, client)
    assert call.record.usage is not None
    monkeypatch.setattr(calls, "_MOST_TOKENS", 1)
    call = _call(target(simulator, "sim-instant:tokens=5"))
    await _read(call, client)
    assert (call.error, call.record.usage) == (None, None)
