"""Numbers out of a provider's JSON: tokens and money. Knows no protocol; whatever is no number is None.

Vendors write a price as a number, as a decimal string, inside an object or in ticks of their own.
"""

import math

_USD_PER_TICK = 1e-10  # xAI tells the cost in these


def count(raw: object, key: str) -> int | None:
    """The whole number of at least 0 under `key`, where `raw` is an object that has one."""
    value = raw.get(key) if isinstance(raw, dict) else None
    told = None if isinstance(value, str) else amount(value)
    return None if told is None else int(told)


def amount(value: object) -> float | None:
    """A finite number of at least 0; decimal strings count."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        told = float(value)
    except (ValueError, OverflowError):
        return None
    return told if math.isfinite(told) and told >= 0 else None


def cost_usd(usage: dict[str, object]) -> float | None:
    """What the provider says that the answer cost, from its usage object."""
    cost = usage.get("cost")
    if isinstance(cost, dict):
        cost = cost.get("total_cost")
    if cost is None and (ticks := amount(usage.get("cost_in_usd_ticks"))) is not None:
        return ticks * _USD_PER_TICK
    return amount(cost)
