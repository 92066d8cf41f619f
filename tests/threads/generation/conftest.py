"""Fixtures for tests of the engine's parts."""

import asyncio
import functools
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from blockbuster import BlockBuster

from accounts.models import User
from tests.threads.generation.logs import OpenLog
from tests.threads.generation.rows import generation_in, thread_of
from threads import database
from threads.generation.fold import Answer
from threads.generation.log import Appender, Writer
from threads.generation.wakeup import Hub

LONGEST = 60.0  # seconds


@pytest.fixture(scope="session", autouse=True)
def _redis_may_read_its_version(_detector: BlockBuster) -> None:
    """The Redis client reads its own version from disk for each new connection."""
    for function in _detector.functions.values():
        function.can_block_in("redis/utils.py", {"get_lib_version"})


@pytest_asyncio.fixture
async def pools(transactional_db: None) -> AsyncIterator[None]:
    """The database threads, ended after the test, for tests without a whole engine."""
    yield
    await asyncio.to_thread(database.close)


@pytest_asyncio.fixture
async def writer(pools: None) -> AsyncIterator[Writer]:
    writer = Writer(Hub(asyncio.get_running_loop()))
    writer.start()
    yield writer
    await writer.stop()


@pytest.fixture
def open_log(user: User, writer: Writer) -> OpenLog:
    """`await open_log(3)`: appenders of three new answers."""

    async def some(number: int) -> list[Appender]:
        rows = await database.write(lambda: [generation_in(thread_of(user)) for _ in range(number)])
        return [writer.appender(row.pk, 1, Answer(seq=1)) for row in rows]

    return some


def pytest_itemcollected(item: pytest.Item) -> None:
    """What waits for something that a fault keeps from coming fails instead of waiting for ever."""
    if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
        item.obj = _in_time(item.obj)


def _in_time(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @functools.wraps(test)
    async def run(*args: object, **kwargs: object) -> None:
        async with asyncio.timeout(LONGEST):
            await test(*args, **kwargs)

    return run
