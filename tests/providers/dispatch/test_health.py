"""The board: who may be called, and in what order those wait who find no place."""

import asyncio
from dataclasses import replace

import pytest

from providers.dispatch.breaker import REST, ROW
from providers.dispatch.health import Board
from providers.dispatch.hedge_budget import SAVED, HedgeBudget
from providers.errors import AuthenticationFailed, ContentBlocked, RateLimited, UpstreamFailed
from tests.providers.dispatch.plans import Clock, target

A, B, C = (target(None, "up", provider=name) for name in ("a", "b", "c"))


# --- breakers ------------------------------------------------------------------------------------------------------
def test_failures_open_and_a_trial_closes(board: Board, clock: Clock) -> None:
    for _ in range(ROW):
        seat = board.take([A])
        assert seat is not None
        seat.bad(UpstreamFailed("It failed."))
    assert board.take([A]) is None
    error, rest = board.resting(A)
    assert (str(error), rest) == ("It failed.", REST)
    clock.now += REST
    trial = board.take([A])
    assert trial is not None
    assert board.take([A]) is None, "a second trial"
    trial.good()
    assert board.take([A]) is not None


def test_a_trial_that_speaks_has_shown_enough(board: Board, clock: Clock) -> None:
    """It may go on for minutes."""
    seat = board.take([A])
    assert seat is not None
    seat.bad(AuthenticationFailed("Check the key."))
    clock.now += REST
    trial = board.take([A])
    assert trial is not None
    trial.speaks()
    assert board.take([A]) is not None
    trial.bad(UpstreamFailed("broke off"))
    assert board.take([A]) is not None, "one failure after it had closed"


def test_what_only_staff_can_mend_opens_at_once_and_is_told(board: Board, caplog: pytest.LogCaptureFixture) -> None:
    seat = board.take([A])
    assert seat is not None
    seat.bad(AuthenticationFailed("a does not accept the key. Check it."))
    assert board.take([A]) is None
    [known] = board.report()
    assert (known.state, known.last_error, known.needs_staff) == (
        "open", "authentication", "a does not accept the key. Check it.",
    )  # fmt: skip
    assert known.last_error_at is not None
    assert "deployment_needs_staff" in caplog.text


def test_with_another_key_it_is_another_deployment(board: Board) -> None:
    """Staff mend it, and it is asked at once, not after its rest."""
    old = board.take([A])
    assert old is not None
    other = board.take([A])
    assert other is not None
    other.bad(AuthenticationFailed("Check the key."))
    mended = replace(A, endpoint=replace(A.endpoint, api_key="sk-new"))
    assert board.take([A]) is None
    seat = board.take([mended])
    assert seat is not None
    assert board.report()[0].needs_staff == ""
    old.bad(AuthenticationFailed("Check the key."))  # a call that was under way with the old key
    assert board.take([mended]) is not None
    assert (board.report()[0].last_error, board.report()[0].needs_staff) == ("", "")
    assert board.report()[0].in_flight == 2


def test_the_requests_own_fault_counts_for_nobody(board: Board) -> None:
    for _ in range(30):
        seat = board.take([A])
        assert seat is not None
        seat.bad(ContentBlocked("Put it differently."))
    assert board.take([A]) is not None


def test_a_place_is_given_back_once(board: Board) -> None:
    first, second = board.take([A]), board.take([A])
    assert first is not None
    assert second is not None
    for _ in range(2):
        first.good()
        first.bad(UpstreamFailed("x"))
        first.leave()
    assert (board.in_flight["a"], board.report()[0].in_flight, board.report()[0].last_error) == (1, 1, "")


# --- places --------------------------------------------------------------------------------------------------------
def test_a_limit_is_of_the_provider(board: Board) -> None:
    one, other = replace(A, limit=2), replace(A, limit=2, upstream="another")
    seats = [board.take([one]), board.take([other])]
    assert all(seats)
    assert (board.take([one, other]), board.enter(one), board.is_full(one)) == (None, None, True)
    assert seats[0] is not None
    seats[0].leave()
    assert board.take([other]) is not None


async def test_who_waits_gets_the_place_that_becomes_free(board: Board) -> None:
    limited = replace(A, limit=1)
    first = board.take([limited])
    assert first is not None
    order: list[str] = []

    async def wait(name: str) -> None:
        seat = await board.line_up([limited], 5)
        assert seat is not None
        order.append(name)
        await asyncio.sleep(0)
        seat.good()

    waiting = [asyncio.create_task(wait(name)) for name in ("one", "two", "three")]
    await asyncio.sleep(0.01)
    assert (order, board.lines.length("a")) == ([], 3)
    first.leave()
    assert board.take([limited]) is None, "who comes anew passes nobody by"
    await asyncio.gather(*waiting)
    assert order == ["one", "two", "three"]
    assert (board.in_flight["a"], board.lines.length("a")) == (0, 0)
    assert board.take([limited]) is not None


async def test_who_gives_up_waiting_holds_up_nobody(board: Board) -> None:
    limited = replace(A, limit=1)
    first = board.take([limited])
    assert first is not None
    impatient = asyncio.create_task(board.line_up([limited], 0.01))
    gone = asyncio.create_task(board.line_up([limited], 5))
    patient = asyncio.create_task(board.line_up([limited], 5))
    assert await impatient is None
    gone.cancel()
    await asyncio.wait([gone])
    first.leave()
    seat = await patient
    assert seat is not None
    assert board.in_flight["a"] == 1


async def test_nobody_waits_for_one_who_rests(board: Board) -> None:
    limited = replace(A, limit=1)
    first = board.take([limited])
    assert first is not None
    waiting = [asyncio.create_task(board.line_up([limited], 5)) for _ in range(2)]
    await asyncio.sleep(0)
    first.bad(AuthenticationFailed("x"))
    async with asyncio.timeout(1):
        assert await asyncio.gather(*waiting) == [None, None]


async def test_one_may_wait_at_two_providers(board: Board) -> None:
    one, other = replace(A, limit=1), replace(B, limit=1)
    assert board.take([one])
    second = board.take([other])
    assert second is not None
    waiting = asyncio.create_task(board.line_up([one, other], 5))
    await asyncio.sleep(0)
    second.leave()
    seat = await waiting
    assert seat is not None
    assert seat.target is other
    assert (board.lines.length("a"), board.lines.length("b")) == (0, 0)


# --- hedges --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("share", "requests", "hedges"), [(0.02, 1000, 20), (0.02, 49, 0), (1.0, 10, 10), (0, 99, 0)])
def test_hedges_are_earned(share: float, requests: int, hedges: int) -> None:
    budget, made = HedgeBudget(share), 0
    for _ in range(requests):
        budget.earn()
        if budget.has_one:
            budget.spend()
            made += 1
    assert made == hedges


def test_a_quiet_time_saves_up_for_a_few_hedges_only() -> None:
    budget = HedgeBudget(0.5)
    for _ in range(1000):
        budget.earn()
    made = 0
    while budget.has_one:
        budget.spend()
        made += 1
    assert made == SAVED


def test_last_error_is_known(board: Board) -> None:
    seat = board.take([A])
    assert seat is not None
    seat.bad(RateLimited("Too many.", retry_after=3))
    [known] = board.report()
    assert (known.provider, known.upstream, known.state, known.in_flight) == ("a", "up", "closed", 0)
    assert (known.last_error, known.last_error_message, known.needs_staff) == ("rate_limit", "Too many.", "")
