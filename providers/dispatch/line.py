"""Lines for a free place at a provider: first come, first served. Knows nothing of what a place is."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


class Lines:
    """One line a provider, for the tasks of one event loop."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[asyncio.Event]] = {}

    def length(self, provider: str) -> int:
        return len(self._lines.get(provider, ()))

    def stir(self, provider: str) -> None:
        """Something changed there: whoever is first looks again."""
        line = self._lines.get(provider)
        if line:
            line[0].set()
        elif line is not None:
            del self._lines[provider]

    async def stand(
        self, providers: Iterable[str], seconds: float, look: Callable[[frozenset[str]], tuple[bool, T | None]]
    ) -> T | None:
        """Stand in the lines of `providers`. `look`, given those in which one is first, says whether to go, and with
        what. None when `seconds` are over."""
        me = asyncio.Event()
        names = frozenset(providers)
        for name in names:
            self._lines.setdefault(name, deque()).append(me)
        try:
            async with asyncio.timeout(seconds):
                while True:
                    go, found = look(frozenset(name for name in names if self._lines[name][0] is me))
                    if go:
                        return found
                    me.clear()
                    await me.wait()
        except TimeoutError:
            return None
        finally:
            for name in names:
                self._lines[name].remove(me)
                self.stir(name)
