"""What an adapter yields while a model answers.

An adapter's stream yields `Opened` once, then any number of the others in the provider's order, and ends in one of
two ways: it returns right after its single `Finish` (always last: usage that the provider sends after its finish
reason is yielded before it), or it raises a `providers.errors.ProviderError`. A stream that stops without a finish
reason therefore always raises. Text is never empty, and fit to store: whole characters, no NUL (`providers.text`).
"""

from dataclasses import dataclass

from providers.types import FinishReason


@dataclass(frozen=True, slots=True)
class Opened:
    """The response's head arrived with a success status. `upstream_id` is the provider's own request id, if told."""

    status: int
    upstream_id: str = ""


@dataclass(frozen=True, slots=True)
class KeepAlive:
    """The connection lives, but no token came (a comment, an empty delta)."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The server says how long it took to load the model into memory, in seconds; the rest was thinking."""

    seconds: float


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    text: str


@dataclass(frozen=True, slots=True)
class RefusalDelta:
    """Text in which the model declines. A person sees it like text."""

    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A piece of a tool call. `id` and `name` are set in a call's first piece only; `arguments` are concatenated."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counts them. Cumulative: the last one wins, never add.

    `completion_tokens` includes reasoning; `total_tokens` is prompt + completion. `cost_usd` only where told.
    """

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    reasoning_tokens: int | None = None
    cached_tokens: int | None = None
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The end. `raw` is the provider's own word for the reason."""

    reason: FinishReason
    raw: str = ""


Event = (
    Opened | KeepAlive | Loaded | TextDelta | ReasoningDelta | RefusalDelta | Citation | ToolCallDelta | Usage | Finish
)
