"""The storage of a run: a PostgreSQL database made for it, and a Redis of its own that may be killed.

The PostgreSQL server is the machine's and is never touched; what takes it away is a proxy in between.
"""

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.bench import processes
from tests.bench.processes import Process
from tests.run import answering_postgres

_OURS = re.compile(r"chatsite_drill_(\d+)_\w+")
CANNOT = 2  # the command's exit code


class CannotDrillError(Exception):
    """Something that drills need is not here. `str` says what to do."""


@contextlib.contextmanager
def database() -> Iterator[str]:
    """The URL of a new database, dropped afterwards; those of runs that were killed go as well."""
    server, why = answering_postgres()
    if not server:
        raise CannotDrillError(f"Drills need PostgreSQL. {why}")
    base = server.rpartition("/")[0]
    name = f"chatsite_drill_{os.getpid()}_{os.urandom(3).hex()}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as admin:
        names = [row[0] for row in admin.execute("select datname from pg_database")]
        for left in filter(_is_left, names):
            _drop(admin, left)
        admin.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    try:
        yield f"{base}/{name}"
    finally:
        with psycopg.connect(f"{base}/postgres", autocommit=True) as admin:
            _drop(admin, name)


def _is_left(name: str) -> bool:
    found = _OURS.fullmatch(name)
    return found is not None and not Path(f"/proc/{found[1]}").exists()


def _drop(admin: psycopg.Connection, name: str) -> None:
    admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def at_port(url: str, port: int) -> str:
    """The same database, reached through `port` of this machine."""
    parts = urlsplit(url)
    login = parts.netloc.rpartition("@")[0]
    return parts._replace(netloc=f"{login}@127.0.0.1:{port}" if login else f"127.0.0.1:{port}").geturl()


def port_of(url: str) -> int:
    return urlsplit(url).port or 5432


class Redis:
    """A server without persistence at `port`: `kill` it, `start` it empty again."""

    def __init__(self, folder: Path) -> None:
        found = shutil.which("redis-server")
        if found is None:
            raise CannotDrillError("Drills start and kill a Redis of their own: install redis-server.")
        self._program, self._folder, self.port = found, folder, processes.free_port()
        self._stack = contextlib.ExitStack()
        self.process: Process | None = None
        self._starts = 0

    def start(self) -> None:
        if self.process is not None:
            return
        self._starts += 1
        command = [self._program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
        command += ["--save", "", "--appendonly", "no"]
        running = processes.running(
            command, self._folder / f"redis-{self._starts}.log", processes.environment(), on_cores=None
        )
        self.process = self._stack.enter_context(running)
        self.process.wait_for(lambda said: "eady to accept connections" in said)

    def kill(self) -> None:
        if self.process is not None:
            self.process.popen.kill()
            self.process.popen.wait()
            self.process = None

    def close(self) -> None:
        self.kill()
        self._stack.close()

    def tell(self, *words: str) -> None:
        """A command by redis-cli's protocol, such as FLUSHALL."""
        client = [self._program.replace("redis-server", "redis-cli"), "-p", str(self.port), *words]
        subprocess.run(client, check=True, capture_output=True)
