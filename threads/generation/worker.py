"""Claims what is queued or abandoned, up to this process's limit, and keeps the leases of what it runs."""

import asyncio
import os
import secrets
import socket
from typing import Any
from uuid import UUID

import structlog
from django.db import Error as DatabaseError

from threads import database
from threads.generation import lease
from threads.generation.lease import Claim
from threads.generation.preparation import Prepared
from threads.generation.runner import Runner, Tools
from threads.generation.wakeup import Hub

log = structlog.get_logger(__name__)

POLL = 1.0  # seconds; a hint usually comes first
AT_ONCE = 100  # claims in one transaction


class Worker:
    """`start` and `stop` belong to the runtime. `stop` hands over: another worker goes on at once."""

    def __init__(self, hub: Hub, tools: Tools, limit: int) -> None:
        self.name = f"{socket.gethostname()[:30]}-{os.getpid()}-{secrets.token_hex(4)}"
        self._hub, self._tools, self._limit = hub, tools, limit
        self.runners: dict[UUID, Runner] = {}
        self._reserved = 0
        self._stopping = False
        self._work = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._leave = [hub.subscribe("work", self._hear_work), hub.subscribe("cancel", self._hear_cancel)]

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._claiming(), name="worker-claims"),
            asyncio.create_task(self._renewing(), name="worker-leases"),
        ]

    async def stop(self) -> None:
        self._limit = 0
        for leave in self._leave:
            leave()
        self._stopping = True  # not cancelled: a claim on its way to the database would be nobody's until it runs out
        self._work.set()
        for task in self._tasks[1:]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        running = dict(self.runners)
        for runner in running.values():
            runner.abandon()
        await asyncio.gather(*(runner.task for runner in running.values() if runner.task), return_exceptions=True)
        if running:
            await database.write(lease.release, self.name, running)
            self._hub.publish("work")

    def cancel(self, generation_id: UUID) -> bool:
        """Stop it if it runs here; True when it does."""
        runner = self.runners.get(generation_id)
        if runner is not None:
            runner.cancel()
        return runner is not None

    def _hear_work(self, _: Any) -> None:
        self._work.set()

    def _hear_cancel(self, generation_id: str) -> None:
        self.cancel(UUID(generation_id))

    async def _claiming(self) -> None:
        while not self._stopping:
            self._work.clear()
            wanted = min(self._limit - len(self.runners) - self._reserved, AT_ONCE)
            try:
                claims = await database.write(lease.claim, self.name, wanted)
            except DatabaseError as error:
                log.warning("claim_failed", error=str(error))
                claims = []
            for claim in claims:
                self.run(claim)
            if not claims or len(claims) < wanted:
                await self._pause()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(POLL):
                await self._work.wait()
        except TimeoutError:
            pass

    def reserve(self, wanted: int) -> int:
        """Keep room for up to `wanted` answers about to be begun for this worker; `release` as many as were granted."""
        granted = max(0, min(wanted, self._limit - len(self.runners) - self._reserved))
        self._reserved += granted
        return granted

    def release(self, granted: int) -> None:
        self._reserved -= granted

    def run(self, claim: Claim, prepared: Prepared | None = None) -> None:
        """Run what this worker has claimed."""
        runner = Runner(claim, self._tools, prepared)
        self.runners[claim.generation_id] = runner
        runner.start().add_done_callback(lambda task: self._ended(runner, task))

    def _ended(self, runner: Runner, task: asyncio.Task[None]) -> None:
        if self.runners.get(runner.claim.generation_id) is runner:
            del self.runners[runner.claim.generation_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            # Its lease is no longer renewed: it runs out, and a worker takes the answer over.
            log.error("runner_broke", generation=str(runner.claim.generation_id), exc_info=error)
        self._work.set()

    async def _renewing(self) -> None:
        while True:
            await asyncio.sleep(lease.HEARTBEAT)
            running = dict(self.runners)
            if not running:
                continue
            try:
                renewal = await database.write(lease.renew, self.name, running)
            except DatabaseError as error:
                log.warning("renewal_failed", error=str(error))
                continue
            for generation_id, runner in running.items():
                if generation_id in renewal.cancelled:
                    runner.cancel()
                elif generation_id not in renewal.held:
                    runner.abandon()
