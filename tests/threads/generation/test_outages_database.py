"""The log while PostgreSQL is away, silent, or cut off between a commit and its acknowledgement."""

import asyncio

import pytest
from django.db import connection

from tests.tcp_proxy import TcpProxy
from tests.threads.generation.logs import OpenLog, heard_of, stored
from threads.generation.errors import Fenced
from threads.generation.log import Writer
from threads.models import Generation
from threads.postgresql.connections import PAUSE

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


async def test_a_commit_whose_answer_was_lost_is_not_stored_twice(
    line: TcpProxy, writer: Writer, open_log: OpenLog
) -> None:
    [appender] = await open_log(1)
    heard, rows = heard_of(writer, appender), []
    line.cut_answer_to(b"COMMIT", after=b'INSERT INTO "threads_event"')
    appender.text("delta", "once ")
    appender.append("status", {"state": "thinking"}, row=lambda: rows.append(connection.vendor))
    await appender.flush()
    assert line.cuts == 1
    assert len(rows) == 1
    appender.text("delta", "and on")
    await appender.flush()
    assert [entry.type for entry in await stored(appender)] == ["delta", "status", "delta"]
    assert heard == await stored(appender)


async def test_the_end_of_an_answer_whose_commit_was_not_acknowledged_is_its_end(
    line: TcpProxy, writer: Writer, open_log: OpenLog
) -> None:
    """The row says completed by then: that must not look as if another had ended it."""
    [appender] = await open_log(1)
    heard = heard_of(writer, appender)
    line.cut_answer_to(b"COMMIT", after=b'INSERT INTO "threads_event"')
    mine = Generation.objects.filter(pk=appender.generation_id)
    appender.append("done", {"state": "completed"}, row=lambda: mine.update(state="completed"))
    await appender.flush()
    assert line.cuts == 1
    assert [entry.type for entry in heard] == ["done"]
    assert [entry.type for entry in await stored(appender)] == ["done"]


async def test_a_server_that_is_silent_is_given_up_and_asked_anew(
    line: TcpProxy, writer: Writer, open_log: OpenLog, caplog: pytest.LogCaptureFixture
) -> None:
    [appender] = await open_log(1)
    appender.append("status", {"state": "thinking"})
    await appender.flush()  # a connection is there
    line.stall()
    appender.text("delta", "kept", urgent=True)
    while "log_commit_failed" not in caplog.text:
        await asyncio.sleep(0.05)
    line.reset()
    line.flow()
    await appender.flush()
    assert [entry.payload for entry in await stored(appender)][1:] == [{"text": "kept"}]


async def test_what_cannot_be_stored_before_the_process_ends_is_given_up_and_said(
    line: TcpProxy, writer: Writer, open_log: OpenLog, caplog: pytest.LogCaptureFixture
) -> None:
    [appender] = await open_log(1)
    line.away()
    appender.text("delta", "lost with its process", urgent=True)
    flushing = asyncio.create_task(appender.flush())
    await asyncio.sleep(0)
    writer.hurry(0.5)
    await writer.stop()
    with pytest.raises(Fenced):
        await flushing
    assert "log_not_stored" in caplog.text
    line.back()
    await asyncio.sleep(2 * PAUSE)
    assert await stored(appender) == []
