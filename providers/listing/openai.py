"""`GET /models` as OpenAI has it, and what others add to it: OpenRouter, Perplexity, Groq, Mistral, Together, vLLM.

Sources: OpenAI's reference (`shutdown_date`, a date or null); recorded lists of OpenRouter, Perplexity and Cerebras;
Mistral's and Groq's references for their limits. Together answers with a bare list.
"""

from collections.abc import Mapping
from typing import Any

from providers.listing import offer
from providers.listing.offer import Offer, Page

_CONTEXT = ("context_length", "context_window", "max_context_length", "max_model_len", "max_input_tokens")
_OUTPUT = ("max_completion_tokens", "max_output_tokens")
_ENDS = ("shutdown_date", "expiration_date", "deprecation")
# A word of the list -> our capability. OpenRouter's parameters and modalities, Mistral's flags.
_CAPABILITIES = {
    "tools": "tools",
    "function_calling": "tools",
    "image": "vision",
    "vision": "vision",
    "reasoning": "reasoning",
}


def address(base_url: str, cursor: str) -> str:  # noqa: ARG001  # this list has one page
    return f"{base_url}/models"


def read(body: object) -> Page:
    """Raises NotAListError."""
    found = (_offer(entry) for entry in offer.entries(body, "data", "models"))
    return Page(tuple(one for one in found if one is not None))


def _offer(entry: Mapping[str, Any]) -> Offer | None:
    upstream = offer.name(entry.get("id")).removeprefix("models/")  # Gemini's compatible endpoint
    if not offer.chats(upstream) or not _may_chat(entry):
        return None
    top, flags = offer.inner(entry, "top_provider"), offer.inner(entry, "capabilities")
    told = {word for word, value in flags.items() if value is True} | offer.words(entry, "supported_parameters")
    told |= offer.words(offer.inner(entry, "architecture"), "input_modalities")
    return Offer(
        upstream,
        label=offer.label(entry.get("display_name") or entry.get("name")),
        context_tokens=offer.tokens(*(entry.get(key) for key in _CONTEXT)),
        output_tokens=offer.tokens(*(entry.get(key) for key in _OUTPUT), top.get("max_completion_tokens")),
        ends=next((when for key in _ENDS if (when := offer.day(entry.get(key)))), None),
        capabilities=tuple(dict.fromkeys(ours for word, ours in _CAPABILITIES.items() if word in told)),
        **_prices(offer.inner(entry, "pricing")),
    )


def _may_chat(entry: Mapping[str, Any]) -> bool:
    """What the list itself says: OpenRouter's modalities, Mistral's flag, Together's type, Groq's switch."""
    modalities = offer.words(offer.inner(entry, "architecture"), "output_modalities")
    kind = entry.get("type")
    return (
        (not modalities or "text" in modalities)
        and offer.inner(entry, "capabilities").get("completion_chat") is not False
        and (kind is None or kind in {"chat", "language", "code", "model", "base", "llm", "vlm"})
        and entry.get("active") is not False
    )


def _prices(pricing: Mapping[str, Any]) -> dict[str, Any]:
    """OpenRouter tells USD per token as text; Perplexity and Together tell USD per million."""
    per_token = "prompt" in pricing
    keys = ("prompt", "completion", "input_cache_read") if per_token else ("input", "output", "cache_read")
    amounts = [offer.price(pricing.get(key), per_token=per_token) for key in keys]
    return dict(zip(("price_input", "price_output", "price_cached_input"), amounts, strict=True))
