"""After the first token: what broke off is gone on with by the next, or told anew, and nothing is lost meanwhile."""

from typing import Any

import httpx
import pytest

from providers import events
from providers.dispatch import attempts
from providers.dispatch.health import Board
from providers.dispatch.plan import Plan, Said
from providers.dispatch.steps import AttemptStarted, Reset
from providers.types import Timeouts
from tests.providers.dispatch.plans import Told, ask, plan, target, told
from tests.simulator import RunningSimulator

_SAYS = "ttft=0ms,rate=max,tokens=40,text=lorem"  # all that say this say the same


async def _run(plan: Plan, board: Board, client: httpx.AsyncClient, **options: Any) -> Told:
    return await told(attempts.stream(plan, ask, board, client, **options))


async def _whole(simulator: RunningSimulator, client: httpx.AsyncClient) -> str:
    return (await _run(plan([target(simulator, f"sim:{_SAYS},head=0ms")]), Board(), client)).text


_BREAKS = ["cut@7", "rst@20", "drop@7", "error@7", "done-after-error@7", "bad-json@7", "stall@7"]


@pytest.mark.parametrize("fault", _BREAKS)
async def test_what_broke_off_is_gone_on_with_from_there(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board, fault: str
) -> None:
    times = Timeouts(first_token=5, stall=0.2, total=20)
    breaks = target(simulator, f"sim:{_SAYS},fault={fault}", timeouts=times)
    goes_on = target(simulator, f"sim:{_SAYS}", model="other", continues_prefix=True)
    found = await _run(plan([breaks], [goes_on]), board, client)
    assert found.text == await _whole(simulator, client)
    second = found.steps.index(AttemptStarted(found.records[1]))
    assert simulator.record()[1]["prefix"] == Told(found.steps[:second]).text.rstrip() != ""
    assert [kind for kind, *_ in found.calls] == ["first", "fallback"]
    assert found.error is None


async def test_who_cannot_go_on_begins_anew(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board
) -> None:
    """What stands there stays until the new answer's first token."""
    breaks = target(simulator, f"sim:{_SAYS},fault=cut@7")
    anew = target(simulator, f"sim:{_SAYS},seed=3", model="other")
    found = await _run(plan([breaks], [anew]), board, client)
    assert found.resets == [0]
    at = next(at for at, step in enumerate(found.steps) if isinstance(step, Reset))
    assert isinstance(found.steps[at + 1], events.TextDelta)
    assert Told(found.steps[:at]).text == simulator.record()[0]["text"] != ""
    assert found.text == simulator.record()[1]["text"]
    assert simulator.record()[1]["prefix"] == ""


@pytest.mark.parametrize("said", [Said("", begun=True), Said("Half", begun=True, tools=True)], ids=["no text", "tools"])
async def test_what_cannot_be_gone_on_from_is_replaced(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board, said: Said
) -> None:
    """Reasoning without text, or pieces of a tool's call."""
    goes_on = target(simulator, f"sim:{_SAYS}", continues_prefix=True)
    found = await _run(plan([goes_on]), board, client, said=said)
    assert (found.resets, simulator.record()[0]["prefix"]) == ([0], "")


async def test_sources_of_a_call_that_failed_are_replaced(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board
) -> None:
    """They came before its first token."""
    one = target(simulator, f"sim:{_SAYS},citations=2,citations-key=citations,fault=cut@0,times=1")
    found = await _run(plan([one]), board, client)
    at = next(at for at, step in enumerate(found.steps) if isinstance(step, Reset))
    assert any(isinstance(step, events.Citation) for step in found.steps[:at])
    assert (found.resets, found.error) == ([0], None)


async def test_the_text_stays_where_nobody_can_go_on(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board
) -> None:
    breaks = target(simulator, f"sim:{_SAYS},fault=cut@7")
    broken = target(simulator, "sim:fault=401", model="other")
    found = await _run(plan([breaks], [broken]), board, client)
    assert found.text == simulator.record()[0]["text"] != ""
    assert found.resets == []
    assert found.error is not None
    assert found.error.kind == "all_failed"
    for said in ("model at sim: The answer of sim broke off", "other at sim: sim does not accept the API key"):
        assert said in str(found.error)


async def test_an_answer_may_break_off_twice(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board
) -> None:
    breaks = [target(simulator, f"sim:{_SAYS},fault=cut@{n}", model=str(n), continues_prefix=True) for n in (7, 12)]
    found = await _run(
        plan(*([one] for one in breaks), [target(simulator, f"sim:{_SAYS}", continues_prefix=True)]), board, client
    )
    assert found.text == await _whole(simulator, client)
    assert len(found.calls) == 3


async def test_where_white_space_ends_it_is_written_anew(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board
) -> None:
    """Providers refuse a beginning that ends in white space; the model writes its own."""
    whole = await _whole(simulator, client)
    begun = whole[: whole.index(" ") + 1]
    found = await _run(
        plan([target(simulator, f"sim:{_SAYS}", continues_prefix=True)]),
        board,
        client,
        said=Said(begun, begun=True),
        number=2,
        kind="takeover",
    )
    assert simulator.record()[-1]["prefix"] == begun.rstrip()
    assert found.resets == [len(begun) - 1]
    assert begun[: len(begun) - 1] + found.text == whole


async def test_a_failure_after_the_first_token_is_not_asked_again(
    simulator: RunningSimulator, client: httpx.AsyncClient, board: Board
) -> None:
    found = await _run(plan([target(simulator, f"sim:{_SAYS},fault=error@7")]), board, client)
    assert len(found.calls) == 1
    assert found.error is not None
    assert (found.error.kind, str(found.error)) == ("upstream", found.records[0].error_message)
