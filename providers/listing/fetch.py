"""Asks a provider for its list of models, in whichever protocol it has one. Raises ProviderError, free of secrets.

The client comes from the caller and enforces the address policy. Redirects are not followed.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from decimal import Decimal

import httpx

from providers.adapters import http
from providers.adapters.http_failures import FAILURES, before_head
from providers.adapters.http_status import error_for
from providers.adapters.http_words import MAX_BODY, Words, parse_body, words_of
from providers.errors import MalformedAnswer, ProviderError, TimedOut
from providers.listing import anthropic, gemini, ollama, openai
from providers.listing.offer import NotAListError, Offer, Page
from providers.types import Endpoint

TIMEOUT = 30.0  # seconds for the whole list
MOST_BYTES = 32 * 1024 * 1024  # OpenRouter's list has a few megabytes
_MOST_PAGES = 50
_ASKED_ABOUT = 100  # models of a local server that are asked about one by one …
_AT_A_TIME = 4  # … so many together


@dataclass(frozen=True, slots=True)
class Listing:
    """One protocol: `address` of the page at a cursor, `read` for its body; where a list says little, what to ask about
    each model and what the answer makes of the offer."""

    address: Callable[[str, str], str]
    read: Callable[[object], Page]
    question: Callable[[str, Offer], tuple[str, bytes]] | None = None
    answered: Callable[[Offer, object], Offer | None] | None = None


_OPENAI = Listing(openai.address, openai.read)
LISTINGS: dict[str, Listing] = {
    "openai_chat": _OPENAI,
    "openai_responses": _OPENAI,
    "anthropic": Listing(anthropic.address, anthropic.read),
    "gemini": Listing(gemini.address, gemini.read),
    "ollama": Listing(ollama.address, ollama.read, ollama.question, ollama.answered),
}


async def offers(protocol: str, endpoint: Endpoint, client: httpx.AsyncClient) -> tuple[Offer, ...]:
    """Everything at `endpoint` that can chat, each name once, in the provider's order."""
    listing = LISTINGS[protocol]
    try:
        async with asyncio.timeout(TIMEOUT):
            found = {one.upstream: one async for page in _pages(listing, endpoint, client) for one in page.offers}
            return await _asked_about(listing, tuple(found.values()), endpoint, client)
    except TimeoutError:
        raise TimedOut(f"{endpoint.name} did not send its list of models within {TIMEOUT:g} s.") from None


async def _pages(listing: Listing, endpoint: Endpoint, client: httpx.AsyncClient) -> AsyncIterator[Page]:
    cursor = ""
    for _ in range(_MOST_PAGES):
        body = await _ask(client, endpoint, "GET", listing.address(endpoint.base_url, cursor))
        try:
            page = listing.read(body)
        except NotAListError:
            raise _no_list(endpoint, body) from None
        yield page
        if not page.next:
            return
        cursor = page.next
    raise MalformedAnswer(f"The list of models of {endpoint.name} does not end.")


async def _asked_about(
    listing: Listing, found: tuple[Offer, ...], endpoint: Endpoint, client: httpx.AsyncClient
) -> tuple[Offer, ...]:
    """The offers with what the provider adds about each; as listed where it says nothing."""
    question, answered = listing.question, listing.answered
    if question is None or answered is None:
        return found
    places = asyncio.Semaphore(_AT_A_TIME)

    async def more(one: Offer) -> Offer | None:
        url, content = question(endpoint.base_url, one)
        async with places:
            with suppress(ProviderError):
                return answered(one, await _ask(client, endpoint, "POST", url, content))
        return one

    told = await asyncio.gather(*(more(one) for one in found[:_ASKED_ABOUT]))
    return (*(one for one in told if one is not None), *found[_ASKED_ABOUT:])


async def _ask(client: httpx.AsyncClient, endpoint: Endpoint, method: str, url: str, content: bytes = b"") -> object:
    """The JSON of the answer, decimals exact."""
    headers = http.headers_for(endpoint) | {"accept": "application/json"}
    if content:
        headers["content-type"] = "application/json"
    try:
        request = client.build_request(method, url, headers=headers, content=content)
        response = await client.send(request, stream=True)
    except FAILURES as exc:
        raise before_head(exc, endpoint.name, url) from exc
    try:
        body = await _read(response, endpoint)
    finally:
        await http.close(response)
    if not response.is_success:
        raise _refusal(response, body, endpoint)
    try:
        parsed: object = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise _no_list(endpoint, None) from None
    return parsed


async def _read(response: httpx.Response, endpoint: Endpoint) -> bytes:
    most = MOST_BYTES if response.is_success else MAX_BODY
    body = bytearray()
    async with aclosing(http.chunks(response, endpoint.name)) as chunks:
        async for data in chunks:
            body += data
            if len(body) > most:
                break
    if len(body) > most and response.is_success:
        raise MalformedAnswer(f"The list of models of {endpoint.name} is larger than {most // 1024**2} MB.")
    return bytes(body[:most])


def _refusal(response: httpx.Response, body: bytes, endpoint: Endpoint) -> ProviderError:
    if response.status_code in {404, 405, 501}:
        return MalformedAnswer(
            f"{endpoint.name} has no list of models at this address. Its models can be entered by hand.",
            status=response.status_code,
        )
    words = parse_body(body, response.headers.get("content-type", ""))
    if response.has_redirect_location:
        words = Words(f"moved to {response.headers['location']}")
    return error_for(endpoint, words, status=response.status_code, headers=response.headers)


def _no_list(endpoint: Endpoint, body: object) -> ProviderError:
    """Some report an error with the status of success."""
    if isinstance(body, dict) and body.get("error"):
        return error_for(endpoint, words_of(body))
    return MalformedAnswer(f"{endpoint.name} answered with something that is no list of models. Check its base URL.")
