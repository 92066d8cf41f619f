"""`GET /api/tags` of Ollama: what is installed; `POST /api/show` tells each model's window and what it can do.

Source: Ollama's API documents. The window told is the model's own: the server may have been started with less.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from providers.listing import offer
from providers.listing.offer import Offer, Page

_CAPABILITIES = {"tools": "tools", "vision": "vision", "thinking": "reasoning"}


def address(base_url: str, cursor: str) -> str:  # noqa: ARG001  # this list has one page
    return f"{base_url}/api/tags"


def read(body: object) -> Page:
    """Raises NotAListError."""
    found = (_offer(entry) for entry in offer.entries(body, "models"))
    return Page(tuple(one for one in found if one is not None))


def question(base_url: str, one: Offer) -> tuple[str, bytes]:
    """Address and body of the request for more about one model."""
    return f"{base_url}/api/show", json.dumps({"model": one.upstream}).encode()


def answered(one: Offer, body: object) -> Offer | None:
    """The offer with what `/api/show` adds; None for a model that cannot chat."""
    told = body if isinstance(body, dict) else {}
    able = offer.words(told, "capabilities")
    if able and "completion" not in able:
        return None
    windows = (value for key, value in offer.inner(told, "model_info").items() if key.endswith(".context_length"))
    return replace(
        one,
        context_tokens=offer.tokens(*windows),
        capabilities=tuple(ours for word, ours in _CAPABILITIES.items() if word in able),
    )


def _offer(entry: Mapping[str, Any]) -> Offer | None:
    upstream, details = offer.name(entry.get("name")), offer.inner(entry, "details")
    if not offer.chats(upstream) or str(details.get("family", "")).endswith("bert"):
        return None
    return Offer(upstream)
