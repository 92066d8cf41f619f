"""OpenAI's Responses, the protocol of OpenAI's own newer endpoint and of Perplexity's Agent API.

Knows the path; `request`, `answer`, `output`, `calls`, `speech` and `usage` know the rest.
"""

from collections.abc import AsyncGenerator

import httpx

from providers.adapters.decoding import Decoder
from providers.adapters.exchange import exchange
from providers.adapters.openai_responses.answer import Answer
from providers.adapters.openai_responses.request import body_of
from providers.events import Event
from providers.types import ChatRequest, Endpoint

__all__ = ["OpenAIResponses", "decoder"]

_ACCEPT = {True: "text/event-stream, application/json", False: "application/json"}


class OpenAIResponses:
    """See `providers.adapters.base.Adapter`."""

    def stream(
        self, request: ChatRequest, endpoint: Endpoint, client: httpx.AsyncClient
    ) -> AsyncGenerator[Event, None]:
        url = f"{endpoint.base_url}/responses"
        return exchange(url, body_of(request), endpoint, client, decoder, accept=_ACCEPT[request.stream])


def decoder(endpoint: Endpoint, content_type: str = "") -> Decoder:
    return Decoder(Answer(endpoint), endpoint, content_type)
