"""Sending what has ended, by itself: a look every few seconds, on a thread of its own. Bound to an event loop's engine.

The thread is one that the interpreter does not wait for: a collector that takes no connection may hold it for as long
as OTEL_EXPORTER_OTLP_TIMEOUT says.
"""

import asyncio
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from django.db import Error as DatabaseError
from django.db import connection

from metrics.telemetry import drawing, reading, turn
from metrics.telemetry.drawing import Answer, Call, Place
from metrics.telemetry.reading import Answered, Mark
from metrics.telemetry.wanted import INSTALL, Wanted, installed, wanted
from threads.database import PATIENCE as STATEMENT
from threads.generation.runtime import Runtime
from threads.postgresql import patient

if TYPE_CHECKING:
    from metrics.telemetry.sending import Sender

log = structlog.get_logger(__name__)

FIRST = 5.0  # seconds after the start, which has other things to do
EVERY = 10.0  # seconds
# An answer's end is stamped in the transaction that stores it, and its calls are settled at most 15 s later: who looks
# no closer than this misses nothing.
LAG = timedelta(seconds=20)
KEEP = timedelta(hours=1)  # what ended earlier is not sent any more: a collector that was away is not flooded
AT_ONCE = 100  # answers in one request, and in memory
PAUSE = 0.005  # seconds between batches
PATIENCE = 2.0  # seconds that the end of the process waits


class Exporter:
    def __init__(self, asked: Wanted) -> None:
        self._asked = asked
        self._who = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._ending = threading.Event()
        self._sender: Sender | None = None
        self._thread = threading.Thread(target=self._run, name="telemetry", daemon=True)

    def start(self) -> None:
        self._thread.start()

    async def stop(self) -> None:
        self._ending.set()
        if self._sender is not None:
            self._sender.hurry()
        await asyncio.to_thread(self._thread.join, PATIENCE)

    def _run(self) -> None:
        if self._ending.wait(FIRST):
            return
        from metrics.telemetry.sending import Outage, Sender  # takes a while, and is an extra

        sender = self._sender = Sender(self._asked)
        outage = Outage("traces")
        with patient(STATEMENT):
            while not self._ending.is_set():
                problem = self._look(sender)
                if not self._ending.wait(EVERY):  # else it was we who stopped
                    outage.told(problem)
            self._leave()
        sender.close()

    def _look(self, sender: "Sender") -> str:
        """What is in the way, or ""."""
        try:
            return tick(sender, self._who, self._now, self._rest)
        except DatabaseError as error:
            return f"The database does not answer ({type(error).__name__})."
        finally:
            connection.close()  # PostgreSQL's goes to those who wait for one

    def _leave(self) -> None:
        try:
            turn.leave(self._who)
        except DatabaseError as error:
            log.warning("telemetry_not_left", error=str(error))  # others go on when the time is over
        finally:
            connection.close()

    def _now(self) -> datetime:
        return datetime.now(UTC)

    def _rest(self) -> bool:
        time.sleep(PAUSE)
        return not self._ending.is_set()


def tick(sender: "Sender", who: str, now: Callable[[], datetime], rest: Callable[[], bool]) -> str:
    """Send everything that has ended, if it is this process's turn, for as long as `rest` says to go on. What came in
    the way, or ""."""
    if not turn.take(who, now()):
        return ""
    at, until, more = _begin(who, now()), now() - LAG, True
    while more and (batch := reading.ended(at, until, AT_ONCE)):
        told = _placed(batch)
        outcome = sender.send(drawing.trace(*one) for one in told)
        if not outcome.done:
            return outcome.problem
        if outcome.problem:
            log.warning("telemetry_refused", answers=len(batch), problem=outcome.problem)
        end = Mark(batch[-1][0].finished_at, batch[-1][0].id)
        if not turn.move(who, at, end, now()):
            return ""  # another one goes on, and counts these
        asked = (one for _, calls, places in told for one in zip(calls, places, strict=True))
        sender.record(measured for one in asked for measured in drawing.measurements(*one))
        at, more = end, len(batch) == AT_ONCE and rest()
    return ""


def _placed(batch: Sequence[Answered]) -> list[tuple[Answer, Sequence[Call], Sequence[Place]]]:
    """With where each call went, as far as its provider is still known."""
    known = reading.places()
    return [
        (answer, calls, [known.get(call.provider, Place(call.provider)) for call in calls]) for answer, calls in batch
    ]


def _begin(who: str, now: datetime) -> Mark:
    """Where to go on: at the cursor, or a first time now, and no further back than `KEEP`."""
    at = turn.mark()
    first = Mark(now - (LAG if at is None else KEEP), turn.LOWEST)
    if at is not None and at.at >= first.at:
        return at
    if at is not None:
        log.warning("telemetry_left_out", ended_between=(at.at.isoformat(), first.at.isoformat()))
    turn.move(who, at, first, now)
    return first


def start(engine: Runtime) -> None:
    """Beside this engine, once; where the environment asks for it, and what it takes is installed."""
    asked = wanted()
    if not asked or "telemetry" in engine.extras:
        return
    if not installed():
        log.warning("telemetry_not_installed", run=INSTALL)
        return
    exporter = engine.extras["telemetry"] = Exporter(asked)
    exporter.start()


async def stop(engine: Runtime) -> None:
    exporter = engine.extras.pop("telemetry", None)
    if isinstance(exporter, Exporter):
        await exporter.stop()
