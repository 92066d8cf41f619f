"""Which path is answered in which wire format. The only place that lists them."""

import re
from dataclasses import dataclass
from typing import Literal

from providers.simulator.protocols.base import WireFormat
from providers.simulator.protocols.openai_chat import OpenAIChat

_OPENAI_CHAT = OpenAIChat()


@dataclass(frozen=True, slots=True)
class Route:
    """Named groups of `path` reach the wire format (a vendor may put the model's name there)."""

    method: str
    path: re.Pattern[str]
    action: Literal["answer", "models"]
    speaks: WireFormat


ROUTES: tuple[Route, ...] = (
    Route("POST", re.compile(r"/v1/chat/completions"), "answer", _OPENAI_CHAT),
    Route("GET", re.compile(r"/v1/models"), "models", _OPENAI_CHAT),
)
UNROUTED: WireFormat = _OPENAI_CHAT  # says that there is nothing at a path
