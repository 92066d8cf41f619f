"""The connections of a process to PostgreSQL: shared, counted, impatient."""

import asyncio
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from tests.tcp_proxy import TcpProxy
from threads.postgresql import connections as module
from threads.postgresql import patient
from threads.postgresql.connections import Connection, Connections

pytestmark = pytest.mark.postgres


@pytest.fixture
def some(line: TcpProxy) -> Iterator[Connections]:
    """At most three, through `line`."""
    parameters = {**connection.get_connection_params(), "host": "127.0.0.1", "port": line.port, "autocommit": True}
    made = Connections(lambda: Connection.connect(**parameters), 3)
    yield made
    made.close()


def test_what_is_given_back_is_given_to_the_next(some: Connections) -> None:
    first = some.take()
    some.give_back(first)
    assert some.take() is first
    some.give_back(first)


def test_a_connection_in_a_transaction_is_given_to_nobody(some: Connections) -> None:
    first = some.take()
    first.execute("BEGIN")
    some.give_back(first)
    assert first.closed
    second = some.take()
    assert second is not first
    some.give_back(second)


def test_a_dead_connection_is_found_without_asking_the_server(some: Connections, line: TcpProxy) -> None:
    many = [some.take() for _ in range(3)]
    for one in many:
        some.give_back(one)
    line.reset()
    deadline = time.monotonic() + 10
    while any(module._is_quiet(one) for one in many):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    fresh = some.take()
    assert fresh not in many
    assert fresh.execute("SELECT 1").fetchone() == (1,)
    some.give_back(fresh)


def test_there_are_never_more_and_who_waits_gets_the_next_that_is_free(
    some: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = [some.take() for _ in range(3)]
    with monkeypatch.context() as patched:
        patched.setattr(module, "WAITS", 0.05)
        with pytest.raises(psycopg.OperationalError, match="All 3 connections"):
            some.take()
    monkeypatch.setattr(module, "WAITS", 20.0)
    got: list[Connection] = []
    waiting = threading.Thread(target=lambda: got.append(some.take()))
    waiting.start()
    some.give_back(held[0])
    waiting.join(20)
    assert got == [held[0]]
    for one in (*got, *held[1:]):
        some.give_back(one)


def test_what_is_forgotten_counts_no_more(some: Connections) -> None:
    some.take().close()
    some.take().close()
    some.take().close()
    some.give_back(some.take())


def test_after_a_failure_nobody_tries_for_a_moment(some: Connections, line: TcpProxy) -> None:
    line.away()
    with pytest.raises(psycopg.OperationalError) as first:
        some.take()
    with pytest.raises(psycopg.OperationalError, match="A moment ago") as second:
        some.take()
    assert str(first.value) in str(second.value)
    line.back()
    time.sleep(2 * module.PAUSE)
    some.give_back(some.take())


def test_a_statement_that_is_not_answered_fails_and_its_connection_is_of_no_use(
    some: Connections, line: TcpProxy
) -> None:
    one = some.take()
    with patient(0.2), pytest.raises(psycopg.OperationalError, match=r"did not answer within 0\.2 s"):
        one.execute("SELECT pg_sleep(30)")
    assert one.closed
    some.give_back(one)
    with pytest.raises(psycopg.OperationalError, match="A moment ago"):
        some.take()


async def test_patience_is_each_callers_own(some: Connections) -> None:
    one = some.take()
    with patient(None):
        assert (await asyncio.to_thread(lambda: one.execute("SELECT pg_sleep(0.3), 7").fetchone()))[1] == 7  # type: ignore[index]
    some.give_back(one)
