"""Gathers the questions of a process and has them stored together; hands those it could claim to the worker."""

import asyncio
import contextlib
import time
from collections import deque
from typing import overload

import structlog
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError

from providers.snapshot import Snapshots
from threads import database
from threads.generation import beginning, offers
from threads.generation.beginning import Claimant, Result, Stored, TooLate
from threads.generation.errors import Refused, unavailable
from threads.generation.questions import Begun, BegunCompletion, Completion, Question, Started
from threads.generation.wakeup import Hub
from threads.generation.worker import Worker

log = structlog.get_logger(__name__)

AT_ONCE = 50  # questions in one transaction
GATHER = 0.001  # seconds between looks whether more of a burst has come
TURNS = 3  # of the event loop, from a socket's bytes to a question here
# Seconds, for each question of a batch, until those who asked are told: the calls to the providers go out first.
TELL_AFTER = 0.0005
PATIENCE = 2.5  # seconds that storing them may take; then they are refused, and not stored any more
GRACE = 0.5  # seconds more, for the transaction that is at it to end in the one way or the other
TRY_AGAIN = 0.1  # seconds until it is tried again where the database could not be reached

Waiter = asyncio.Future[Stored | Started]

Asked = tuple[Question | Completion, Waiter]


class Starter:
    """`start` and `stop` belong to the runtime."""

    def __init__(self, hub: Hub, snapshots: Snapshots, worker: Worker | None) -> None:
        self._hub, self._snapshots, self._worker = hub, snapshots, worker
        self._waiting: list[Asked] = []
        self._stored: deque[tuple[list[Asked], list[Result]]] = deque()  # of which nobody has been told yet
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._storing: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="starter")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._storing is not None:
            await self._storing  # what is being stored is also run, or handed over
        while self._waiting:  # for other workers
            batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            await self._store(batch)
        while self._stored:
            self._tell()

    @overload
    async def begin(self, question: Question) -> Begun | Started: ...
    @overload
    async def begin(self, question: Completion) -> BegunCompletion: ...
    async def begin(self, question: Question | Completion) -> Stored | Started:
        """Return when it is stored: what was begun now, or what its key began earlier. Raises `Refused`."""
        waiter: Waiter = asyncio.get_running_loop().create_future()
        self._waiting.append((question, waiter))
        self._news.set()
        return await waiter

    async def _run(self) -> None:
        while True:
            await self._news.wait()
            await self._gather()
            batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            if not self._waiting:
                self._news.clear()
            if batch:
                self._storing = asyncio.create_task(self._store(batch))
                await asyncio.shield(self._storing)

    async def _gather(self) -> None:
        """What came in the same moment is stored together. A question that comes alone is not held up; a burst is
        waited for to its end, for half of it would have to wait for the other half's calls."""
        await asyncio.sleep(0)
        known = 1
        while known < len(self._waiting) < AT_ONCE:
            known = len(self._waiting)
            await asyncio.sleep(GATHER)
            for _ in range(TURNS):
                await asyncio.sleep(0)

    async def _store(self, batch: list[Asked]) -> None:
        room = self._worker.reserve(len(batch)) if self._worker is not None else 0
        claimant = Claimant(self._worker.name if self._worker is not None else "", room)
        try:
            results = await self._try_to_store([one for one, _ in batch], claimant)
        except Exception as error:  # noqa: BLE001 - whoever asked is told, whatever it is; the next batch goes on
            refusal = _unavailable(error)
            results = [refusal] * len(batch)
            if refusal.status == 503:
                self._refuse_waiting(refusal)
        finally:
            if self._worker is not None:
                self._worker.release(room)
        for result in results:
            self._run_or_offer(result)
        self._stored.append((batch, results))
        asyncio.get_running_loop().call_later(TELL_AFTER * len(batch), self._tell)

    async def _try_to_store(self, questions: list[Question | Completion], claimant: Claimant) -> list[Result]:
        """A connection that is cut, a server that is replaced within two seconds: nobody notices."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                async with asyncio.timeout(until + GRACE - time.monotonic()):
                    return await database.write(beginning.begin, questions, self._snapshots, claimant, until)
            except (OperationalError, InterfaceError):
                if time.monotonic() + TRY_AGAIN > until:
                    raise
            await asyncio.sleep(TRY_AGAIN)

    def _refuse_waiting(self, refusal: Refused) -> None:
        """Those behind them in line have waited as long already."""
        behind, self._waiting = self._waiting, []
        for _, waiter in behind:
            self._tell_one(waiter, refusal)

    def _run_or_offer(self, result: Result) -> None:
        if not isinstance(result, Stored):
            return
        if result.claim is not None and result.prepared is not None and self._worker is not None:
            self._worker.run(result.claim, result.prepared)
        else:
            self._hub.publish("work", _offer(result))

    def _tell(self) -> None:
        """Tell those of the oldest batch that was stored."""
        if not self._stored:
            return
        batch, results = self._stored.popleft()
        for (_, waiter), result in zip(batch, results, strict=True):
            self._tell_one(waiter, result)

    def _tell_one(self, waiter: Waiter, result: Result) -> None:
        if isinstance(result, Begun):
            self._hub.publish(f"thread:{result.started.thread_id}", result)
            self._hub.publish(f"user:{result.thread.owner_id}", str(result.started.thread_id))
        if waiter.done():  # whoever asked has gone; the answer is written all the same
            return
        if isinstance(result, Refused):
            waiter.set_exception(result)
        else:
            waiter.set_result(result)


def _offer(stored: Stored) -> str:
    """What a worker of another process needs to know of it. What programs ask may be long: it is read."""
    if not isinstance(stored, Begun) or stored.ask is None:
        return ""
    return offers.pack(stored.generation, stored.entries, stored.ask)


def _unavailable(error: Exception) -> Refused:
    if isinstance(error, DatabaseError | TooLate | TimeoutError):
        log.warning("questions_not_stored", error=repr(error))
        return unavailable()
    log.error("questions_not_stored", exc_info=error)
    return Refused(500, "internal", "Something went wrong inside chatsite. Try again.")
