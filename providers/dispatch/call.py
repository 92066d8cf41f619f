"""One call to one deployment: its events, its timeouts, its record. Decides nothing about what comes after it."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime

import httpx

from providers import events
from providers.dispatch import policy
from providers.dispatch.health import Seat
from providers.dispatch.steps import TOKENS
from providers.dispatch.targets import AttemptRecord, Target
from providers.errors import ProviderError, TimedOut
from providers.types import ChatRequest, Timeouts

_MOST_TOKENS, _MOST_USD = 100_000_000, 100_000  # a usage that tells more is no count of what was said here


class Call:
    """`send`, then `next` until None; then `error` says whether and how it failed. `close` ends it at any time and
    gives its place back. One that is closed before its end is nobody's failure: it was cancelled."""

    def __init__(self, seat: Seat, record: AttemptRecord, request: ChatRequest) -> None:
        self.seat, self.record, self.request = seat, record, request
        self.error: ProviderError | None = None
        self.tools = self.cited = False  # pieces of a tool's call came; sources came
        self.over = self.closed = False
        self._pieces: list[str] = []
        self._held: deque[events.Event] = deque()
        self._clock: _Clock | None = None
        self._answer: AsyncGenerator[events.Event, None] | None = None
        self._beginning: asyncio.Task[None] | None = None

    @property
    def target(self) -> Target:
        return self.seat.target

    @property
    def text(self) -> str:
        """The answer's text that came of it."""
        return "".join(self._pieces)

    @property
    def spoke(self) -> bool:
        return self.record.first_token_at is not None

    def send(self, client: httpx.AsyncClient) -> None:
        """The request goes out with the first `next`."""
        target, record = self.target, self.record
        record.sent_at = datetime.now(UTC)
        asked = replace(self.request, model=target.upstream, stream=record.streaming)
        self._clock = _Clock(target, policy.limits(target, asked, streaming=record.streaming))
        self._answer = target.adapter.stream(asked, target.endpoint, client)

    async def next(self) -> events.Event | None:
        if self._held:
            return self._held.popleft()
        clock, answer = self._clock, self._answer
        if clock is None or answer is None or self.over:
            return None
        clock.begin_waiting()
        try:
            event = await anext(answer, None)
        except ProviderError as error:
            self._fail(error)
            return None
        except asyncio.CancelledError:
            if (late := clock.take_error()) is None:
                raise
            self._fail(late)
            return None
        finally:
            clock.end_waiting()
        if event is None:
            self._finish()
            self.seat.good()
        else:
            self._note(event, clock)
        return event

    # --- beside another call ---------------------------------------------------------------------------------
    def begin(self) -> asyncio.Task[None]:
        """Read on, in a task of its own, until the first token or the end; what comes is held for `next`."""
        self._beginning = asyncio.create_task(self._begin())
        return self._beginning

    async def _begin(self) -> None:
        self._adopt()
        held: deque[events.Event] = deque()
        while not self.spoke and (event := await self.next()) is not None:
            held.append(event)
        self._held = held

    def take_over(self) -> None:
        """Its beginning is over: from here on the present task reads. Raises what went wrong there."""
        if self._beginning is not None:
            self._beginning.result()
        self._adopt()

    def _adopt(self) -> None:
        if self._clock is not None:
            self._clock.task = asyncio.current_task()

    @property
    def is_holding(self) -> bool:
        return bool(self._held)

    def cancel(self) -> None:
        """Stop it at once; `close` waits until it has."""
        if self._beginning is not None:
            self._beginning.cancel()

    def lag(self) -> None:
        """Another was quicker: its first token would have taken longer than this."""
        if not self.spoke and not self.over:
            self.seat.first_token((datetime.now(UTC) - self.record.sent_at).total_seconds())

    async def close(self) -> None:
        self.cancel()
        if self._beginning is not None:
            await asyncio.wait([self._beginning])
        if self._answer is not None:
            await self._answer.aclose()
        self._stop()
        self.seat.leave()
        self.closed = True

    def _finish(self) -> None:
        self.record.finished_at = datetime.now(UTC)
        self.over = True
        self._stop()

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.stop()

    def _fail(self, error: ProviderError) -> None:
        record = self.record
        if isinstance(error, TimedOut) and record.streaming:
            self.lag()
        self.error = error
        record.error_kind, record.error_message = error.kind, str(error)
        record.http_status = error.status or record.http_status
        self._finish()
        self.seat.bad(error)

    def _note(self, event: events.Event, clock: "_Clock") -> None:
        record = self.record
        if isinstance(event, TOKENS):
            clock.token()
            record.deltas += 1
            now = datetime.now(UTC)
            if record.last_token_at is None:
                record.first_token_at = now
                self._first_token(now)
            elif record.longest_gap is None or now - record.last_token_at > record.longest_gap:
                record.longest_gap = now - record.last_token_at
            record.last_token_at = now
            if isinstance(event, events.ToolCallDelta):
                self.tools = True
                return
            record.characters += len(event.text)
            if not isinstance(event, events.ReasoningDelta):
                self._pieces.append(event.text)
        elif isinstance(event, events.Citation):
            self.cited = True
        elif isinstance(event, events.Opened):
            record.opened_at, record.http_status = datetime.now(UTC), event.status
            record.upstream_id = event.upstream_id
        elif isinstance(event, events.Usage):
            record.usage = event if _is_plausible(event) else record.usage
        elif isinstance(event, events.Finish):
            record.finish_reason = event.reason

    def _first_token(self, now: datetime) -> None:
        self.seat.speaks()
        if self.record.streaming:
            self.seat.first_token((now - self.record.sent_at).total_seconds())


def _is_plausible(usage: events.Usage) -> bool:
    counts = (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens, usage.reasoning_tokens or 0)
    return max(*counts, usage.cached_tokens or 0) <= _MOST_TOKENS and (usage.cost_usd or 0) <= _MOST_USD


class _Clock:
    """The timeouts of one call. One timer, armed anew only when it fires: tokens come thousands of times a second,
    and each costs one assignment. Time counts only while the provider is waited for, not while a reader is slow."""

    def __init__(self, target: Target, times: Timeouts) -> None:
        self._target, self._times = target, times
        self._begun = self._left = time.monotonic()
        self._last: float | None = None
        self._waiting = False
        self.task = asyncio.current_task()
        self._error: TimedOut | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._arm()

    def token(self) -> None:
        first = self._last is None
        self._last = time.monotonic()
        if first:
            self.stop()  # it was armed for the first token, and the next may be due sooner
            self._arm()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def begin_waiting(self) -> None:
        away = time.monotonic() - self._left
        self._begun += away
        if self._last is not None:
            self._last += away
        self._waiting = True

    def end_waiting(self) -> None:
        self._waiting, self._left = False, time.monotonic()

    def take_error(self) -> TimedOut | None:
        """Why the waiting task was cancelled, if it was this clock, and nobody else besides."""
        if self._error is None or self.task is None or self.task.uncancel():
            return None
        return self._error

    def _arm(self) -> None:
        at, why, whole = policy.deadline(self._times, self._begun, self._last)
        left = at - time.monotonic()
        if left > 0 or not self._waiting:
            self._timer = asyncio.get_running_loop().call_later(max(left, 0.1), self._arm)
        elif self.task is not None:
            # An answer that takes longer than all its time would do so again.
            self._error = TimedOut(f"{self._target.provider} ({self._target.upstream}) {why}.", retryable=not whole)
            self.task.cancel()
