"""Processes that belong to this one: they end when it ends, however it ends. Knows nothing of what they do."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence

PR_SET_PDEATHSIG = 1
GRACE = 5.0  # seconds between asking a child to end and ending it


def _end_with_parent() -> None:
    """Runs in the new process: the kernel ends it when its parent is gone, be that by SIGKILL."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@contextlib.contextmanager
def child(
    command: Sequence[str],
    *,
    env: dict[str, str] | None = None,
    own_session: bool = True,
    on_end: Callable[[int], None],
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` beside the body of the `with`, and end it afterwards.

    `env` is added to this process's. `own_session`: a Ctrl-C at the terminal reaches this process alone, which then
    ends the child in its own time. `on_end(status)` is called from a thread if the child ends by itself before that.
    """
    process = subprocess.Popen(
        list(command),
        env={**os.environ, **(env or {})},
        start_new_session=own_session,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - no thread runs yet
    )
    wanted = threading.Event()

    def watch() -> None:
        status = process.wait()
        if not wanted.is_set():
            on_end(status)

    threading.Thread(target=watch, name="child-watch", daemon=True).start()
    try:
        yield process
    finally:
        wanted.set()
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
