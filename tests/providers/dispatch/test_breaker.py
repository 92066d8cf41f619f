"""The breaker: by examples, and against a model of it that is told simply."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.dispatch.breaker import REST, ROW, WINDOW, Breaker, Visit


def _fail(breaker: Breaker, times: int, now: float = 0.0) -> None:
    for _ in range(times):
        breaker.bad(breaker.enter(now), now)


def _succeed(breaker: Breaker, times: int = 1, now: float = 0.0) -> None:
    for _ in range(times):
        breaker.good(breaker.enter(now))


def test_it_opens_after_so_many_in_a_row() -> None:
    breaker = Breaker()
    _fail(breaker, ROW - 1)
    assert breaker.allows(0)
    _fail(breaker, 1)
    assert (breaker.allows(0), breaker.state(0), breaker.rest(0)) == (False, "open", REST)


def test_a_success_ends_the_row() -> None:
    breaker = Breaker()
    for _ in range(2):
        _fail(breaker, ROW - 1)
        _succeed(breaker)
    assert breaker.state(0) == "closed"


def test_it_opens_when_half_of_the_last_failed() -> None:
    breaker = Breaker()
    for _ in range(WINDOW // 2 - 1):
        _fail(breaker, 1)
        _succeed(breaker)
    assert breaker.state(0) == "closed"
    _fail(breaker, 1)
    assert breaker.state(0) == "open"


def test_failures_of_long_ago_do_not_count() -> None:
    breaker = Breaker()
    for _ in range(WINDOW // 2 - 1):
        _fail(breaker, 1)
        _succeed(breaker)
    _succeed(breaker, WINDOW)
    _fail(breaker, ROW - 1)
    assert breaker.state(0) == "closed"


def test_one_trial_decides() -> None:
    breaker = Breaker()
    breaker.trip(breaker.enter(0), 0)
    assert not breaker.allows(REST - 0.1)
    assert breaker.allows(REST)
    trial = breaker.enter(REST)
    assert trial.trial
    assert not breaker.allows(REST), "another trial beside the first"
    breaker.bad(trial, REST + 1)
    assert (breaker.state(REST + 1), breaker.rest(REST + 1)) == ("open", REST)
    trial = breaker.enter(3 * REST)
    breaker.good(trial)
    assert breaker.state(3 * REST) == "closed"
    _fail(breaker, ROW - 1, 3 * REST)
    assert breaker.state(3 * REST) == "closed", "it begins as new"


def test_a_trial_that_shows_nothing_makes_room_for_the_next() -> None:
    breaker = Breaker()
    breaker.trip(breaker.enter(0), 0)
    breaker.leave(breaker.enter(REST))
    assert breaker.allows(REST)


def test_answers_that_break_off_are_failures() -> None:
    """Although each had begun well."""
    breaker = Breaker()
    for number in range(ROW):
        assert breaker.state(0) == "closed", number
        visit = breaker.enter(0)
        breaker.speaks(visit)
        breaker.bad(visit, 0)
    assert breaker.state(0) == "open"


def test_failures_beside_long_answers_are_not_in_a_row() -> None:
    """They come at once, while those that answer take minutes: each that speaks in between counts now."""
    breaker = Breaker()
    answering = []
    for _ in range(9):
        for _ in range(2):
            answering.append(breaker.enter(0))
            breaker.speaks(answering[-1])
        _fail(breaker, 1)
    assert breaker.state(0) == "closed"
    for visit in answering:
        breaker.good(visit)
    _fail(breaker, 3)
    assert breaker.state(0) == "closed", "they are counted once"


@pytest.mark.parametrize("ending", ["good", "bad", "trip", "leave"])
def test_calls_from_before_it_opened_decide_nothing(ending: str) -> None:
    breaker = Breaker()
    old = breaker.enter(0)
    breaker.trip(breaker.enter(0), 0)
    trial = breaker.enter(REST)
    {
        "good": lambda: breaker.good(old),
        "bad": lambda: breaker.bad(old, REST),
        "trip": lambda: breaker.trip(old, REST),
        "leave": lambda: breaker.leave(old),
    }[ending]()
    assert (breaker.state(REST), breaker.allows(REST)) == ("half_open", False)
    breaker.good(trial)
    assert breaker.state(REST) == "closed"


@dataclass
class _Simple:
    """The same in other words: which calls failed since it last closed, and when it opened."""

    ends: list[tuple[int, bool]] = field(default_factory=list)  # (call, failed), by first token or end
    opened: float | None = None
    trying: int | None = None

    def allows(self, now: float) -> bool:
        return self.opened is None or (now - self.opened >= REST and self.trying is None)

    def enter(self, call: int) -> None:
        if self.opened is not None:
            self.trying = call

    def speaks(self, call: int) -> None:
        if self.trying == call:
            self.ends, self.opened, self.trying = [], None, None
        if self.opened is None:
            self.ends.append((call, False))

    def fails(self, call: int, now: float, *, at_once: bool) -> None:
        if self.trying == call:
            self.ends, self.opened, self.trying = [], now, None
        elif self.opened is None:
            goods = [at for at, (_, failed) in enumerate(self.ends) if not failed]
            if goods and self.ends[goods[-1]][0] == call:
                self.ends[goods[-1]] = (call, True)
            else:
                self.ends.append((call, True))
            failed = [end for _, end in self.ends]
            row = len(failed) >= ROW and all(failed[-ROW:])
            if at_once or row or sum(failed[-WINDOW:]) >= WINDOW / 2:
                self.ends, self.opened = [], now

    def leaves(self, call: int) -> None:
        if self.trying == call:
            self.trying = None


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["enter", "enter", "enter", "speaks", "good", "bad", "bad", "bad", "trip", "leave"]),
        st.floats(0, REST * 0.7),
        st.integers(0, 9),
    ),
    max_size=120,
)


@given(_STEPS)
def test_it_does_what_is_told_of_it(steps: list[tuple[str, float, int]]) -> None:
    breaker, simple, now = Breaker(), _Simple(), 0.0
    under_way: dict[int, Visit] = {}
    spoke: set[int] = set()
    for call, (what, later, which) in enumerate(steps):
        if what == "enter":
            now += later
            assert breaker.allows(now) == simple.allows(now)
            if breaker.allows(now):
                simple.enter(call)
                under_way[call] = breaker.enter(now)
        elif under_way:
            chosen = list(under_way)[which % len(under_way)]
            if what == "speaks" and chosen in spoke:
                continue
            visit = under_way[chosen] if what == "speaks" else under_way.pop(chosen)
            _both(breaker, visit, simple, chosen, what, now, has_spoken=chosen in spoke)
            spoke.add(chosen)
        assert (breaker.state(now) == "closed") == (simple.opened is None)
        assert sum(visit.trial for visit in under_way.values()) <= 1, "two trials at once"


def _both(
    breaker: Breaker, visit: Visit, simple: _Simple, call: int, what: str, now: float, *, has_spoken: bool
) -> None:
    if what in ("bad", "trip"):
        getattr(breaker, what)(visit, now)
        if what == "bad" or simple.trying == call or simple.opened is None:
            simple.fails(call, now, at_once=what == "trip")
    else:
        getattr(breaker, what)(visit)
        if what == "leave":
            simple.leaves(call)
        elif not has_spoken:
            simple.speaks(call)
