"""What stands before the web processes: round robin, without sticky sessions, around those that are not ready.

Asks `/readyz` twice a second, as a load balancer's health check does, and leaves out at once whoever refuses a
connection. Where nobody is ready, everybody is tried (as Envoy and nginx do). Decides only: bytes pass it by.
"""

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Sequence

import aiohttp

LOOK_EVERY = 0.5  # seconds
PATIENCE = aiohttp.ClientTimeout(total=2.0)


class Balancer:
    """`origins` tells the web processes there are at the moment."""

    def __init__(self, http: aiohttp.ClientSession, origins: Callable[[], Sequence[str]]) -> None:
        self._http, self._origins = http, origins
        self._away: set[str] = set()
        self._turn = itertools.count()
        self.none_ready = 0  # looks that found nobody ready

    async def run(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        origins = list(self._origins())
        ready = await asyncio.gather(*map(self._is_ready, origins))
        self._away = {origin for origin, fine in zip(origins, ready, strict=True) if not fine}
        self.none_ready += bool(origins) and not any(ready)

    async def _is_ready(self, origin: str) -> bool:
        with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
            async with self._http.get(f"{origin}/readyz?without=redis", timeout=PATIENCE) as response:
                return response.status == 200
        return False

    def order(self) -> list[str]:
        """Whom to try, one after the other."""
        origins = list(self._origins())
        if not origins:
            return []
        first = next(self._turn) % len(origins)
        turned = origins[first:] + origins[:first]
        return [origin for origin in turned if origin not in self._away] or turned

    def refused(self, origin: str) -> None:
        self._away.add(origin)
