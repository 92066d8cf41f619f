"""The site as people run it, for a browser: `manage.py serve` with a folder, a database and a port of its own.

Knows nothing of browsers.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.project_files import ROOT

EMAIL = "ada@example.org"
PASSWORD = "correct horse battery staple"
PATIENCE = 60.0  # seconds until a server that does not start is a failure
_PAUSE = 0.02

# What a person picks, and the simulator's name for it (docs/simulator.md).
MODELS = {
    "quick": "sim-instant:tokens=40",
    "readme": "sim:ttft=50ms,rate=500",  # two seconds of every kind of block
    "long": "sim:ttft=50ms,rate=250",  # the same in more than four
    "endless": "sim:ttft=50ms,rate=80,tokens=50000",
    "silent": "sim:fault=silent",
    "thinking": "sim:ttft=50ms,rate=400,reasoning=120,tokens=160",
    "sources": "sim-instant:citations=3,tokens=40",
    "code": "sim-instant:text=code",
    "breaks": "sim-fast:fault=cut@30",
    "breaks-once": "sim-fast:fault=cut@30,times=1",
    "no-credit": "sim:fault=402",
    "wrong-key": "sim:fault=401",
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def registry(simulator: str, models: dict[str, str] = MODELS) -> str:
    """A registry file with `models` at the simulator whose base URL is `simulator`."""
    tables = [f'[[provider]]\nname = "simulator"\npreset = "openai-compatible"\nbase_url = "{simulator}"']
    for name, upstream in models.items():
        deployment = f'{{ provider = "simulator", upstream = "{upstream}" }}'
        tables.append(f'[[model]]\nname = "{name}"\ndeployments = [{deployment}]')
    return "\n".join([*tables, '[settings]\ndefault_model = "quick"', ""])


class Site:
    """`origin` is http://127.0.0.1:PORT. As a context it is started and, however it ends, gone."""

    def __init__(self, folder: Path, environment: dict[str, str] | None = None) -> None:
        self.folder, self._said = folder, folder / "output"
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self._environment = {**os.environ, "VAR_DIR": str(folder), "LOG_LEVEL": "warning", **(environment or {})}
        for name in ("DATABASE_URL", "REDIS_URL"):  # SQLite and the memory, whatever this pass of the suite uses
            self._environment.pop(name, None)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it answers."""
        command = [sys.executable, "manage.py", "serve", "--no-simulator", "--port", str(self.port)]
        with self._said.open("wb") as output:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=output, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + PATIENCE
        while f"chatsite is at {self.origin} " not in self.said():
            assert self._process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(_PAUSE)

    def end(self, number: int = signal.SIGTERM) -> None:
        """Send the signal and wait until the process is gone."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(PATIENCE)
            self._process = None

    def said(self) -> str:
        """What this process has printed since it was started."""
        return self._said.read_text("utf-8", "replace")

    def manage(self, *arguments: str) -> str:
        """Run one of the site's commands; what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self._environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def load_registry(self, text: str) -> None:
        file = self.folder / "registry.toml"
        file.write_text(text, "utf-8")
        self.manage("load_registry", str(file))

    def seed(self, *arguments: str) -> None:
        """Invent answers, before it runs: what a site that runs has added up by itself is not added up again."""
        self.manage("migrate", "--verbosity", "0")
        self.manage("ensure_account")
        self.manage("seed_metrics", *arguments)

    def copy_static_from(self, other: "Site") -> None:
        """Take over the collected files of a site that runs already, which saves seconds."""
        shutil.copytree(other.folder / "static", self.folder / "static")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end(signal.SIGKILL)
