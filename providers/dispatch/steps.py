"""What the attempt loop tells besides the provider's events. Whoever iterates writes it down before it goes on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from providers import events
from providers.dispatch.targets import AttemptRecord


@dataclass(frozen=True, slots=True)
class AttemptStarted:
    """A call is about to be made: it goes out when the iteration goes on."""

    record: AttemptRecord


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    """A call is over: answered, failed, or cancelled in favour of a quicker one."""

    record: AttemptRecord


@dataclass(frozen=True, slots=True)
class Status:
    """What a person is waiting for. `state` is queued, retrying, falling_back or hedging; docs/api.md has more."""

    state: str
    detail: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reset:
    """What follows replaces the answer's text after so many characters; at 0 also all else of it."""

    keep_chars: int


Step = events.Event | AttemptStarted | AttemptEnded | Status | Reset
TOKENS = (events.TextDelta, events.ReasoningDelta, events.RefusalDelta, events.ToolCallDelta)
CONTENT = (*TOKENS, events.Citation)
