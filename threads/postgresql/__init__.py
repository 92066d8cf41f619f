"""PostgreSQL for processes that must not hang: Django's backend, whose connections are shared, counted and impatient.

`ENGINE = "threads.postgresql"` chooses it. Knows no table. Apart from Django's own:

- A statement whose answer does not come within the caller's `patience` fails, and its connection is given up. Settings
  of the server cannot see to that where the server, or the network, has stopped.
- A process has at most so many connections (`OPTIONS["connections"]`). What a request needed is kept for the next one.
- After a connection could not be made, nobody tries again for a moment: callers are told at once, not one by one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# Seconds that the caller waits for the answer to a statement; None: for as long as it takes.
patience: ContextVar[float | None] = ContextVar("patience", default=None)


@contextmanager
def patient(seconds: float | None) -> Iterator[None]:
    """For a statement that takes its time."""
    token = patience.set(seconds)
    try:
        yield
    finally:
        patience.reset(token)
