"""Values that cross the line between the engine and an adapter. Frozen, free of Django, free of vendors."""

from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["system", "user", "assistant", "tool"]
FinishReason = Literal["stop", "length", "content_filter", "tool_calls", "error"]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A finished call of a tool. `arguments` is the model's JSON text, unparsed: it may be wrong."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in a user's message: the file, and image/png, image/jpeg, image/webp or image/gif."""

    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    role: Role
    content: str
    images: tuple[Image, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str = ""  # of the call that a `tool` message answers


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What to ask. `model` is the upstream name; None leaves a parameter to the provider.

    `search` lets the model look things up on the web itself, where the protocol has a word for that. `keep_alive`: how
    long a local server keeps the model in memory afterwards ("10s", "-1"; "" leaves it to the server).
    """

    model: str
    messages: tuple[Message, ...]
    stream: bool = True
    max_output_tokens: int | None = None
    temperature: float | None = None
    tools: tuple[dict[str, Any], ...] = ()  # OpenAI's shape: {"type": "function", "function": {...}}
    search: bool = False
    keep_alive: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to ask. `base_url` has no trailing slash; `headers` are the preset's and the provider row's."""

    name: str
    base_url: str
    api_key: str = field(default="", repr=False)  # never in a log or a traceback
    auth: Literal["bearer", "api-key", "x-api-key", "x-goog-api-key", "none"] = "bearer"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `first_token` counts from the request, `stall` between tokens, `total` over the whole attempt."""

    connect: float = 5.0
    first_token: float = 30.0
    stall: float = 180.0
    total: float = 600.0
