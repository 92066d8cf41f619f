"""Anthropic's Messages API.

Knows the path; `request` knows what is asked, `answer`, `calls` and `usage` what comes back, `seam` where a continued
answer joins its beginning.
"""

from collections.abc import AsyncGenerator
from functools import partial

import httpx

from providers.adapters.anthropic.answer import Answer
from providers.adapters.anthropic.request import body_of, cut_from_prefix
from providers.adapters.decoding import Decoder
from providers.adapters.exchange import exchange
from providers.events import Event
from providers.types import ChatRequest, Endpoint

__all__ = ["Anthropic", "decoder"]

_ACCEPT = {True: "text/event-stream, application/json", False: "application/json"}


class Anthropic:
    """See `providers.adapters.base.Adapter`. The protocol's version is a header of the endpoint."""

    def stream(
        self, request: ChatRequest, endpoint: Endpoint, client: httpx.AsyncClient
    ) -> AsyncGenerator[Event, None]:
        make = partial(decoder, cut=cut_from_prefix(request))
        url = f"{endpoint.base_url}/messages"
        return exchange(url, body_of(request), endpoint, client, make, accept=_ACCEPT[request.stream])


def decoder(endpoint: Endpoint, content_type: str = "", cut: str = "") -> Decoder:
    """`cut`: the blanks that were not sent at the end of the beginning that the model continues."""
    return Decoder(Answer(endpoint, cut), endpoint, content_type)
