"""What a process knows of the budgets, so that no question has to wait for a database to be let in.

One for an event loop. It is read in the background when the process starts, again every `KEEP` seconds while somebody
asks, and every `IDLE` while nobody does; what answers of this process cost is added at once. So a hard budget may be
passed by what other processes spent since the last look, and by the answers that are under way. While the database is
away, what was known last stands.
"""

import asyncio
import time
from collections import defaultdict
from contextlib import suppress
from decimal import Decimal

import structlog
from django.db import Error as DatabaseError

from threads import budget_words, budgets, database
from threads.budgets import NOTHING, Standing, Whose
from threads.generation.errors import Refused

log = structlog.get_logger(__name__)

KEEP = 2.0  # seconds
IDLE = 5.0
FIRST = 1.0  # seconds that who asks first waits for what is being read at the start
COUNT = 300.0  # seconds until the sums are moved on again

Costs = defaultdict[Whose, Decimal]


class Purse:
    """`start` and `stop` belong to the runtime."""

    def __init__(self) -> None:
        self._known: dict[Whose, Standing] = {}
        self._own: Costs = defaultdict(Decimal)  # what answers here cost that the standings may not have yet
        self._latest: Costs = defaultdict(Decimal)  # of these, what came since the last look began
        self._counted_at = float("-inf")
        self._read = asyncio.Event()  # for the first time
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._away = False

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep(), name="purse")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    # --- for doors -------------------------------------------------------------------------------------------
    @property
    def has_budgets(self) -> bool:
        """Whether this site has any."""
        return bool(self._known)

    async def ready(self) -> None:
        """Until it is known for the first time; not for long, where the database is away. Somebody asks, or has opened
        a page and will: what is known is to be fresh."""
        self._wanted.set()
        if not self._read.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(FIRST):
                    await self._read.wait()

    def allow(self, user_id: int, organization_id: int) -> None:
        """Raises `Refused` (402) where a hard budget is reached that this question would count against."""
        if not self._known:
            return
        for whose in (("user", user_id), ("organization", organization_id)):
            standing = self._standing(whose)
            if standing is not None and standing.state == "reached" and standing.budget.hard:
                log.info("budget_reached", budget=standing.budget.pk, user=user_id, organization=organization_id)
                raise Refused(402, "budget_reached", budget_words.refusal(standing))

    def _standing(self, whose: Whose) -> Standing | None:
        standing = self._known.get(whose)
        if standing is None:
            return None
        spent, own = standing.spent_usd, self._own.get(whose, NOTHING)
        _, renews_at = budgets.month()
        if renews_at != standing.renews_at:
            spent = own = NOTHING  # another month has begun, and nobody has looked yet
        return Standing.of(standing.budget, spent + own, renews_at)

    # --- for the engine --------------------------------------------------------------------------------------
    def spent(self, user_id: int, organization_id: int, cost: Decimal) -> None:
        """An answer of this process has ended; its calls are settled."""
        for whose in (("user", user_id), ("organization", organization_id)):
            if whose in self._known:
                self._own[whose] += cost
                self._latest[whose] += cost
                self._wanted.set()

    async def _keep(self) -> None:
        while True:
            self._wanted.clear()
            await self._look()
            await asyncio.sleep(KEEP)
            with suppress(TimeoutError):
                async with asyncio.timeout(IDLE - KEEP):
                    await self._wanted.wait()

    async def _look(self) -> None:
        self._latest = defaultdict(Decimal)
        try:
            standings = await database.read(budgets.standings)
            before, self._known = self._known, {budgets.whose(one.budget): one for one in standings}
            self._own = self._latest.copy()
            self._read.set()
            if self._known.keys() - before.keys() or time.monotonic() - self._counted_at > COUNT:
                await self._count()
            self._away = False
        except DatabaseError as error:
            if not self._away:
                log.warning("budgets_not_read", error=str(error))
            self._away = True

    async def _count(self) -> None:
        """Move the sums on, so that the next look has little to read. Read apart from what is written: the first time
        it is the whole month."""
        self._counted_at = time.monotonic()
        if self._known and (moved := await database.read(budgets.count)):
            await database.write(budgets.keep, moved)
