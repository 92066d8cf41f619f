"""SQLite serves the processes of one machine, for they share its memory. This says so before a second machine begins.

Each process holds a lock on a file beside the database that is named for its machine. The system lets go of it when the
process ends, however it ends: what a lock is held on is in use now, and what is left over from earlier holds up nobody.
A machine is told by its kernel's boot, so that containers of one machine may share a database, whatever their names.
"""

import fcntl
import os
import socket
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_held: dict[Path, int] = {}  # descriptors, open for as long as the process lives


class AnotherHost(Exception):
    """`name` is what the other machine calls itself."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def machine() -> str:
    """The same for all that share a kernel. Without /proc, the machine's name."""
    try:
        return _BOOT.read_text("ascii").strip()
    except OSError:
        return socket.gethostname()


def claim(database: Path, this: str = "") -> None:
    """Take part in using the SQLite file `database` from this machine. Raises AnotherHost while another one uses it."""
    this = this or machine()
    mine = database.with_name(f"{database.name}-host-{this}")
    if mine not in _held:
        _held[mine] = os.open(mine, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            # Before the look at others: of two that begin at once, one sees the other.
            fcntl.flock(_held[mine], fcntl.LOCK_SH)
        except OSError:
            leave(mine)
            raise
        os.pwrite(_held[mine], socket.gethostname().encode(), 0)
    for other in database.parent.glob(f"{database.name}-host-*"):
        if other != mine and (name := _holder(other)) is not None:
            leave(mine)
            raise AnotherHost(name)


def leave(file: Path) -> None:
    if (held := _held.pop(file, None)) is not None:
        os.close(held)


def _holder(file: Path) -> str | None:
    """Whose it is, if it is in use; else it is taken away."""
    try:
        with file.open("r+", encoding="utf-8") as found:
            try:
                fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return found.read().strip() or "another machine"
            file.unlink(missing_ok=True)
    except FileNotFoundError:
        pass  # it has just been taken away
    return None
