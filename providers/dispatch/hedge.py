"""Two calls at once for one answer: where the first stays silent for too long, another deployment is asked beside it.

The first token wins; the other call is cancelled at once. Knows neither plans nor budgets: it is told whom to ask.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime

import httpx

from providers.dispatch.call import Call
from providers.dispatch.steps import AttemptEnded, AttemptStarted, Status, Step


class Race:
    """`run` it to its end: then `winner` is to be read on (it may have failed), and `loser`, where there is one, has
    been cancelled and is to be closed. `failed` are calls that failed on the way and have been told of."""

    def __init__(self, first: Call, client: httpx.AsyncClient) -> None:
        self.winner = first
        self.loser: Call | None = None
        self.failed: list[Call] = []
        self._client = client
        self._running: dict[asyncio.Task[None], Call] = {}

    async def run(self, after: float, second: Callable[[], Call | None]) -> AsyncGenerator[Step, None]:
        """`after` so many seconds without a first token, `second` says whom to ask besides, or that nobody is."""
        self._begin(self.winner)
        silent = not (await asyncio.wait(self._running, timeout=after))[0]
        if silent and (rival := second()) is not None:
            target = rival.target
            yield Status("hedging", {"provider": target.provider, "model": target.model})
            yield AttemptStarted(rival.record)
            if any(task.done() and call.error is None for task, call in self._running.items()):
                self.loser = rival  # while its record was written down, the first one spoke
            else:
                self._begin(rival)
        while (ended := await self._next()) is not None:
            yield AttemptEnded(ended.record)
        self.winner.take_over()

    def _begin(self, call: Call) -> None:
        call.send(self._client)
        self._running[call.begin()] = call

    async def _next(self) -> Call | None:
        """The next call that failed while another is left; None when there is a winner."""
        await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
        over = [call for task, call in self._running.items() if task.done()]
        call = next((one for one in over if one.error is None), over[0])
        self._running = {task: other for task, other in self._running.items() if other is not call}
        if call.error is not None and self._running:
            self.failed.append(call)
            return call
        self.winner = call
        for other in self._running.values():
            other.lag()
            other.cancel()
            self.loser = other
        return None


async def settle(loser: Call) -> AttemptEnded:
    """Close the call that was slower. What it cost, if it is known, is paid for."""
    await loser.close()
    loser.record.finished_at = loser.record.finished_at or datetime.now(UTC)
    return AttemptEnded(loser.record)
