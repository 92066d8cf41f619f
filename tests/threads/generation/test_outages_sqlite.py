"""SQLite locked by another program, and its disk full: text waits in memory, and is stored as soon as it can be."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.backends.signals import connection_created

from tests.threads.generation.held import database_held
from tests.threads.generation.logs import OpenLog, heard_of, stored
from threads import database
from threads.generation.appender import BACKLOG
from threads.generation.log import Writer

_MANY = "x" * 1_000_000
SECOND = "and on"


def _grows_no_more(connection: Any, **_: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")


def _no_page_is_free() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # other tests have left many


@pytest.fixture
def full_disk() -> Iterator[None]:
    """For connections made from now on; that there is room again is found with the next connection."""
    connection_created.connect(_grows_no_more)
    yield
    connection_created.disconnect(_grows_no_more)


if connection.vendor == "sqlite":

    async def test_a_full_disk_loses_nothing(
        writer: Writer, open_log: OpenLog, full_disk: None, caplog: pytest.LogCaptureFixture
    ) -> None:
        [appender] = await open_log(1)
        await database.write(_no_page_is_free)
        await asyncio.to_thread(database.close)  # the next connections meet a disk that is full
        heard = heard_of(writer, appender)
        appender.text("delta", _MANY, urgent=True)
        while "disk is full" not in caplog.text:
            await asyncio.sleep(0.01)
        appender.text("delta", "y" * BACKLOG)
        appender.text("delta", SECOND)
        assert appender.full
        assert heard == []
        connection_created.disconnect(_grows_no_more)
        await appender.flush()
        assert not appender.full
        entries = await stored(appender)
        assert "".join(entry.payload["text"] for entry in entries) == _MANY + "y" * BACKLOG + SECOND
        assert heard == entries


@pytest.mark.slow
async def test_a_lock_that_lasts_longer_than_a_commit_waits_loses_nothing(
    writer: Writer, open_log: OpenLog, caplog: pytest.LogCaptureFixture
) -> None:
    [appender] = await open_log(1)
    async with database_held():
        appender.text("delta", "kept", urgent=True)
        while "log_commit_failed" not in caplog.text:
            await asyncio.sleep(0.05)
        appender.text("delta", " and more", urgent=True)
    await appender.flush()
    assert "".join(entry.payload["text"] for entry in await stored(appender)) == "kept and more"
