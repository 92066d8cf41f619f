"""The processes of a benchmark: started on the cores they belong on, watched through /proc, ended with this one.

Knows nothing of what they do.
"""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_TICK = os.sysconf("SC_CLK_TCK")
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")  # of the environment: no one's keys, no one's URLs
_PR_SET_PDEATHSIG = 1


def cores() -> tuple[set[int], set[int]]:
    """The server's core, and those of everything else; the same where there is only one."""
    present = sorted(os.sched_getaffinity(0))
    return {present[0]}, set(present[1:]) or {present[0]}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Process:
    """A running child. `output` is the file that takes what it says."""

    def __init__(self, popen: subprocess.Popen[bytes], output: Path) -> None:
        self.popen, self.output = popen, output
        self._proc = Path(f"/proc/{popen.pid}")

    def cpu(self) -> float:
        """Seconds of CPU, user and system, of all its threads so far."""
        fields = (self._proc / "stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    def memory(self, name: str = "VmRSS") -> float:
        """MB (a million bytes) in memory now; `VmHWM`: at most, so far."""
        for line in (self._proc / "status").read_text("ascii").splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024 / 1e6
        return 0.0

    def wait_for(self, holds: Callable[[str], bool], seconds: float = 60.0) -> str:
        """What it has said, as soon as `holds` of it. Raises RuntimeError, with its words, if that does not come."""
        deadline = time.monotonic() + seconds
        while not holds(said := self.output.read_text("utf-8", "replace")):
            if self.popen.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.popen.args} did not get ready:\n{said}")
            time.sleep(0.01)
        return said


def environment(**more: str) -> dict[str, str]:
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | more


@contextlib.contextmanager
def running(
    command: Sequence[str], output: Path, env: Mapping[str, str], on_cores: set[int] | None
) -> Iterator[Process]:
    """`command` beside the body of the `with`; asked to end afterwards, and ended if it does not."""
    with output.open("wb") as sink:
        popen = subprocess.Popen(
            list(command),
            cwd=ROOT,
            env=dict(env),
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_prepare(on_cores),  # noqa: PLW1509 - no thread runs here
        )
    try:
        yield Process(popen, output)
    finally:
        popen.terminate()
        try:
            popen.wait(15)
        except subprocess.TimeoutExpired:
            popen.kill()
            popen.wait()


def _prepare(on_cores: set[int] | None) -> Callable[[], None]:
    def prepare() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if on_cores:
                os.sched_setaffinity(0, on_cores)

    return prepare


def manage(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), *arguments]
