"""Database work for asynchronous callers: bounded pools of threads of their own, each thread with its connection.

Owns the threads. Knows nothing of what runs on them. Reads run side by side; writes run on one thread where the
database has one write lock (SQLite), so that they queue fairly instead of polling for it.
"""

import asyncio
import functools
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, InternalError, OperationalError, connection

from threads.postgresql import patience

P = ParamSpec("P")
T = TypeVar("T")

PATIENCE = 3.0  # seconds for the answer to one statement; those that are known to take longer ask for `patient`
SOON = 1.0  # seconds: a failure as quick as this was a connection's, and another one may do


def _call(fn: Callable[[], T]) -> T:
    try:
        return fn()
    except (OperationalError, InterfaceError, InternalError):
        _let_go()  # whatever it was, the next caller starts with a fresh connection
        raise


def _twice(fn: Callable[[], T]) -> T:
    """On the same thread, and so on a fresh connection: those of other threads were lost in the same moment."""
    began = time.monotonic()
    try:
        return _call(fn)
    except (OperationalError, InterfaceError):
        if time.monotonic() - began > SOON:
            raise
        return fn()


def _let_go() -> None:
    """Close this thread's connection, and keep it for nobody."""
    if connection.connection is not None:
        connection.connection.close()
    connection.close()


class Pool:
    """Some threads that live as long as the process, or until `close`."""

    def __init__(self, name: str, size: int) -> None:
        self._name, self._size = name, size
        self._lock = threading.Lock()
        self._executor: ThreadPoolExecutor | None = None

    def _threads(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._executor is None:
                self._executor = ThreadPoolExecutor(
                    self._size, thread_name_prefix=self._name, initializer=patience.set, initargs=(PATIENCE,)
                )
            return self._executor

    async def run(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `fn` on a thread of this pool. Cancelling the caller does not stop what has begun."""
        call = functools.partial(_call, functools.partial(fn, *args, **kwargs))
        return await asyncio.get_running_loop().run_in_executor(self._threads(), call)

    def close(self) -> None:
        """Close every thread's connection and end the threads. A later `run` starts new ones."""
        with self._lock:
            executor, self._executor = self._executor, None
        if executor is None:
            return
        together = threading.Barrier(self._size)

        def leave() -> None:
            together.wait(timeout=30)  # one task on each thread, not several on one
            _let_go()

        for _ in range(self._size):
            executor.submit(leave)
        executor.shutdown(wait=True)


_one_writer = connection.vendor == "sqlite"
_reads = Pool("db-read", 4)
_writes = Pool("db-write", 1 if _one_writer else 4)
_log = _writes if _one_writer else Pool("db-log", 1)
_leases = _writes if _one_writer else Pool("db-lease", 1)


async def read(fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function that only reads. A connection found dead is replaced once without the caller noticing."""
    return await _reads.run(_twice, functools.partial(fn, *args, **kwargs))


async def write(fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function that writes. It opens its own transaction; nothing is tried twice."""
    return await _writes.run(fn, *args, **kwargs)


async def write_again(fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """`write` for what does no harm when it is done twice: a connection found dead is replaced, as with `read`."""
    return await _writes.run(_twice, functools.partial(fn, *args, **kwargs))


async def write_leases(fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """`write_again` for the heartbeat, which must not wait behind what a busy process has to write."""
    return await _leases.run(_twice, functools.partial(fn, *args, **kwargs))


async def write_log(fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a commit of the event log, apart from other writes where the database can take both at once."""
    return await _log.run(fn, *args, **kwargs)


def close() -> None:
    for pool in {_reads, _writes, _log, _leases}:
        pool.close()
