"""What one person and one address may have, and whose an address is."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from threads.generation.errors import Refused
from threads.quotas import Caller, Quotas, network

ADA, GRACE, LIN = (Caller(user, "203.0.113.7") for user in (1, 2, 3))


@pytest_asyncio.fixture
async def quotas(settings: Any) -> AsyncIterator[Callable[..., Quotas]]:
    """`quotas(LIMIT_SOCKETS=(2, 3))`"""
    made: list[Quotas] = []

    def make(**limits: tuple[int, int]) -> Quotas:
        for name, most in limits.items():
            setattr(settings, name, most)
        made.append(Quotas())
        return made[-1]

    yield make
    for one in made:
        await one.stop()


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("10.0.0.8", "10.0.0.8"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1%eth0", "2001:db8:1:2::/64"),
        ("127.0.0.1", ""),
        ("127.1.2.3", ""),
        ("::1", ""),
        ("::ffff:127.0.0.1", ""),
        ("", ""),
        ("unix:/run/chat.sock", ""),
    ],
)
def test_what_counts_as_one_address(address: str, counted: str) -> None:
    assert network(address) == counted


async def test_so_many_at_once(quotas: Callable[..., Quotas]) -> None:
    sockets = quotas(LIMIT_SOCKETS=(2, 3)).sockets
    leave = [sockets.take(ADA), sockets.take(ADA)]
    with pytest.raises(Refused, match="tabs open at once from you") as refused:
        sockets.take(ADA)
    assert (refused.value.status, refused.value.type) == (429, "rate_limited")
    assert refused.value.retry_after
    leave.append(sockets.take(GRACE))
    with pytest.raises(Refused, match="from your network"):
        sockets.take(LIN)
    sockets.take(Caller(3, "198.51.100.1"))
    leave[0]()
    leave[0]()  # twice does no harm
    sockets.take(ADA)
    with pytest.raises(Refused):
        sockets.take(ADA)


async def test_nothing_is_kept_of_who_has_left(quotas: Callable[..., Quotas]) -> None:
    sockets = quotas().sockets
    for leave in [sockets.take(Caller(user, f"203.0.113.{user}")) for user in range(50)]:
        leave()
    assert sockets._taken == {}


async def test_so_many_a_minute(quotas: Callable[..., Quotas]) -> None:
    questions = quotas(LIMIT_QUESTIONS=(2, 3)).questions
    questions.spend(ADA)
    questions.spend(ADA)
    with pytest.raises(Refused, match=r"questions within a minute from you\. Try again in \d+ seconds\.") as refused:
        questions.spend(ADA)
    assert 1 <= (refused.value.retry_after or 0) <= 60
    questions.spend(GRACE)
    with pytest.raises(Refused, match="from your network"):
        questions.spend(LIN)


@pytest.mark.parametrize("address", ["127.0.0.1", ""])
async def test_the_machine_itself_and_the_unknown_are_no_address(quotas: Callable[..., Quotas], address: str) -> None:
    """A proxy that tells nobody's address must not make all people one."""
    everything = quotas(LIMIT_QUESTIONS=(1, 1), LIMIT_SOCKETS=(1, 1))
    for user in range(10):
        everything.questions.spend(Caller(user, address))
        everything.sockets.take(Caller(user, address))


async def test_zero_is_no_limit(quotas: Callable[..., Quotas]) -> None:
    none = quotas(LIMIT_QUESTIONS=(0, 0), LIMIT_CONNECTS=(0, 0), LIMIT_SOCKETS=(0, 0), LIMIT_STREAMS=(0, 0))
    for _ in range(500):
        none.questions.spend(ADA)
        none.enter(ADA)
        none.streams.take(ADA)


async def test_a_stream_is_held_until_its_request_has_ended(quotas: Callable[..., Quotas]) -> None:
    streams, ends = quotas(LIMIT_STREAMS=(1, 0)).streams, asyncio.Event()

    async def request() -> None:
        streams.hold(ADA)
        await ends.wait()
        raise ValueError

    first = asyncio.create_task(request())
    await asyncio.sleep(0)
    with pytest.raises(Refused, match="streams open at once"):
        streams.hold(ADA)
    ends.set()
    await asyncio.wait([first])
    assert isinstance(first.exception(), ValueError)
    await asyncio.sleep(0)
    streams.take(ADA)()
