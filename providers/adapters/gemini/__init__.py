"""Google's Gemini API (generateContent), as Google AI Studio, Vertex AI and gateways serve it.

Knows the paths; `request`, `answer`, `calls`, `usage`, `bodies` and `objects` know the rest.
"""

from collections.abc import AsyncGenerator
from urllib.parse import quote

import httpx

from providers.adapters.decoding import Decoder
from providers.adapters.exchange import exchange
from providers.adapters.gemini.answer import Answer
from providers.adapters.gemini.bodies import FRAMINGS
from providers.adapters.gemini.request import body_of
from providers.events import Event
from providers.types import ChatRequest, Endpoint

__all__ = ["Gemini", "decoder"]

# By whether it is to be streamed. Without `alt=sse` a stream would be one JSON array in pieces.
_METHOD = {True: "streamGenerateContent?alt=sse", False: "generateContent"}
_ACCEPT = {True: "text/event-stream, application/json", False: "application/json"}


class Gemini:
    """See `providers.adapters.base.Adapter`. `base_url` ends in the API's version: `…/v1beta`."""

    def stream(
        self, request: ChatRequest, endpoint: Endpoint, client: httpx.AsyncClient
    ) -> AsyncGenerator[Event, None]:
        url = f"{endpoint.base_url}/models/{_segment(request.model)}:{_METHOD[request.stream]}"
        return exchange(url, body_of(request), endpoint, client, decoder, accept=_ACCEPT[request.stream])


def decoder(endpoint: Endpoint, content_type: str = "") -> Decoder:
    return Decoder(Answer(endpoint), endpoint, content_type, FRAMINGS)


def _segment(model: str) -> str:
    """The name as one segment of the path, whatever it holds. The vendor's list writes names as `models/NAME`."""
    return quote(model.removeprefix("models/"), safe="", errors="replace")
