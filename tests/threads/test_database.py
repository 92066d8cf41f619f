"""The threads database work runs on: how many, whose connections, and what is tried again."""

import asyncio
import threading
import time

import pytest
from django.db import OperationalError, connection

from threads import database
from threads.database import Pool


def _here() -> str:
    return threading.current_thread().name


async def test_work_runs_on_threads_of_the_pool_a_bounded_number_at_once() -> None:
    pool = Pool("test-pool", 3)
    together, most, running = threading.Barrier(3), 0, 0
    lock = threading.Lock()

    def work(_: int) -> str:
        nonlocal most, running
        with lock:
            running += 1
            most = max(most, running)
        together.wait(5)  # three have to be at it at once
        with lock:
            running -= 1
        return _here()

    names = await asyncio.gather(*(pool.run(work, n) for n in range(9)))
    await asyncio.to_thread(pool.close)
    assert most == 3
    assert len(set(names)) == 3
    assert all(name.startswith("test-pool") for name in names)


async def test_arguments_results_and_errors_pass_through() -> None:
    pool = Pool("test-pool", 1)
    assert await pool.run(divmod, 7, 2) == (3, 1)
    assert await pool.run(sorted, [1, 2], reverse=True) == [2, 1]
    with pytest.raises(ZeroDivisionError):
        await pool.run(divmod, 1, 0)
    await asyncio.to_thread(pool.close)


async def test_what_has_begun_is_finished_although_nobody_waits() -> None:
    pool, begun, done = Pool("test-pool", 1), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        time.sleep(0.05)
        done.set()

    task = asyncio.create_task(pool.run(work))
    await asyncio.to_thread(begun.wait, 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.to_thread(pool.close)
    assert done.is_set()


async def test_closing_closes_every_threads_connection_and_work_may_go_on_after_it(transactional_db: None) -> None:
    pool, together = Pool("test-pool", 3), threading.Barrier(3)
    seen = []

    def connect() -> None:
        together.wait(5)
        connection.ensure_connection()
        seen.append(connection.connection)

    await asyncio.gather(*(pool.run(connect) for _ in range(3)))
    assert len({id(one) for one in seen}) == 3
    await asyncio.to_thread(pool.close)
    await asyncio.to_thread(pool.close)
    assert all(_is_closed(one) for one in seen)
    assert "test-pool" in await pool.run(_here)
    await asyncio.to_thread(pool.close)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("test-pool")]


def _is_closed(raw: object) -> bool:
    if connection.vendor == "postgresql":
        return bool(raw.closed)  # type: ignore[attr-defined]
    try:
        raw.total_changes  # type: ignore[attr-defined]  # noqa: B018
    except Exception as error:  # noqa: BLE001 - sqlite3's own "Cannot operate on a closed database"
        return "closed database" in str(error)
    return False


# --- reads, writes, the log --------------------------------------------------------------------------------------
async def _end_pools() -> None:
    await asyncio.to_thread(database.close)


async def test_a_read_is_tried_again_on_a_fresh_connection(transactional_db: None) -> None:
    tries: list[object] = []

    def read() -> int:
        connection.ensure_connection()
        tries.append(connection.connection)
        if len(tries) == 1:
            raise OperationalError("the connection was lost")
        return 7

    assert await database.read(read) == 7
    await _end_pools()
    assert len(tries) == 2
    assert tries[0] is not tries[1]
    assert _is_closed(tries[0])


async def test_a_read_that_fails_twice_fails() -> None:
    tries = []

    def read() -> None:
        tries.append(1)
        raise OperationalError("away")

    with pytest.raises(OperationalError, match="away"):
        await database.read(read)
    await _end_pools()
    assert len(tries) == 2


@pytest.mark.parametrize("door", [database.write, database.write_log])
async def test_nothing_that_writes_is_done_twice(door: object) -> None:
    tries = []

    def write() -> None:
        tries.append(1)
        raise OperationalError("who knows whether it was stored")

    with pytest.raises(OperationalError):
        await door(write)  # type: ignore[operator]
    await _end_pools()
    assert len(tries) == 1


@pytest.mark.postgres
async def test_a_connection_the_server_has_closed_is_replaced(transactional_db: None) -> None:
    def pid() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    def end(other: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [other])

    first = await database.write(pid)
    await database.write_log(end, first)
    seen = set()
    for _ in range(8):  # whichever of the threads has the dead connection
        try:
            seen.add(await database.write(pid))
        except OperationalError:
            continue
    assert seen
    assert first not in seen
    await _end_pools()


async def test_reads_go_on_while_a_write_takes_its_time(transactional_db: None) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        go_on.wait(5)

    writing = asyncio.create_task(database.write(slow))
    await asyncio.to_thread(begun.wait, 5)
    assert await database.read(_here) != ""
    assert not writing.done()
    go_on.set()
    await writing
    await _end_pools()


async def test_who_writes_where() -> None:
    """SQLite has one write lock, so one thread waits for it; elsewhere the log has a thread of its own."""
    names = {await database.write(_here) for _ in range(4)} | {await database.write_log(_here)}
    await _end_pools()
    assert len(names) == 1 if connection.vendor == "sqlite" else len(names) > 1
