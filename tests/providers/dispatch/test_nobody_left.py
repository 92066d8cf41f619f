"""When nobody is left, nobody is free, or nobody waits for the answer any more."""

import asyncio
from typing import Any

import httpx
import pytest

from providers.dispatch import attempts, policy
from providers.dispatch.health import Board
from providers.dispatch.plan import PassedOver, Plan
from providers.dispatch.targets import AttemptRecord
from providers.types import ChatRequest
from tests.providers.dispatch.plans import Clock, Told, ask, plan, target, told
from tests.simulator import RunningSimulator

_SAYS = "ttft=0ms,rate=max,tokens=40,text=lorem"  # all that say this say the same


async def _run(plan: Plan, board: Board, client: httpx.AsyncClient, **options: Any) -> Told:
    return await told(attempts.stream(plan, ask, board, client, **options))


# --- when nobody is left -------------------------------------------------------------------------------------------
async def test_every_candidate_rate_limited(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board
) -> None:
    limited = [[target(simulator, f"sim:fault=429,retry-after={n}", model=str(n))] for n in (70, 50, 60)]
    found = await _run(plan(*limited), board, client)
    assert found.error is not None
    assert (found.error.kind, found.error.retry_after, found.error.retryable) == ("rate_limit", 50.0, True)
    assert "None of 3 candidates answered." in str(found.error)


async def test_after_many_failures_it_is_not_asked_for_a_while(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board, clock: Clock
) -> None:
    one = plan([target(simulator, f"sim:{_SAYS},fault=500,times=5")])
    for _ in range(3):
        found = await _run(one, board, client)
    assert len(simulator.record()) == 5, "three calls, two, none"
    assert found.calls == []
    assert found.error is not None
    assert "is not asked again for" in str(found.error)
    assert found.error.retry_after is not None
    clock.now += 30
    found = await _run(one, board, client)
    assert found.error is None
    assert [kind for kind, *_ in found.calls] == ["first"]


async def test_a_deployment_that_cannot_be_built_is_named(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board
) -> None:
    unusable = PassedOver("gpu-2", "other", "gpu-2: the stored key cannot be read.")
    found = await _run(plan([target(simulator, "sim:fault=401")], passed_over=(unusable,)), board, client)
    assert "other at gpu-2: gpu-2: the stored key cannot be read. Staff can mend this" in str(found.error)


# --- places --------------------------------------------------------------------------------------------------------
async def test_no_more_calls_at_a_time_than_allowed(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    board, one = Board(), plan([target(simulator, "sim:ttft=50ms,rate=max,tokens=5", limit=2)])
    found = await asyncio.gather(*(_run(one, board, client) for _ in range(7)))
    assert all(told.error is None for told in found)
    moments = [(request["received_at"], 1) for request in simulator.record()]
    moments += [(request["finished_at"], -1) for request in simulator.record()]
    present = most = 0
    for _, change in sorted(moments):
        present += change
        most = max(most, present)
    assert most == 2
    places = sorted(detail["position"] for told in found for state, detail in told.statuses if state == "queued")
    assert places == [1, 2, 3, 4, 5]
    assert not +board.in_flight


async def test_a_place_that_was_taken_by_another_is_waited_for(
    simulator: RunningSimulator, client: httpx.AsyncClient
) -> None:
    """The first call was written down before, and in the same moment somebody else took the last place."""
    board, one = Board(), target(simulator, f"sim:{_SAYS}", limit=1)
    held = board.take([one])
    assert held is not None
    record = AttemptRecord(1, "first", one, streaming=True)
    waiting = asyncio.create_task(_run(plan([one]), board, client, written=record))
    await asyncio.sleep(0.05)
    assert simulator.record() == []
    held.leave()
    found = await waiting
    assert (found.records, found.ended, record.finish_reason) == ([], [record], "stop")


async def test_a_place_that_does_not_become_free_leads_elsewhere(
    simulator: RunningSimulator, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call that was written down before is never made, and says so."""
    monkeypatch.setattr(policy, "LINE", 0.05)
    board, one = Board(), target(simulator, f"sim:{_SAYS}", limit=1)
    assert board.take([one])
    record = AttemptRecord(1, "first", one, streaming=True)
    other = target(simulator, f"sim:{_SAYS}", model="other", provider="another")
    found = await _run(plan([one], [other]), board, client, written=record)
    assert [(one.number, one.kind, one.error_kind) for one in found.ended] == [
        (1, "first", "overloaded"), (2, "fallback", ""),
    ]  # fmt: skip
    assert record.finished_at is not None
    assert [state for state, _ in found.statuses] == ["queued", "falling_back"]
    assert len(simulator.record()) == 1


# --- being stopped -------------------------------------------------------------------------------------------------
async def test_stopping_during_a_pause(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    board, pausing = Board(), asyncio.Event()

    async def pause(_: float) -> None:
        pausing.set()
        await asyncio.Event().wait()

    board.sleep = pause
    task = asyncio.create_task(_run(plan([target(simulator, "sim:fault=503")]), board, client))
    async with asyncio.timeout(10):
        await pausing.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert len(simulator.record()) == 1
    assert not +board.in_flight


async def test_stopping_in_line(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    board, one = Board(), target(simulator, "sim:fault=silent", limit=1)
    assert board.take([one])
    task = asyncio.create_task(_run(plan([one]), board, client))
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (board.in_flight["sim"], board.lines.length("sim")) == (1, 0)
    assert simulator.record() == []


async def test_a_request_that_cannot_be_made_keeps_no_place(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board
) -> None:
    def broken(*_: Any) -> ChatRequest:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await told(attempts.stream(plan([target(simulator, "sim")]), broken, board, client))
    assert not +board.in_flight
