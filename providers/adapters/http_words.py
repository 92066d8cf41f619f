"""A provider's own words about an error, out of whatever it sent. Decides nothing: `http_status` does.

Vendors wrap the same few facts in JSON of many shapes, in one `data:` line, in a web page or in plain text.
"""

import json
import re
from dataclasses import dataclass

from providers.adapters.rpc_details import details_of
from providers.text import storable
from providers.types import Endpoint

MAX_BODY = 64 * 1024  # bytes of an error's body that are worth reading
_MAX_WORDS = 300  # characters of it that a person gets to see
_WRAPPERS = 4  # how deep `error` may stand inside `error`
_SECRET_HEADER = re.compile(r"auth|key|token|secret|cookie", re.IGNORECASE)
_KEY_LIKE = re.compile(r"\b(?:sk|pk|rk|pplx|gsk|xai|hf|nvapi|AIza)[-_A-Za-z0-9][-_*A-Za-z0-9]{7,}")


@dataclass(frozen=True, slots=True)
class Words:
    """`code` and `type` are the provider's own; `status` where its body tells one; `moderated`: by a content filter.

    `retry_after` in seconds, where the body tells it; `used_up`: a quota is, so that waiting that long is no help.
    """

    message: str = ""
    code: str = ""
    type: str = ""
    status: int | None = None
    moderated: bool = False
    retry_after: float | None = None
    used_up: bool = False


def words_of(body: object) -> Words:
    """From any JSON that stands for an error: OpenAI's shape, a bare text, `detail`, a list of one, OpenRouter's."""
    code = kind = ""
    status = None
    for _ in range(_WRAPPERS):
        if isinstance(body, list) and body:
            body = body[0]
        if not isinstance(body, dict):
            break
        code, kind = _text(body.get("code")) or code, _text(body.get("type")) or kind
        status = _status(body.get("status_code")) or _status(body.get("code")) or status
        if not body.get("error"):
            break
        body = body["error"]
    if not isinstance(body, dict):
        return Words(body if isinstance(body, str) else "", code, kind, status)
    metadata = body.get("metadata")
    more = metadata if isinstance(metadata, dict) else {}
    message = _text(body.get("message")) or _detail(body.get("detail")) or _text(body.get("msg"))
    parts = (message, _text(more.get("provider_name")), _text(more.get("raw")))
    moderated = bool(more.get("reasons") or more.get("flagged_input"))
    details, told = details_of(body), _text(body.get("status"))
    rpc = told if told.isupper() else ""  # Google's word, beside a code that only repeats the status
    code, kind = details.reason or rpc or code, kind or rpc
    message = " – ".join(part for part in parts if part)
    return Words(message, code, kind, status, moderated, details.retry_after, details.daily)


def parse_body(body: bytes, content_type: str) -> Words:
    """From the body of an error response."""
    text = body.decode("utf-8", "replace").strip()
    if "html" in content_type or text.startswith("<"):
        title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
        return Words(title[1] if title else "")
    line = re.search(r"^data: ?(\{.*)$", text, re.MULTILINE)
    for candidate in (text, line[1] if line else ""):
        try:
            return words_of(json.loads(candidate))
        except (ValueError, RecursionError):
            continue
    return Words(text)


def clean(text: str, endpoint: Endpoint) -> str:
    """Short, on one line, and without the key, should the provider have repeated it."""
    secrets = [endpoint.api_key.strip(), *(value for name, value in endpoint.headers if _SECRET_HEADER.search(name))]
    for secret in secrets:
        if secret:
            text = text.replace(secret, "…")
    text = " ".join(_KEY_LIKE.sub("…", storable(text)).split())
    return text if len(text) <= _MAX_WORDS else text[: _MAX_WORDS - 1].rstrip() + "…"


def _detail(value: object) -> str:
    """FastAPI's shape: a text, or a list of {loc, msg}."""
    if not isinstance(value, list):
        return _text(value)
    items = [item for item in value if isinstance(item, dict)]
    return "; ".join(f"{_place(item.get('loc'))}{_text(item.get('msg'))}" for item in items)


def _place(value: object) -> str:
    return ".".join(str(part) for part in value) + ": " if isinstance(value, list) else ""


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _status(value: object) -> int | None:
    text = _text(value)
    return int(text) if len(text) == 3 and text.isdecimal() and 400 <= int(text) < 600 else None
