"""How fast somebody may talk: so much at once, and then so much a second. Knows nothing of what is said."""

import time
from collections.abc import Callable


class Pace:
    """`allows` says of each thing said whether it is within the pace."""

    def __init__(self, at_once: int, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._at_once, self._per_second, self._clock = at_once, per_second, clock
        self._left, self._at = float(at_once), clock()

    def allows(self) -> bool:
        now = self._clock()
        self._left = min(self._at_once, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
