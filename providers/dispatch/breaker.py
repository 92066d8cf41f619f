"""The breaker of one deployment: whether it may be called, from how its calls ended. Pure: moments come in.

Closed, it lets every call through. It opens after `ROW` failures in a row, or when half of the last `WINDOW` calls
failed; for `REST` seconds it then lets none through, and after that one, the trial, which decides.

A call is good from its first token on: those that fail do so at once, and those that answer take minutes, so that
counting them in the end would put the failures of an hour in a row. If it breaks off after all, it was none.
"""

from collections import deque
from typing import Literal

ROW, WINDOW, REST = 5, 20, 30.0

State = Literal["closed", "open", "half_open"]


class Visit:
    """One call, for the breaker that gave it. `row`, once it has spoken: how many had failed in a row before."""

    __slots__ = ("goods", "row", "trial")

    def __init__(self, trial: bool) -> None:
        self.trial = trial
        self.row: int | None = None
        self.goods = 0


class Breaker:
    """`enter` before a call, `speaks` at its first token, then exactly one of `good`, `bad`, `trip`, `leave`."""

    __slots__ = ("_goods", "_open_until", "_recent", "_row", "_trying")

    def __init__(self) -> None:
        self._recent: deque[bool] = deque(maxlen=WINDOW)  # True: failed
        self._row = self._goods = 0
        self._open_until: float | None = None
        self._trying = False  # a trial is under way

    def state(self, now: float) -> State:
        if self._open_until is None:
            return "closed"
        return "open" if now < self._open_until else "half_open"

    def allows(self, now: float) -> bool:
        return self._open_until is None or (now >= self._open_until and not self._trying)

    def rest(self, now: float) -> float:
        """Seconds until it may be tried again."""
        return max(0.0, (self._open_until or now) - now)

    def enter(self, now: float) -> Visit:
        trial = self.state(now) == "half_open" and not self._trying
        self._trying = self._trying or trial
        return Visit(trial)

    def speaks(self, visit: Visit) -> None:
        """Its first token came. A trial need not go on to its end to have shown that it answers."""
        if visit.trial:
            self._open_until, self._trying, visit.trial = None, False, False
        if self._open_until is None:  # calls from before it opened decide nothing any more
            visit.row, self._row = self._row, 0
            self._goods += 1
            visit.goods = self._goods
            self._recent.append(False)

    def good(self, visit: Visit) -> None:
        if visit.row is None:
            self.speaks(visit)

    def bad(self, visit: Visit, now: float) -> None:
        if visit.trial:
            self.trip(visit, now)
        elif self._open_until is None:
            self._count(visit)
            if self._row >= ROW or sum(self._recent) * 2 >= WINDOW:
                self.trip(visit, now)

    def trip(self, visit: Visit, now: float) -> None:
        """Open at once."""
        if visit.trial or self._open_until is None:
            self._open_until, self._trying = now + REST, False
            self._row = 0
            self._recent.clear()

    def leave(self, visit: Visit) -> None:
        """It ended without showing anything: cancelled, or the request's own fault."""
        if visit.trial:
            self._trying = False

    def _count(self, visit: Visit) -> None:
        """One more failure; where nothing good came since it spoke, its having spoken is taken back."""
        self._row += 1
        if visit.row is None or visit.goods != self._goods:
            self._recent.append(True)
            return
        self._row += visit.row
        places = [at for at, failed in enumerate(self._recent) if not failed]
        if places:
            self._recent[places[-1]] = True
