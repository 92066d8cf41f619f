"""What is asked of the database and Redis before a process begins: by the two commands, and by `check --database`."""

import fcntl
import socket
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import CheckMessage, run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import OperationalError, connection

from chatsite import sole_host
from chatsite.checks_at_start import TAG
from chatsite.management.commands import serve

LOCK = """
import fcntl, sys
file = open(sys.argv[1], "a+")
fcntl.flock(file, fcntl.LOCK_SH)
file.write("other-host"); file.flush()
print("locked", flush=True)
sys.stdin.read()
"""


def found() -> list[CheckMessage]:
    return run_checks(tags=[TAG], databases=["default"])


def ids() -> set[str | None]:
    return {message.id for message in found()}


# --- SQLite: one machine ---------------------------------------------------------------------------------------
@pytest.fixture
def database(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """An SQLite file that is not there yet, as at a first start."""
    file = tmp_path / "db.sqlite3"
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(file))
    monkeypatch.setattr(sole_host, "_held", {})
    settings.REDIS_URL = ""
    yield file
    for mine in tuple(sole_host._held):
        sole_host.leave(mine)


def test_another_machine_that_uses_the_database_is_found_and_one_that_has_ended_is_not(database: Path) -> None:
    theirs = database.with_name("db.sqlite3-host-of-another-boot")
    with subprocess.Popen(
        [sys.executable, "-c", LOCK, str(theirs)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "locked\n"
        (error,) = found()
        assert error.id == "chatsite.E004"
        assert "other-host" in error.msg
        assert error.hint
        for begin in (lambda: serve.Command()._prepare(None), lambda: call_command("run_worker")):
            with pytest.raises(SystemCheckError, match="other-host"):
                begin()
        other.kill()  # as a machine that loses its power: nothing is tidied up
        other.wait()
    assert ids() == set()
    assert not theirs.exists()


def test_processes_of_one_machine_share_the_database(database: Path) -> None:
    sole_host.claim(database)
    sole_host.claim(database)
    (mine,) = database.parent.iterdir()
    assert mine.name == f"db.sqlite3-host-{sole_host.machine()}"
    assert mine.read_text() == socket.gethostname()
    with mine.open("r+") as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with mine.open("r+") as file:  # as another process of this machine does
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)


def test_of_two_machines_that_begin_the_second_is_refused_and_leaves_nothing_held(database: Path) -> None:
    sole_host.claim(database, "boot-1")
    with pytest.raises(sole_host.AnotherHost):
        sole_host.claim(database, "boot-2")
    sole_host.leave(database.with_name("db.sqlite3-host-boot-1"))
    sole_host.claim(database, "boot-3")


def test_where_nothing_can_be_locked_it_is_said(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(*_: object) -> None:
        raise OSError("no locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    assert ids() == {"chatsite.W003"}


def test_without_a_database_named_nothing_is_asked(database: Path) -> None:
    assert run_checks(tags=[TAG]) == []
    assert list(database.parent.iterdir()) == []


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


# --- PostgreSQL and Redis --------------------------------------------------------------------------------------
@pytest.mark.postgres
@pytest.mark.django_db
def test_a_postgresql_that_is_too_old(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.REDIS_URL = ""
    assert ids() == set()
    monkeypatch.setattr(connection.features, "minimum_database_version", (99, 1))
    monkeypatch.setattr(connection, "ensure_connection", connection.check_database_version_supported)
    (error,) = found()
    assert error.id == "chatsite.E005"
    assert "99.1" in error.msg
    assert "99.1" in (error.hint or "")


@pytest.mark.postgres
@pytest.mark.django_db
def test_more_connections_than_there_are(settings: Any) -> None:
    settings.REDIS_URL, settings.DATABASE_CONNECTIONS = "", 10**6
    (caution,) = found()
    assert caution.id == "chatsite.W006"
    assert "1000000" in caution.msg


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_postgresql_that_is_away(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = ""

    def away() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "ensure_connection", away)
    assert ids() == {"chatsite.W005"}


def test_a_redis_that_is_away(database: Path, settings: Any) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{_free()}/0"
    assert ids() == {"chatsite.W004"}


@pytest.mark.redis
def test_a_redis_that_answers(settings: Any, database: Path) -> None:
    settings.REDIS_URL = settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"][0]
    assert ids() == set()


def test_the_command_asks_too(database: Path) -> None:
    said = StringIO()
    call_command("check", tags=[TAG], databases=["default"], stdout=said)
    assert "no issues" in said.getvalue()
    assert len(list(database.parent.iterdir())) == 1
