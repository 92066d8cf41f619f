"""`GET /models` of Anthropic's Messages API, page by page. Source: its reference of the Models API."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from providers.listing import offer
from providers.listing.offer import Offer, Page

_CAPABILITIES = {"image_input": "vision", "thinking": "reasoning"}


def address(base_url: str, cursor: str) -> str:
    return f"{base_url}/models?limit=1000" + (f"&after_id={quote(cursor, safe='')}" if cursor else "")


def read(body: object) -> Page:
    """Raises NotAListError."""
    offers = tuple(_offer(entry) for entry in offer.entries(body, "data") if offer.name(entry.get("id")))
    more = body if isinstance(body, dict) and body.get("has_more") is True else {}
    return Page(offers, offer.name(more.get("last_id")))


def _offer(entry: Mapping[str, Any]) -> Offer:
    told = offer.inner(entry, "capabilities")
    able = [ours for word, ours in _CAPABILITIES.items() if offer.inner(told, word).get("supported") is True]
    return Offer(
        offer.name(entry.get("id")),
        label=offer.label(entry.get("display_name")),
        context_tokens=offer.tokens(entry.get("max_input_tokens")),
        output_tokens=offer.tokens(entry.get("max_tokens")),
        capabilities=("tools", *able),  # every model of this API calls tools
    )
