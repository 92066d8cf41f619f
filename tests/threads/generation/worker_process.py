"""`manage.py run_worker` as real processes on the test's database."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 30.0  # seconds for a process to come up on a busy machine


def database_url() -> str:
    """Of the database this test runs on, which is not the one in the environment."""
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    login = ":".join(quote(str(known[part]), safe="") for part in ("USER", "PASSWORD") if known[part])
    return f"postgres://{login}@{known['HOST']}:{known['PORT']}/{known['NAME']}"


class WorkerProcess:
    """Started at once; `ready` waits until it works. Without Redis, so that all it learns it learns by looking."""

    def __init__(self) -> None:
        environment = {**os.environ, "DATABASE_URL": database_url(), "REDIS_URL": ""}
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "run_worker"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._said: list[str] = []
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.name = ""

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.append(line)
            if line.startswith("worker ") and line.endswith(" is ready\n"):
                self.name = line.split()[1]
                self._ready.set()
        self._ready.set()

    def ready(self) -> None:
        assert self._ready.wait(PATIENCE), "The worker did not come up."
        assert self.name, "".join(self._said)

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(PATIENCE)

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def terminate(self) -> int:
        """Ask it to end, as a supervisor does; its exit status."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(PATIENCE)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()
