"""So many a minute: counted by each process for itself, and in Redis, where there is one, for all of them.

Nobody waits for Redis: a process decides by what it knows, and tells Redis behind that. So a limit of several processes
may be passed by what each lets through in `TELL_AFTER`; and while Redis is away, each holds to the limit alone.
Knows nothing of what is counted, nor for whom.
"""

import asyncio
import math
import time
from collections import Counter

import structlog
from limits import RateLimitItem
from limits.aio.storage import RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter as SharedWindows
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter as Windows
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

TELL_AFTER = 0.2  # seconds in which what is counted is gathered, before Redis is told
AGAIN = 2.0  # seconds until a Redis that did not answer is told anew
PATIENCE = 1.0  # seconds that Redis has to answer
SWEEP = 60.0  # seconds after which what has run out is forgotten

Key = tuple[RateLimitItem, str]  # a limit, and who is held to it


class Memory(Storage):
    """Counts by key, each until it runs out. (The library's own has a thread walk through all keys for each count.)"""

    STORAGE_SCHEME = ["chatsite-memory"]

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[str, tuple[int, float]] = {}
        self._swept_at = time.time()

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = time.time()
        if now - self._swept_at > SWEEP:
            self._swept_at = now
            self._counts = {known: count for known, count in self._counts.items() if count[1] > now}
        count, until = self._counts.get(key, (0, 0.0))
        self._counts[key] = (count + amount, until) if until > now else (amount, now + expiry)
        return self._counts[key][0]

    def get(self, key: str) -> int:
        count, until = self._counts.get(key, (0, 0.0))
        return count if until > time.time() else 0

    def get_expiry(self, key: str) -> float:
        return self._counts.get(key, (0, time.time()))[1]

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        known = len(self._counts)
        self._counts.clear()
        return known

    def clear(self, key: str) -> None:
        self._counts.pop(key, None)


class Rates:
    """Of one event loop. `redis_url` "" counts in this process alone; `prefix` keeps the keys of sites apart."""

    def __init__(self, redis_url: str, prefix: str) -> None:
        self._redis_url, self._prefix = redis_url, prefix
        self._here = Windows(Memory())
        self._spent: dict[Key, float] = {}  # of these Redis has said that all processes together are at the limit
        self._untold: Counter[Key] = Counter()
        self._news = asyncio.Event()
        self._telling: asyncio.Task[None] | None = None
        self._stopped = False

    def hit(self, item: RateLimitItem, who: str) -> float | None:
        """Count one more. None: it is within the limit. Else the seconds, at least 1, until there is room again."""
        key, now = (item, who), time.time()
        if (until := self._spent.get(key, now)) > now:
            return math.ceil(until - now)
        if not self._here.hit(item, who):
            return max(1, math.ceil(self._here.get_window_stats(item, who).reset_time - now))
        if self._redis_url:
            self._untold[key] += 1
            self._news.set()
            if self._telling is None:
                self._telling = asyncio.create_task(self._tell(), name="rates-tell")
        return None

    async def stop(self) -> None:
        self._stopped = True
        waiting = {self._telling} if self._telling is not None else set()
        while waiting:  # a client of Redis may swallow a cancellation: said once more, it meets a loop that has ended
            for task in waiting:
                task.cancel()
            _, waiting = await asyncio.wait(waiting, timeout=0.5)

    # --- all processes together ------------------------------------------------------------------------------
    async def _tell(self) -> None:
        pool = ConnectionPool.from_url(self._redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        shared = SharedWindows(
            RedisStorage("async+redis://", implementation="redispy", key_prefix=self._prefix, connection_pool=pool)  # type: ignore[arg-type]  # handed on as it is
        )
        try:
            while not self._stopped:
                await self._news.wait()
                await asyncio.sleep(TELL_AFTER)
                self._news.clear()
                untold, self._untold = self._untold, Counter()
                try:
                    await self._share(shared, untold)
                except (RedisError, OSError) as error:  # what was to be told is forgotten: it counts here all the same
                    log.warning("limits_not_shared", error=repr(error))
                    await asyncio.sleep(AGAIN)
        finally:
            await pool.disconnect()

    async def _share(self, shared: SharedWindows, untold: Counter[Key]) -> None:
        for (item, who), count in untold.items():
            if not await shared.hit(item, who, cost=count):
                reset_at = (await shared.get_window_stats(item, who)).reset_time
                now = time.time()
                self._spent = {key: until for key, until in self._spent.items() if until > now}
                self._spent[item, who] = reset_at
