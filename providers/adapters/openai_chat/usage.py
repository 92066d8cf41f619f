"""A provider's usage object as `Usage`. Knows the places where OpenAI-compatible servers put the same figures."""

from typing import Any

from providers.adapters.figures import cost_usd, count
from providers.events import Usage


def usage_of(raw: dict[str, Any]) -> Usage | None:
    """None where `raw` counts no tokens. `completion_tokens` of the result includes reasoning."""
    prompt, completion = count(raw, "prompt_tokens"), count(raw, "completion_tokens")
    total = count(raw, "total_tokens")
    if prompt is None and completion is None and total is None:
        return None
    prompt, completion = prompt or 0, completion or 0
    reasoning = count(raw.get("completion_tokens_details"), "reasoning_tokens")
    if reasoning is None:
        reasoning = count(raw, "reasoning_tokens")
    if reasoning and total == prompt + completion + reasoning:
        completion += reasoning  # xAI counts it apart
    cached = count(raw.get("prompt_tokens_details"), "cached_tokens")
    if cached is None:
        cached = count(raw, "prompt_cache_hit_tokens")
    return Usage(
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=prompt + completion if total is None else total,
        reasoning_tokens=reasoning,
        cached_tokens=cached,
        cost_usd=cost_usd(raw),
    )
