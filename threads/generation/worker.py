"""Claims what is queued or abandoned, up to this process's limit, and keeps the leases of what it runs."""

import asyncio
import os
import secrets
import socket
import time
from collections.abc import Awaitable, Collection
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from django.db import Error as DatabaseError

from threads import database
from threads.generation import lease, ledger, preparation, taking
from threads.generation.lease import Claim
from threads.generation.offers import Offers
from threads.generation.preparation import Prepared
from threads.generation.runner import Runner, Tools
from threads.generation.taking import Taken
from threads.generation.wakeup import Hub

log = structlog.get_logger(__name__)

POLL = 1.0  # seconds; a hint usually comes first
AT_ONCE = 10  # claims of one look: the others, who look in the same moment, get their share of what a dead worker left
GATHER = 0.01  # seconds between two looks: many questions of a moment need no look each
BEHIND = 0.02  # seconds behind the end of a lease that it is looked at
GUARD = 0.25  # seconds between looks at the own clock
OUT_OF_TOUCH = 2.5  # seconds without a look: whoever could not reach the database cannot tell who is dead
SWEEP = 60.0  # seconds between searches for calls whose answers ended without them
HAND_OVER = 3.0  # seconds that it may take when the worker stops; leases run out without it, too


class Worker:
    """`start` and `stop` belong to the runtime. `stop` hands over: another worker goes on at once."""

    def __init__(self, hub: Hub, tools: Tools, limit: int) -> None:
        self.name = f"{socket.gethostname()[:30]}-{os.getpid()}-{secrets.token_hex(4)}"
        self._hub, self._tools, self._limit = hub, tools, limit
        self.runners: dict[UUID, Runner] = {}
        self._reserved = 0
        self._stopping = self._leaving = False
        self._work, self._offers = asyncio.Event(), Offers()
        self._looked = time.monotonic()  # when the database was last seen
        self._trusts_from = 0.0  # before that, a lease that ran out may be that of somebody who was cut off as well
        self._peek_at = 0.0  # when the end of others' leases is to be looked at
        self._tasks: list[asyncio.Task[None]] = []
        self._leave = [hub.subscribe("work", self._hear_work), hub.subscribe("cancel", self._hear_cancel)]

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._claiming(), name="worker-claims"),
            asyncio.create_task(self._renewing(), name="worker-leases"),
            asyncio.create_task(self._guarding(), name="worker-guard"),
            asyncio.create_task(self._sweeping(), name="worker-sweep"),
        ]

    def stop_claiming(self) -> None:
        """Take nothing more from the queue. What this process's own doors begin is still run."""
        self._stopping = True  # not cancelled: a claim on its way to the database would be nobody's until it runs out
        self._work.set()

    async def hand_over(self, *, but: Collection[UUID] = ()) -> None:
        """Leave what runs here to other workers, except `but`, and begin nothing more."""
        self.stop_claiming()
        self._limit, self._leaving = 0, True
        if self._tasks:
            await asyncio.wait(self._tasks[:1], timeout=HAND_OVER)
        running = [runner for pk, runner in self.runners.items() if pk not in but]
        for runner in running:
            runner.abandon()
        if left := [runner.task for runner in running if runner.task]:
            await asyncio.wait(left, timeout=HAND_OVER)

    async def stop(self) -> None:
        await self.hand_over()
        for leave in self._leave:
            leave()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cancel(self, generation_id: UUID) -> bool:
        """Stop it if it runs here; True when it does."""
        runner = self.runners.get(generation_id)
        if runner is not None:
            runner.cancel()
        return runner is not None

    def _hear_work(self, message: Any) -> None:
        self._offers.hear(message)
        self._work.set()

    def _hear_cancel(self, generation_id: str) -> None:
        self.cancel(UUID(generation_id))

    # --- claims ----------------------------------------------------------------------------------------------
    async def _claiming(self) -> None:
        while not self._stopping:
            self._work.clear()
            wanted = min(self._limit - len(self.runners) - self._reserved, AT_ONCE)
            taken = await self._look(wanted) if wanted > 0 else []
            self._begin(taken)
            if len(taken) < max(wanted, 1):
                await self._pause(await self._peek() if wanted > 0 else POLL)

    def _begin(self, taken: list[Taken]) -> None:
        left = [one.claim for one in taken if one.prepared is None]
        loading = asyncio.ensure_future(self._load(left)) if left else None
        for one in taken:
            self.run(one.claim, one.prepared, loading=loading)
            if one.entries:
                self._hub.publish(f"generation:{one.claim.generation_id}", list(one.entries))

    async def _look(self, wanted: int) -> list[Taken]:
        began = time.monotonic()
        if began - self._looked > OUT_OF_TOUCH:
            self._trusts_from = began + lease.LEASE.total_seconds()
        dead = began >= self._trusts_from
        try:
            taken = await database.write(taking.take, self.name, wanted, self._tools.snapshots, self._offers, dead=dead)
        except DatabaseError as error:
            log.warning("claim_failed", error=str(error))
            self._peek_at = time.monotonic() + POLL
            return []
        self._looked = time.monotonic()
        return taken

    async def _peek(self) -> float:
        """Seconds until there may be somebody's lease to take over."""
        if time.monotonic() >= self._peek_at:
            due = None
            with suppress(DatabaseError):
                due = await database.read(lease.due, self.name)
            self._peek_at = time.monotonic() + min(POLL, POLL if due is None else due + BEHIND)
        return self._peek_at - time.monotonic()

    async def _load(self, claims: list[Claim]) -> dict[UUID, Prepared]:
        """What the runners need, read for all together; what is not there they have to read themselves."""
        ids = [claim.generation_id for claim in claims]
        try:
            return await database.read(preparation.load_all, ids, self._tools.snapshots)
        except DatabaseError as error:
            log.warning("claims_not_read", error=str(error))
            return {}

    async def _pause(self, longest: float) -> None:
        """Until there is work."""
        looked = time.monotonic()
        with suppress(TimeoutError):
            async with asyncio.timeout(longest):
                await self._work.wait()
        await asyncio.sleep(looked + GATHER - time.monotonic())

    def reserve(self, wanted: int) -> int:
        """Keep room for up to `wanted` answers about to be begun for this worker; `release` as many as were granted."""
        granted = max(0, min(wanted, self._limit - len(self.runners) - self._reserved))
        self._reserved += granted
        return granted

    def release(self, granted: int) -> None:
        self._reserved -= granted

    def run(
        self,
        claim: Claim,
        prepared: Prepared | None = None,
        *,
        loading: Awaitable[dict[UUID, Prepared]] | None = None,
    ) -> None:
        """Run what this worker has claimed."""
        runner = Runner(claim, self._tools, prepared, loading)
        self.runners[claim.generation_id] = runner
        runner.start().add_done_callback(partial(self._ended, runner))
        if self._leaving:  # it was on its way when the others were handed over
            runner.abandon()

    def _ended(self, runner: Runner, task: asyncio.Task[None]) -> None:
        if len(self.runners) + self._reserved >= self._limit:  # else nobody waits for the room
            self._work.set()
        if self.runners.get(runner.claim.generation_id) is runner:
            del self.runners[runner.claim.generation_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            # Its lease is no longer renewed: it runs out, and a worker takes the answer over.
            log.error("runner_broke", generation=str(runner.claim.generation_id), exc_info=error)

    # --- leases ----------------------------------------------------------------------------------------------
    async def _renewing(self) -> None:
        next_beat = time.monotonic()
        while True:
            next_beat = max(next_beat + lease.HEARTBEAT, time.monotonic())
            await asyncio.sleep(next_beat - time.monotonic())
            running = {pk: runner for pk, runner in self.runners.items() if not runner.leaves}
            if running:
                await self._renew(running)

    async def _renew(self, running: dict[UUID, Runner]) -> None:
        asked = time.monotonic()
        try:
            renewal = await database.write_leases(lease.renew, self.name, list(running))
        except DatabaseError as error:
            log.warning("renewal_failed", error=str(error))
            return
        self._looked = time.monotonic()
        for generation_id, runner in running.items():
            if generation_id in renewal.cancelled:
                runner.cancel()
            if generation_id in renewal.held:
                runner.since = asked
            else:
                runner.abandon()

    async def _guarding(self) -> None:
        """Stop what could not be renewed in time, before another worker may begin it: by this process's own clock, for
        the database may be out of reach, or this process may have been standing still."""
        while True:
            over = time.monotonic() - lease.OWN
            lost = [runner for runner in self.runners.values() if runner.since < over and not runner.leaves]
            for runner in lost:
                runner.abandon()
            if lost:
                self._trusts_from = time.monotonic() + lease.LEASE.total_seconds()
                log.warning("leases_not_renewed", answers=len(lost))
            await asyncio.sleep(GUARD)

    async def _sweeping(self) -> None:
        while True:
            try:
                await database.write(ledger.sweep)
            except DatabaseError as error:
                log.warning("sweep_failed", error=str(error))
            await asyncio.sleep(SWEEP)
