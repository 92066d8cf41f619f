"""One exchange with a provider: the request goes out, a decoder turns what comes back into events. For every protocol.

Knows HTTP and the order of events; a protocol's own module knows its path, its body and its decoder.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress

import httpx

from providers.adapters import http
from providers.adapters.decoding import Decoder
from providers.adapters.http_status import error_for
from providers.adapters.http_words import MAX_BODY, Words, parse_body
from providers.errors import ProviderError, StreamCut
from providers.events import Event, Opened
from providers.types import Endpoint

MakeDecoder = Callable[[Endpoint, str], Decoder]  # the endpoint, the response's Content-Type

BOOKKEEPING = 3.0  # seconds that a finished answer's count of tokens is waited for
_REQUEST_IDS = ("x-request-id", "request-id", "x-generation-id", "apim-request-id", "cf-ray")


async def exchange(
    url: str,
    body: bytes,
    endpoint: Endpoint,
    client: httpx.AsyncClient,
    make_decoder: MakeDecoder,
    *,
    accept: str = "application/json",
) -> AsyncGenerator[Event, None]:
    """POST `body` (JSON) to `url` and yield events as `providers.events` lays down. Raises `ProviderError`."""
    headers = http.headers_for(endpoint)
    headers["content-type"] = "application/json"
    headers["accept"] = accept
    response = await http.post(client, url, headers, body, endpoint.name)
    try:
        async with aclosing(http.chunks(response, endpoint.name)) as chunks:
            if not response.is_success:
                raise await _refusal(response, chunks, endpoint)
            yield Opened(response.status_code, _upstream_id(response))
            decoder = make_decoder(endpoint, response.headers.get("content-type", ""))
            cut = None
            try:
                while not decoder.ended and (data := await _read(chunks, settled=decoder.settled)) is not None:
                    for event in decoder.feed(data):
                        yield event
            except StreamCut as exc:
                cut = exc
            for event in decoder.close(cut=cut is not None):
                yield event
            if decoder.failure:
                raise decoder.failure from cut
            await http.drain(chunks)
    finally:
        await http.close(response)


async def _read(chunks: AsyncIterator[bytes], *, settled: bool) -> bytes | None:
    """What comes next, None at the end. A server that has said all and does not hang up is not waited for."""
    if not settled:
        return await anext(chunks, None)
    with suppress(TimeoutError):
        async with asyncio.timeout(BOOKKEEPING):
            return await anext(chunks, None)
    return None


def _upstream_id(response: httpx.Response) -> str:
    return next((response.headers[name] for name in _REQUEST_IDS if name in response.headers), "")


async def _refusal(response: httpx.Response, chunks: AsyncIterator[bytes], endpoint: Endpoint) -> ProviderError:
    """The error behind a status that is none of success."""
    read = b""
    try:
        async for data in chunks:
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
