"""Two engines in one event loop that share nothing but what two processes share: the database and, where there is one,
Redis. `web` is the one that doors find; it runs nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from threads.generation import runtime
from threads.generation.runtime import Runtime
from threads.generation.worker import Worker


@asynccontextmanager
async def apart() -> AsyncIterator[tuple[Runtime, Runtime]]:
    """(web, worker)"""
    web, other = runtime.start(work=False), Runtime(work=True)
    other.start()
    try:
        yield web, other
    finally:
        await other.stop()
        await runtime.stop()


def worker_of(engine: Runtime) -> Worker:
    assert engine.worker is not None
    return engine.worker
