"""Which path is answered in which wire format. The only place that lists them."""

import re
from dataclasses import dataclass
from typing import Literal

from providers.simulator.protocols import ollama_server
from providers.simulator.protocols.anthropic import Anthropic
from providers.simulator.protocols.base import Tell, WireFormat
from providers.simulator.protocols.gemini import Gemini
from providers.simulator.protocols.ollama import Ollama
from providers.simulator.protocols.openai_chat import OpenAIChat
from providers.simulator.protocols.openai_responses import OpenAIResponses

_ANTHROPIC = Anthropic()
_GEMINI = Gemini()
_OLLAMA = Ollama()
_OPENAI_CHAT = OpenAIChat()
_OPENAI_RESPONSES = OpenAIResponses()


@dataclass(frozen=True, slots=True)
class Route:
    """Named groups of `path` reach the wire format (a vendor may put the model's name there). `action` is a function
    where a server tells something else about itself. `header`: only requests that have it, where vendors share a path;
    those routes stand first."""

    method: str
    path: re.Pattern[str]
    action: Literal["answer", "models"] | Tell
    speaks: WireFormat
    header: str = ""


ROUTES: tuple[Route, ...] = (
    Route("POST", re.compile(r"/v1/chat/completions"), "answer", _OPENAI_CHAT),
    Route("POST", re.compile(r"/v1/responses"), "answer", _OPENAI_RESPONSES),
    Route("POST", re.compile(r"/v1/messages"), "answer", _ANTHROPIC),
    Route("GET", re.compile(r"/v1/models"), "models", _ANTHROPIC, header="anthropic-version"),
    Route("GET", re.compile(r"/v1/models"), "models", _OPENAI_CHAT),
    Route(
        "POST",
        re.compile(r"/v1beta/models/(?P<model>[^/]+):(?P<method>streamGenerateContent|generateContent)"),
        "answer",
        _GEMINI,
    ),
    Route("GET", re.compile(r"/v1beta/models"), "models", _GEMINI),
    Route("POST", re.compile(r"/api/chat"), "answer", _OLLAMA),
    Route("GET", re.compile(r"/api/tags"), "models", _OLLAMA),
    Route("GET", re.compile(r"/api/ps"), ollama_server.loaded, _OLLAMA),
    Route("GET", re.compile(r"/api/version"), ollama_server.version, _OLLAMA),
    Route("POST", re.compile(r"/api/show"), ollama_server.show, _OLLAMA),
)
UNROUTED: WireFormat = _OPENAI_CHAT  # says that there is nothing at a path
