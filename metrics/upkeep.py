"""Adding up and forgetting, by itself: once a minute, in one of all processes. Bound to the event loop's engine."""

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta

import structlog
from django.db import Error as DatabaseError
from django.db.models import Q

from metrics import rollups
from metrics.alerts import minute
from metrics.models import Progress
from threads.database import Pool
from threads.generation.runtime import Runtime

log = structlog.get_logger(__name__)

EVERY = timedelta(seconds=60)
FIRST = 5.0  # seconds after the start, which has other things to do
PAUSE = 0.005  # seconds between slices of rows
PATIENCE = 2.0  # seconds that the end of the process waits for the slice under way


class Upkeep:
    """On a thread of its own, so that neither readers nor the log stand in line behind it."""

    def __init__(self) -> None:
        self._pool = Pool("db-upkeep", 1)
        self._ending = threading.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="metrics-upkeep")

    async def stop(self) -> None:
        self._ending.set()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.wait([asyncio.create_task(asyncio.to_thread(self._pool.close))], timeout=PATIENCE)

    async def _run(self) -> None:
        await asyncio.sleep(FIRST)
        while True:
            try:
                await self._pool.run(self._tick)
            except Ended:
                return
            except DatabaseError as error:
                log.warning("metrics_not_rolled_up", error=str(error))
            await asyncio.sleep(EVERY.total_seconds())

    def _tick(self) -> None:
        tick(datetime.now(UTC), self._rest)

    def _rest(self) -> None:
        if self._ending.is_set():
            raise Ended
        time.sleep(PAUSE)


class Ended(Exception):
    """The process goes down; another one goes on."""


def elected(now: datetime) -> bool:
    """Whether it is time, and for this process: of all that ask in the same minute, one is told so."""
    Progress.objects.get_or_create(pk=1)
    due = Q(ran_at=None) | Q(ran_at__lte=now - EVERY * 0.9)
    return bool(Progress.objects.filter(due, pk=1).update(ran_at=now))


def tick(now: datetime, rest: rollups.Rest) -> None:
    if elected(now):
        _alert(now, rest)
        rollups.roll_up(now, rest)
        rollups.prune(now)


def _alert(now: datetime, rest: rollups.Rest) -> None:
    """Before the sums, which may take longer; and whatever goes wrong with it, the sums are made."""
    try:
        minute.minute(now, rest)
    except Ended:
        raise
    except Exception:  # what they are of, and what receives them, is manifold
        log.exception("alerts_not_looked_after")


def start(engine: Runtime) -> None:
    """Beside this engine, once."""
    if "upkeep" not in engine.extras:
        upkeep = engine.extras["upkeep"] = Upkeep()
        upkeep.start()


async def stop(engine: Runtime) -> None:
    upkeep = engine.extras.pop("upkeep", None)
    if isinstance(upkeep, Upkeep):
        await upkeep.stop()
