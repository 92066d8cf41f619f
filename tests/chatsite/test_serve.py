"""`manage.py serve` as a person meets it: a process that serves, with its simulated providers, until it is ended."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.chatsite.servers import collected
from tests.project_files import ROOT

pytestmark = pytest.mark.slow
PATIENCE = 60  # seconds until a condition counts as never met


def free_ports(number: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def is_open(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def wait_until_closed(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while is_open(port):
        assert time.monotonic() < end, f"port {port} is still open"
        time.sleep(0.05)


def command(port: int, simulator: int) -> list[str]:
    return [sys.executable, "manage.py", "serve", "--port", str(port), "--simulator-port", str(simulator)]


class Served:
    """A running `manage.py serve`, ready for requests."""

    def __init__(self, folder: Path) -> None:
        self.port, self.simulator = free_ports(2)
        self.environment = {**os.environ, "VAR_DIR": str(folder), "LOG_LEVEL": "warning"}
        self.environment.pop("DATABASE_URL", None)
        self.said = folder / "output"  # a file: a pipe would stay open as long as any child lives
        with self.said.open("w") as output:
            words = command(self.port, self.simulator)
            self.process = subprocess.Popen(words, cwd=ROOT, env=self.environment, stdout=output, stderr=output)
        end = time.monotonic() + PATIENCE
        while f"chatsite is at http://127.0.0.1:{self.port} " not in self.said.read_text():
            assert self.process.poll() is None, self.said.read_text()
            assert time.monotonic() < end, self.said.read_text()
            time.sleep(0.05)

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        wait_until_closed(self.port)
        wait_until_closed(self.simulator)
        return status


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Served]:
    running = Served(folder)
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.wait(PATIENCE)


@pytest.fixture
def first_served(tmp_path: Path) -> Iterator[Served]:
    """In an empty folder."""
    with serving(tmp_path) as running:
        yield running


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    shutil.copytree(collected(), tmp_path, dirs_exist_ok=True)
    with serving(tmp_path) as running:
        yield running


def test_it_serves_with_simulated_providers(first_served: Served, tmp_path: Path) -> None:
    served = first_served
    site = f"http://127.0.0.1:{served.port}"
    assert httpx.get(f"{site}/healthz").status_code == 200
    assert httpx.get(f"{site}/readyz").status_code == 200
    page = httpx.get(f"{site}/setup/")
    assert page.status_code == 200
    for line in page.text.splitlines():
        if 'rel="stylesheet"' in line:
            assert httpx.get(site + line.split('href="')[1].split('"')[0]).status_code == 200
    models = httpx.get(f"http://127.0.0.1:{served.simulator}/v1/models").json()
    assert models["data"]
    assert (tmp_path / "db.sqlite3").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_good_order_with_its_child(served: Served, number: int) -> None:
    assert served.end(number) == 0
    assert "Traceback" not in served.said.read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a killed process")
def test_its_child_ends_when_it_is_killed(served: Served) -> None:
    assert served.end(signal.SIGKILL) == -signal.SIGKILL


def test_a_taken_port_is_told(served: Served) -> None:
    (other,) = free_ports(1)
    for port, simulator, taken in ((served.port, other, served.port), (other, served.simulator, served.simulator)):
        second = subprocess.run(
            command(port, simulator), cwd=ROOT, env=served.environment, capture_output=True, text=True, check=False
        )
        assert second.returncode != 0
        assert f"Port {taken} on 127.0.0.1 cannot be opened" in second.stderr
        assert "Traceback" not in second.stderr


def test_a_port_that_does_not_exist_is_told(tmp_path: Path) -> None:
    environment = {**os.environ, "VAR_DIR": str(tmp_path)}
    environment.pop("DATABASE_URL", None)
    refused = subprocess.run(
        command(65000, 65900), cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert refused.returncode != 0
    assert "Port 65900 does not exist" in refused.stderr
