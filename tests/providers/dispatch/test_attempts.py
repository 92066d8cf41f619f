"""The loop at the simulator over real HTTP: whatever a provider does, an answer comes of it, or words."""

import asyncio
import time
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import httpx
import pytest

from providers import events
from providers.dispatch import attempts
from providers.dispatch.health import Board
from providers.dispatch.plan import Plan
from providers.dispatch.steps import AttemptEnded, AttemptStarted, Status
from providers.dispatch.targets import AttemptRecord
from providers.types import ChatRequest, Endpoint, Timeouts
from tests.providers.dispatch.plans import Clock, Told, ask, plan, target, told
from tests.simulator import RunningSimulator

_SAYS = "ttft=0ms,rate=max,tokens=40,text=lorem"  # all that say this say the same


async def _run(plan: Plan, board: Board, client: httpx.AsyncClient, **options: Any) -> Told:
    return await told(attempts.stream(plan, ask, board, client, **options))


# --- one call ------------------------------------------------------------------------------------------------------
async def test_a_call_is_told_from_beginning_to_end(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board
) -> None:
    found = await _run(plan([target(simulator, f"sim:{_SAYS}")]), board, client, number=3, kind="takeover")
    assert found.error is None
    assert isinstance(found.steps[0], AttemptStarted)
    assert isinstance(found.steps[1], events.Opened)
    assert isinstance(found.steps[-2], events.Finish)
    assert isinstance(found.steps[-1], AttemptEnded)
    [record] = found.records
    assert (found.ended, record.number, record.kind, record.finish_reason) == ([record], 3, "takeover", "stop")
    assert record.prompt_characters == len("hello")
    assert found.text == simulator.record()[0]["text"] != ""
    assert not +board.in_flight


async def test_the_call_is_made_only_after_its_beginning_was_taken(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board
) -> None:
    """Whoever iterates writes it down in between."""
    async with aclosing(attempts.stream(plan([target(simulator, "sim-instant")]), ask, board, client)) as steps:
        assert isinstance(await anext(steps), AttemptStarted)
        await asyncio.sleep(0.05)
        assert simulator.record() == []
        await anext(steps)
        assert len(simulator.record()) == 1


async def test_a_call_that_was_written_down_before_is_not_announced(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board
) -> None:
    one, other = target(simulator, f"sim:{_SAYS}"), target(simulator, "sim-instant")
    record = AttemptRecord(1, "first", other, streaming=True)
    found = await _run(plan([one, other]), board, client, written=record)
    assert (found.records, found.ended) == ([], [record])
    assert [request["model"] for request in simulator.record()] == ["sim-instant"]


@pytest.mark.parametrize("by", ["model", "request"])
async def test_without_streaming_from_the_start(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board, by: str
) -> None:
    def whole(one: Any, prefix: str) -> ChatRequest:
        return replace(ask(one, prefix), stream=by != "request")

    one = target(simulator, f"sim:{_SAYS}", streaming=by != "model")
    found = await told(attempts.stream(plan([one]), whole, board, client))
    assert (found.records[0].streaming, simulator.record()[0]["stream"]) == (False, False)
    assert found.text == simulator.record()[0]["text"]


async def test_closing_closes_the_connection(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board
) -> None:
    endless = plan([target(simulator, "sim:ttft=0ms,rate=100,tokens=9000")])
    async with aclosing(attempts.stream(endless, ask, board, client)) as steps:
        async for step in steps:
            if isinstance(step, events.TextDelta):
                break
    await simulator.until(lambda requests: requests[0]["disconnected"])
    assert not +board.in_flight


# --- before the first token ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("fault", ["429", "500", "502", "503", "504", "529", "408", "error@0", "html-502"])
async def test_what_passes_is_asked_again(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board, clock: Clock, fault: str
) -> None:
    one = target(simulator, f"sim:{_SAYS},fault={fault},times=2")
    found = await _run(plan([one]), board, client)
    assert [kind for kind, *_ in found.calls] == ["first", "retry", "retry"]
    assert found.text == simulator.record()[-1]["text"] != ""
    assert [round(seconds) for seconds in clock.slept] == [1, 2]
    assert [state for state, _ in found.statuses] == ["retrying", "retrying"]
    assert [one.finished_at is not None for one in found.ended] == [True, True, True]


async def test_a_retry_is_told_with_its_reason(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board, clock: Clock
) -> None:
    one = target(simulator, f"sim:{_SAYS},fault=429,retry-after=7,times=1", timeouts=Timeouts(first_token=30))
    found = await _run(plan([one]), board, client)
    assert clock.slept == [pytest.approx(7.1, abs=0.15)]
    [(state, detail)] = found.statuses
    assert state == "retrying"
    assert detail["retry_in_s"] == pytest.approx(7.1, abs=0.2)
    assert {"reason": "rate_limit", "provider": "sim", "model": "model"}.items() <= detail.items()


async def test_every_further_call_is_told_before(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board, clock: Clock
) -> None:
    """Also where no pause is left to be made, since another's has taken the time."""
    both = [target(simulator, f"sim:{_SAYS},fault={fault}", order=at) for at, fault in enumerate(["503", "500"])]
    found = await _run(plan(both, [target(simulator, f"sim:{_SAYS}", model="other")]), board, client)
    kinds = [kind for kind, *_ in found.calls]
    assert sorted(kinds) == ["fallback", "fallback", "first", "retry", "retry", "retry", "retry"]
    told: list[set[str]] = []
    for step in found.steps:
        if isinstance(step, AttemptStarted):
            told.append(set())
        elif isinstance(step, Status):
            told[-1].add(step.state)
    states = {"retry": {"retrying"}, "fallback": {"falling_back"}}
    assert told == [*(states[kind] for kind in kinds[1:]), set()]


async def test_a_wait_that_is_too_long_leads_elsewhere(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board, clock: Clock
) -> None:
    limited = target(simulator, f"sim:{_SAYS},fault=429,retry-after=60")
    found = await _run(plan([limited], [target(simulator, f"sim:{_SAYS}", model="other")]), board, client)
    assert [kind for kind, *_ in found.calls] == ["first", "fallback"]
    assert clock.slept == []


@pytest.mark.parametrize("fault", ["401", "402", "403", "404", "quota", "context", "400", "422", "413"])
async def test_what_no_waiting_helps_leads_elsewhere(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board, clock: Clock, fault: str
) -> None:
    broken = target(simulator, f"sim:{_SAYS},fault={fault}")
    found = await _run(plan([broken], [target(simulator, f"sim:{_SAYS}", model="other")]), board, client)
    assert [kind for kind, *_ in found.calls] == ["first", "fallback"]
    assert found.text == simulator.record()[-1]["text"] != ""
    [(state, detail)] = found.statuses
    assert state == "falling_back"
    assert (detail["from_model"], detail["model"], detail["reason"]) == ("model", "other", found.calls[0][2])
    assert clock.slept == []


async def test_a_filter_is_not_gone_round(simulator: RunningSimulator, client: httpx.AsyncClient, board: Board) -> None:
    found = await _run(
        plan([target(simulator, "sim:fault=filter")], [target(simulator, f"sim:{_SAYS}")]), board, client
    )
    assert len(found.calls) == 1
    assert found.error is not None
    assert found.error.kind == "content_filter"


@pytest.mark.parametrize("fault", ["no-head", "silent", "stall@0"])
async def test_silence_leads_elsewhere_and_not_back(
    simulator: RunningSimulator, client: httpx.AsyncClient, fault: str
) -> None:
    mute = target(simulator, f"sim:{_SAYS},fault={fault}", timeouts=Timeouts(first_token=0.2))
    found = await _run(plan([mute], [target(simulator, f"sim:{_SAYS}", model="other")]), Board(), client)
    assert [(kind, error) for kind, _, error in found.calls] == [("first", "timeout"), ("fallback", "")]
    await simulator.until(lambda requests: requests[0]["disconnected"])


async def test_nobody_there_leads_elsewhere_at_once(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    """Another deployment of the model is asked without a pause; it takes no more than a tenth of a second."""
    away = target(simulator, "sim", endpoint=Endpoint("away", "http://127.0.0.1:9/v1"))
    began = time.monotonic()
    found = await _run(plan([away, target(simulator, f"sim:{_SAYS}", order=1)]), Board(), client)
    took = time.monotonic() - began
    assert [(kind, error) for kind, _, error in found.calls] == [("first", "connection"), ("fallback", "")]
    failed, went_on = found.records[0].finished_at, found.records[1].sent_at
    assert failed is not None
    assert (went_on - failed).total_seconds() < 0.1
    assert took < 1.0


# --- streams that are none -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("fault", ["empty", "cut@0", "html", "rst@0", "drop@0", "bad-json@0"])
async def test_a_stream_that_fails_as_a_stream_comes_whole(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board, clock: Clock, fault: str
) -> None:
    """Once, at the same deployment, without a pause."""
    one = target(simulator, f"sim:{_SAYS},fault={fault},times=1")
    found = await _run(plan([one, target(simulator, "sim-instant", order=1)]), board, client)
    assert [(kind, upstream) for kind, upstream, _ in found.calls] == [("first", one.upstream), ("retry", one.upstream)]
    assert [request["stream"] for request in simulator.record()] == [True, False]
    assert [record.streaming for record in found.records] == [True, False]
    assert found.text == simulator.record()[-1]["text"] != ""
    assert clock.slept == []
    assert [(state, detail["retry_in_s"]) for state, detail in found.statuses] == [("retrying", 0.0)]
