"""The engine's objects in one process, bound to its event loop and started with it.

`current()` hands them out and starts them if nobody has: a server without a lifespan (Daphne) needs no other start.
"""

import asyncio
import weakref

import structlog
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import Error as DatabaseError

from providers import snapshot
from providers.adapters.http import make_client
from providers.addresses import AddressPolicy
from providers.snapshot import Snapshots
from threads import database
from threads.generation.log import Writer
from threads.generation.relay import ChannelRelay
from threads.generation.runner import Tools
from threads.generation.starter import Starter
from threads.generation.wakeup import Hub
from threads.generation.worker import Worker

log = structlog.get_logger(__name__)


class Runtime:
    """`worker` is None in a process that leaves the work to others."""

    def __init__(self, *, work: bool) -> None:
        self.hub = Hub(asyncio.get_running_loop())
        self.writer = Writer(self.hub)
        self.snapshots = Snapshots()
        policy = AddressPolicy.parse(settings.PRIVATE_PROVIDER_HOSTS)
        self.client = make_client(allow_address=policy.check)
        tools = Tools(self.hub, self.writer, self.client, self.snapshots)
        self.worker = Worker(self.hub, tools, settings.MAX_GENERATIONS) if work else None
        self.starter = Starter(self.hub, self.snapshots, self.worker)
        self.draining = False
        self._refreshing: asyncio.Task[None] | None = None
        self.extras: dict[str, object] = {}  # what doors keep beside the engine, one a process

    def start(self) -> None:
        layer = get_channel_layer()
        if layer is not None:
            self.hub.relay = ChannelRelay(self.hub, layer)
        self._refreshing = asyncio.create_task(self._refresh(), name="registry-refresh")
        self.writer.start()
        self.starter.start()
        if self.worker is not None:
            self.worker.start()

    async def _refresh(self) -> None:
        """Keep the copy of the registry fresh while it is in use, so that no question waits for that."""
        while True:
            await asyncio.sleep(snapshot.KEEP)
            if self.snapshots.wants_refresh:
                try:
                    await database.read(self.snapshots.refresh)
                except DatabaseError as error:
                    log.warning("registry_not_read", error=str(error))

    async def stop(self) -> None:
        """Hand over what runs, commit what waits, close what is open."""
        self.draining = True
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.gather(self._refreshing, return_exceptions=True)
        await self.starter.stop()
        if self.worker is not None:
            await self.worker.stop()
        await self.writer.stop()
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
