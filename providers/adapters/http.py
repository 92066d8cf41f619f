"""Connections to providers: the only place that makes an HTTP client, and the only one that knows its exceptions.

Adapters get a client from their caller and use `headers_for`, `post`, `chunks`, `drain` and `close`.
Its exceptions become `providers.errors` here (`http_failures` says which). Knows no protocol above HTTP; what an error
status means stands in `http_status`.
"""

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx
from aiohttp.abc import ResolveResult
from httpx_aiohttp import AiohttpTransport

from providers.adapters.http_failures import FAILURES, before_head, died
from providers.addresses import AddressRefused
from providers.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    InvalidRequest,
    MalformedAnswer,
    ProviderError,
    StreamCut,
)
from providers.types import Endpoint

if TYPE_CHECKING:
    from aiohttp.tracing import Trace

AllowAddress = Callable[[str, str], None]

_FIXED = {"user-agent": "chatsite", "accept-encoding": "identity"}
_MAX_CONNECTIONS = 2000
_IDLE = 15.0  # seconds that an unused connection is kept
_SPARE = 2  # dead connections that one request may meet
_PIECE = 256 * 1024  # bytes of a request sent at once; pictures make megabytes, which would hold up everybody else
_DRAIN = 0.05  # seconds that a finished answer may take to end, so that its connection can serve again
_AUTH = {
    "bearer": ("authorization", "Bearer {}"),
    "api-key": ("api-key", "{}"),
    "x-api-key": ("x-api-key", "{}"),
    "x-goog-api-key": ("x-goog-api-key", "{}"),
}


_kept: ContextVar[bool] = ContextVar("kept", default=False)  # whether the present request got a used connection


async def _note_kept(*_: object) -> None:
    _kept.set(True)


def make_client(
    allow_address: AllowAddress | None = None,
    *,
    connect_timeout: float = 5.0,
    ssl_context: ssl.SSLContext | None = None,
) -> httpx.AsyncClient:
    """A client for all providers of a process; belongs to the loop that first uses it. `connect_timeout` in seconds.

    `allow_address(host, ip)` is asked for every address before a connection to it is opened, after the name was
    resolved, and raises `AddressRefused` (or a `ProviderError`) for a forbidden one. Nothing bounds how long an
    answer takes: that is the caller's.
    """
    trace = aiohttp.TraceConfig()
    trace.on_connection_reuseconn.append(_note_kept)
    transport = AiohttpTransport(verify=ssl_context or True, trust_env=False)
    transport.client = lambda: aiohttp.ClientSession(
        connector=_Connector(allow_address, ssl=transport.ssl_context, limit=_MAX_CONNECTIONS, keepalive_timeout=_IDLE),
        cookie_jar=aiohttp.DummyCookieJar(),
        trace_configs=[trace],
    )
    return httpx.AsyncClient(
        transport=transport,
        timeout=httpx.Timeout(None, connect=connect_timeout, pool=connect_timeout),
        headers=_FIXED,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # one user's cookie must not serve another
        follow_redirects=False,
        trust_env=False,
    )


class _Connector(aiohttp.TCPConnector):
    """Asks the address policy about exactly those addresses that will be connected to, written ones too."""

    def __init__(self, allow: AllowAddress | None, **options: Any) -> None:
        super().__init__(**options)
        self._allow = allow

    async def _resolve_host(self, host: str, port: int, traces: "Sequence[Trace] | None" = None) -> list[ResolveResult]:
        found = await super()._resolve_host(host, port, traces)
        if self._allow is None:
            return found
        allowed: list[ResolveResult] = []
        refusal: AddressRefused | ProviderError | None = None
        for result in found:
            try:
                self._allow(host, str(ip_address(result["host"])))
            except (AddressRefused, ProviderError) as exc:
                refusal = exc
            else:
                allowed.append(result)
        if refusal and not allowed:
            raise refusal if isinstance(refusal, ProviderError) else ConnectionFailed(str(refusal), retryable=False)
        return allowed


def headers_for(endpoint: Endpoint) -> dict[str, str]:
    """The endpoint's own headers and its key. Raises AuthenticationFailed or InvalidRequest for what cannot be sent."""
    headers = {name.lower(): value for name, value in endpoint.headers}
    if endpoint.api_key and endpoint.auth in _AUTH:
        name, form = _AUTH[endpoint.auth]
        key = endpoint.api_key.strip()
        if not _sendable(key):
            raise AuthenticationFailed(
                f"The API key of {endpoint.name} holds characters that no key has. Enter it again."
            )
        headers[name] = form.format(key)
    for name, value in headers.items():
        if not (_sendable(value) and _sendable(name) and " " not in name):
            raise InvalidRequest(f"The header {name!r} of {endpoint.name} holds characters that cannot be sent.")
    return headers


def _sendable(text: str) -> bool:
    return text.isascii() and text.isprintable()


async def post(
    client: httpx.AsyncClient, url: str, headers: dict[str, str], content: bytes, name: str
) -> httpx.Response:
    """The response with its body unread. Raises ProviderError; `name` is the provider's, for people.

    A kept connection may turn out to be dead the moment it is used again. That is no failure of the provider, and no
    answer had begun, so the request goes out once more.
    """
    spare = _SPARE
    while True:
        _kept.set(False)
        try:
            told = {**_FIXED, **headers, "content-length": str(len(content))}
            body = content if len(content) <= _PIECE else _pieces(content)
            return await _ask(client, httpx.Request("POST", _parsed(url), headers=told, content=body))
        except FAILURES as exc:
            if not (spare and _kept.get() and died(exc)):
                raise before_head(exc, name, url) from exc
            spare -= 1
        except RuntimeError as exc:
            if not client.is_closed:
                raise
            raise ConnectionFailed("This server is shutting down.") from exc


async def _pieces(content: bytes) -> AsyncGenerator[bytes, None]:
    for start in range(0, len(content), _PIECE):
        yield content[start : start + _PIECE]


@lru_cache(maxsize=1024)
def _parsed(url: str) -> httpx.URL:
    """Addresses are few, and reading one costs as much as half of the request."""
    return httpx.URL(url)


async def _ask(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """Straight to the transport: what httpx does in between (cookies, redirects, authentication) is not wanted here,
    and costs as much again as the request itself."""
    if client.is_closed:
        raise RuntimeError("The client is closed.")
    request.extensions["timeout"] = client.timeout.as_dict()
    response = await client._transport.handle_async_request(request)
    response.request = request
    return response


async def chunks(response: httpx.Response, name: str) -> AsyncGenerator[bytes, None]:
    """The body as it comes. Raises StreamCut when it breaks off, MalformedAnswer when it cannot be unpacked."""
    try:
        async for data in response.aiter_bytes():
            yield data
    except httpx.DecodingError as exc:
        raise MalformedAnswer(f"The compressed answer of {name} is damaged.") from exc
    except FAILURES as exc:
        raise StreamCut(f"The connection to {name} broke in the middle of the answer.") from exc


async def drain(body: AsyncIterator[bytes]) -> None:
    """Read a finished answer to its end, if that comes at once; else the connection is closed with the response."""
    with suppress(TimeoutError, ProviderError):
        async with asyncio.timeout(_DRAIN):
            async for _ in body:
                pass


async def close(response: httpx.Response) -> None:
    """Closes the connection now unless the body was read to its end; then it is kept for the next request."""
    with suppress(*FAILURES):
        await response.aclose()
