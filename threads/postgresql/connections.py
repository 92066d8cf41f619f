"""The connections of this process to PostgreSQL: how many, which are free, and when none can be had.

`psycopg_pool` has other aims: while the server is away it lets each caller wait for its whole time limit, it goes on
doubling its pauses, and looking whether a connection lives costs it a question to the server.
"""

import select
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from threads.postgresql import patience

MOST = 20  # connections, where the settings say nothing
KEPT_FOR = 60.0  # seconds that a free connection is kept
WAITS = 2.0  # seconds for one of the others' to become free
INTERVAL = 0.1  # seconds between looks whether the process is asked to end
PAUSE = 0.5  # seconds after a failure in which nobody tries again


class Connection(psycopg.Connection[Any]):
    """Waits for an answer as long as the caller has `patience`, and is of no use after that."""

    among: "Connections | None" = None

    def wait(self, gen: Any, interval: float = INTERVAL, timeout: float | None = None) -> Any:
        limit = timeout if timeout is not None else patience.get()
        try:
            return super().wait(gen, interval, limit)
        except psycopg.errors._WaitTimeout:
            if timeout is None:
                self.close()  # what it still answers would be taken for the answer to the next statement
                error = psycopg.OperationalError(f"The database did not answer within {limit:g} s.")
                if self.among is not None:
                    self.among.note(error)
                raise error from None
            raise


class Connections:
    """Of one process to one database. Called from any thread."""

    def __init__(self, connect: Callable[[], Connection], most: int) -> None:
        self._connect, self._most = connect, most
        self._free: list[tuple[float, Connection]] = []  # the last is the one used last
        self._given: weakref.WeakSet[Connection] = weakref.WeakSet()  # so that what is forgotten counts no more
        self._making = 0
        self._changed = threading.Condition()
        self._failed: tuple[float, str] | None = None

    def take(self) -> Connection:
        """One that lives. Raises `psycopg.OperationalError`."""
        deadline = time.monotonic() + WAITS
        with self._changed:
            while True:
                if (found := self._usable()) is not None:
                    return found
                if len(self._given) + self._making < self._most:
                    break
                if not self._changed.wait(deadline - time.monotonic()):
                    raise psycopg.OperationalError(f"All {self._most} connections of this process are in use.")
            if self._failed is not None and time.monotonic() - self._failed[0] < PAUSE:
                raise psycopg.OperationalError(f"A moment ago: {self._failed[1]}")
            self._making += 1
        try:
            made = self._connect()
        except psycopg.Error as error:
            self.note(error)
            raise
        else:
            self._failed, made.among = None, self
            self._given.add(made)
            return made
        finally:
            with self._changed:
                self._making -= 1
                self._changed.notify()

    def note(self, error: psycopg.Error) -> None:
        """The server is away: for a moment nobody tries again."""
        self._failed = time.monotonic(), str(error)

    def give_back(self, connection: Connection) -> None:
        """For others, or closed where it cannot be used any more."""
        fit = not connection.closed and connection.info.transaction_status == TransactionStatus.IDLE
        if not fit:
            connection.close()
        with self._changed:
            self._given.discard(connection)
            if fit:
                self._free.append((time.monotonic(), connection))
            while self._free and self._free[0][0] < time.monotonic() - KEPT_FOR:
                self._free.pop(0)[1].close()
            self._changed.notify()

    def close(self) -> None:
        """Close what is free; what is given out stays its holder's."""
        with self._changed:
            while self._free:
                self._free.pop()[1].close()
            self._failed = None
            self._changed.notify_all()

    def _usable(self) -> Connection | None:
        while self._free:
            connection = self._free.pop()[1]
            if _is_quiet(connection):
                self._given.add(connection)
                return connection
            connection.close()
        return None


def _is_quiet(connection: Connection) -> bool:
    """Whether the server has said nothing since the last answer. What it says by itself is that it is gone."""
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)
