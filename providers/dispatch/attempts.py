"""The attempt loop: from a request and its targets to a stream of events, whatever it takes.

Owns calling: timeouts, and the ledger of each call. It stores nothing: whoever iterates writes the `AttemptRecord`
down before it goes on (the call is made only then) and again when it has ended. Today one call is made; retries and
fallback join here.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import httpx

from providers import events
from providers.dispatch.targets import AttemptRecord, Target
from providers.errors import ProviderError, TimedOut
from providers.types import ChatRequest, Timeouts


@dataclass(frozen=True, slots=True)
class AttemptStarted:
    record: AttemptRecord


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    record: AttemptRecord


Step = events.Event | AttemptStarted | AttemptEnded
_MOST_TOKENS, _MOST_USD = 100_000_000, 100_000  # a usage that tells more is no count of what was said here
_TOKENS = (events.TextDelta, events.ReasoningDelta, events.RefusalDelta, events.ToolCallDelta)


async def stream(
    request: ChatRequest,
    target: Target,
    client: httpx.AsyncClient,
    *,
    number: int = 1,
    kind: str = "first",
    written: AttemptRecord | None = None,
) -> AsyncGenerator[Step, None]:
    """Yield `AttemptStarted`, the adapter's events, `AttemptEnded`. Raises the call's `ProviderError` after that.

    `written` is the record of the first call where it was written down before; `AttemptStarted` is left out then.
    Cancelling the iterating task, or closing the iterator, closes the provider's connection; the record then has
    no end, and it is the caller who settles it.
    """
    streaming = request.stream and target.streaming
    record = written or AttemptRecord(number=number, kind=kind, target=target, streaming=streaming)
    if written is None:
        yield AttemptStarted(record)
    record.sent_at = datetime.now(UTC)
    asked = replace(request, model=target.upstream, stream=streaming)
    failure: ProviderError | None = None
    async with aclosing(target.adapter.stream(asked, target.endpoint, client)) as answer:
        clock = _Clock(target, streaming)
        try:
            while (event := await clock.next(answer)) is not None:
                _note(record, event, clock)
                yield event
        except ProviderError as error:
            failure = error
        finally:
            clock.stop()
    record.finished_at = datetime.now(UTC)
    if failure is not None:
        record.error_kind, record.error_message = failure.kind, str(failure)
        record.http_status = failure.status or record.http_status
    yield AttemptEnded(record)
    if failure is not None:
        raise failure


def _note(record: AttemptRecord, event: events.Event, clock: "_Clock") -> None:
    if isinstance(event, _TOKENS):
        clock.token()
        record.deltas += 1
        now = datetime.now(UTC)
        record.last_token_at = now
        if record.first_token_at is None:
            record.first_token_at = now
        if not isinstance(event, events.ToolCallDelta):
            record.characters += len(event.text)
    elif isinstance(event, events.Opened):
        record.opened_at, record.http_status = datetime.now(UTC), event.status
        record.upstream_id = event.upstream_id
    elif isinstance(event, events.Usage):
        record.usage = event if _is_plausible(event) else record.usage
    elif isinstance(event, events.Finish):
        record.finish_reason = event.reason


def _is_plausible(usage: events.Usage) -> bool:
    counts = (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens, usage.reasoning_tokens or 0)
    return max(*counts, usage.cached_tokens or 0) <= _MOST_TOKENS and (usage.cost_usd or 0) <= _MOST_USD


class _Clock:
    """The timeouts of one call. One timer, armed anew only when it fires: tokens come thousands of times a second,
    and each costs one assignment. Time counts only while the provider is waited for, not while a reader is slow."""

    def __init__(self, target: Target, streaming: bool) -> None:
        self._target, self._limits = target, _limits(target.timeouts, streaming)
        self._begun = self._last = self._left = time.monotonic()
        self._seen = self._waiting = False
        self._task = asyncio.current_task()
        self._why = ""
        self._timer: asyncio.TimerHandle | None = None
        self._arm()

    def token(self) -> None:
        self._last = time.monotonic()
        if not self._seen:
            self._seen = True
            self.stop()  # it was armed for the first token, and the next may be due sooner
            self._arm()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    async def next(self, answer: AsyncIterator[events.Event]) -> events.Event | None:
        """The next event, None at the end. Raises `TimedOut`."""
        away = time.monotonic() - self._left
        self._begun, self._last = self._begun + away, self._last + away
        self._waiting = True
        try:
            return await anext(answer, None)
        except asyncio.CancelledError:
            if self._why and self._task is not None and self._task.uncancel() == 0:
                raise TimedOut(self._why) from None
            raise
        finally:
            self._waiting, self._left = False, time.monotonic()

    def _deadline(self) -> tuple[float, str]:
        total = self._begun + self._limits.total
        if self._seen:
            quiet, why = self._last + self._limits.stall, f"stopped in the middle for {self._limits.stall:g} s"
        else:
            quiet = self._begun + self._limits.first_token
            why = f"did not begin to answer within {self._limits.first_token:g} s"
        return (quiet, why) if quiet < total else (total, f"did not finish within {self._limits.total:g} s")

    def _arm(self) -> None:
        at, why = self._deadline()
        left = at - time.monotonic()
        if left > 0 or not self._waiting:
            self._timer = asyncio.get_running_loop().call_later(max(left, 0.1), self._arm)
        elif self._task is not None:
            self._why = f"{self._target.provider} ({self._target.upstream}) {why}."
            self._task.cancel()


def _limits(timeouts: Timeouts, streaming: bool) -> Timeouts:
    """A whole answer has no first token to wait for: it may take its total time."""
    return timeouts if streaming else replace(timeouts, first_token=timeouts.total)
