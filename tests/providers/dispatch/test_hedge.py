"""Two calls at once: the first token wins, the other is cancelled, and each has its record."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import httpx
import pytest

from providers import events
from providers.dispatch import attempts
from providers.dispatch.health import Board
from providers.dispatch.plan import Plan
from providers.dispatch.steps import AttemptEnded, AttemptStarted
from providers.types import ChatRequest, Timeouts
from tests.providers.dispatch.plans import Told, ask, plan, target, told
from tests.simulator import RunningSimulator

_SAYS = "rate=max,tokens=40,text=lorem"


def _board(share: float = 1.0) -> Board:
    return Board(hedge_share=share)


def _pair(simulator: RunningSimulator, first: str, second: str, after: float = 0.1, **options: Any) -> Plan:
    """A deployment, and one behind it that is asked besides."""
    return plan(
        [
            target(simulator, first, hedge_after=after, **options),
            target(simulator, second, hedge_after=after, order=1, **options),
        ]
    )


async def _run(plan: Plan, client: httpx.AsyncClient, board: Board) -> Told:
    return await told(attempts.stream(plan, ask, board, client))


async def test_the_quicker_one_answers(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    board = _board()
    found = await _run(_pair(simulator, f"sim:ttft=5s,{_SAYS}", f"sim:ttft=20ms,{_SAYS}"), client, board)
    first, second = found.records
    assert [(one.kind, one.finish_reason, one.error_kind) for one in found.records] == [
        ("first", "", ""), ("hedge", "stop", ""),
    ]  # fmt: skip
    assert found.text == simulator.record()[1]["text"] != ""
    assert found.statuses == [("hedging", {"provider": "sim", "model": "model"})]
    assert found.ended == [first, second]
    assert first.finished_at is not None
    await simulator.until(lambda requests: requests[0]["disconnected"])
    assert not +board.in_flight
    slow = next(known for known in board.report() if known.upstream.startswith("sim:ttft=5s"))
    assert slow.last_error == "", "being slower is no failure"
    assert slow.first_token_s is not None, "but it is known"
    assert slow.first_token_s > 0.1


async def test_the_loser_is_told_right_after_the_winners_first_token(
    simulator: RunningSimulator, client: httpx.AsyncClient
) -> None:
    found = await _run(_pair(simulator, f"sim:ttft=5s,{_SAYS}", f"sim:ttft=0ms,{_SAYS}"), client, _board())
    ended = found.steps.index(AttemptEnded(found.records[0]))
    assert Told(found.steps[:ended]).text != ""
    assert len([step for step in found.steps[:ended] if isinstance(step, events.TextDelta)]) == 1


async def test_the_first_one_may_win_all_the_same(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    found = await _run(_pair(simulator, f"sim:ttft=250ms,{_SAYS}", f"sim:ttft=5s,{_SAYS}"), client, _board())
    assert [(one.kind, one.finish_reason) for one in found.records] == [("first", "stop"), ("hedge", "")]
    assert found.text == simulator.record()[0]["text"]
    assert found.ended == [found.records[1], found.records[0]]
    await simulator.until(lambda requests: requests[1]["disconnected"])


async def test_who_is_quick_enough_has_no_rival(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    found = await _run(_pair(simulator, f"sim:ttft=20ms,{_SAYS}", "sim-instant", after=3.0), client, _board())
    assert len(found.records) == len(simulator.record()) == 1
    assert isinstance(found.steps[1], events.Opened)
    assert found.text == simulator.record()[0]["text"]


async def test_when_the_first_fails_the_second_goes_on(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    pair = _pair(simulator, "sim:fault=silent", f"sim:ttft=400ms,{_SAYS}", timeouts=Timeouts(first_token=0.25))
    slower = replace(pair.candidates[0].targets[1], timeouts=Timeouts(first_token=5))
    first = pair.candidates[0].targets[0]
    found = await _run(plan([first, slower]), client, _board())
    assert found.calls == [("first", first.upstream, "timeout"), ("hedge", slower.upstream, "")]
    assert found.ended == found.records
    assert found.text == simulator.record()[1]["text"] != ""


async def test_when_both_fail_it_goes_on_as_ever(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    times = {"timeouts": Timeouts(first_token=0.3), "hedge_after": 0.1}
    silent = [
        target(simulator, f"sim:fault={fault}", order=at, **times) for at, fault in enumerate(["silent", "no-head"])
    ]
    board = _board()
    found = await _run(plan(silent, [target(simulator, f"sim:ttft=0ms,{_SAYS}", model="other")]), client, board)
    assert [(kind, error) for kind, _, error in found.calls] == [
        ("first", "timeout"), ("hedge", "timeout"), ("fallback", ""),
    ]  # fmt: skip
    assert found.ended == found.records
    assert found.text == simulator.record()[-1]["text"] != ""
    assert not +board.in_flight


async def test_a_first_failure_that_comes_early_leads_on_without_a_hedge(
    simulator: RunningSimulator, client: httpx.AsyncClient
) -> None:
    found = await _run(_pair(simulator, "sim:fault=401", f"sim:ttft=0ms,{_SAYS}", after=2.0), client, _board())
    assert [(kind, error) for kind, _, error in found.calls] == [("first", "authentication"), ("fallback", "")]


@pytest.mark.parametrize("why", ["tools", "no share", "no rival", "not streaming", "not wanted"])
async def test_when_nobody_else_is_asked(simulator: RunningSimulator, client: httpx.AsyncClient, why: str) -> None:
    tools = ({"type": "function", "function": {"name": "f"}},)
    pair = _pair(simulator, f"sim:ttft=300ms,{_SAYS}", "sim-instant", after=0.05)
    if why == "no rival":
        pair = plan(pair.candidates[0].targets[:1], [target(simulator, "sim-instant", model="other")])
    elif why != "tools":
        options = {"not streaming": {"streaming": False}, "not wanted": {"hedge_after": None}}.get(why, {})
        pair = plan([replace(one, **options) for one in pair.candidates[0].targets])

    def make(one: Any, prefix: str) -> ChatRequest:
        return replace(ask(one, prefix), tools=tools if why == "tools" else ())

    found = await told(attempts.stream(pair, make, _board(0.0 if why == "no share" else 1.0), client))
    assert len(found.records) == len(simulator.record()) == 1
    assert found.text == simulator.record()[0]["text"] != ""


async def test_no_more_are_asked_twice_than_the_share_allows(
    simulator: RunningSimulator, client: httpx.AsyncClient
) -> None:
    board, pair = _board(0.25), _pair(simulator, f"sim:ttft=80ms,{_SAYS}", f"sim:ttft=0ms,{_SAYS}", after=0.02)
    found = [await _run(pair, client, board) for _ in range(12)]
    assert sum(len(one.records) == 2 for one in found) == 3


@pytest.mark.parametrize("after", [0.05, 5.0], ids=["while both are asked", "while one is"])
async def test_stopping_closes_both(simulator: RunningSimulator, client: httpx.AsyncClient, after: float) -> None:
    times = Timeouts(first_token=60)  # nothing but the stop ends them
    board, pair = _board(), _pair(simulator, "sim:fault=silent", "sim:fault=no-head", after=after, timeouts=times)
    task = asyncio.create_task(_run(pair, client, board))
    await simulator.until(lambda requests: len(requests) == (2 if after < 1 else 1))
    await asyncio.sleep(0.05)
    for _ in range(6):  # also while it is closing, which must go on
        task.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await task
    await simulator.until(lambda requests: all(request["disconnected"] for request in requests))
    assert not +board.in_flight


async def test_the_second_call_is_made_only_after_its_beginning_was_taken(
    simulator: RunningSimulator, client: httpx.AsyncClient
) -> None:
    pair = _pair(simulator, "sim:fault=silent", "sim-instant")
    async with aclosing(attempts.stream(pair, ask, _board(), client)) as steps:
        async for step in steps:
            if isinstance(step, AttemptStarted) and step.record.kind == "hedge":
                break
        await asyncio.sleep(0.1)
        assert len(simulator.record()) == 1


async def test_a_first_token_while_the_second_is_written_down(
    simulator: RunningSimulator, client: httpx.AsyncClient
) -> None:
    """The second is not called any more; its record says that it was cancelled."""
    found, pair = Told(), _pair(simulator, f"sim:ttft=200ms,{_SAYS}", "sim-instant")
    async with aclosing(attempts.stream(pair, ask, _board(), client)) as steps:
        async for step in steps:
            found.steps.append(step)
            if isinstance(step, AttemptStarted) and step.record.kind == "hedge":
                await simulator.until(lambda requests: requests[0]["first_token_at"] is not None)
                await asyncio.sleep(0.1)
    assert len(simulator.record()) == 1
    assert found.text == simulator.record()[0]["text"]
    assert set(map(id, found.ended)) == set(map(id, found.records))
    assert [(one.kind, one.finish_reason, one.error_kind) for one in found.records] == [
        ("first", "stop", ""), ("hedge", "", ""),
    ]  # fmt: skip
