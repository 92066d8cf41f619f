"""The log's writer: one commit for all, at once for what a person waits for, and published only when it is stored."""

import asyncio
from typing import Any

import pytest
from django.db import connection

from tests.fixtures_engine import until
from tests.threads.generation.held import database_held
from tests.threads.generation.logs import OpenLog, heard_of, stored
from threads import database
from threads.generation import log
from threads.generation.appender import BACKLOG
from threads.generation.entries import Entry
from threads.generation.fold import fold
from threads.generation.log import Writer
from threads.models import Event


class _Commits:
    """Counts the log's commits by their INSERT statements."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += sql.startswith('INSERT INTO "threads_event"')
        return execute(sql, params, many, context)

    async def watch(self) -> None:
        await database.write_log(lambda: connection.execute_wrappers.append(self))


def _never_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "INTERVAL", 3600.0)
    monkeypatch.setattr(log, "LONGEST", 3600.0)


async def test_one_commit_for_many_answers(writer: Writer, open_log: OpenLog) -> None:
    appenders = await open_log(20)
    commits = _Commits()
    await commits.watch()
    for appender in appenders:
        appender.append("status", {"state": "thinking"})
        for word in ("one ", "two ", "three"):
            appender.text("delta", word)
    await asyncio.gather(*(appender.flush() for appender in appenders))
    assert commits.count == 1
    for appender in appenders:
        assert await stored(appender) == [
            Entry.of(2, "status", {"state": "thinking"}),
            Entry.of(3, "delta", {"text": "one two three"}),
        ]


async def test_what_flows_waits_and_what_is_urgent_takes_it_along(
    writer: Writer, open_log: OpenLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = await open_log(2)
    one.append("status", {"state": "thinking"})
    await one.flush()
    _never_by_itself(monkeypatch)
    heard = heard_of(writer, one)
    one.text("delta", "waits")
    other.append("citation", {"url": "https://a.example/", "title": ""}, urgent=False)
    await database.write_log(int)  # whatever had been on its way to the log's thread is through
    assert heard == []
    other.append("status", {"state": "connecting"})
    async with asyncio.timeout(5):
        while not heard:
            await asyncio.sleep(0.005)
    assert [entry.payload for entry in heard] == [{"text": "waits"}]
    assert [entry.type for entry in await stored(other)] == ["citation", "status"]


async def test_what_is_urgent_leaves_a_crowd_behind(
    writer: Writer, open_log: OpenLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "CROWD", 3)
    _never_by_itself(monkeypatch)
    one, *crowd = await open_log(5)
    one.append("status", {"state": "thinking"})
    await one.flush()
    for appender in crowd:
        appender.text("delta", "waits")
    one.text("delta", "first", urgent=True)
    await one.flush()
    assert [await stored(appender) for appender in crowd] == [[]] * 4
    crowd[0].text("delta", " no more", urgent=True)
    await crowd[0].flush()
    assert [len(await stored(appender)) for appender in crowd] == [1, 0, 0, 0]
    await writer.stop()
    assert [entry.payload for appender in crowd[1:] for entry in await stored(appender)] == [{"text": "waits"}] * 3


async def test_a_first_token_goes_at_once(writer: Writer, open_log: OpenLog, monkeypatch: pytest.MonkeyPatch) -> None:
    [appender] = await open_log(1)
    appender.append("status", {"state": "thinking"})
    await appender.flush()
    _never_by_itself(monkeypatch)
    appender.text("delta", "first", urgent=True)
    await until(lambda: Event.objects.filter(type="delta").exists())


async def test_stop_commits_what_waits(writer: Writer, open_log: OpenLog, monkeypatch: pytest.MonkeyPatch) -> None:
    [appender] = await open_log(1)
    appender.append("status", {"state": "thinking"})
    await appender.flush()
    _never_by_itself(monkeypatch)
    appender.text("delta", "the last words")
    await writer.stop()
    assert (await stored(appender))[-1].payload == {"text": "the last words"}


async def test_published_is_what_is_committed(writer: Writer, open_log: OpenLog) -> None:
    [appender] = await open_log(1)
    heard = heard_of(writer, appender)
    async with database_held():
        appender.text("delta", "not yet", urgent=True)
        while appender not in writer.committing:
            await asyncio.sleep(0)
        appender.text("delta", "and more", urgent=True)
        for _ in range(20):
            await asyncio.sleep(0.002)
            assert heard == []
    await appender.flush()
    assert heard == await stored(appender) != []


async def test_rows_are_written_with_their_entry_and_see_the_fold(writer: Writer, open_log: OpenLog) -> None:
    [appender] = await open_log(1)
    seen: list[tuple[str, int, bool]] = []

    def row() -> None:
        seen.append((appender.answer.text, appender.answer.seq, connection.in_atomic_block))

    appender.text("delta", "all ")
    appender.text("delta", "of it")
    appender.append("done", {"state": "completed"}, row=row)
    await appender.flush()
    assert seen == [("all of it", 3, True)]


async def test_a_reader_has_to_wait_while_the_database_is_slow(writer: Writer, open_log: OpenLog) -> None:
    [appender] = await open_log(1)
    async with database_held():
        appender.text("delta", "x", urgent=True)
        while appender not in writer.committing:
            await asyncio.sleep(0)
        appender.text("delta", "y" * BACKLOG)
        assert not appender.full
        appender.text("delta", "z")
        assert appender.full
        flushing = asyncio.create_task(appender.flush())
        await asyncio.sleep(0.02)
        assert not flushing.done()
    await flushing
    assert not appender.full
    assert len(fold(await database.read(log.entries, appender.generation_id)).text) == BACKLOG + 2


async def test_flush_waits_for_a_commit_under_way(writer: Writer, open_log: OpenLog) -> None:
    [appender] = await open_log(1)
    async with database_held():
        appender.text("delta", "x", urgent=True)
        while appender not in writer.committing:
            await asyncio.sleep(0)
        flushing = asyncio.create_task(appender.flush())
        await asyncio.sleep(0.02)
        assert not flushing.done()
    await flushing
    assert [entry.payload for entry in await stored(appender)] == [{"text": "x"}]
