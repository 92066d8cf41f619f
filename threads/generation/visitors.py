"""Open connections that have to be told when their process goes down. Knows neither what they read nor over what."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID


class Visitors:
    """Those of one kind, on one event loop. Once they are asked to leave, who enters is asked at once."""

    def __init__(self) -> None:
        self._asks: dict[int, tuple[Callable[[], None], UUID | None]] = {}
        self._next = 0
        self._asked = False
        self._none = asyncio.Event()
        self._none.set()

    def __len__(self) -> int:
        return len(self._asks)

    @property
    def waited_for(self) -> set[UUID]:
        """The generations they read."""
        return {generation for _, generation in self._asks.values() if generation is not None}

    def enter(self, ask: Callable[[], None], generation: UUID | None = None) -> Callable[[], None]:
        """`ask` asks this one to leave. Call what is returned when it has left; twice does no harm."""
        self._next += 1
        key = self._next
        self._asks[key] = (ask, generation)
        self._none.clear()
        if self._asked:
            ask()

        def leave() -> None:
            self._asks.pop(key, None)
            if not self._asks:
                self._none.set()

        return leave

    def ask_to_leave(self) -> None:
        self._asked = True
        for ask, _ in tuple(self._asks.values()):
            ask()

    async def gone(self, within: float) -> None:
        """Return when all have left, or after so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._none.wait()
