"""The end of a process, once it was asked for by a signal: it has its time, and a second signal ends it at once.

Knows only the clock. What is to be done in that time is the engine's and the server's business.
"""

import os
import threading

LIMIT = 10.0  # seconds from the signal to the end, besides the time that DRAIN_SECONDS gives a proxy


class Shutdown:
    """`asked` is called for each signal, from its handler."""

    def __init__(self, drain: float) -> None:
        self._limit = drain + LIMIT
        self._begun = False

    def asked(self) -> None:
        if self._begun:
            _end("Asked again: chatsite ends at once.")
        self._begun = True
        # A thread, since it is the event loop, or a database that does not answer, that may be in the way.
        overdue = threading.Timer(self._limit, _end, [f"chatsite did not end within {self._limit:g} s."])
        overdue.daemon = True
        overdue.start()


def _end(why: str) -> None:
    os.write(2, f"{why}\n".encode())  # no logging: a signal may have come while a lock of it is held
    os._exit(1)
