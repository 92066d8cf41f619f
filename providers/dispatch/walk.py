"""The way of one request through its plan: whom to ask next, after what has happened so far.

Deployments of one model come before the next model. Where several can be asked, one that has not been asked yet is
preferred to waiting for one that failed. Asks the board who may be called; makes no call and waits for nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from providers.dispatch import policy, verdict
from providers.dispatch.health import Board, Seat
from providers.dispatch.plan import Plan
from providers.dispatch.targets import Target
from providers.dispatch.verdict import Failure
from providers.errors import ProviderError


@dataclass(frozen=True, slots=True)
class Ask:
    """Call now. `instead`: who failed before, and why this one is asked. `whole`: without streaming."""

    seat: Seat
    kind: str
    whole: bool = False
    instead: Failure | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait before `target` is asked again."""

    target: Target
    seconds: float
    after: Failure


@dataclass(frozen=True, slots=True)
class Line:
    """Wait for a place at one of `targets`; tell by `Walk.seated` what came of it."""

    targets: tuple[Target, ...]
    seconds: float
    position: int


Move = Ask | Pause | Line


@dataclass(slots=True)
class _Trial:
    """A deployment, and how it fared in this request."""

    target: Target
    called: bool = False
    retries: int = 0
    due: float | None = None  # when it may be asked again; None: it has not failed, or has had its turns
    whole: bool = False
    failure: Failure | None = None
    stood: bool = False  # in line for a place there


class Walk:
    """`next` until something ends the request: an answer, or None when nobody is left. `kind`: of the first call."""

    def __init__(self, plan: Plan, board: Board, kind: str = "first") -> None:
        self._board, self._first_kind, self._unusable = board, kind, plan.passed_over
        candidates = plan.candidates[: policy.MODELS]
        self._models = [[_Trial(target) for target in candidate.targets] for candidate in candidates]
        self._by_key = {trial.target.key: trial for model in self._models for trial in model}
        self._at = 0  # the present model
        self._until: float | None = None  # no waiting for it beyond this
        self._last: Failure | None = None
        self._at_once: _Trial | None = None
        self._calls = 0
        self._over = False

    # --- whom to ask -----------------------------------------------------------------------------------------
    def next(self) -> Move | None:
        if self._over:
            return None
        again, self._at_once = self._at_once, None
        if again is not None and (seat := self._board.take([again.target])) is not None:
            return self._ask(seat)
        while self._at < len(self._models):
            if (move := self._within(self._models[self._at])) is not None:
                return move
            self._at, self._until = self._at + 1, None
        return None

    def first(self, target: Target) -> Move:
        """The first call goes to `target`, as was suggested."""
        if (seat := self._board.enter(target)) is not None:
            return self._ask(seat)
        return self._line([target])

    def rival(self) -> Ask | None:
        """Another deployment of the present model, to be asked beside the one that is."""
        seat = self._board.take([trial.target for trial in self._models[self._at] if not trial.called])
        return self._ask(seat, "hedge") if seat is not None else None

    def has_rival(self) -> bool:
        return any(not trial.called and self._board.allows(trial.target) for trial in self._models[self._at])

    def seated(self, line: Line, seat: Seat | None) -> Ask | None:
        """What came of standing in line."""
        for target in line.targets:
            self._by_key[target.key].stood = True
        return self._ask(seat) if seat is not None else None

    # --- what happened ---------------------------------------------------------------------------------------
    def patient(self, now: float, seconds: float) -> None:
        """A call to the present model is made, which may take so long to its first token: so long it may be tried."""
        if self._until is None:
            self._until = now + seconds

    def failed(self, target: Target, error: ProviderError, *, spoke: bool, streamed: bool) -> None:
        """A call failed: `spoke`, after its first token; `streamed`, asked for as a stream."""
        trial = self._by_key[target.key]
        trial.failure = self._last = verdict.of_error(target, error)
        trial.due = None
        if spoke:
            self._over = self._over or not policy.goes_on(error)
        elif not policy.rule_of(error).elsewhere:
            self._over = True
        elif trial.retries < policy.RETRIES:
            if streamed and policy.asks_for_whole(error):
                trial.whole, self._at_once = True, trial
                trial.due = self._board.clock()
            elif error.retryable:
                chance = self._board.chance.random()
                trial.due = self._board.clock() + policy.pause(trial.retries + 1, error.retry_after, chance)

    def failures(self) -> list[Failure]:
        """Why each candidate did not answer, in the plan's order; where one failure decided it, that alone."""
        if self._over and self._last is not None:
            return [self._last]
        trials = self._by_key.values()
        told = [failure for trial in trials if (failure := self._failure(trial)) is not None]
        return told + [verdict.of_unusable(one) for one in self._unusable]

    # --- inside ----------------------------------------------------------------------------------------------
    def _within(self, model: Sequence[_Trial]) -> Move | None:
        seat = self._board.take([trial.target for trial in model if not trial.called])
        if seat is not None:
            return self._ask(seat)
        again = min(self._again(model), key=lambda one: one.due or 0.0, default=None)
        if again is not None and again.due is not None and again.failure is not None:
            wait = again.due - self._board.clock()
            if wait > 0:
                again.due = self._board.clock()  # after the pause it is due, whatever the clock says
                return Pause(again.target, wait, again.failure)
            if (seat := self._board.take([again.target])) is not None:
                return self._ask(seat)
        full = [trial for trial in model if self._is_waited_for(trial)]
        return self._line([trial.target for trial in full]) if full else None

    def _again(self, model: Sequence[_Trial]) -> Iterator[_Trial]:
        """Those that may be asked once more, in time for this model."""
        for trial in model:
            in_time = trial.due is not None and (self._until is None or trial.due <= self._until)
            if in_time and self._board.allows(trial.target) and not trial.stood:
                yield trial

    def _is_waited_for(self, trial: _Trial) -> bool:
        return not trial.stood and (not trial.called or trial.due is not None) and self._board.is_full(trial.target)

    def _ask(self, seat: Seat, kind: str = "") -> Ask:
        trial = self._by_key[seat.target.key]
        self._calls += 1
        if trial.called:
            kind, trial.retries = "retry", trial.retries + 1
        elif self._calls == 1 and (self._at == 0 or self._first_kind != "first"):
            kind = self._first_kind
        trial.called, trial.due, trial.stood = True, None, False
        instead = None if kind in ("first", "takeover", "hedge") else self._last or self._rested()
        return Ask(seat, kind or "fallback", trial.whole, instead)

    def _line(self, targets: Sequence[Target]) -> Line:
        later = [trial.target for model in self._models[self._at + 1 :] for trial in model]
        elsewhere = any(self._board.allows(one) and not self._board.is_full(one) for one in later)
        position = 1 + min(self._board.lines.length(one.provider) for one in targets)
        return Line(tuple(targets), policy.LINE if elsewhere else policy.LONGEST_LINE, position)

    def _rested(self) -> Failure | None:
        """Who was passed by, where nobody has failed in this request yet."""
        passed = (trial for model in self._models[: self._at + 1] for trial in model if not trial.called)
        return next((failure for trial in passed if (failure := self._failure(trial)) is not None), None)

    def _failure(self, trial: _Trial) -> Failure | None:
        if trial.failure is not None:
            return trial.failure
        if trial.called:
            return None
        if not self._board.allows(trial.target):
            return verdict.of_rest(trial.target, *self._board.resting(trial.target))
        return verdict.of_full(trial.target) if trial.stood else None
