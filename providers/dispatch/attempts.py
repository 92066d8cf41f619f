"""The attempt loop, the only one: from a plan to a stream of events, whatever it takes.

Retries, falls back, hedges, goes on where an answer broke off. It stores nothing: whoever iterates writes each step
down before it goes on, so that the record of a call exists before the call is made. What is to be done is decided by
`policy` and `walk`; how one call is made, by `call`.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import UTC, datetime

import httpx

from providers import events
from providers.dispatch import hedge, policy, verdict
from providers.dispatch.call import Call
from providers.dispatch.health import Board
from providers.dispatch.hedge import Race
from providers.dispatch.plan import Plan, Said
from providers.dispatch.steps import CONTENT, AttemptEnded, AttemptStarted, Reset, Status, Step
from providers.dispatch.targets import AttemptRecord, Target
from providers.dispatch.verdict import Failure
from providers.dispatch.walk import Ask, Line, Move, Pause, Walk
from providers.types import ChatRequest

MakeRequest = Callable[[Target, str], ChatRequest]
_SETTLES = (*CONTENT, events.Finish)  # what shows that a call's answer stands in place of the one before


async def stream(
    plan: Plan,
    ask: MakeRequest,
    board: Board,
    client: httpx.AsyncClient,
    *,
    said: Said | None = None,
    number: int = 1,
    kind: str = "first",
    written: AttemptRecord | None = None,
) -> AsyncGenerator[Step, None]:
    """Yield each call's `AttemptStarted`, its events and its `AttemptEnded`, and what happens between calls.

    `ask(target, prefix)` makes the request for a target; with a `prefix`, it ends with that beginning of the answer.
    `said`: what the answer has from earlier owners. `written` is the record of the first call where it was written
    down before; its `AttemptStarted` is left out then. Raises `verdict.NoAnswer`, after everything, when nobody could
    answer. Closing the iterator, or cancelling its task, closes every connection; a call that was under way has a
    record without an end, which the caller settles.
    """
    run = _Run(plan, ask, board, client, said or Said(), number, kind, written)
    try:
        while True:
            async with aclosing(run.until_called()) as steps:
                async for step in steps:
                    yield step
            call = run.call
            if call is None:
                raise verdict.verdict(run.walk.failures())
            while (event := await call.next()) is not None:
                if run.reset is not None and isinstance(event, _SETTLES):
                    yield run.take_reset()
                yield event
                if run.loser is not None and not call.is_holding:
                    yield await run.take_loser(run.loser)
            await call.close()
            yield AttemptEnded(call.record)
            if call.error is None:
                return
            run.failed(call)
    finally:
        await run.close()


class _Run:
    """What the loop keeps of one request. `call` is the one to be read; `reset`: where its text begins, if it replaces
    any; `loser`: a call that has been cancelled beside it."""

    def __init__(
        self,
        plan: Plan,
        ask: MakeRequest,
        board: Board,
        client: httpx.AsyncClient,
        said: Said,
        number: int,
        kind: str,
        written: AttemptRecord | None,
    ) -> None:
        board.hedges.earn()
        self.walk = Walk(plan, board, kind)
        self.call: Call | None = None
        self.reset: int | None = None
        self.loser: Call | None = None
        self._ask, self._board, self._client = ask, board, client
        self._said, self._written = said, written
        self._number = number if written is None else written.number + 1  # of the next call
        self._prefix = ""  # of the answer, that the present call goes on from
        self._calls: list[Call] = []
        self._may_hedge = True

    async def until_called(self) -> AsyncGenerator[Step, None]:
        """Whatever comes before the next call's events; `call` is None when nobody is left."""
        self.call = None
        move = self.walk.first(self._written.target) if self._written is not None else self.walk.next()
        told = False
        while move is not None and not isinstance(move, Ask):
            yield _waiting(move)
            told = isinstance(move, Pause)
            move = await self._wait(move)
        written, self._written = self._written, None
        call = self._make(move, written) if move is not None else None
        if written is not None and (call is None or call.record is not written):
            yield AttemptEnded(_unsent(written))
        if move is None or call is None:
            return
        if move.instead is not None and not (told and move.kind == "retry"):
            yield _passing_on(move, move.instead)
        if call.record is not written:
            yield AttemptStarted(call.record)
        if not self._may_race(call):
            call.send(self._client)
            self.call = call
            return
        race = Race(call, self._client)
        async with aclosing(race.run(call.target.hedge_after or 0.0, self._rival)) as steps:
            async for step in steps:
                yield step
        for other in race.failed:
            self.failed(other)
        self.call, self.loser = race.winner, race.loser

    def take_reset(self) -> Reset:
        reset = Reset(self.reset or 0)
        self.reset = None
        return reset

    async def take_loser(self, loser: Call) -> AttemptEnded:
        self.loser = None
        return await hedge.settle(loser)

    def failed(self, call: Call) -> None:
        """Take note of what came of it. What it said stands, and whoever goes on does so behind it."""
        if call.error is not None:
            self.walk.failed(call.target, call.error, spoke=call.spoke, streamed=call.record.streaming)
        if call.spoke or call.cited:
            self._said = Said(self._prefix + call.text, begun=True, tools=call.tools)

    async def close(self) -> None:
        """Close what is open. Being cancelled once more does not keep it from that."""
        left = [call.close() for call in self._calls if not call.closed]
        if left:
            await asyncio.shield(asyncio.gather(*left))

    # --- inside ----------------------------------------------------------------------------------------------
    async def _wait(self, move: Pause | Line) -> Move | None:
        if isinstance(move, Pause):
            await self._board.sleep(move.seconds)
            return self.walk.next()
        return self.walk.seated(move, await self._board.line_up(move.targets, move.seconds)) or self.walk.next()

    def _make(self, move: Ask, written: AttemptRecord | None = None) -> Call:
        """The call that `move` asks for; it holds the place from here on."""
        target = move.seat.target
        self._prefix = policy.prefix_of(self._said, target)
        try:
            request = self._ask(target, self._prefix)
        except BaseException:
            move.seat.leave()
            raise
        if written is not None and written.target is target:
            record = written
        else:
            streaming = request.stream and target.streaming and not move.whole
            record = AttemptRecord(number=self._number, kind=move.kind, target=target, streaming=streaming)
            self._number += 1
        record.prompt_characters = policy.characters(request)
        goes_straight_on = self._prefix != "" and self._prefix == self._said.text
        self.reset = len(self._prefix) if self._said.begun and not goes_straight_on else None
        self.walk.patient(self._board.clock(), policy.first_token(target, request))
        call = Call(move.seat, record, request)
        self._calls.append(call)
        return call

    def _may_race(self, call: Call) -> bool:
        possible = self._may_hedge and call.record.streaming and self.walk.has_rival()
        return possible and policy.may_hedge(call.target, call.request, self._said)

    def _rival(self) -> Call | None:
        move = self.walk.rival() if self._board.hedges.has_one else None
        if move is None:
            return None
        self._board.hedges.spend()
        self._may_hedge = False
        return self._make(move)


def _waiting(move: Pause | Line) -> Status:
    if isinstance(move, Line):
        target = move.targets[0]
        return Status("queued", {"provider": target.provider, "model": target.model, "position": move.position})
    return _again(move.target, move.after, move.seconds)


def _passing_on(move: Ask, failure: Failure) -> Status:
    """What a person is told when somebody else is asked, or the same one at once."""
    target = move.seat.target
    if move.kind == "retry":
        return _again(target, failure, 0.0)
    return Status(
        "falling_back",
        {
            "reason": failure.kind,
            "from_provider": failure.provider,
            "from_model": failure.model,
            "provider": target.provider,
            "model": target.model,
        },
    )


def _again(target: Target, failure: Failure, seconds: float) -> Status:
    detail = {"reason": failure.kind, "provider": target.provider, "model": target.model}
    return Status("retrying", {**detail, "retry_in_s": round(seconds, 1)})


def _unsent(record: AttemptRecord) -> AttemptRecord:
    """Its place was taken by another in the same moment, and none became free."""
    failure = verdict.of_full(record.target)
    record.error_kind, record.error_message = failure.kind, failure.message
    record.finished_at = datetime.now(UTC)
    return record
