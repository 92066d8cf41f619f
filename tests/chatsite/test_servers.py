"""The servers that production and development run on: uvicorn as `manage.py serve` starts it, and Daphne.

Both answer over the WebSocket, end soon with an answer under way, and finish what another process left.
"""

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.project_files import ROOT
from tests.simulator import RunningSimulator

pytestmark = pytest.mark.slow
PATIENCE = 60.0  # seconds until a condition counts as never met
ENDS_WITHIN = 10.0  # seconds a supervisor waits before it kills
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
MODELS = {"quick": "sim:ttft=0ms,rate=max,tokens=40", "long": "sim:ttft=0ms,rate=100,tokens=400"}


def _uvicorn(port: int) -> list[str]:
    return [sys.executable, "manage.py", "serve", "--no-simulator", "--port", str(port)]


def _daphne(port: int) -> list[str]:
    """With DEBUG, as `make dev` has it: static files are then not collected."""
    return [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "chatsite.asgi:application"]


SERVERS = pytest.mark.parametrize("server", [_uvicorn, _daphne])


class Site:
    """A folder with an account and models, which servers can be started on, one after the other."""

    def __init__(self, folder: Path, simulator: RunningSimulator) -> None:
        self.folder, self.said = folder, folder / "output"
        self.environment = {**os.environ, "VAR_DIR": str(folder)}
        for name in ("DATABASE_URL", "REDIS_URL"):
            self.environment.pop(name, None)
        (folder / "static").mkdir()
        tables = [f'[[provider]]\nname = "simulator"\npreset = "openai-compatible"\nbase_url = "{simulator.url}"']
        for name, upstream in MODELS.items():
            deployment = f'{{ provider = "simulator", upstream = "{upstream}" }}'
            tables.append(f'[[model]]\nname = "{name}"\ndeployments = [{deployment}]')
        prepared = subprocess.run(
            [sys.executable, "-c", PREPARE],
            cwd=ROOT,
            env=self.environment,
            input="\n".join(tables),
            text=True,
            check=True,
            stdout=subprocess.PIPE,
        )
        self.cookie = f"sessionid={prepared.stdout.strip()}"

    @contextlib.contextmanager
    def running(self, server: Callable[[int], list[str]]) -> Iterator["Server"]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        environment = self.environment | ({"DEBUG": "on"} if server is _daphne else {})
        with self.said.open("ab") as output:
            process = subprocess.Popen(server(port), cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield Server(f"http://127.0.0.1:{port}", process)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(PATIENCE)

    def row(self, sql: str) -> Any:
        """The first row, read past every server."""
        with contextlib.closing(sqlite3.connect(self.folder / "db.sqlite3", timeout=20)) as database:
            return database.execute(sql).fetchone()

    def until(self, sql: str, holds: Callable[[Any], bool]) -> Any:
        deadline = time.monotonic() + PATIENCE
        while not holds(row := self.row(sql)):
            assert time.monotonic() < deadline, (row, self.said.read_text("utf-8", "replace"))
            time.sleep(0.05)
        return row


class Server:
    def __init__(self, origin: str, process: subprocess.Popen[bytes]) -> None:
        self.origin, self.process = origin, process

    def wait(self) -> None:
        """Return when it answers."""
        deadline = time.monotonic() + PATIENCE
        while True:
            assert self.process.poll() is None
            assert time.monotonic() < deadline
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.origin}/readyz").status_code == 200:
                    return
            time.sleep(0.05)

    def socket(self, cookie: str, *, origin: str | None = None) -> connect:
        address = f"{self.origin.replace('http', 'ws', 1)}/ws/"
        return connect(
            address,
            additional_headers={"Cookie": cookie},
            origin=origin or self.origin,  # type: ignore[arg-type]
            max_size=None,
        )


@pytest.fixture
def site(tmp_path: Path, simulator: RunningSimulator) -> Site:
    return Site(tmp_path, simulator)


async def _hear(line: ClientConnection, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE / 3):
        while True:
            frame: dict[str, Any] = json.loads(await line.recv())
            if frame["type"] == "patch":
                await line.send(json.dumps({"type": "ack", "request_id": frame["request_id"], "seq": frame["seq"]}))
            if frame["type"] == kind:
                return frame


async def _ask(line: ClientConnection, model: str) -> dict[str, Any]:
    await line.send(json.dumps({"type": "send", "id": "1", "text": "hello", "model": model}))
    return await _hear(line, "sent")


STATE = "select state, takeovers from threads_generation"
TEXT = "select text from threads_message where role = 'assistant'"


@SERVERS
async def test_a_question_is_answered_over_the_websocket(
    site: Site, server: Callable[[int], list[str]], simulator: RunningSimulator
) -> None:
    with site.running(server) as running:
        running.wait()
        async with running.socket(site.cookie) as line:
            assert (await _hear(line, "hello"))["version"] == 1
            await _ask(line, "quick")
            assert (await _hear(line, "end"))["state"] == "completed"
            size = (2 if server is _uvicorn else 1) * 1024 * 1024  # Daphne hangs up on more than one MiB
            await line.send(json.dumps({"type": "send", "id": "2", "text": ""}).replace('""', f'"{"x" * (size - 48)}"'))
            refused = (await _hear(line, "error"))["error"]["type"]
            assert refused == ("frame_too_large" if server is _uvicorn else "message_too_long")
            await line.send('{"type": "ping"}')
            await _hear(line, "pong")
        with pytest.raises(InvalidStatus) as not_let_in:
            await running.socket(site.cookie, origin="http://evil.example").__aenter__()
        assert not_let_in.value.response.status_code == 403
        async with running.socket("") as line:
            with pytest.raises(ConnectionClosed) as closed:
                await line.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4401
    assert site.row(TEXT)[0] == simulator.record()[0]["text"]


@SERVERS
async def test_what_a_killed_process_left_is_finished_before_any_request(
    site: Site, server: Callable[[int], list[str]]
) -> None:
    with site.running(_uvicorn) as first:
        first.wait()
        async with first.socket(site.cookie) as line:
            await _ask(line, "long")
            await _hear(line, "patch")
            first.process.kill()
            first.process.wait(PATIENCE)
    assert site.row(STATE) == ("running", 0)
    with site.running(server):  # nobody asks it for anything
        site.until(STATE, lambda row: row[0] != "running")
    assert site.row(STATE) == ("completed", 1)
    assert len(re.findall(r"\S+", site.row(TEXT)[0])) > 100


@SERVERS
async def test_it_ends_soon_and_the_next_goes_on(
    site: Site, server: Callable[[int], list[str]], simulator: RunningSimulator
) -> None:
    with site.running(server) as first:
        first.wait()
        async with first.socket(site.cookie) as line:
            sent = await _ask(line, "long")
            await _hear(line, "patch")
            first.process.send_signal(signal.SIGTERM)
            with pytest.raises(ConnectionClosed):
                await _hear(line, "end")
        assert first.process.wait(ENDS_WITHIN) is not None
    assert "Traceback" not in site.said.read_text("utf-8", "replace")
    assert site.row(STATE) == ("running", 0)
    assert site.row("select owner from threads_generation") == ("",)  # handed over, not left to run out
    with site.running(server) as second:
        second.wait()
        async with second.socket(site.cookie) as line:
            await line.send(json.dumps({"type": "watch", "id": "w", "thread": sent["thread"]}))
            assert (await _hear(line, "end"))["state"] == "completed"
    whole = simulator.record()[-1]  # the call that went on from where the first was cut
    assert whole["prefix"]
    assert site.row(TEXT)[0] == whole["prefix"] + whole["text"]
