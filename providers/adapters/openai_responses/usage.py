"""A provider's usage object as `Usage`. Knows the places where the servers of this protocol put the same figures."""

from typing import Any

from providers.adapters.figures import cost_usd, count
from providers.events import Usage


def usage_of(raw: dict[str, Any]) -> Usage | None:
    """None where `raw` counts no tokens. `completion_tokens` of the result includes reasoning."""
    prompt, completion = count(raw, "input_tokens"), count(raw, "output_tokens")
    total = count(raw, "total_tokens")
    if prompt is None and completion is None and total is None:
        return None
    prompt, completion = prompt or 0, completion or 0
    reasoning = count(raw.get("output_tokens_details"), "reasoning_tokens")
    if reasoning and total == prompt + completion + reasoning:
        completion += reasoning  # counted apart
    details = raw.get("input_tokens_details")
    cached = count(details, "cached_tokens")
    if cached is None:
        cached = count(details, "cache_read_input_tokens")  # Perplexity
    return Usage(
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=prompt + completion if total is None else total,
        reasoning_tokens=reasoning,
        cached_tokens=cached,
        cost_usd=cost_usd(raw),
    )
