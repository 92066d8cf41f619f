"""Ollama's own chat protocol: POST to the server's root, answers in lines of JSON.

Knows the path; `request`, `lines`, `answer` and `calls` know the rest.
"""

from collections.abc import AsyncGenerator

import httpx

from providers.adapters.decoding import Decoder, Framings
from providers.adapters.exchange import exchange
from providers.adapters.framing import Whole
from providers.adapters.ollama.answer import Answer
from providers.adapters.ollama.lines import Lines
from providers.adapters.ollama.request import body_of
from providers.events import Event
from providers.types import ChatRequest, Endpoint

__all__ = ["Ollama", "decoder"]

_ACCEPT = {True: "application/x-ndjson, application/json", False: "application/json"}
_FRAMINGS: Framings = {b"[": Whole, b"": Lines}


class Ollama:
    """See `providers.adapters.base.Adapter`. The endpoint's `base_url` has no `/v1`."""

    def stream(
        self, request: ChatRequest, endpoint: Endpoint, client: httpx.AsyncClient
    ) -> AsyncGenerator[Event, None]:
        url = f"{endpoint.base_url}/api/chat"
        return exchange(url, body_of(request), endpoint, client, decoder, accept=_ACCEPT[request.stream])


def decoder(endpoint: Endpoint, content_type: str = "") -> Decoder:
    return Decoder(Answer(endpoint), endpoint, content_type, _FRAMINGS)
