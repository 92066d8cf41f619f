"""The words in which an answer is scripted: what is said and what goes wrong, free of any wire format.

A `Script` says how the response begins and then lists beats, each with the moment it is due in seconds after the
request arrived. `script` composes them, `faults` spoil them, a wire format turns them into bytes, `player` keeps time.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Literal

FinishReason = Literal["stop", "length", "tool_calls", "content_filter"]


@dataclass(frozen=True, slots=True)
class Ask:
    """A request as its wire format read it. `prompt` is the last user message, `prefix` the text to continue."""

    model: str
    stream: bool
    prompt: str
    prefix: str = ""
    prompt_tokens: int = 0
    max_tokens: int | None = None
    wants_usage: bool = False
    tools: tuple[str, ...] = ()
    tool_answered: bool = False  # the last message is a tool's result: say something, call nothing
    key: str = ""
    form: str = ""  # of a stream, in the wire format's own word, where the client may choose
    keep_alive: float | None = None  # seconds that the model stays in memory afterwards; None: as long as usual
    reply: bytes = b""  # to a request that has the model loaded or unloaded and asks it nothing


@dataclass(frozen=True, slots=True)
class Source:
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Counts:
    """Usage in tokens; `completion` includes `reasoning`."""

    prompt: int
    completion: int
    reasoning: int


@dataclass(frozen=True, slots=True)
class Failure:
    """An error in neutral words: `kind` is one of the names in `faults.FAILURES`."""

    status: int
    kind: str
    message: str
    param: str | None = None
    retry_after: float | None = None  # seconds


# --- beats ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Open:
    """The model takes the word; nothing is said yet."""


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    text: str


@dataclass(frozen=True, slots=True)
class Cite:
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A piece of a tool call; `id` and `name` are set in a call's first piece only."""

    index: int
    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Finish:
    reason: FinishReason
    usage: Counts | None = None  # told together with the reason


@dataclass(frozen=True, slots=True)
class Usage:
    """Told on its own, after the finish."""

    usage: Counts


@dataclass(frozen=True, slots=True)
class End:
    """The format's own word for "that was all", where it has one."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error told inside a response that began well."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class Garbage:
    """An event that breaks off in the middle of a value."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing more, for ever, on an open connection."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """The connection goes: by a TCP reset, or closed in the middle of the body."""

    reset: bool


Said = Open | Text | Reasoning | Cite | Call | Finish | Usage | End | Trouble | Garbage
Beat = Said | Silence | HangUp


# --- how a response begins -----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Answer:
    """A success head, then the beats."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """An HTTP error in the wire format's own shape, and no beats."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class Page:
    """A body that is none of the wire format's: a proxy's page, or nothing at all."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Mute:
    """Not even a head, for ever."""


Beginning = Answer | Refuse | Page | Mute


@dataclass(frozen=True, slots=True)
class Script:
    """`head_at` and the beats' moments are seconds after the request; moments never go back."""

    beats: tuple[tuple[float, Beat], ...] = ()
    beginning: Beginning = field(default_factory=Answer)
    head_at: float = 0.0

    def spoil(self, **changes: Any) -> "Script":
        return replace(self, **changes)

    def place_of(self, tokens: int) -> int:
        """The index of the first beat after that many tokens (text or reasoning); the end where there are fewer."""
        said = 0
        for index, (_, beat) in enumerate(self.beats):
            if isinstance(beat, (Text, Reasoning)):
                if said == tokens:
                    return index
                said += 1
        return len(self.beats)
