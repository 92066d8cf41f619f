"""OpenAI's chat completions, the protocol most vendors speak: asks over HTTP and hands on what the decoder makes of it.

Knows the path, the headers and the order of events; `request`, `decoder`, `answer`, `calls` and `usage` know the rest.
"""

from collections.abc import AsyncIterator
from contextlib import aclosing

import httpx

from providers.adapters import http
from providers.adapters.http_status import error_for
from providers.adapters.http_words import MAX_BODY, Words, parse_body
from providers.adapters.openai_chat.decoder import Decoder
from providers.adapters.openai_chat.request import body_of
from providers.errors import ProviderError, StreamCut
from providers.events import Event, Opened
from providers.types import ChatRequest, Endpoint

__all__ = ["OpenAIChat"]

_REQUEST_IDS = ("x-request-id", "request-id", "x-generation-id", "apim-request-id", "cf-ray")


class OpenAIChat:
    """See `providers.adapters.base.Adapter`."""

    async def stream(self, request: ChatRequest, endpoint: Endpoint, client: httpx.AsyncClient) -> AsyncIterator[Event]:
        headers = http.headers_for(endpoint)
        headers["content-type"] = "application/json"
        headers["accept"] = "text/event-stream, application/json" if request.stream else "application/json"
        url = f"{endpoint.base_url}/chat/completions"
        response = await http.post(client, url, headers, body_of(request), endpoint.name)
        try:
            async with aclosing(http.chunks(response, endpoint.name)) as body:
                if not response.is_success:
                    raise await _refusal(response, body, endpoint)
                yield Opened(response.status_code, _upstream_id(response))
                decoder = Decoder(endpoint, response.headers.get("content-type", ""))
                cut = None
                try:
                    async for data in body:
                        for event in decoder.feed(data):
                            yield event
                        if decoder.ended:
                            break
                except StreamCut as exc:
                    cut = exc
                for event in decoder.close(cut=cut is not None):
                    yield event
                if decoder.failure:
                    raise decoder.failure from cut
                await http.drain(body)
        finally:
            await http.close(response)


def _upstream_id(response: httpx.Response) -> str:
    return next((response.headers[name] for name in _REQUEST_IDS if name in response.headers), "")


async def _refusal(response: httpx.Response, body: AsyncIterator[bytes], endpoint: Endpoint) -> ProviderError:
    """The error behind a status that is none of success."""
    read = b""
    try:
        async for data in body:
            read += data
            if len(read) >= MAX_BODY:
                break
    except ProviderError:
        pass
    if response.has_redirect_location:
        words = Words(f"moved to {response.headers['location']}")
        return error_for(endpoint, words, status=response.status_code)
    words = parse_body(read[:MAX_BODY], response.headers.get("content-type", ""))
    return error_for(endpoint, words, status=response.status_code, headers=response.headers)
