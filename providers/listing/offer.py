"""What a list tells of one model, and how its fields are read. Whatever is odd in a field counts as not told.

Prices are USD per million tokens; limits are tokens; `ends` is the first day on which the model is gone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from providers.text import storable

LONGEST_NAME = 200
LONGEST_LABEL = 150
_MOST_TOKENS = 1_000_000_000
_MILLION = 1_000_000
# Names of models that make vectors, pictures, sound or verdicts, where a list has no word for it.
_NO_CHAT = re.compile(
    r"embed|whisper|transcribe|moderation|rerank|dall-e|imagen|veo-|lyria|sora|realtime|computer-use|nano-banana"
    r"|(^|[-/])(tts|image|audio|ocr|live|guard)($|[-:])|^(babbage|davinci|aqa)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A model that can chat, under the name to call it by. None and "": not told."""

    upstream: str
    label: str = ""
    context_tokens: int | None = None
    output_tokens: int | None = None
    price_input: Decimal | None = None
    price_output: Decimal | None = None
    price_cached_input: Decimal | None = None
    ends: date | None = None
    capabilities: tuple[str, ...] = ()  # of providers.profiles.CAPABILITIES


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. `next` is the cursor of the page after it, "" on the last one."""

    offers: tuple[Offer, ...]
    next: str = ""


class NotAListError(ValueError):
    """The body is no list of models."""


def entries(body: object, *keys: str) -> list[dict[str, Any]]:
    """The objects listed under the first of `keys` that is there, or in a bare list. Raises NotAListError."""
    found = next((body[key] for key in keys if key in body), None) if isinstance(body, dict) else body
    if not isinstance(found, list):
        raise NotAListError
    return [entry for entry in found if isinstance(entry, dict)]


def name(value: object) -> str:
    """A name that can be called and stored, else ""."""
    text = value.strip() if isinstance(value, str) else ""
    return text if text.isprintable() and len(text) <= LONGEST_NAME else ""


def chats(upstream: str) -> bool:
    """Whether nothing in the name says that the model cannot chat."""
    return bool(upstream) and not _NO_CHAT.search(upstream)


def label(value: object) -> str:
    """A text of one line for people."""
    return " ".join(storable(value).split())[:LONGEST_LABEL] if isinstance(value, str) else ""


def tokens(*values: object) -> int | None:
    """The first that is a plausible number of tokens."""
    whole = (value for value in values if isinstance(value, int) and not isinstance(value, bool))
    return next((value for value in whole if 0 < value <= _MOST_TOKENS), None)


def price(value: object, *, per_token: bool = False) -> Decimal | None:
    """USD per million tokens, from a number or its text. Below zero (OpenRouter: "varies") is unknown."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        amount = Decimal(value) * (_MILLION if per_token else 1)
        return round(amount, 6) if amount.is_finite() and 0 <= amount < _MILLION else None
    except ArithmeticError:
        return None


def day(value: object) -> date | None:
    """From a date, a time with its date, or seconds since 1970."""
    try:
        if isinstance(value, str):
            return datetime.fromisoformat(value).date()
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return datetime.fromtimestamp(value, UTC).date()
    except (ValueError, OverflowError, OSError):
        return None
    return None


def inner(entry: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The object inside, empty where there is none."""
    value = entry.get(key)
    return value if isinstance(value, dict) else {}


def words(entry: Mapping[str, Any], key: str) -> frozenset[str]:
    """The texts listed inside."""
    value = entry.get(key)
    return frozenset(word for word in value if isinstance(word, str)) if isinstance(value, list) else frozenset()
