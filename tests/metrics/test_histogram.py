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
    return Distribution.unpacked(json.loads(json.dumps(Distribution(values).packed())))


@given(VALUES)
def test_fresh_values_give_exact_percentiles(values: list[float]) -> None:
    assert Distribution(values).percentiles(PERCENTS) == [nearest_rank(sorted(values), one) for one in PERCENTS]


@given(VALUES)
def test_packed_ones_are_within_five_percent(values: list[float]) -> None:
    exact = Distribution(values).percentiles(PERCENTS)
    for near, true in zip(packed(values).percentiles(PERCENTS), exact, strict=True):
        assert near == pytest.approx(true, rel=0.05)


@given(st.lists(VALUES, min_size=1, max_size=5), st.lists(st.booleans(), min_size=5, max_size=5))
def test_merging_is_as_if_all_had_come_to_one(parts: list[list[float]], which: list[bool]) -> None:
    whole = Distribution()
    for part, stored in zip(parts, which, strict=False):
        whole.merge(packed(part) if stored else Distribution(part))
    values = [value for part in parts for value in part]
    assert whole.count == len(values)
    assert whole.total == pytest.approx(sum(values))
    for near, true in zip(whole.percentiles(PERCENTS), Distribution(values).percentiles(PERCENTS), strict=True):
        assert near == pytest.approx(true, rel=0.05)


@given(VALUES)
def test_counts_below_a_bound_do_not_change_by_packing(values: list[float]) -> None:
    bounds = (0.01, 0.1, 1, 10, 100)
    counts = Distribution(values).at_most(bounds)
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
    assert len(json.dumps(Distribution(values).packed())) < 1500
