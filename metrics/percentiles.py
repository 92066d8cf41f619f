"""Percentiles by nearest rank: always a value that was measured, never one between two. Pure."""

from collections.abc import Iterable, Sequence

USUAL = (50, 95, 99)


def nearest_rank(ordered: Sequence[float], percent: int) -> float | None:
    """The smallest value of `ordered` (ascending) that at least `percent` of the values do not exceed.

    `percent` is 1 to 100, else ValueError. None where there is no value: nothing measured is not zero.
    """
    if not 1 <= percent <= 100:
        raise ValueError(f"percent={percent}: use 1 to 100.")
    if not ordered:
        return None
    rank = -(-len(ordered) * percent // 100)  # rounded up, in whole numbers: no float can tip the rank
    return ordered[rank - 1]


def percentiles(values: Iterable[float], percents: Sequence[int] = USUAL) -> dict[str, float | None]:
    """`{"p50": …, "p95": …, "p99": …}` of `values` in any order, in their own unit; None where there are none."""
    ordered = sorted(values)
    return {f"p{percent}": nearest_rank(ordered, percent) for percent in percents}
