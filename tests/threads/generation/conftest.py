"""Fixtures for tests of the engine's parts."""

import asyncio
import functools
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from blockbuster import BlockBuster
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from tests.threads.generation.logs import OpenLog
from tests.threads.generation.rows import Make, generation_in, thread_of
from threads import database
from threads.generation.appender import Appender
from threads.generation.fold import Answer
from threads.generation.log import Writer
from threads.generation.wakeup import Hub
from threads.models import Generation

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


@pytest.fixture
def make(user: User) -> Make:
    """`make("running", expires=-HOUR)`: a generation in a thread of its own, each made later than the one before."""
    born = timezone.now()

    def one(state: str, *, expires: timedelta | None = None, **columns: Any) -> Generation:
        nonlocal born
        born += timedelta(seconds=1)
        generation = generation_in(thread_of(user), **{"state": state, "epoch": 0, "owner": "", **columns})
        rows = Generation.objects.filter(pk=generation.pk)
        rows.update(created_at=born, lease_expires_at=None if expires is None else Now() + expires)
        return generation

    return one


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
