"""The engine's objects in one process, bound to its event loop and started with it.

`current()` hands them out and starts them if nobody has: a server without a lifespan (Daphne) needs no other start.
"""

import asyncio
import weakref
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any

import structlog
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import Error as DatabaseError

from providers import health_table, snapshot
from providers.adapters.http import make_client
from providers.addresses import AddressPolicy
from providers.dispatch.health import Board
from providers.health_table import Reporter
from providers.snapshot import Snapshots
from threads import database
from threads.generation.log import Writer
from threads.generation.relay import ChannelRelay
from threads.generation.runner import Tools
from threads.generation.starter import Starter
from threads.generation.visitors import Visitors
from threads.generation.wakeup import Hub
from threads.generation.worker import Worker
from threads.purse import Purse
from threads.quotas import Quotas

log = structlog.get_logger(__name__)

READERS_HAVE = 1.0  # seconds to leave in, once asked; most need milliseconds, the others do not read
PROGRAMS_HAVE = 6.0  # seconds that an answer has to end in, once the process closes


class Runtime:
    """`worker` is None in a process that leaves the work to others."""

    def __init__(self, *, work: bool) -> None:
        self.hub = Hub(asyncio.get_running_loop())
        self.writer = Writer(self.hub)
        self.board = Board(hedge_share=settings.HEDGE_SHARE)
        self.snapshots = Snapshots(self.board)
        policy = AddressPolicy.parse(settings.PRIVATE_PROVIDER_HOSTS)
        self.client = make_client(allow_address=policy.check)
        self.purse = Purse()
        tools = Tools(self.hub, self.writer, self.client, self.snapshots, self.board, self.purse.spent)
        self.worker = Worker(self.hub, tools, settings.MAX_GENERATIONS) if work else None
        self.health = Reporter(self.worker.name if self.worker else "", self.board)
        self.starter = Starter(self.hub, self.snapshots, self.worker)
        self.draining = False  # this process goes down: others should be asked
        self.closing = False  # it takes no connections, and hands over what runs
        self.stopped = False  # nothing can be stored any more
        self.quotas = Quotas()
        self.readers = Visitors()  # who come back, and go on reading where they were
        self.programs = Visitors()  # who wait for an answer that they cannot come back for
        self._refreshing: asyncio.Task[None] | None = None
        self._reporting: asyncio.Task[None] | None = None
        self._ending = asyncio.Event()
        self.extras: dict[str, object] = {}  # what doors keep beside the engine, one a process
        self._errands: set[asyncio.Task[object]] = set()

    def start(self) -> None:
        layer = get_channel_layer()
        if layer is not None:
            self.hub.relay = ChannelRelay(self.hub, layer)
        self._refreshing = asyncio.create_task(self._refresh(), name="registry-refresh")
        self.writer.start()
        self.starter.start()
        self.purse.start()
        if self.worker is not None:
            self.worker.start()
            self._reporting = asyncio.create_task(self._report(), name="health-report")

    def see_to(self, errand: Coroutine[Any, Any, object]) -> None:
        """Have this done behind somebody who does not wait for it."""
        task = asyncio.create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _refresh(self) -> None:
        """Read the registry at the start (published prices take a while to load), and keep the copy fresh while it is
        in use, so that no question waits for that."""
        wanted = True
        while True:
            if wanted:
                try:
                    await database.read(self.snapshots.refresh)
                except DatabaseError as error:
                    log.warning("registry_not_read", error=str(error))
            await asyncio.sleep(snapshot.KEEP)
            wanted = self.snapshots.wants_refresh

    async def _report(self) -> None:
        """Write down how the deployments are, for all processes to read, until the engine has ended."""
        while not self._ending.is_set():
            if (news := self.health.news()) is not None:
                await self._write_health(partial(self.health.write, news))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), health_table.PAUSE)
        await self._write_health(self.health.leave)

    async def _write_health(self, write: Callable[[], None]) -> None:
        try:
            await database.write(write)
        except DatabaseError as error:
            log.warning("health_not_written", error=str(error))

    # --- the end, step by step ---------------------------------------------------------------------------------
    def drain(self) -> None:
        """Say that this process goes down, and leave the queue to others. All else goes on: whoever sends requests
        here may need a while to notice."""
        if not self.draining:
            log.info("engine_draining", running=len(self.worker.runners) if self.worker is not None else 0)
        self.draining = True
        if self.worker is not None:
            self.worker.stop_claiming()

    async def close(self) -> None:
        """Hand over what runs and send the readers to where it goes on. What programs wait for is written here to its
        end, as far as `PROGRAMS_HAVE` lets it. A question that still comes is stored, and left to other workers."""
        self.drain()
        self.closing = True
        self.readers.ask_to_leave()
        if self.worker is not None:
            await self.worker.hand_over(but=self.programs.waited_for)
        await self.readers.gone(READERS_HAVE)
        await self.programs.gone(PROGRAMS_HAVE)
        self.programs.ask_to_leave()
        await self.programs.gone(READERS_HAVE)

    async def stop(self) -> None:
        """Store what was asked, hand over what runs, commit what waits, close what is open: in this order, since each
        may leave something to the next."""
        self.draining = self.closing = self.stopped = True
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.gather(self._refreshing, return_exceptions=True)
        await self.starter.stop()
        self.writer.hurry()  # before its owners are waited for: with the database away they would wait for ever
        if self.worker is not None:
            await self.worker.stop()
        self._ending.set()
        if self._reporting is not None:
            await self._reporting
        while self._errands:
            await asyncio.gather(*self._errands, return_exceptions=True)
        await self.writer.stop()
        await self.quotas.stop()
        await self.purse.stop()
        if self.hub.relay is not None:
            await self.hub.relay.stop()
        await self.client.aclose()
        await asyncio.to_thread(database.close)


_runtimes: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Runtime] = weakref.WeakKeyDictionary()


def current() -> Runtime:
    """This event loop's engine, started if need be: with a worker, unless GENERATION_WORKER says external."""
    loop = asyncio.get_running_loop()
    runtime = _runtimes.get(loop)
    return runtime if runtime is not None else start(work=settings.GENERATION_WORKER == "embedded")


def start(*, work: bool) -> Runtime:
    runtime = Runtime(work=work)
    _runtimes[asyncio.get_running_loop()] = runtime
    runtime.start()
    log.info("engine_started", worker=runtime.worker.name if runtime.worker else None)
    return runtime


async def stop() -> None:
    """Stop this event loop's engine, if it has one."""
    loop = asyncio.get_running_loop()
    runtime = _runtimes.get(loop)
    if runtime is not None:
        await runtime.stop()  # still handed out meanwhile: who asks must find it draining, not start another
        _runtimes.pop(loop, None)
