"""A provider's usage object as `Usage`. Knows the places where OpenAI-compatible servers put the same figures."""

import math
from typing import Any

from providers.events import Usage

_USD_PER_TICK = 1e-10  # xAI tells the cost in these


def usage_of(raw: dict[str, Any]) -> Usage | None:
    """None where `raw` counts no tokens. `completion_tokens` of the result includes reasoning."""
    prompt, completion = _count(raw, "prompt_tokens"), _count(raw, "completion_tokens")
    total = _count(raw, "total_tokens")
    if prompt is None and completion is None and total is None:
        return None
    prompt, completion = prompt or 0, completion or 0
    reasoning = _count(raw.get("completion_tokens_details"), "reasoning_tokens")
    if reasoning is None:
        reasoning = _count(raw, "reasoning_tokens")
    if reasoning and total == prompt + completion + reasoning:
        completion += reasoning  # xAI counts it apart
    cached = _count(raw.get("prompt_tokens_details"), "cached_tokens")
    if cached is None:
        cached = _count(raw, "prompt_cache_hit_tokens")
    return Usage(
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=prompt + completion if total is None else total,
        reasoning_tokens=reasoning,
        cached_tokens=cached,
        cost_usd=_cost(raw),
    )


def _cost(raw: dict[str, Any]) -> float | None:
    cost = raw.get("cost")
    if isinstance(cost, dict):
        cost = cost.get("total_cost")
    if cost is None and (ticks := _amount(raw.get("cost_in_usd_ticks"))) is not None:
        return ticks * _USD_PER_TICK
    return _amount(cost)


def _amount(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        amount = float(value)
    except (ValueError, OverflowError):
        return None
    return amount if math.isfinite(amount) and amount >= 0 else None


def _count(raw: object, key: str) -> int | None:
    value = raw.get(key) if isinstance(raw, dict) else None
    amount = None if isinstance(value, str) else _amount(value)
    return None if amount is None else int(amount)
