"""One generation, from claim to end: asks the provider and appends what comes to the log. Serves no reader."""

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx
import structlog

from providers import events
from providers.dispatch import attempts
from providers.dispatch.targets import AttemptRecord
from providers.errors import ProviderError
from providers.snapshot import Snapshots
from threads import database
from threads.generation import ending, lease, ledger, preparation
from threads.generation.errors import Fenced, Refused
from threads.generation.fold import Answer
from threads.generation.lease import Claim
from threads.generation.log import Appender, Writer
from threads.generation.wakeup import Hub
from threads.models import Generation

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Tools:
    """What a runner works with; one set a process."""

    hub: Hub
    writer: Writer
    client: httpx.AsyncClient
    snapshots: Snapshots


class Runner:
    """Create it, `start` it, await `task`. `cancel` is a person's stop; `abandon` leaves the answer to another."""

    def __init__(self, claim: Claim, tools: Tools, prepared: preparation.Prepared | None = None) -> None:
        self.claim, self._tools, self._prepared = claim, tools, prepared
        self._cancelled = self._abandoned = False
        self._generation: Generation | None = None
        self._record: AttemptRecord | None = prepared.record if prepared is not None else None
        self._first_token_at: datetime | None = None
        self._prompt_characters = 0
        self._anew = False  # the answer was begun before and is told again: what is there goes when the new text comes
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
        self._abandoned = True
        if self._work is not None:
            self._work.cancel()

    async def _run(self) -> None:
        if self._work is None:
            raise RuntimeError("A runner is started by start().")
        try:
            outcome = await self._work
        except asyncio.CancelledError:
            if not self._cancelled or self._abandoned:
                await self._leave()
                return
            outcome = ending.CANCELLED
        except Fenced:
            await self._leave()
            return
        try:
            await self._end(outcome)
        except Fenced:
            await self._leave()

    async def _answer(self) -> ending.Outcome:
        try:
            prepared = self._prepared
            if prepared is None:
                claim, snapshots = self.claim, self._tools.snapshots
                prepared = await database.read(preparation.load, claim.generation_id, snapshots)
            return await self._ask(prepared)
        except ProviderError as error:
            return ending.failed(error.kind, str(error), retryable=error.retryable, retry_after=error.retry_after)
        except Refused as refusal:
            return ending.failed(refusal.type, refusal.message)
        except Fenced:
            raise
        except Exception:  # a fault of ours must end the answer in words, never leave it spinning
            log.exception("generation_broke", generation=str(self.claim.generation_id))
            return ending.failed("internal", "Something went wrong inside chatsite. The log has the details.")

    async def _ask(self, prepared: preparation.Prepared) -> ending.Outcome:
        self._know(prepared.generation, prepared.answer)
        self._log.on_cancel, self._log.on_fenced = self.cancel, self.abandon
        if prepared.generation.cancel_requested_at is not None:
            self._cancelled = True
            return ending.CANCELLED
        if prepared.generation.takeovers > lease.TAKEOVERS:
            raise Refused(
                503, "interrupted", "The server was interrupted too often while it wrote this answer. Try again."
            )
        if prepared.refusal is not None or prepared.target is None or prepared.request is None:
            raise prepared.refusal or Refused(500, "internal", "There is nothing to call.")
        self._prompt_characters = sum(len(turn.content) for turn in prepared.request.messages)
        self._anew = prepared.answer.begun and not prepared.continues
        steps = attempts.stream(
            prepared.request,
            prepared.target,
            self._tools.client,
            number=prepared.attempts + 1,
            kind="takeover" if self.claim.taken_over else "first",
            written=prepared.record,
        )
        async with aclosing(steps):
            async for step in steps:
                handler = _HANDLERS.get(type(step))
                if handler is not None:
                    if self._anew and isinstance(step, _CONTENT):
                        self._anew = False
                        self._log.append("reset", {"keep_chars": 0}, urgent=False)
                    handler(self, step)
                if self._log.full or type(step) is attempts.AttemptStarted:
                    await self._log.flush()
        return ending.completed(self._record)

    def _know(self, generation: Generation, answer: Answer) -> None:
        """From here on entries can be appended: their numbers follow those of the log."""
        self._generation, self._log.answer = generation, answer
        if self.claim.taken_over:
            write_off = partial(ledger.write_off, self.claim.generation_id, self.claim.epoch)
            self._log.append("status", {"state": "taken_over"}, row=write_off)

    # --- what the provider says ------------------------------------------------------------------------------
    def _attempt_started(self, step: attempts.AttemptStarted) -> None:
        record = self._record = step.record
        row = ledger.row_of(self.claim.generation_id, self.claim.epoch, record)
        (attempt, telling), (status, state) = ledger.announced(record)
        self._log.append(attempt, telling, row=row.save)
        self._log.append(status, state)

    def _opened(self, _: events.Opened) -> None:
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
        record, usage = self._record, None
        if record is not None:
            record.finished_at = record.finished_at or datetime.now(UTC)
            usage = ledger.usage_of(record, self._prompt_characters)
            if usage is not None:
                cost = record.target.prices.cost(usage)
                self._log.append("usage", ledger.usage_payload(usage, cost, estimated=record.usage is None))
        if outcome.error is not None:
            self._log.append("error", outcome.error)
        ended = ending.Ended(generation, outcome, record, usage, self._first_token_at)
        row = partial(ending.write, ended, self._log)
        self._log.append("done", ending.done(outcome, generation), row=row)
        await self._log.flush()
        if generation.thread_id is not None:
            self._tools.hub.publish(f"user:{generation.user_id}", str(generation.thread_id))

    async def _leave(self) -> None:
        """Fenced or handing over: the answer is another's, but the text that came so far and the call were ours."""
        with contextlib.suppress(Fenced):
            await self._log.flush()
        if self._record is None:
            return
        self._record.finished_at = datetime.now(UTC)
        usage = ledger.usage_of(self._record, self._prompt_characters)
        await database.write(ledger.settle, self.claim.generation_id, self._record, "cancelled", usage)


_CONTENT = (events.TextDelta, events.RefusalDelta, events.ReasoningDelta, events.Citation, events.ToolCallDelta)
_HANDLERS: dict[type, Callable[[Runner, Any], None]] = {
    attempts.AttemptStarted: Runner._attempt_started,
    events.Opened: Runner._opened,
    events.TextDelta: Runner._delta,
    events.RefusalDelta: Runner._delta,
    events.ReasoningDelta: Runner._reason,
    events.Citation: Runner._citation,
    events.ToolCallDelta: Runner._tool_call,
}
