"""What tests of dispatch share: targets at the simulator, plans of them, a clock to move by hand, what a loop told."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from random import Random
from typing import Any

from providers import events
from providers.adapters.openai_chat import OpenAIChat
from providers.dispatch.health import Board
from providers.dispatch.plan import Candidate, Plan
from providers.dispatch.steps import AttemptEnded, AttemptStarted, Reset, Status, Step
from providers.dispatch.targets import AttemptRecord, Target
from providers.dispatch.verdict import NoAnswer
from providers.types import ChatRequest, Endpoint, Message, Timeouts
from tests.simulator import RunningSimulator

TIMES = Timeouts(first_token=5, stall=5, total=20)
NOWHERE = Endpoint("sim", "http://127.0.0.1:9/v1")  # for targets that nobody calls


def target(
    simulator: RunningSimulator | None, upstream: str, *, model: str = "model", provider: str = "sim", **fields: Any
) -> Target:
    endpoint = Endpoint(provider, simulator.url) if simulator is not None else NOWHERE
    fields = {"timeouts": TIMES, **fields}
    return Target(None, provider, model, upstream, OpenAIChat(), fields.pop("endpoint", endpoint), **fields)


def plan(*models: Sequence[Target], **more: Any) -> Plan:
    """`plan([a, b], [c])`: a model with two deployments, then one with one."""
    return Plan(tuple(Candidate(targets[0].model, tuple(targets)) for targets in models), **more)


def ask(target: Target, prefix: str) -> ChatRequest:
    begun = (Message("assistant", prefix),) if prefix else ()
    return ChatRequest(target.upstream, (Message("user", "hello"), *begun), keep_alive=target.keep_alive)


class Clock:
    """Stands still until somebody sleeps. `slept` are the pauses made."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    def board(self, **options: Any) -> Board:
        return Board(clock=self, sleep=self.sleep, chance=Random(1), **options)


@dataclass
class Told:
    """What a loop yielded, and how it ended."""

    steps: list[Step] = field(default_factory=list)
    error: NoAnswer | None = None

    @property
    def text(self) -> str:
        """As a reader has it in the end."""
        text = ""
        for step in self.steps:
            if isinstance(step, events.TextDelta | events.RefusalDelta):
                text += step.text
            elif isinstance(step, Reset):
                text = text[: step.keep_chars]
        return text

    @property
    def records(self) -> list[AttemptRecord]:
        return [step.record for step in self.steps if isinstance(step, AttemptStarted)]

    @property
    def ended(self) -> list[AttemptRecord]:
        return [step.record for step in self.steps if isinstance(step, AttemptEnded)]

    @property
    def calls(self) -> list[tuple[str, str, str]]:
        """(kind, upstream, kind of error) of each."""
        return [(one.kind, one.target.upstream, one.error_kind) for one in self.records]

    @property
    def statuses(self) -> list[tuple[str, dict[str, Any]]]:
        return [(step.state, dict(step.detail)) for step in self.steps if isinstance(step, Status)]

    @property
    def resets(self) -> list[int]:
        return [step.keep_chars for step in self.steps if isinstance(step, Reset)]


async def told(steps: AsyncIterator[Step], seconds: float = 15.0) -> Told:
    found = Told()
    try:
        async with asyncio.timeout(seconds), aclosing(steps):  # type: ignore[type-var]
            async for step in steps:
                found.steps.append(step)
    except NoAnswer as error:
        found.error = error
    return found
