"""Which models are in memory, as at a local server: loading takes its time once, and an idle model leaves again.

Knows names and moments, no wire format and no connection. May be read and cleared from another thread.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

USUAL = 300.0  # seconds that an idle model stays where no request says how long


@dataclass(frozen=True, slots=True)
class Resident:
    """A model in memory; it leaves at `expires_at` (seconds since 1970, may be infinite) unless it is asked again."""

    name: str
    expires_at: float


@dataclass(slots=True)
class _Place:
    ready_at: float
    stays: float = USUAL
    users: int = 0
    idle_since: float = math.inf


class Memory:
    """Moments are those of `clock`, in seconds."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._places: dict[str, _Place] = {}

    def wait(self, model: str, load: float) -> float:
        """Seconds until `model` can speak, if a request came now; `load` is what it takes from nothing."""
        place = self._present().get(model)
        return load if place is None else max(0.0, place.ready_at - self._clock())

    @contextmanager
    def using(self, model: str, wait: float, keep_alive: float | None) -> Iterator[Callable[[], None]]:
        """`model` is in use and can speak after `wait` seconds; then it stays for `keep_alive`, None: as long as
        before. Call what this gives when the model has spoken. Without that it may not have been loaded yet, and if
        nobody else waits for it, that is given up."""
        place = self._present().setdefault(model, _Place(self._clock() + wait))
        place.users += 1
        if keep_alive is not None:
            place.stays = keep_alive
        using = True

        def leave(*, loaded: bool = True) -> None:
            nonlocal using
            if using:
                using = False
                self._leave(model, place, loaded=loaded)

        try:
            yield leave
        finally:
            leave(loaded=self._clock() >= place.ready_at)

    def _leave(self, model: str, place: _Place, *, loaded: bool) -> None:
        now = place.idle_since = self._clock()
        place.users -= 1
        if loaded:
            place.ready_at = min(place.ready_at, now)
        elif not place.users and self._places.get(model) is place:
            del self._places[model]

    def residents(self) -> list[Resident]:
        now = self._clock()
        return [
            Resident(name, (now if place.users else place.idle_since) + place.stays)
            for name, place in self._present().items()
        ]

    def clear(self) -> None:
        self._places.clear()

    def _present(self) -> dict[str, _Place]:
        now = self._clock()
        for name, place in list(self._places.items()):
            if not place.users and place.idle_since + place.stays <= now:
                self._places.pop(name, None)
        return self._places
