"""The database, held for a while by somebody else's connection: commits wait, or fail if they will not wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from threads import database


def _hold() -> BaseDatabaseWrapper:
    other = connection.copy()
    other.inc_thread_sharing()
    with other.cursor() as cursor:
        if other.vendor == "sqlite":
            cursor.execute("BEGIN IMMEDIATE")
        else:
            cursor.execute("SET idle_in_transaction_session_timeout = 0")  # ours may not be held for long
            other.set_autocommit(False)
            cursor.execute("LOCK TABLE threads_event IN ACCESS EXCLUSIVE MODE")
    return other


def _let_go(other: BaseDatabaseWrapper) -> None:
    other.connection.rollback()  # type: ignore[union-attr]
    other.close()


@asynccontextmanager
async def database_held() -> AsyncIterator[None]:
    """Inside, nothing can be appended to the log, on SQLite nothing be written at all."""
    other = await asyncio.to_thread(_hold)
    try:
        yield
    finally:
        await asyncio.to_thread(_let_go, other)


def _lose_patience() -> None:
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 5" if sqlite else "SET lock_timeout = '5ms'")


async def impatient_log() -> None:
    """The log's next commit fails at once where it would wait for a lock. The one after it waits again."""
    await database.write_log(_lose_patience)
