"""Distributions: exact while fresh, within 5 % once packed, and the same however they were put together."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.histogram import LEAST, Distribution
from metrics.percentiles import nearest_rank

VALUES = st.lists(st.floats(LEAST, 3600), min_size=1, max_size=300)
PERCENTS = (1, 50, 95, 99, 100)


def packed(values: list[float]) -> Distribution:
    """As it comes back from where it is stored."""
    return Distribution.unpacked(json.loads(json.dumps(Distribution.of(values).packed())))


def packed_again(one: Distribution) -> Distribution:
    return Distribution.unpacked(json.loads(json.dumps(one.packed())))


@given(VALUES)
def test_fresh_values_give_exact_percentiles(values: list[float]) -> None:
    assert Distribution.of(values).percentiles(PERCENTS) == [nearest_rank(sorted(values), one) for one in PERCENTS]


@given(VALUES)
def test_packed_ones_are_within_five_percent(values: list[float]) -> None:
    exact = Distribution.of(values).percentiles(PERCENTS)
    for near, true in zip(packed(values).percentiles(PERCENTS), exact, strict=True):
        assert near == pytest.approx(true, rel=0.05)


@given(st.lists(VALUES, min_size=1, max_size=5), st.lists(st.booleans(), min_size=5, max_size=5))
def test_merging_is_as_if_all_had_come_to_one(parts: list[list[float]], which: list[bool]) -> None:
    whole = Distribution()
    for part, stored in zip(parts, which, strict=False):
        whole.merge(packed(part) if stored else Distribution.of(part))
    values = [value for part in parts for value in part]
    assert whole.count == len(values)
    assert whole.total == pytest.approx(sum(values))
    for near, true in zip(whole.percentiles(PERCENTS), Distribution.of(values).percentiles(PERCENTS), strict=True):
        assert near == pytest.approx(true, rel=0.05)


@given(VALUES)
def test_counts_below_a_bound_do_not_change_by_packing(values: list[float]) -> None:
    bounds = (0.01, 0.1, 1, 10, 100)
    counts = Distribution.of(values).at_most(bounds)
    assert counts == packed(values).at_most(bounds) == sorted(counts)
    for bound, count in zip(bounds, counts, strict=True):
        assert sum(value <= bound * 0.95 for value in values) <= count <= sum(value <= bound * 1.05 for value in values)


def test_nothing_is_none_and_zero_is_zero() -> None:
    assert Distribution().percentiles((50,)) == [None]
    assert Distribution().mean is None
    assert packed([0.0, 0.0, 1.0]).percentiles((50,)) == [0.0]
    backwards = Distribution()
    backwards.add(-0.2)  # a clock was set back
    assert backwards.percentiles((50,)) == [0.0]


def test_many_values_take_little_room() -> None:
    rng = random.Random(3)
    values = [rng.lognormvariate(0, 1) for _ in range(20_000)]
    assert len(json.dumps(Distribution.of(values).packed())) < 1500


def test_what_earlier_versions_wrote_is_read() -> None:
    """Bucket by bucket, with nothing at all far below."""
    earlier = Distribution.unpacked([31.0, -1_000_000, 2, 0, 1, 43, 300])
    assert (earlier.count, earlier.total) == (303, 31.0)
    assert earlier.percentiles((1, 99)) == pytest.approx([30, 30], rel=0.05)
    earlier.merge(packed([0.0, 30.0]))
    assert earlier.at_most((0.5, 2, 40)) == [3, 4, 305]
    assert len(json.dumps(earlier.packed())) < 1500


@given(st.lists(st.tuples(st.floats(LEAST, 3600), st.integers(1, 40)), min_size=1, max_size=20))
def test_counts_of_any_size_come_back(numbers: list[tuple[float, int]]) -> None:
    whole = Distribution()
    for value, doublings in numbers:
        one = packed([value])
        for _ in range(doublings):
            one.merge(packed_again(one))
        whole.merge(one)
    assert packed_again(whole).count == whole.count == sum(2**doublings for _, doublings in numbers)
    assert packed_again(whole).packed() == whole.packed()
