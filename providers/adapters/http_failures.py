"""What the exceptions of the HTTP client mean: both families, httpx's own and those of aiohttp, its transport.

Knows neither protocols nor statuses. Sentences name host and port, never a header or a path.
"""

import os
import ssl

import aiohttp
import httpx

from providers.errors import ConnectionFailed, MalformedAnswer, ProviderError, TimedOut

FAILURES = (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, ValueError)

# The first row that fits an exception says what it means, specific kinds first: (kinds, error, retryable, sentence).
_BEFORE_HEAD: tuple[tuple[tuple[type[Exception], ...], type[ProviderError], bool, str], ...] = (
    (
        (httpx.InvalidURL, httpx.UnsupportedProtocol, aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError),
        ConnectionFailed,
        False,
        "{where} is no address that can be reached by HTTP. Check the base URL.",
    ),
    (
        (aiohttp.ClientConnectorCertificateError, ssl.SSLCertVerificationError),
        ConnectionFailed,
        False,
        "The certificate of {where} is not trusted: {why}.",
    ),
    (
        (aiohttp.ClientSSLError, ssl.SSLError),
        ConnectionFailed,
        True,
        "No secure connection to {where}: {why}. If it speaks plain HTTP, its base URL begins with http://.",
    ),
    (
        (aiohttp.ClientConnectorDNSError,),
        ConnectionFailed,
        True,
        "The host of {where} was not found: {why}.",
    ),
    (
        (aiohttp.ServerTimeoutError, TimeoutError, httpx.TimeoutException),
        TimedOut,
        True,
        "{where} did not accept the connection in time.",
    ),
    (
        (aiohttp.ClientConnectorError, httpx.ConnectError),
        ConnectionFailed,
        True,
        "No connection to {where}: {why}.",
    ),
    (
        (aiohttp.ClientResponseError,),
        MalformedAnswer,
        False,
        "{where} did not answer in HTTP. Check the base URL.",
    ),
    (
        (aiohttp.ClientError, httpx.HTTPError, OSError),
        ConnectionFailed,
        True,
        "The connection to {where} broke before an answer came: {why}.",
    ),
)


def before_head(exc: Exception, name: str, url: str) -> ProviderError:
    """For what happened before a response's head. The transport files nearly all trouble under ConnectTimeout, so
    the exception it came from is looked at, where there is one."""
    found = _origin(exc)
    host = url.partition("://")[2].partition("/")[0].rpartition("@")[2]
    where = f"{name} ({host})" if host else name
    for kinds, error, retryable, sentence in _BEFORE_HEAD:
        if isinstance(found, kinds):
            return error(sentence.format(where=where, why=_why(found)), retryable=retryable)
    return ConnectionFailed(f"The request to {where} could not be sent. Check its base URL.", retryable=False)


def died(exc: Exception) -> bool:
    """Whether the connection was closed or reset, as opposed to slow, refused or misunderstood."""
    return isinstance(_origin(exc), aiohttp.ServerDisconnectedError | aiohttp.ClientOSError | ConnectionError)


def _origin(exc: Exception) -> BaseException:
    cause = exc.__cause__ if isinstance(exc, httpx.HTTPError) else None
    return cause if isinstance(cause, aiohttp.ClientError | OSError) else exc


def _why(exc: BaseException) -> str:
    cause = getattr(exc, "os_error", None) or getattr(exc, "certificate_error", None) or exc
    number = getattr(cause, "errno", None)
    if isinstance(cause, ssl.SSLError):
        return str(getattr(cause, "verify_message", "") or cause.reason or "the handshake failed").lower()
    if number and number > 0:
        return os.strerror(number).lower()
    text = getattr(cause, "strerror", None)
    return str(text).lower() if text else "the server closed it"
