"""Finds an Ollama server and lists what is installed there. Used at start-up only; answers come by an adapter."""

import http.client
import json
from urllib.parse import urlsplit

from providers.addresses import AddressPolicy

PORT = 11434
TIMEOUT = 0.3  # seconds: a start must not wait for a machine that is off
MOST_BYTES = 4 * 1024 * 1024
_ANY_INTERFACE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # what a server binds to


def ollama_url(host: str = "") -> str:
    """The base URL that OLLAMA_HOST means: `gpu-2`, `gpu-2:8000`, `:8000`, `0.0.0.0`, `https://…`; blank: the usual.

    Raises ValueError where it cannot be read.
    """
    scheme, separator, rest = host.strip().partition("://")
    if not separator:
        scheme, rest = "", host.strip()
    if scheme not in {"", "http", "https"}:
        raise ValueError(f"OLLAMA_HOST: {host!r} does not begin with http:// or https://.")
    parts = urlsplit(f"//{_bracketed(rest)}")
    port = parts.port or {"": PORT, "http": 80, "https": 443}[scheme]
    name = _ANY_INTERFACE.get(parts.hostname or "", parts.hostname or "")
    name = f"[{name}]" if ":" in name else name
    return f"{scheme or 'http'}://{name}:{port}{parts.path.rstrip('/')}"


def installed_at(url: str, policy: AddressPolicy) -> list[str] | None:
    """Names of the chat models at the Ollama server `url`, or None where none answers in time.

    Raises AddressRefused where the policy does not allow the address that the name leads to.
    """
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT)
    try:
        connection.connect()
        policy.check(parts.hostname or "", connection.sock.getpeername()[0])
        connection.request("GET", f"{parts.path}/api/tags", headers={"Accept": "application/json"})
        response = connection.getresponse()
        return _names(response.read(MOST_BYTES)) if response.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _names(body: bytes) -> list[str] | None:
    """None where the body is not Ollama's: something else may listen at its port."""
    try:
        return [model["name"] for model in json.loads(body)["models"] if not _embeds(model)]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _embeds(model: dict[str, object]) -> bool:
    """Whether the model makes vectors and cannot chat."""
    details = model.get("details")
    family = str(details.get("family", "")) if isinstance(details, dict) else ""
    return "embed" in str(model["name"]) or family.endswith("bert")


def _bracketed(host: str) -> str:
    """An IPv6 address may be written without its brackets where no port follows."""
    return f"[{host}]" if host.count(":") > 1 and not host.startswith("[") else host
