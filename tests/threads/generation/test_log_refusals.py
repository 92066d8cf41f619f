"""What the log's writer does not store: what cannot be, and what is no longer its sender's to say."""

import asyncio
from collections.abc import Callable
from functools import partial
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from tests.threads.generation.held import database_held, impatient_log
from tests.threads.generation.logs import OpenLog, heard_of, stored
from threads import database
from threads.generation import log
from threads.generation.errors import Fenced
from threads.generation.fold import fold
from threads.generation.log import Writer
from threads.models import Event, Generation


async def test_a_commit_that_fails_is_tried_again(
    writer: Writer, open_log: OpenLog, caplog: pytest.LogCaptureFixture
) -> None:
    appenders = await open_log(3)
    async with database_held():
        await impatient_log()
        for appender in appenders:
            appender.text("delta", "kept", urgent=True)
        while "log_commit_failed" not in caplog.text:
            await asyncio.sleep(0.005)
    await asyncio.gather(*(appender.flush() for appender in appenders))
    for appender in appenders:
        assert [entry.payload for entry in await stored(appender)] == [{"text": "kept"}]
        assert appender.fenced is None


def _unstorable(generation_id: UUID) -> None:
    Event.objects.create(generation_id=generation_id, seq=1, type="twice", data="{}", created_at=timezone.now())


async def test_what_cannot_be_stored_fails_its_own_answer_alone(writer: Writer, open_log: OpenLog) -> None:
    before, bad, behind = await open_log(3)
    told: list[str] = []
    bad.on_fenced = lambda: told.append("fenced")
    heard = heard_of(writer, bad)
    before.text("delta", "a")
    bad.append("status", {"state": "thinking"}, row=partial(_unstorable, bad.generation_id))
    behind.text("delta", "b")
    results = await asyncio.gather(*(one.flush() for one in (before, bad, behind)), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), Fenced, type(None)]
    assert set(told) == {"fenced"}
    bad.text("delta", "behind a gap no reader would get over")
    behind.text("delta", "c")
    await behind.flush()
    assert heard == await stored(bad) == []
    assert fold(await database.read(log.entries, behind.generation_id)).text == "bc"
    assert fold(await database.read(log.entries, before.generation_id)).text == "a"


_TERMINATE = "SELECT pg_terminate_backend(pg_backend_pid())"


async def test_finding_the_bad_one_bears_with_a_database_that_is_away(
    writer: Writer, open_log: OpenLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = await open_log(2)
    lost = iter([True])

    def flaky(batches: list[log.Batch], commit: Callable[[list[log.Batch]], None] = log.commit) -> None:
        if len(batches) == 1 and batches[0].appender is good and next(lost, False):
            connection.close()
            connection.ensure_connection()
            with connection.cursor() as cursor:
                cursor.execute("SELECT * FROM no_such_table" if connection.vendor == "sqlite" else _TERMINATE)
        commit(batches)

    monkeypatch.setattr(log, "commit", flaky)
    bad.append("status", {"state": "thinking"}, row=partial(_unstorable, bad.generation_id))
    good.text("delta", "kept")
    results = await asyncio.gather(bad.flush(), good.flush(), return_exceptions=True)
    assert [type(result) for result in results] == [Fenced, type(None)]
    assert [entry.payload for entry in await stored(good)] == [{"text": "kept"}]
    assert next(lost, "used up") == "used up"


async def test_the_fenced_append_nothing(writer: Writer, open_log: OpenLog) -> None:
    stale, other = await open_log(2)
    told: list[str] = []
    stale.on_fenced = lambda: told.append("fenced")
    stale.text("delta", "mine ")
    await stale.flush()
    await database.write(Generation.objects.filter(pk=stale.generation_id).update, epoch=2)
    heard, rows = heard_of(writer, stale), []
    stale.append("done", {"state": "completed"}, row=lambda: rows.append("written"))
    other.text("delta", "still here")
    with pytest.raises(Fenced):
        await stale.flush()
    with pytest.raises(Fenced):
        await stale.flush()
    await other.flush()
    assert (heard, rows) == ([], [])
    assert told[0] == "fenced"
    assert [entry.payload for entry in await stored(stale)] == [{"text": "mine "}]
    assert [entry.payload for entry in await stored(other)] == [{"text": "still here"}]


@pytest.mark.parametrize("state", ["completed", "cancelled", "failed"])
async def test_nothing_follows_the_end(writer: Writer, open_log: OpenLog, state: str) -> None:
    [appender] = await open_log(1)
    await database.write(Generation.objects.update, state=state)
    appender.text("delta", "late")
    with pytest.raises(Fenced):
        await appender.flush()
    assert await stored(appender) == []


async def test_a_commit_finds_that_a_stop_was_asked_for(writer: Writer, open_log: OpenLog) -> None:
    stopped, other = await open_log(2)
    told: list[str] = []
    stopped.on_cancel = lambda: told.append("stopped")
    other.on_cancel = lambda: told.append("other")
    rows = Generation.objects.filter(pk=stopped.generation_id)
    await database.write(rows.update, cancel_requested_at=timezone.now())
    stopped.text("delta", "a")
    other.text("delta", "b")
    await asyncio.gather(stopped.flush(), other.flush())
    assert told == ["stopped"]
    assert [entry.payload for entry in await stored(stopped)] == [{"text": "a"}]


async def test_characters_no_database_stores_are_replaced(writer: Writer, open_log: OpenLog) -> None:
    [appender] = await open_log(1)
    appender.append("error", {"message": "a\x00\ud800b", "retryable": False})
    await appender.flush()
    assert [entry.payload for entry in await stored(appender)] == [{"message": "a\ufffd\ufffdb", "retryable": False}]
