"""One generation, from claim to end: asks the provider and appends what comes to the log. Serves no reader."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import httpx
import structlog
from django.db import InterfaceError, OperationalError, transaction

from providers import events
from providers.dispatch import attempts, steps
from providers.dispatch.health import Board
from providers.dispatch.plan import Said
from providers.dispatch.verdict import NoAnswer
from providers.snapshot import Snapshots
from threads import database
from threads.generation import book, ending, lease, ledger, preparation
from threads.generation.appender import Appender
from threads.generation.book import Book
from threads.generation.errors import Fenced, Refused
from threads.generation.fold import Answer
from threads.generation.lease import Claim
from threads.generation.ledger import Spent
from threads.generation.log import Writer
from threads.generation.preparation import Prepared
from threads.generation.wakeup import Hub
from threads.models import Generation

log = structlog.get_logger(__name__)

PAUSE = 0.5  # seconds until a database that is away is asked again
_AWAY = (OperationalError, InterfaceError)


@dataclass(frozen=True, slots=True)
class Tools:
    """What a runner works with; one set a process."""

    hub: Hub
    writer: Writer
    client: httpx.AsyncClient
    snapshots: Snapshots
    board: Board
    spent: Callable[[int, int, Decimal], None]  # by whom, in which organisation, how much: once it is settled


class Runner:
    """Create it, `start` it, await `task`. `cancel` is a person's stop; `abandon` leaves the answer to another.

    Without `prepared` it waits for `loading`, which has it among others, or reads it itself. `since` is when the lease
    was last asked for, `leaves` true when it need not be any more.
    """

    def __init__(
        self,
        claim: Claim,
        tools: Tools,
        prepared: Prepared | None = None,
        loading: Awaitable[dict[UUID, Prepared]] | None = None,
    ) -> None:
        self.claim, self._tools, self._prepared, self._loading = claim, tools, prepared, loading
        self.since, self.leaves = claim.since, False
        self._cancelled = False
        self._generation: Generation | None = None
        self._book = Book(claim.generation_id, first=prepared.record if prepared is not None else None)
        self._first_token_at: datetime | None = None
        self._kind = "first"  # of the present call
        answer = prepared.answer if prepared is not None else Answer()
        self._log: Appender = tools.writer.appender(claim.generation_id, claim.epoch, answer)
        self.task: asyncio.Task[None] | None = None
        self._work: asyncio.Task[ending.Outcome] | None = None

    @property
    def seq(self) -> int:
        """The last entry that was handed to the writer: nothing behind it can have been published."""
        return self._log.answer.seq

    def start(self) -> asyncio.Task[None]:
        # The answering is a task of its own, so that whatever stops it cannot stop the ending.
        self._work = asyncio.create_task(self._answer())
        self.task = asyncio.create_task(self._run(), name=f"generation-{self.claim.generation_id}")
        return self.task

    def cancel(self) -> None:
        """Stop: the provider's connection closes at once, what came so far is kept. Twice does no harm."""
        self._cancelled = True
        if self._work is not None:
            self._work.cancel()

    def abandon(self) -> None:
        """Stop without an end: the lease is lost, or handed over."""
        self.leaves = True
        if self._work is not None:
            self._work.cancel()

    async def _run(self) -> None:
        if self._work is None:
            raise RuntimeError("A runner is started by start().")
        try:
            outcome = await self._outcome(self._work)
            if outcome is not None:
                await self._end(outcome)
                return
        except (Fenced, *_AWAY) as error:  # not ours any more; or nothing can be read, which is no fault of the answer
            log.info("answer_left", generation=str(self.claim.generation_id), error=repr(error))
        await self._leave()

    async def _outcome(self, work: asyncio.Task[ending.Outcome]) -> ending.Outcome | None:
        """None where the answer is left to another."""
        try:
            return await work
        except asyncio.CancelledError:
            return ending.CANCELLED if self._cancelled and not self.leaves else None

    async def _answer(self) -> ending.Outcome:
        try:
            return await self._ask(self._prepared or await self._load())
        except NoAnswer as error:
            return ending.failed(error.kind, str(error), retryable=error.retryable, retry_after=error.retry_after)
        except Refused as refusal:
            return ending.failed(refusal.type, refusal.message)
        except (Fenced, *_AWAY):
            raise
        except Exception:  # a fault of ours must end the answer in words, never leave it spinning
            log.exception("generation_broke", generation=str(self.claim.generation_id))
            return ending.failed("internal", "Something went wrong inside chatsite. The log has the details.")

    async def _load(self) -> Prepared:
        generation_id = self.claim.generation_id
        # Shielded, since others wait for it, too.
        loaded = await asyncio.shield(self._loading) if self._loading is not None else {}
        if generation_id in loaded:
            return loaded[generation_id]
        return await database.read(preparation.load, generation_id, self._tools.snapshots)

    async def _ask(self, prepared: Prepared) -> ending.Outcome:
        self._know(prepared.generation, prepared.answer, prepared.lost)
        self._log.on_cancel, self._log.on_fenced = self.cancel, self.abandon
        if prepared.generation.cancel_requested_at is not None:
            self._cancelled = True
            return ending.CANCELLED
        if prepared.generation.takeovers > lease.TAKEOVERS:
            raise Refused(
                503, "interrupted", "The server was interrupted too often while it wrote this answer. Try again."
            )
        if prepared.refusal is not None or prepared.plan is None or prepared.ask is None:
            raise prepared.refusal or Refused(500, "internal", "There is nothing to call.")
        answer = prepared.answer
        going_on = attempts.stream(
            prepared.plan,
            prepared.ask,
            self._tools.board,
            self._tools.client,
            said=Said(answer.text, answer.begun, bool(answer.tool_calls)),
            number=prepared.attempts + 1,
            kind="takeover" if self.claim.taken_over else "first",
            written=prepared.record,
        )
        async with aclosing(going_on) as taken:
            async for step in taken:
                handler = _HANDLERS.get(type(step))
                if handler is not None:
                    handler(self, step)
                if self._log.full or type(step) is steps.AttemptStarted:
                    await self._log.flush()
        return ending.completed(self._book)

    def _know(self, generation: Generation, answer: Answer, lost: Mapping[int, Spent] | None = None) -> None:
        """From here on entries can be appended: their numbers follow those of the log. `lost` are estimates of what
        calls used that earlier owners left open."""
        self._generation, self._log.answer = generation, answer
        if self.claim.taken_over:
            self._log.append("status", {"state": "taken_over"}, row=partial(self._write_off, lost or {}))

    def _write_off(self, lost: Mapping[int, Spent]) -> None:
        """In the transaction of the first entry: from then on what earlier owners' calls used is settled."""
        ledger.write_off(self.claim.generation_id, self.claim.epoch, lost)
        self._book.earlier = ledger.spent_before(self.claim.generation_id, self.claim.epoch)

    # --- what the loop says ----------------------------------------------------------------------------------
    def _attempt_started(self, step: steps.AttemptStarted) -> None:
        record = step.record
        self._book.started(record)
        self._kind = record.kind
        row = ledger.row_of(self.claim.generation_id, self.claim.epoch, record)
        (attempt, telling), *more = ledger.announced(record)
        self._log.append(attempt, telling, row=row.save)
        for status, state in more:
            self._log.append(status, state)

    def _attempt_ended(self, step: steps.AttemptEnded) -> None:
        self._book.ended(step.record)

    def _status(self, step: steps.Status) -> None:
        """Told before every further call: the rows of those that have ended are settled with it."""
        ended = self._book.take_ended()
        settle = partial(book.settle, self.claim.generation_id, ended) if ended else None
        self._log.append("status", {"state": step.state, **step.detail}, row=settle)

    def _reset(self, step: steps.Reset) -> None:
        self._log.append("reset", {"keep_chars": step.keep_chars}, urgent=False)

    # --- what the provider says ------------------------------------------------------------------------------
    def _opened(self, _: events.Opened) -> None:
        if self._kind not in ledger.ASKED_INSTEAD:  # that another is asked, and why, stays until it speaks
            self._log.append("status", {"state": "thinking"}, urgent=False)

    def _delta(self, event: events.TextDelta | events.RefusalDelta) -> None:
        self._say("delta", event.text)

    def _reason(self, event: events.ReasoningDelta) -> None:
        self._say("reasoning", event.text)

    def _say(self, type: str, text: str) -> None:
        first = self._first_token_at is None
        if first:
            self._first_token_at = datetime.now(UTC)
        self._log.text(type, text, urgent=first)

    def _citation(self, event: events.Citation) -> None:
        self._log.append("citation", {"url": event.url, "title": event.title}, urgent=False)

    def _tool_call(self, event: events.ToolCallDelta) -> None:
        payload = {"index": event.index, "id": event.id, "name": event.name, "arguments": event.arguments}
        self._log.append("tool_call", payload, urgent=False)

    # --- the end ---------------------------------------------------------------------------------------------
    async def _end(self, outcome: ending.Outcome) -> None:
        """The last words, the usage, the message and the states: one transaction."""
        if self._generation is None:  # stopped before the log was read
            generation, answer = await database.read(preparation.known, self.claim.generation_id)
            self._know(generation, answer)
        else:
            generation = self._generation
        if self.claim.taken_over:
            await self._log.flush()  # what earlier calls used is known then
        self._book.close()
        spent = self._book.spent
        if spent is not None:
            self._log.append("usage", ledger.usage_payload(spent))
        if outcome.error is not None:
            self._log.append("error", outcome.error)
        ended = ending.Ended(generation, outcome, self._book, spent, self._first_token_at)
        row = partial(ending.write, ended, self._log.answer)
        self._log.append("done", ending.done(outcome, generation), row=row)
        await self._log.flush()
        self._tools.spent(generation.user_id, generation.organization_id, self._book.cost)
        if generation.thread_id is not None:
            self._tools.hub.publish(f"user:{generation.user_id}", str(generation.thread_id))

    async def _leave(self) -> None:
        """Fenced or handing over: the answer is another's, but the text that came so far and the calls were ours."""
        self.leaves = held = True
        try:
            await self._log.flush()
        except Fenced:  # if not by another owner, then by what it said: that counts against it
            held = False
        self._book.close()
        while True:
            try:
                await database.write_again(self._hand_over, held)
                break
            except _AWAY as error:
                log.warning("answer_not_handed_over", generation=str(self.claim.generation_id), error=str(error))
                await asyncio.sleep(PAUSE)
        if held:
            self._tools.hub.publish("work")

    def _hand_over(self, held: bool) -> None:
        with transaction.atomic():
            self._book.settle()
            if held:
                lease.release(self.claim.generation_id, self.claim.epoch)


_HANDLERS: dict[type, Callable[[Runner, Any], None]] = {
    steps.AttemptStarted: Runner._attempt_started,
    steps.AttemptEnded: Runner._attempt_ended,
    steps.Status: Runner._status,
    steps.Reset: Runner._reset,
    events.Opened: Runner._opened,
    events.TextDelta: Runner._delta,
    events.RefusalDelta: Runner._delta,
    events.ReasoningDelta: Runner._reason,
    events.Citation: Runner._citation,
    events.ToolCallDelta: Runner._tool_call,
}
