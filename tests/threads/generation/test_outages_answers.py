"""Answers under way while PostgreSQL is away, silent or locked: they go on by themselves, nothing lost or doubled."""

import asyncio
import contextlib

import pytest
from django.db import InterfaceError, OperationalError, connection

from tests.fixtures_engine import Ask, ended, until
from tests.tcp_proxy import TcpProxy
from tests.threads.generation.held import database_held
from threads import database
from threads.generation import log
from threads.generation.fold import fold
from threads.generation.runtime import Runtime
from threads.generation.service import Started
from threads.models import Event, Generation

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


_MODEL, _AT_ONCE = "sim:ttft=0ms,rate=40,tokens=200", "sim:ttft=0ms,rate=max,tokens=200"  # say the same in 5 s


async def _whole(started: Started, ask: Ask) -> None:
    """It has ended with the text of one that nothing happened to, told once, and its log says the same."""
    await _until_ended(started)
    generation = await ended(started)
    entries = await database.read(log.entries, started.generation_id)
    assert generation.state == "completed"
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert fold(entries).text == generation.message.text == (await ended(await ask(model=_AT_ONCE))).message.text


async def _until_ended(started: Started) -> None:
    async with asyncio.timeout(40):
        while True:
            with contextlib.suppress(OperationalError, InterfaceError):
                if await database.read(lambda: Generation.objects.get(pk=started.generation_id).ended):
                    return
            await asyncio.sleep(0.1)


async def _flowing(started: Started) -> None:
    await until(lambda: Event.objects.filter(generation=started.generation_id, type="delta").count() > 2)


@pytest.mark.parametrize("fault", ["away", "stall"])
async def test_an_answer_goes_on_by_itself_after_the_database_was_away(
    line: TcpProxy, engine: Runtime, ask: Ask, fault: str
) -> None:
    started = await ask(model=_MODEL)
    await _flowing(started)
    getattr(line, fault)()
    await asyncio.sleep(5)
    if fault == "away":
        line.back()
    else:
        line.reset()
        line.flow()
    await _whole(started, ask)


async def test_an_answer_goes_on_although_every_connection_is_ended_again_and_again(
    line: TcpProxy, engine: Runtime, ask: Ask
) -> None:
    started = await ask(model=_MODEL)
    await _flowing(started)
    for _ in range(10):
        await asyncio.to_thread(_end, line.ports)
        await asyncio.sleep(0.2)
    await _whole(started, ask)


def _end(ports: list[int]) -> None:
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE client_port = ANY(%s) AND pid != pg_backend_pid()",
            [ports],
        )
    other.close()


async def test_an_answer_goes_on_after_its_table_was_locked(line: TcpProxy, engine: Runtime, ask: Ask) -> None:
    started = await ask(model=_MODEL)
    await _flowing(started)
    async with database_held():
        await asyncio.sleep(5)
    await _whole(started, ask)
