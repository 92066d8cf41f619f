"""Sites to be served by real processes: uvicorn as `manage.py serve` starts it, Daphne, and workers."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.project_files import ROOT
from tests.simulator import RunningSimulator
from tests.threads.tab import Shown

PATIENCE = 120.0  # seconds until a condition counts as never met
ENDS_WITHIN = 12.0  # seconds a supervisor waits before it kills
PREPARE = """
import sys
import django
django.setup()
from django.core.management import call_command
from django.test import Client
from accounts import services
from providers.registry_load import load
call_command("migrate", verbosity=0)
load(sys.stdin.read(), {})
client = Client()
client.force_login(services.create_account(email="ada@example.org", password="correct horse battery staple"))
print(client.cookies["sessionid"].value)
"""
MODELS = {
    "quick": "sim:ttft=0ms,rate=max,tokens=40",
    "brief": "sim:ttft=0ms,rate=40,tokens=100",
    "long": "sim:ttft=0ms,rate=100,tokens=400",
    "steady": "sim:ttft=0ms,rate=60,tokens=600",
    "endless": "sim:ttft=0ms,rate=50,tokens=50000",
}
COLLECT = "import django; django.setup(); from chatsite import preparation; preparation.collect_static()"
Command = Callable[[int], list[str]]


def uvicorn(port: int) -> list[str]:
    return [sys.executable, "manage.py", "serve", "--no-simulator", "--port", str(port)]


def daphne(port: int) -> list[str]:
    """With DEBUG, as `make dev` has it: static files are then not collected."""
    return [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "chatsite.asgi:application"]


def worker(_: int) -> list[str]:
    return [sys.executable, "manage.py", "run_worker"]


SERVERS = pytest.mark.parametrize("server", [uvicorn, daphne])


class Server:
    def __init__(self, origin: str, process: subprocess.Popen[bytes]) -> None:
        self.origin, self.process = origin, process

    def get(self, path: str, cookie: str = "") -> httpx.Response:
        return httpx.get(f"{self.origin}{path}", headers={"Cookie": cookie}, timeout=PATIENCE)

    def until(self, holds: Callable[[httpx.Response], bool]) -> httpx.Response:
        """What /readyz says, as soon as it holds."""
        deadline = time.monotonic() + PATIENCE
        while True:
            assert self.process.poll() is None
            assert time.monotonic() < deadline
            with contextlib.suppress(httpx.TransportError):
                if holds(response := self.get("/readyz")):
                    return response
            time.sleep(0.05)

    def wait(self) -> None:
        """Return when it answers."""
        self.until(lambda response: response.status_code == 200)

    def ask_to_end(self, number: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(number)

    async def ended(self) -> int:
        """The exit status."""
        return await asyncio.to_thread(self.process.wait, ENDS_WITHIN)

    def socket(self, cookie: str, *, origin: str | None = None) -> connect:
        address = f"{self.origin.replace('http', 'ws', 1)}/ws/"
        return connect(
            address,
            additional_headers={"Cookie": cookie},
            origin=origin or self.origin,  # type: ignore[arg-type]
            max_size=None,
        )


def _prepare(simulator: str, environment: dict[str, str]) -> str:
    """Make tables, an account and models; the account's cookie."""
    tables = [f'[[provider]]\nname = "simulator"\npreset = "openai-compatible"\nbase_url = "{simulator}"']
    for name, upstream in MODELS.items():
        deployment = f'{{ provider = "simulator", upstream = "{upstream}" }}'
        tables.append(f'[[model]]\nname = "{name}"\ndeployments = [{deployment}]')
    prepared = subprocess.run(
        [sys.executable, "-c", PREPARE],
        cwd=ROOT,
        env=environment,
        input="\n".join(tables),
        text=True,
        check=True,
        stdout=subprocess.PIPE,
    )
    return f"sessionid={prepared.stdout.strip()}"


@cache
def collected() -> Path:
    """A folder with keys and the static files, as each first start collects them: it takes seconds, so it is done once
    for all the tests of a process, whose sites' folders begin as copies."""
    folder = Path(os.environ["VAR_DIR"]) / "collected"
    environment = {**os.environ, "VAR_DIR": str(folder), "DATABASE_URL": "", "REDIS_URL": ""}
    subprocess.run([sys.executable, "-c", COLLECT], cwd=ROOT, env=environment, check=True)
    return folder


@cache
def _prepared(simulator: str) -> tuple[Path, str]:
    """The same with SQLite's tables, an account and models; and the account's cookie."""
    folder = Path(os.environ["VAR_DIR"]) / "prepared"
    shutil.copytree(collected(), folder)
    environment = {**os.environ, "VAR_DIR": str(folder), "DATABASE_URL": "", "REDIS_URL": ""}
    return folder, _prepare(simulator, environment)


class Site:
    """A folder with an account and models, which servers can be started on. Without a database's URL it is SQLite's."""

    def __init__(self, folder: Path, simulator: RunningSimulator, database: str = "", redis: str = "") -> None:
        self.folder, self.said, self._database = folder, folder / "output", database
        self.environment = {**os.environ, "VAR_DIR": str(folder), "DATABASE_URL": database, "REDIS_URL": redis}
        if database:
            shutil.copytree(collected(), folder, dirs_exist_ok=True)
            self.cookie = _prepare(simulator.url, self.environment)
        else:
            prepared, self.cookie = _prepared(simulator.url)
            shutil.copytree(prepared, folder, dirs_exist_ok=True)

    @contextlib.contextmanager
    def running(self, server: Command, **environment: str) -> Iterator[Server]:
        """Start it; it is gone at the end of the `with`, if it has not ended before."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        environment = {**self.environment, **({"DEBUG": "on"} if server is daphne else {}), **environment}
        with self.said.open("ab") as output:
            process = subprocess.Popen(server(port), cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield Server(f"http://127.0.0.1:{port}", process)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(PATIENCE)

    @property
    def output(self) -> str:
        return self.said.read_text("utf-8", "replace")

    def row(self, sql: str) -> Any:
        """The first row, read past every server."""
        if self._database:
            with psycopg.connect(self._database) as connection:
                return connection.execute(sql.encode()).fetchone()
        with contextlib.closing(sqlite3.connect(self.folder / "db.sqlite3", timeout=20)) as database:
            return database.execute(sql).fetchone()

    def until(self, sql: str, holds: Callable[[Any], bool]) -> Any:
        deadline = time.monotonic() + PATIENCE
        while not holds(row := self.row(sql)):
            assert time.monotonic() < deadline, (row, self.output)
            time.sleep(0.05)
        return row


async def hear(line: ClientConnection, kind: str, shown: Shown | None = None) -> dict[str, Any]:
    """Read on to the first frame of this kind, acknowledging as the page does, and applying patches to `shown`."""
    async with asyncio.timeout(PATIENCE):
        while True:
            frame: dict[str, Any] = json.loads(await line.recv())
            if frame["type"] == "patch":
                if shown is not None:
                    shown.apply(frame)
                with contextlib.suppress(ConnectionClosed):  # what came before that is read all the same
                    await line.send(json.dumps({"type": "ack", "request_id": frame["request_id"], "seq": frame["seq"]}))
            if frame["type"] == kind:
                return frame


async def ask(line: ClientConnection, model: str) -> dict[str, Any]:
    await line.send(json.dumps({"type": "send", "id": "1", "text": "hello", "model": model}))
    return await hear(line, "sent")
