"""The way of a request through its plan: whom to ask next, told as scripts of what happens."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from providers import errors
from providers.dispatch import policy
from providers.dispatch.breaker import REST
from providers.dispatch.health import Board
from providers.dispatch.plan import PassedOver, Plan
from providers.dispatch.targets import Target
from providers.dispatch.walk import Ask, Line, Move, Pause, Walk
from providers.errors import ProviderError
from tests.providers.dispatch.plans import Clock, plan, target

# Two deployments of the model that was asked for, and two models after it.
A1, A2 = target(None, "a1", model="a", provider="p"), target(None, "a2", model="a", provider="q", order=1)
B, C = target(None, "b", model="b", provider="q"), target(None, "c", model="c", provider="r")

BUSY, LATER = errors.Overloaded("Busy."), errors.RateLimited("Later.", retry_after=3)
DENIED, SLOW = errors.PermissionDenied("No."), errors.TimedOut("Slow.")


class Play:
    """Walks, and lets every call end as a script says."""

    def __init__(self, plan: Plan, board: Board, clock: Clock, patience: float = 30.0, **options: str) -> None:
        self.walk = Walk(plan, board, **options)
        self.board, self.clock, self.patience = board, clock, patience
        self.said: list[str] = []

    def go(
        self, script: Callable[[Target, int], ProviderError | None], *, spoke: bool = False, took: float = 0.0
    ) -> list[str]:
        """What was done until somebody answered (script: None) or nobody is left."""
        calls: dict[str, int] = {}
        while (move := self.walk.next()) is not None:
            if isinstance(move, Ask):
                name = move.seat.target.upstream
                calls[name] = calls.get(name, 0) + 1
                self.walk.patient(self.clock(), self.patience)
                self.clock.now += took
                error = script(move.seat.target, calls[name])
                self.said.append(f"{move.kind} {name}{' whole' if move.whole else ''}")
                if error is None:
                    move.seat.good()
                    return self.said
                move.seat.bad(error)
                streamed = not move.whole
                self.walk.failed(move.seat.target, error, spoke=spoke, streamed=streamed)
            else:
                self._wait(move)
        return self.said

    def _wait(self, move: Move) -> None:
        if isinstance(move, Pause):
            if move.seconds >= 0.5:  # what the jitter puts between two who failed at the same moment
                self.said.append(f"pause {round(move.seconds)}")
            self.clock.now += move.seconds
        elif isinstance(move, Line):
            self.said.append(f"line {'|'.join(one.upstream for one in move.targets)} {move.seconds:g}")
            assert self.walk.seated(move, None) is None


def _play(board: Board, clock: Clock, *models: list[Target], **options: object) -> Play:
    return Play(plan(*models), board, clock, **options)  # type: ignore[arg-type]


def test_an_answer_ends_it(board: Board, clock: Clock) -> None:
    assert _play(board, clock, [A1, A2], [B]).go(lambda *_: None) == ["first a1"]


def test_two_retries_with_growing_pauses(board: Board, clock: Clock) -> None:
    play = _play(board, clock, [A1])
    assert play.go(lambda *_: BUSY) == ["first a1", "pause 1", "retry a1", "pause 2", "retry a1"]
    assert [one.message for one in play.walk.failures()] == ["Busy."]


def test_the_providers_own_wait_is_honoured(board: Board, clock: Clock) -> None:
    script = lambda _, call: LATER if call == 1 else None  # noqa: E731
    assert _play(board, clock, [A1], [B]).go(script) == ["first a1", "pause 3", "retry a1"]


def test_a_wait_longer_than_the_time_that_is_left_is_not_waited(board: Board, clock: Clock) -> None:
    script = lambda one, _: LATER if one is A1 else None  # noqa: E731
    assert _play(board, clock, [A1], [B], patience=2.0).go(script) == ["first a1", "fallback b"]


def test_what_took_all_the_time_is_not_asked_again(board: Board, clock: Clock) -> None:
    assert _play(board, clock, [A1], [B], patience=30.0).go(lambda *_: SLOW, took=30.0) == ["first a1", "fallback b"]


def test_a_deployment_that_was_not_asked_comes_before_a_pause(board: Board, clock: Clock) -> None:
    script = lambda one, _: BUSY if one is A1 else None  # noqa: E731
    assert _play(board, clock, [A1, A2], [B]).go(script) == ["first a1", "fallback a2"]


def test_deployments_of_one_model_come_before_the_next_model(board: Board, clock: Clock) -> None:
    """And the pauses of both run at the same time."""
    said = _play(board, clock, [A1, A2], [B]).go(lambda one, _: BUSY if one is not B else None)
    assert [*said[:3], *sorted(said[3:5]), said[5], *sorted(said[6:8]), *said[8:]] == [
        "first a1", "fallback a2", "pause 1", "retry a1", "retry a2", "pause 2", "retry a1", "retry a2", "fallback b",
    ]  # fmt: skip


def test_what_no_waiting_helps_is_not_asked_again(board: Board, clock: Clock) -> None:
    assert _play(board, clock, [A1, A2], [B]).go(lambda *_: DENIED) == ["first a1", "fallback a2", "fallback b"]


def test_a_retry_left_over_is_made_when_the_other_is_of_no_use(board: Board, clock: Clock) -> None:
    script = lambda one, call: DENIED if one is A2 else BUSY if call == 1 else None  # noqa: E731
    assert _play(board, clock, [A1, A2], [B]).go(script) == ["first a1", "fallback a2", "pause 1", "retry a1"]


def test_three_models_at_most(board: Board, clock: Clock) -> None:
    models = [[replace(B, model=name, upstream=name)] for name in "klmn"]
    assert _play(board, clock, *models).go(lambda *_: DENIED) == ["first k", "fallback l", "fallback m"]


@pytest.mark.parametrize(
    "error",
    [errors.EmptyAnswer("x"), errors.StreamCut("x"), errors.MalformedAnswer("x"), errors.InvalidRequest("stream")],
)
def test_a_stream_that_failed_as_a_stream_comes_whole_at_once(board: Board, clock: Clock, error: ProviderError) -> None:
    script = lambda _, call: error if call == 1 else None  # noqa: E731
    assert _play(board, clock, [A1, A2], [B]).go(script) == ["first a1", "retry a1 whole"]


def test_the_whole_answer_is_one_of_the_retries(board: Board, clock: Clock) -> None:
    empty = errors.EmptyAnswer("Empty.")
    play = _play(board, clock, [A1])
    assert play.go(lambda *_: empty) == ["first a1", "retry a1 whole", "pause 2", "retry a1 whole"]
    assert _play(clock.board(), clock, [A1]).go(lambda *_: errors.MalformedAnswer("x")) == [
        "first a1",
        "retry a1 whole",
    ]


def test_a_filter_is_not_gone_round(board: Board, clock: Clock) -> None:
    blocked = errors.ContentBlocked("Put it differently.")
    play = _play(board, clock, [A1, A2], [B])
    assert play.go(lambda one, _: BUSY if one is A1 else blocked) == ["first a1", "fallback a2"]
    assert [one.kind for one in play.walk.failures()] == ["content_filter"]


# --- after the first token -----------------------------------------------------------------------------------------
def test_after_its_first_token_nobody_is_asked_again(board: Board, clock: Clock) -> None:
    play = _play(board, clock, [A1, A2], [B])
    assert play.go(lambda *_: errors.StreamCut("x"), spoke=True) == ["first a1", "fallback a2", "fallback b"]


def test_one_that_failed_before_its_first_token_may_go_on(board: Board, clock: Clock) -> None:
    play = _play(board, clock, [A1, A2])
    move = play.walk.next()
    assert isinstance(move, Ask)
    play.walk.patient(clock(), 30)
    move.seat.bad(BUSY)
    play.walk.failed(A1, BUSY, spoke=False, streamed=True)
    move = play.walk.next()
    assert isinstance(move, Ask)
    move.seat.bad(errors.StreamCut("x"))
    play.walk.failed(A2, errors.StreamCut("x"), spoke=True, streamed=True)
    assert play.go(lambda *_: None) == ["pause 1", "retry a1"]


def test_an_answer_that_took_all_its_time_is_over(board: Board, clock: Clock) -> None:
    play = _play(board, clock, [A1, A2], [B])
    assert play.go(lambda *_: errors.TimedOut("Too long.", retryable=False), spoke=True) == ["first a1"]
    assert [one.message for one in play.walk.failures()] == ["Too long."]


# --- who may not be asked ------------------------------------------------------------------------------------------
def _rest(board: Board, one: Target, error: ProviderError = DENIED) -> None:
    seat = board.take([one])
    assert seat is not None
    seat.bad(errors.AuthenticationFailed(str(error)))


def test_who_rests_is_passed_by(board: Board, clock: Clock) -> None:
    _rest(board, A1)
    _rest(board, A2)
    walk = Walk(plan([A1, A2], [B]), board)
    move = walk.next()
    assert isinstance(move, Ask)
    assert (move.kind, move.seat.target, move.instead is not None and move.instead.model) == ("fallback", B, "a")


def test_when_all_rest_it_is_told_why_and_for_how_long(board: Board, clock: Clock) -> None:
    _rest(board, A1, errors.PermissionDenied("Check the key of p."))
    clock.now += REST - 10
    play = _play(board, clock, [A1])
    assert play.go(lambda *_: None) == []
    [failure] = play.walk.failures()
    assert (failure.kind, failure.retry_after, failure.retryable) == ("authentication", 10.0, True)
    assert failure.message == "p failed before and is not asked again for 10 s. The last time: Check the key of p."


def test_a_breaker_that_opens_meanwhile_ends_the_retries(board: Board, clock: Clock) -> None:
    for _ in range(3):
        seat = board.take([A1])
        assert seat is not None
        seat.bad(BUSY)
    assert _play(board, clock, [A1], [B]).go(lambda one, _: BUSY if one is A1 else None) == [
        "first a1", "pause 1", "retry a1", "fallback b",
    ]  # fmt: skip


def test_who_is_full_is_waited_for_a_moment(board: Board, clock: Clock) -> None:
    full = replace(A1, limit=1)
    assert board.take([full])
    assert _play(board, clock, [full, A2], [B]).go(lambda *_: None) == ["first a2"], "another deployment is free"
    play = _play(board, clock, [full], [B])
    assert play.go(lambda *_: None) == [f"line a1 {policy.LINE:g}", "fallback b"]


def test_with_nowhere_else_to_go_one_waits_longer(board: Board, clock: Clock) -> None:
    full = replace(A1, limit=1)
    assert board.take([full])
    play = _play(board, clock, [full])
    assert play.go(lambda *_: None) == [f"line a1 {policy.LONGEST_LINE:g}"]
    assert [one.kind for one in play.walk.failures()] == ["overloaded"]


async def test_a_place_that_became_free_is_taken(board: Board, clock: Clock) -> None:
    full = replace(A1, limit=1)
    held = board.take([full])
    assert held is not None
    walk = Walk(plan([full]), board)
    line = walk.next()
    assert isinstance(line, Line)
    assert line.position == 1
    held.leave()
    move = walk.seated(line, await board.line_up(line.targets, 1))
    assert move is not None
    assert move.kind == "first"
    walk.patient(clock(), 30)
    move.seat.bad(BUSY)
    walk.failed(full, BUSY, spoke=False, streamed=True)
    assert isinstance(walk.next(), Pause), "it stood in line, and may be asked again all the same"


def test_the_suggested_one_is_asked_first(board: Board, clock: Clock) -> None:
    walk = Walk(plan([A1, A2]), board)
    move = walk.first(A2)
    assert isinstance(move, Ask)
    assert (move.seat.target, move.kind, move.instead) == (A2, "first", None)
    rival = walk.rival()
    assert rival is not None
    assert (rival.seat.target, rival.kind, walk.has_rival(), walk.rival()) == (A1, "hedge", False, None)


def test_a_takeover_is_told_as_one(board: Board, clock: Clock) -> None:
    assert _play(board, clock, [A1], kind="takeover").go(lambda _, call: BUSY if call == 1 else None) == [
        "takeover a1", "pause 1", "retry a1",
    ]  # fmt: skip


def test_failures_are_told_in_the_plans_order_with_who_could_not_be_called(board: Board, clock: Clock) -> None:
    unusable = PassedOver("q", "b", "q: the stored key cannot be read.")
    play = Play(replace(plan([A1], [C]), passed_over=(unusable,)), board, clock)
    play.go(lambda one, _: DENIED if one is A1 else SLOW, took=31.0)
    assert [(one.model, one.kind) for one in play.walk.failures()] == [
        ("a", "permission"), ("c", "timeout"), ("b", "configuration"),
    ]  # fmt: skip
