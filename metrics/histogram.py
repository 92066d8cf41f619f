"""A distribution of measured numbers that can be added to another one. Pure.

Fresh values are kept as they are, and percentiles of them are exact. Packed, or added to what was packed, they are
counted in buckets that grow by a constant ratio, and any percentile is within `ERROR` of the exact one.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from typing import Any

from metrics.percentiles import nearest_rank

ERROR = 0.04
RATIO = (1 + ERROR) / (1 - ERROR)
LEAST = 1e-6  # what is smaller is counted as nothing at all
NOTHING = -1_000_000  # the bucket of it
_LOG = math.log(RATIO)


def bucket_of(value: float) -> int:
    """Bucket b holds what is above RATIO ** (b - 1) and up to RATIO ** b."""
    return NOTHING if value < LEAST else math.ceil(math.log(value) / _LOG)


def value_of(bucket: int) -> float:
    """The value that is within `ERROR` of every value of the bucket."""
    return 0.0 if bucket == NOTHING else 2 * RATIO**bucket / (1 + RATIO)


class Distribution:
    __slots__ = ("_buckets", "_packed_total", "_values")

    def __init__(self, values: Iterable[float] = ()) -> None:
        self._values = list(values)
        self._buckets: dict[int, int] = {}
        self._packed_total = 0.0

    def add(self, value: float) -> None:
        """What a clock that was set back makes negative counts as nothing."""
        self._values.append(value if value > 0 else 0.0)

    def merge(self, other: "Distribution") -> None:
        self._values += other._values
        self._packed_total += other._packed_total
        if not self._buckets:
            self._buckets = other._buckets.copy()
            return
        mine = self._buckets
        for bucket, number in other._buckets.items():
            mine[bucket] = mine.get(bucket, 0) + number

    @property
    def total(self) -> float:
        """The exact sum of all that was added."""
        return self._packed_total + math.fsum(self._values)

    @property
    def count(self) -> int:
        return len(self._values) + sum(self._buckets.values())

    @property
    def mean(self) -> float | None:
        count = self.count
        return self.total / count if count else None

    def percentiles(self, percents: Iterable[int]) -> list[float | None]:
        """By nearest rank; None where nothing was measured."""
        if not self._buckets:
            ordered = sorted(self._values)
            return [nearest_rank(ordered, percent) for percent in percents]
        buckets, numbers = zip(*sorted(self._counted().items()), strict=True)
        up_to = list(accumulate(numbers))
        ranks = [-(-up_to[-1] * percent // 100) for percent in percents]  # rounded up, in whole numbers
        return [value_of(buckets[bisect_left(up_to, rank)]) for rank in ranks]

    def at_most(self, bounds: Iterable[float]) -> list[int]:
        """How many are at most as large as each of `bounds`, as the buckets see it: `ERROR` off at the bound.

        Of fresh values, too: a count that was told once must not become smaller when they are packed.
        """
        counted = [(value_of(bucket), number) for bucket, number in self._counted().items()]
        return [sum(number for value, number in counted if value <= bound) for bound in bounds]

    def compress(self) -> None:
        """Forget the values themselves."""
        self._packed_total = self.total
        self._buckets, self._values = self._counted(), []

    def packed(self) -> list[Any]:
        """Plain JSON: `[total, first bucket, its count, the next bucket, its count, …]`."""
        return [self.total, *(number for pair in sorted(self._counted().items()) for number in pair)]

    @classmethod
    def unpacked(cls, packed: list[Any]) -> "Distribution":
        distribution = cls()
        distribution._packed_total = packed[0]
        distribution._buckets = dict(zip(packed[1::2], packed[2::2], strict=True))
        return distribution

    def _counted(self) -> dict[int, int]:
        if not self._values:
            return self._buckets
        counted = dict(self._buckets)
        for bucket in map(bucket_of, self._values):
            counted[bucket] = counted.get(bucket, 0) + 1
        return counted
