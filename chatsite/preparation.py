"""What has to be so before the site is served: tables, static files. Each step does nothing where nothing is to do."""

import fcntl
import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

STALLED_FOR = 60  # seconds that a connection is kept whose other end takes nothing
UNSENT = 128 * 1024  # bytes of a connection that wait in the system to be sent


def manage(*arguments: str) -> list[str]:
    """The command line of one of this site's commands, for a process of its own."""
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on `host`:`port`. Raises CommandError, in words, where that cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except PermissionError as error:
        raise CommandError(f"Port {port} may not be opened by this user: choose one above 1023.") from error
    except OSError as error:
        raise CommandError(
            f"Port {port} on {host} cannot be opened: {os.strerror(error.errno) if error.errno else error}. "
            "Stop what uses it, or choose another port: make run PORT=8001 SIMULATOR_PORT=8901"
        ) from error
    _bound(listener)
    return listener


def _bound(listener: socket.socket) -> None:
    """What its connections may cost, where the system can be told; they inherit it. Who takes nothing is cut off by the
    system itself: a server's own close would wait for what is unsent."""
    for name, value in (("TCP_USER_TIMEOUT", STALLED_FOR * 1000), ("TCP_NOTSENT_LOWAT", UNSENT)):
        if (option := getattr(socket, name, None)) is not None:
            listener.setsockopt(socket.IPPROTO_TCP, option, value)


@contextmanager
def alone() -> Iterator[None]:
    """Of all processes that start from this folder in the same moment, one at a time."""
    beside = Path(settings.STATIC_ROOT).parent
    beside.mkdir(parents=True, exist_ok=True)
    with (beside / ".preparing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def migrate() -> bool:
    """Bring the tables up to date; returns whether there was something to do."""
    with alone():
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        call_command("migrate", interactive=False, verbosity=0)
    return True


def collect_static() -> bool:
    """Collect and compress the static files where they changed since the last time; returns whether they had."""
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    if settings.DEBUG:  # then they are served from where they are
        return False
    with alone():
        return _collect(root, root / ".collected", _static_digest())


def _collect(root: Path, stamp: Path, now: str) -> bool:
    if stamp.exists() and stamp.read_text("ascii") == now:
        return False
    # In a process of its own, because compressing leaves some thirty megabytes behind.
    if subprocess.run(manage("collectstatic", "--noinput", "--clear", "--verbosity=0"), check=False).returncode != 0:
        raise CommandError(f"The static files cannot be collected to {root}: see the message above.")
    stamp.write_text(now, "ascii")
    return True


def _static_digest() -> str:
    """Changes with the name, size or time of any static file, and with how they are stored."""
    digest = hashlib.sha256(f"{django.__version__} {settings.STORAGES['staticfiles']}".encode())
    for finder in get_finders():
        for path, storage in finder.list(None):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
