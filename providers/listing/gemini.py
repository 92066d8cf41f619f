"""`GET /models` of the Gemini API, page by page. Source: a recorded list and the reference of `models.list`."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from providers.listing import offer
from providers.listing.offer import Offer, Page


def address(base_url: str, cursor: str) -> str:
    return f"{base_url}/models?pageSize=1000" + (f"&pageToken={quote(cursor, safe='')}" if cursor else "")


def read(body: object) -> Page:
    """Raises NotAListError."""
    listed = offer.entries({"models": []} if body == {} else body, "models")  # a page without models is an empty object
    found = (_offer(entry) for entry in listed if "generateContent" in offer.words(entry, "supportedGenerationMethods"))
    token = body.get("nextPageToken") if isinstance(body, dict) else ""
    return Page(tuple(one for one in found if offer.chats(one.upstream)), token if isinstance(token, str) else "")


def _offer(entry: Mapping[str, Any]) -> Offer:
    return Offer(
        offer.name(entry.get("name")).removeprefix("models/"),
        label=offer.label(entry.get("displayName")),
        context_tokens=offer.tokens(entry.get("inputTokenLimit")),
        output_tokens=offer.tokens(entry.get("outputTokenLimit")),
        capabilities=("reasoning",) if entry.get("thinking") is True else (),
    )
