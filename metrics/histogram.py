"""A distribution of measured numbers that can be added to another one. Pure.

Fresh values are kept as they are, and percentiles of them are exact. Packed, or added to what was packed, they are
counted in buckets that grow by a constant ratio, and any percentile is within `ERROR` of the exact one.

The counts stand side by side in one large number, 64 bits each: adding two distributions is one addition.
"""

import math
import struct
from binascii import a2b_base64, b2a_base64
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

from metrics.percentiles import nearest_rank

ERROR = 0.04
RATIO = (1 + ERROR) / (1 - ERROR)
LEAST = 1e-6  # what is smaller is counted as nothing at all
_LOG = math.log(RATIO)
NOTHING = math.ceil(math.log(LEAST) / _LOG) - 1  # the bucket of it, below all others
_BYTES = 8  # of a count
_BITS = _BYTES * 8


def bucket_of(value: float) -> int:
    """Bucket b holds what is above RATIO ** (b - 1) and up to RATIO ** b."""
    return math.ceil(math.log(value) / _LOG) if value >= LEAST else NOTHING


def value_of(bucket: int) -> float:
    """The value that is within `ERROR` of every value of the bucket."""
    return 0.0 if bucket == NOTHING else 2 * RATIO**bucket / (1 + RATIO)


class Distribution:
    """`_counts` holds the counts of the buckets from `_first` on, the first one in its lowest bits."""

    __slots__ = ("_counts", "_first", "_packed_total", "_values")

    def __init__(self) -> None:
        self._values: list[float] = []
        self._first = self._counts = 0
        self._packed_total = 0.0

    @classmethod
    def of(cls, values: Iterable[float]) -> "Distribution":
        distribution = cls()
        distribution._values = list(values)
        return distribution

    def add(self, value: float) -> None:
        """What a clock that was set back makes negative counts as nothing."""
        self._values.append(value if value > 0 else 0.0)

    def merge(self, other: "Distribution") -> None:
        if other._values:
            self._values += other._values
        if other._counts:
            self._packed_total += other._packed_total
            self._count(other._first, other._counts)

    def _count(self, first: int, counts: int) -> None:
        if not self._counts:
            self._first, self._counts = first, counts
        elif first >= self._first:
            self._counts += counts << (first - self._first) * _BITS
        else:
            self._counts = counts + (self._counts << (self._first - first) * _BITS)
            self._first = first

    @property
    def total(self) -> float:
        """The exact sum of all that was added."""
        return self._packed_total + math.fsum(self._values)

    @property
    def count(self) -> int:
        return len(self._values) + (sum(_apart(self._counts)) if self._counts else 0)

    @property
    def mean(self) -> float | None:
        count = self.count
        return self.total / count if count else None

    def told(self, percents: Sequence[int]) -> tuple[int, float | None, list[float | None]]:
        """Count, mean and percentiles, in one look at the buckets."""
        if not self._counts:
            count = len(self._values)
            return count, self.total / count if count else None, self.percentiles(percents)
        first, counts = self._all()
        up_to = list(accumulate(_apart(counts)))
        return up_to[-1], self.total / up_to[-1], _ranked(first, up_to, percents)

    def percentiles(self, percents: Iterable[int]) -> list[float | None]:
        """By nearest rank; None where nothing was measured."""
        if not self._counts:
            ordered = sorted(self._values)
            return [nearest_rank(ordered, percent) for percent in percents]
        first, counts = self._all()
        return _ranked(first, list(accumulate(_apart(counts))), percents)

    def at_most(self, bounds: Iterable[float]) -> list[int]:
        """How many are at most as large as each of `bounds`, as the buckets see it: `ERROR` off at the bound.

        Of fresh values, too: a count that was told once must not become smaller when they are packed.
        """
        first, counts = self._all()
        counted = [(value_of(bucket), number) for bucket, number in enumerate(_apart(counts), start=first)]
        return [sum(number for value, number in counted if value <= bound) for bound in bounds]

    def compress(self) -> None:
        """Forget the values themselves."""
        if self._values:
            self._packed_total = self.total
            self._count(*_counted(self._values))
            self._values = []

    def packed(self) -> list[Any]:
        """Plain JSON: `[total, first bucket, bytes of a count, counts]`, these in base64."""
        first, counts = self._all()
        raw = _raw(counts)
        used = len(raw) - raw.count(0)
        for size in (1, 2, 4, _BYTES):
            narrow = _resized(raw, _BYTES, size)
            if len(narrow) - narrow.count(0) == used:  # nothing was cut off
                break
        return [self.total, first, size, b2a_base64(narrow, newline=False).decode()]

    @classmethod
    def unpacked(cls, packed: list[Any]) -> "Distribution":
        distribution = cls()
        if isinstance(packed[-1], str):
            distribution._packed_total, distribution._first, size, text = packed
            distribution._counts = int.from_bytes(_resized(a2b_base64(text), size, _BYTES), "little")
        else:  # as earlier versions wrote it: a bucket, its count, the next one, …, with nothing at all far below
            pairs = zip(packed[1::2], packed[2::2], strict=True)
            distribution._packed_total = packed[0]
            distribution._count(*_joined({max(bucket, NOTHING): number for bucket, number in pairs}))
        return distribution

    def _all(self) -> tuple[int, int]:
        """The first bucket and the counts, with those of fresh values."""
        if not self._values:
            return self._first, self._counts
        both = Distribution()
        both._count(*_counted(self._values))
        if self._counts:
            both._count(self._first, self._counts)
        return both._first, both._counts


def _ranked(first: int, up_to: Sequence[int], percents: Iterable[int]) -> list[float | None]:
    """`up_to`: how many there are up to each bucket."""
    ranks = [-(-up_to[-1] * percent // 100) for percent in percents]  # rounded up, in whole numbers
    return [value_of(first + bisect_left(up_to, rank)) for rank in ranks]


def _counted(values: Iterable[float]) -> tuple[int, int]:
    counts: dict[int, int] = {}
    log, ceil = math.log, math.ceil
    for value in values:  # `bucket_of`, written out: nothing is done as often
        bucket = ceil(log(value) / _LOG) if value >= LEAST else NOTHING
        counts[bucket] = counts.get(bucket, 0) + 1
    return _joined(counts)


def _joined(counts: dict[int, int]) -> tuple[int, int]:
    if not counts:
        return 0, 0
    first = min(counts)
    places = [0] * (max(counts) - first + 1)
    for bucket, number in counts.items():
        places[bucket - first] = number
    return first, int.from_bytes(struct.pack(f"<{len(places)}Q", *places), "little")


def _apart(counts: int) -> Sequence[int]:
    raw = _raw(counts)
    return struct.unpack(f"<{len(raw) // _BYTES}Q", raw)


def _raw(counts: int) -> bytes:
    return counts.to_bytes(-(-counts.bit_length() // _BITS) * _BYTES, "little")


def _resized(raw: bytes, size: int, wanted: int) -> bytes | bytearray:
    """Numbers of `size` bytes as those of `wanted`: what is missing is 0, what is too much is cut off."""
    resized = bytearray(len(raw) // size * wanted)
    for at in range(min(size, wanted)):
        resized[at::wanted] = raw[at::size]
    return resized
