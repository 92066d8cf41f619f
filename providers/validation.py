"""Rules for what staff may enter, shared by the admin, the model fields and the registry file.

Every rule takes a plain value and raises Django's ValidationError with a sentence that says what would do. A secret
never appears in a sentence.
"""

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from providers.addresses import AddressPolicy, AddressRefused, plain_host
from providers.intents import INTENTS
from providers.patterns import TooSlow, check_quick
from providers.presets import PRESETS, PROTOCOL_NOT_AT
from providers.profiles import CAPABILITIES
from providers.registry import ADAPTERS

AUTO = "auto"
LONGEST_KEY = 4096
_PROVIDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]*")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")
_KEY = re.compile(r"[\x21-\x7e]+")
_KEEP_ALIVE = re.compile(r"-1|[0-9]+|([0-9]+(\.[0-9]+)?(ms|s|m|h))+")
# The engine writes these itself; a second one would break the request or smuggle another.
_OWN_HEADERS = frozenset(
    {"host", "content-length", "content-type", "transfer-encoding", "connection", "accept", "accept-encoding", "te"}
    | {"cookie", "expect", "trailer", "upgrade", "authorization", "api-key", "x-api-key", "x-goog-api-key"}
)
# What people copy from a vendor's examples together with the base URL.
_CALLS = (
    *("/chat/completions", "/completions", "/responses", "/messages", "/models", "/embeddings", "/v1/agent"),
    *("/api/chat", "/api/generate", "/api/tags", "/api/show"),
)
_GEMINI_CALL = re.compile(r"/models/[^/]+:\w+$")


def suggestion(word: str, known: Sequence[str]) -> str:
    """` Did you mean "x"?` where something known is near, else nothing."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f' Did you mean "{near[0]}"?' if near else ""


def check_provider_name(name: str) -> None:
    if not _PROVIDER_NAME.fullmatch(name):
        raise ValidationError("Use letters, digits, dots, dashes and underscores, beginning with a letter or digit.")


def check_model_name(name: str) -> None:
    if not _MODEL_NAME.fullmatch(name):
        raise ValidationError("Use letters, digits and . _ - : / @ +, beginning with a letter or digit.")
    if name.lower() == AUTO:
        raise ValidationError('"auto" is the router\'s own name; choose another.')


def check_one_line(text: str) -> None:
    if not text.strip() or not text.isprintable():
        raise ValidationError("Use one line of visible characters.")


def check_preset(preset: str) -> None:
    if preset not in PRESETS:
        raise ValidationError(
            f'No preset is called "{preset}".{suggestion(preset, list(PRESETS))} Known: {_list(PRESETS)}.'
        )


def check_adapter(adapter: str) -> None:
    """Blank leaves it to the preset."""
    if adapter and adapter not in ADAPTERS:
        raise ValidationError(
            f'No adapter is called "{adapter}".{suggestion(adapter, list(ADAPTERS))} Known: {_list(ADAPTERS)}.'
        )


def check_base_url(url: str) -> None:
    """Scheme, host, path and address of a base URL; blank leaves it to the preset."""
    if not url:
        return
    parts = split_url(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValidationError("The base URL begins with http:// or https:// and names a host.")
    if parts.username is not None or parts.password is not None:
        raise ValidationError("The base URL must not contain a user name or password; the key has a field of its own.")
    if "?" in url or "#" in url:
        raise ValidationError("The base URL must not contain a query or a fragment.")
    path = parts.path.rstrip("/")
    if "//" in path or "/../" in f"{path}/":
        raise ValidationError("The path of the base URL must be plain, without // or .. in it.")
    found = _GEMINI_CALL.search(path)
    if call := found[0] if found else next((call for call in _CALLS if path.endswith(call)), None):
        raise ValidationError(f"Give the base URL without {call}; the adapter adds that itself.")
    try:
        address_policy().check_host(parts.hostname)
    except AddressRefused as refused:
        raise ValidationError(str(refused)) from None


def check_address_given(preset: str, adapter: str, base_url: str) -> None:
    """A preset without an address of its own needs the row's, which leads to the adapter's protocol."""
    spoken = adapter or PRESETS[preset].adapter
    other = PROTOCOL_NOT_AT.get(spoken)
    if other and base_url.rstrip("/").endswith(other):
        raise ValidationError(f'Give the base URL without {other}, or choose the adapter "openai_chat".')
    if not base_url and not PRESETS[preset].wire(adapter).base_url:
        raise ValidationError(f'The preset "{preset}" has no address of its own for this adapter: give a base URL.')


def check_api_key(key: str) -> None:
    if key and (len(key) > LONGEST_KEY or not _KEY.fullmatch(key)):
        raise ValidationError(
            f"The key must be one line of at most {LONGEST_KEY} plain characters, without spaces, line breaks or "
            "control characters. Was more copied than the key?"
        )


def check_headers(headers: object) -> None:
    if not isinstance(headers, Mapping):
        raise ValidationError('Headers are an object of names and texts, such as {"X-Title": "Our chat"}.')
    for name, value in headers.items():
        if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
            raise ValidationError(f"{name!r} is not a header's name.")
        if name.lower() in _OWN_HEADERS:
            raise ValidationError(f"The header {name} is set by the adapter and cannot be changed here.")
        if not isinstance(value, str) or not _HEADER_VALUE.fullmatch(value):
            raise ValidationError(f"The header {name} needs a text of plain characters on one line.")


def check_capabilities(words: object) -> None:
    for word in _texts(words, "capabilities"):
        if word not in CAPABILITIES:
            raise ValidationError(
                f'No capability is called "{word}".{suggestion(word, CAPABILITIES)} Known: {_list(CAPABILITIES)}.'
            )


def check_price(price: Decimal) -> None:
    if not price.is_finite() or price < 0:
        raise ValidationError("A price is zero or more, in USD per million tokens.")
    if price >= 1_000_000 or price != round(price, 6):
        raise ValidationError("A price is below 1000000 USD per million tokens and has at most 6 decimals.")


def check_seconds(seconds: float) -> None:
    if not math.isfinite(seconds) or not 0 < seconds <= 86_400:
        raise ValidationError("A time is more than 0 and at most 86400 seconds.")


def check_count(number: int) -> None:
    if not 1 <= number <= 100_000:
        raise ValidationError("Use a whole number from 1 to 100000.")


def check_keep_alive(text: str) -> None:
    """As Ollama reads it; blank leaves it to the server."""
    if text and not _KEEP_ALIVE.fullmatch(text):
        raise ValidationError('Write a time such as "10s", "5m" or "1h30m", a number of seconds, or "-1" for ever.')


def check_names(words: object) -> None:
    _texts(words, "names")


def check_priority(number: int) -> None:
    if not -1_000_000 <= number <= 1_000_000:
        raise ValidationError("Use a whole number from -1000000 to 1000000.")


def check_keywords(words: object) -> None:
    for word in _texts(words, "keywords"):
        check_one_line(word)


def check_pattern(pattern: str) -> None:
    try:
        check_quick(pattern)
    except TooSlow as error:
        raise ValidationError(str(error)) from None
    except (re.error, OverflowError, RecursionError) as error:
        raise ValidationError(f"The pattern is not a regular expression: {error}.") from None


def check_intent(intent: str) -> None:
    if intent and intent not in INTENTS:
        raise ValidationError(
            f'No intent is called "{intent}".{suggestion(intent, list(INTENTS))} Known: {_list(INTENTS)}.'
        )


def check_route(keywords: Sequence[str], pattern: str, always: bool, intent: str = "") -> None:
    values = {"keywords": keywords, "pattern": pattern, "always": always, "intent": intent}
    given = [name for name, value in values.items() if value]
    if len(given) != 1:
        what = "none of them" if not given else " and ".join(given)
        raise ValidationError(f"A route has exactly one of keywords, pattern, always or intent; this one has {what}.")


def check_no_circle(fallbacks: Mapping[str, Sequence[str]], start: str) -> None:
    """`fallbacks` maps every model's name to those tried after it. Raises where `start` would come back to itself."""
    paths: list[tuple[str, ...]] = [(start, name) for name in fallbacks.get(start, ())]
    seen: set[str] = set()
    while paths:
        path = paths.pop()
        if path[-1] == start:
            raise ValidationError(f"The fallbacks go in a circle: {' → '.join(path)}.")
        if path[-1] not in seen:
            seen.add(path[-1])
            paths.extend((*path, name) for name in fallbacks.get(path[-1], ()))


def origin(url: str) -> str:
    """Scheme, host and port: who receives a key that is sent to this URL. Raises ValidationError."""
    parts = split_url(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    return f"{parts.scheme}://{plain_host(parts.hostname or '')}:{port}"


def address_policy() -> AddressPolicy:
    """The operator's policy, from PRIVATE_PROVIDER_HOSTS."""
    return AddressPolicy.parse(settings.PRIVATE_PROVIDER_HOSTS)


def split_url(url: str) -> SplitResult:
    """The parts of a URL. Raises ValidationError where it cannot be read."""
    if any(character.isspace() or not character.isprintable() for character in url) or "\\" in url:
        raise ValidationError("The base URL must not contain spaces, backslashes or control characters.")
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no port
    except ValueError as error:
        raise ValidationError(f"The base URL cannot be read: {error}.") from None
    return parts


def _texts(values: object, what: str) -> list[str]:
    if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
        raise ValidationError(f"{what.capitalize()} are a list of texts.")
    if len(set(values)) != len(values):
        raise ValidationError(f"The {what} name something twice.")
    return list(values)


def _list(names: Mapping[str, object] | Sequence[str]) -> str:
    return ", ".join(names)
