"""Questions asked while PostgreSQL is away, silent, locked, or cut off between a commit and its acknowledgement."""

import asyncio
import time
from functools import partial

import pytest

from accounts.models import Organization, User
from tests.fixtures_engine import Ask, ended
from tests.simulator import RunningSimulator
from tests.tcp_proxy import TcpProxy
from tests.threads.generation.held import database_held
from threads import database
from threads.generation import service, starter
from threads.generation.errors import Refused
from threads.generation.runtime import Runtime
from threads.models import Generation, Message, Thread

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def send(user: User, organization: Organization) -> Ask:
    """As a door does that knows the person: nothing but the storing needs the database."""
    return partial(service.start, user=user, organization=organization, model="sim:tokens=5")


def _counts() -> tuple[int, int, int]:
    return Thread.objects.count(), Message.objects.count(), Generation.objects.count()


async def _asked(ask: Ask) -> None:
    """One answer to its end, so that the model is known and connections are there."""
    await ended(await ask("before"))
    assert await database.read(_counts) == (1, 2, 1)


async def test_a_question_whose_commit_was_not_acknowledged_is_asked_once(
    line: TcpProxy, engine: Runtime, ask: Ask, simulator: RunningSimulator
) -> None:
    await _asked(ask)
    line.cut_answer_to(b"COMMIT", after=b'INSERT INTO "threads_generation"')
    started = await ask("once")
    assert line.cuts == 1
    assert not started.repeated
    generation = await ended(started)
    assert (generation.state, generation.takeovers) == ("completed", 0)
    assert await database.read(_counts) == (2, 4, 2)
    assert len(simulator.record()) == 2


async def test_a_question_is_stored_by_the_next_connection_when_this_one_is_lost(
    line: TcpProxy, engine: Runtime, ask: Ask, send: Ask
) -> None:
    await _asked(ask)
    line.reset()
    assert (await ended(await send(text="again"))).state == "completed"
    assert await database.read(_counts) == (2, 4, 2)


async def _back_to_work(send: Ask) -> Generation:
    """The first question that is taken again, answered."""
    async with asyncio.timeout(10):
        while True:
            try:
                return await ended(await send(text="and now?"))
            except Refused:
                await asyncio.sleep(0.1)


@pytest.mark.parametrize("fault", ["away", "stall"])
async def test_while_the_database_is_away_questions_are_refused_soon_and_then_taken_again(
    line: TcpProxy, engine: Runtime, ask: Ask, send: Ask, fault: str
) -> None:
    await _asked(ask)
    getattr(line, fault)()
    began = time.monotonic()
    refused = await asyncio.gather(*(send(text="now?") for _ in range(100)), return_exceptions=True)
    assert time.monotonic() - began < 10  # one after the other they would take minutes
    assert {(type(one), getattr(one, "status", 0)) for one in refused} == {(Refused, 503)}
    assert all(isinstance(one, Refused) and one.retry_after for one in refused)
    if fault == "away":
        line.back()
    else:
        line.reset()
        line.flow()
    assert (await _back_to_work(send)).state == "completed"
    assert await database.read(_counts) == (2, 4, 2)


async def test_a_question_refused_for_a_locked_table_is_not_stored_behind_the_askers_back(
    line: TcpProxy, engine: Runtime, ask: Ask, send: Ask
) -> None:
    await _asked(ask)
    async with database_held():
        with pytest.raises(Refused) as refused:
            await send(text="now?")
        assert refused.value.status == 503
    assert (await _back_to_work(send)).state == "completed"
    assert await database.read(_counts) == (2, 4, 2)


async def test_a_question_that_took_too_long_to_store_is_rolled_back(
    line: TcpProxy, engine: Runtime, ask: Ask, send: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _asked(ask)
    monkeypatch.setattr(starter, "PATIENCE", -1.0)
    monkeypatch.setattr(starter, "GRACE", 10.0)
    with pytest.raises(Refused) as refused:
        await send(text="now?")
    assert refused.value.status == 503
    assert await database.read(_counts) == (1, 2, 1)
