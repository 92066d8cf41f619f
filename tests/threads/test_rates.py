"""So many a minute: in one process, and in several that tell each other through Redis."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from limits import RateLimitItemPerMinute, RateLimitItemPerSecond
from structlog.testing import capture_logs

from tests.tcp_proxy import TcpProxy
from threads import rates
from threads.rates import Memory, Rates

FIVE = RateLimitItemPerMinute(5, namespace="questions")
PATIENCE = 20.0
Make = Callable[..., Rates]


@pytest_asyncio.fixture
async def make() -> AsyncIterator[Make]:
    """`make(redis_url="")`: what one process counts. All of a test are processes of one site."""
    prefix, made = f"test-{secrets.token_hex(6)}", []

    def new(redis_url: str = "") -> Rates:
        made.append(Rates(redis_url, prefix))
        return made[-1]

    yield new
    for one in made:
        await one.stop()


# --- one process -----------------------------------------------------------------------------------------------
async def test_the_sixth_of_five_waits_and_others_do_not(make: Make) -> None:
    process = make()
    assert [process.hit(FIVE, "ada") for _ in range(5)] == [None] * 5
    wait = process.hit(FIVE, "ada")
    assert wait is not None
    assert 1 <= wait <= 60
    assert process.hit(FIVE, "grace") is None
    assert process.hit(RateLimitItemPerMinute(5, namespace="connects"), "ada") is None


async def test_after_the_time_that_was_told_there_is_room(make: Make) -> None:
    process, one_a_second = make(), RateLimitItemPerSecond(1)
    assert process.hit(one_a_second, "ada") is None
    assert process.hit(one_a_second, "ada") == 1
    await asyncio.sleep(1.0)
    assert process.hit(one_a_second, "ada") is None


def test_what_has_run_out_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    memory, now = Memory(), time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    for number in range(100):
        memory.incr(f"person {number}", 60)
    now += 61
    assert memory.get("person 1") == 0
    memory.incr("somebody", 60)
    assert len(memory._counts) == 1
    assert (memory.get("somebody"), memory.get_expiry("somebody")) == (1, now + 60)


# --- several ---------------------------------------------------------------------------------------------------
@pytest.mark.redis
async def test_several_processes_hold_to_one_limit(make: Make, settings: Any) -> None:
    first, second = make(settings.REDIS_URL), make(settings.REDIS_URL)
    assert [first.hit(FIVE, "ada") for _ in range(5)] == [None] * 5
    async with asyncio.timeout(PATIENCE):
        while (reset_at := second._spent.get((FIVE, "ada"))) is None:
            second.hit(FIVE, "ada")
            await asyncio.sleep(rates.TELL_AFTER)
    assert reset_at - time.time() <= 60
    assert second.hit(FIVE, "ada") is not None
    assert second.hit(FIVE, "grace") is None


@pytest.mark.redis
async def test_with_redis_away_each_process_counts_alone_until_it_is_back(
    make: Make, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "AGAIN", 0.05)
    redis = urlsplit(settings.REDIS_URL)
    with TcpProxy((redis.hostname or "127.0.0.1", redis.port or 6379)) as proxy:
        first, second = make(f"redis://127.0.0.1:{proxy.port}{redis.path}"), make(settings.REDIS_URL)
        proxy.away()
        with capture_logs() as said:
            assert [first.hit(FIVE, "ada") for _ in range(5)] == [None] * 5
            assert first.hit(FIVE, "ada") is not None
            async with asyncio.timeout(PATIENCE):
                while not any(line["event"] == "limits_not_shared" for line in said):
                    await asyncio.sleep(0.01)
        assert [second.hit(FIVE, "ada") for _ in range(5)] == [None] * 5
        proxy.back()
        async with asyncio.timeout(PATIENCE):
            for name in map(str, count()):
                assert [first.hit(FIVE, name) for _ in range(5)] == [None] * 5
                if await _is_told(second, name):
                    return


async def _is_told(process: Rates, name: str) -> bool:
    """Whether this process, with two of its own, learns that somebody is at the limit."""
    for _ in range(2):
        await asyncio.sleep(rates.TELL_AFTER * 2)
        if process.hit(FIVE, name) is not None:
            return True
    return False
