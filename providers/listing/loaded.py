"""Which models a local server has in memory: `GET /api/ps` of Ollama. Raises ProviderError, free of secrets.

The client comes from the caller and enforces the address policy. Source: Ollama's API documents.
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from providers.adapters import http
from providers.adapters.http_failures import FAILURES, before_head
from providers.errors import MalformedAnswer, TimedOut
from providers.listing import offer
from providers.types import Endpoint

TIMEOUT = 1.0  # seconds: who asks wants to know how it is now, and waits
_MOST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model in memory. `size_bytes` is all it takes there; it leaves at `expires_at` unless it is asked again."""

    name: str
    size_bytes: int | None = None
    expires_at: datetime | None = None


def _read_ollama(body: object) -> tuple[Loaded, ...]:
    """Raises NotAListError."""
    found = (entry for entry in offer.entries(body, "models") if offer.name(entry.get("name")))
    return tuple(
        Loaded(offer.name(entry["name"]), _bytes(entry.get("size")), _moment(entry.get("expires_at")))
        for entry in found
    )


# By protocol: below the server's address, and what reads the answer.
TELLS: dict[str, tuple[str, Callable[[object], tuple[Loaded, ...]]]] = {"ollama": ("/api/ps", _read_ollama)}


async def loaded(protocol: str, endpoint: Endpoint, client: httpx.AsyncClient) -> tuple[Loaded, ...]:
    """What is in memory at `endpoint`, which speaks one of the protocols in `TELLS`."""
    path, read = TELLS[protocol]
    try:
        async with asyncio.timeout(TIMEOUT):
            return read(await _ask(endpoint, endpoint.base_url + path, client))
    except TimeoutError:
        raise TimedOut(f"{endpoint.name} did not answer within {TIMEOUT:g} s.") from None
    except offer.NotAListError:
        raise MalformedAnswer(f"{endpoint.name} did not answer with its models.") from None


async def _ask(endpoint: Endpoint, url: str, client: httpx.AsyncClient) -> object:
    headers = http.headers_for(endpoint) | {"accept": "application/json"}
    try:
        response = await client.send(client.build_request("GET", url, headers=headers), stream=True)
    except FAILURES as exc:
        raise before_head(exc, endpoint.name, url) from exc
    body = bytearray()
    try:
        async with aclosing(http.chunks(response, endpoint.name)) as chunks:
            async for data in chunks:
                body += data
                if len(body) > _MOST_BYTES:
                    raise offer.NotAListError
    finally:
        await http.close(response)
    try:
        parsed: object = json.loads(body) if response.is_success else None
    except (ValueError, RecursionError):
        parsed = None
    if parsed is None:
        raise offer.NotAListError
    return parsed


def _bytes(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
