"""Which of several deployments gets a call."""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from providers.dispatch import balance, health
from providers.dispatch.breaker import REST
from providers.dispatch.health import Board, Promised
from providers.dispatch.targets import Target
from providers.errors import AuthenticationFailed
from tests.providers.dispatch.plans import Clock, target

A, B, C = (target(None, "up", provider=name) for name in ("a", "b", "c"))


def _taken(board: Board, targets: list[Target], times: int = 1000) -> Counter[str]:
    """Whom it chooses, each place given back at once."""
    found: Counter[str] = Counter()
    for _ in range(times):
        seat = board.take(targets)
        assert seat is not None
        found[seat.target.provider] += 1
        seat.leave()
    return found


def test_lower_order_is_tried_first(board: Board) -> None:
    backup = replace(B, order=1)
    assert _taken(board, [backup, A], 20) == {"a": 20}
    seat = board.take([A])
    assert seat is not None
    seat.bad(AuthenticationFailed("x"))
    assert _taken(board, [backup, A], 20) == {"b": 20}


def test_the_less_loaded_of_two_wins(board: Board) -> None:
    held = [board.take([A]) for _ in range(3)]
    assert _taken(board, [A, B], 50) == {"b": 50}
    for seat in held:
        assert seat is not None
        seat.leave()
    assert _taken(board, [A, B], 50) != {"b": 50}


def test_load_is_measured_by_the_limit(board: Board) -> None:
    """Two of four are more than three of a hundred."""
    small, large = replace(A, limit=4), replace(B, limit=100)
    assert [board.take([small]) for _ in range(2)]
    assert [board.take([large]) for _ in range(3)]
    assert _taken(board, [small, large], 50) == {"b": 50}


def test_among_equally_loaded_the_quicker_wins(board: Board, clock: Clock) -> None:
    for one, seconds in ((A, 0.9), (B, 0.2)):
        seat = board.take([one])
        assert seat is not None
        seat.first_token(seconds)
        seat.good()
    assert _taken(board, [A, B], 50) == {"b": 50}
    clock.now += health.STALE + 1  # what is known of both is old by now
    assert set(_taken(board, [A, B], 200)) >= {"a"}


def test_the_average_follows_the_newest(board: Board) -> None:
    seat = board.take([A])
    assert seat is not None
    seat.first_token(1.0)
    seat.first_token(2.0)
    assert board.report()[0].first_token_s == pytest.approx(1.2)


def test_of_many_two_are_drawn() -> None:
    """The most loaded of three never wins; the others both do: nobody is overrun."""
    loads = {"a": 3.0, "b": 2.0, "c": 1.0}
    chance = Random(3)
    won = Counter(
        chosen.provider
        for _ in range(600)
        if (chosen := balance.best([A, B, C], lambda one: (loads[one.provider], 0.0), chance))
    )
    assert set(won) == {"b", "c"}
    assert won["b"] == pytest.approx(200, abs=60)


def test_weights_that_differ_share_out_the_calls(board: Board) -> None:
    heavy = replace(A, weight=9)
    won = _taken(board, [heavy, B])
    assert 780 < won["a"] < 1000
    assert won["b"] > 0


def test_a_suggestion_counts_what_others_were_promised(board: Board) -> None:
    """Fifty who ask in the same moment do not all go the same way."""
    seat = board.take([B])
    assert seat is not None
    seat.first_token(9.0)  # known to be slow: one after the other would all go to the other one
    seat.good()
    promised: Promised = Counter()
    found = Counter(chosen.provider for _ in range(50) if (chosen := board.suggest([A, B], promised)))
    assert found == {"a": 25, "b": 25}
    assert not +board.in_flight, "a suggestion takes no place"


def test_nobody_is_suggested_who_needs_more_than_a_call(board: Board, clock: Clock) -> None:
    limited, promised = replace(A, limit=2), Counter()
    assert [board.suggest([limited], promised) is not None for _ in range(3)] == [True, True, False]
    seat = board.take([B])
    assert seat is not None
    seat.bad(AuthenticationFailed("x"))
    clock.now += REST
    assert board.suggest([B], Counter()) is None, "its next call is a trial"
