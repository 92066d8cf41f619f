import contextlib
import errno
import fcntl
import os
import select
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.management import CommandError

from chatsite import preparation


def test_a_port_that_is_taken_is_told_in_words() -> None:
    with preparation.listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=rf"Port {port} on 127\.0\.0\.1 .*{os.strerror(errno.EADDRINUSE)}"):
            preparation.listen("127.0.0.1", port)


def test_what_it_listens_on_can_be_reached() -> None:
    with preparation.listen("127.0.0.1", 0) as listener:
        socket.create_connection(listener.getsockname()).close()


@pytest.mark.django_db
def test_nothing_to_migrate_where_all_is_done() -> None:
    assert preparation.migrate() is False


@pytest.mark.slow
def test_static_files_are_collected_when_they_changed(settings: Any, tmp_path: Path) -> None:
    assert preparation.collect_static() is True
    assert (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()
    assert preparation.collect_static() is False
    (tmp_path / "more.css").write_text("a { color: red }")
    settings.STATICFILES_DIRS = [*settings.STATICFILES_DIRS, tmp_path]
    finders.get_finder.cache_clear()
    try:
        assert preparation.collect_static() is True
    finally:
        finders.get_finder.cache_clear()


def test_two_that_start_together_prepare_one_after_the_other(settings: Any) -> None:
    order: list[str] = []

    def prepare(name: str) -> None:
        with preparation.alone():
            order.append(name)

    with ThreadPoolExecutor(1) as another, preparation.alone():
        another.submit(prepare, "another")
        with (Path(settings.STATIC_ROOT).parent / ".preparing").open() as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        order.append("first")
    assert order == ["first", "another"]


def test_nothing_is_collected_for_developing(settings: Any) -> None:
    settings.DEBUG = True
    assert preparation.collect_static() is False


def test_who_takes_nothing_is_cut_off_and_little_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation, "STALLED_FOR", 1)
    with preparation.listen("127.0.0.1", 0) as listener, socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(listener.getsockname())
        with listener.accept()[0] as connection:
            connection.setblocking(False)
            taken = 0
            with contextlib.suppress(BlockingIOError):
                while True:
                    taken += connection.send(b"x" * 65536)
            assert taken < 4 * preparation.UNSENT
            assert select.select([connection], [], [], 60)[0]
            with pytest.raises(TimeoutError):
                connection.recv(1)
