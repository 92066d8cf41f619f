import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.percentiles import nearest_rank, percentiles

values = st.lists(st.floats(min_value=0, max_value=1e6, allow_nan=False), min_size=1, max_size=300)


@pytest.mark.parametrize(
    ("percent", "expected"),
    [(5, 15), (30, 20), (40, 20), (50, 35), (95, 50), (99, 50), (100, 50), (1, 15)],
)
def test_the_textbook_example(percent: int, expected: float) -> None:
    assert nearest_rank([15, 20, 35, 40, 50], percent) == expected


def test_whole_percents_of_a_hundred_values_are_those_values() -> None:
    ordered = list(range(1, 101))
    assert [nearest_rank(ordered, percent) for percent in range(1, 101)] == ordered


def test_nothing_measured_is_none_not_zero() -> None:
    assert percentiles([]) == {"p50": None, "p95": None, "p99": None}
    assert percentiles([0.0]) == {"p50": 0.0, "p95": 0.0, "p99": 0.0}


def test_the_order_of_the_values_does_not_matter() -> None:
    assert percentiles([3, 1, 2], (50, 100)) == {"p50": 2, "p100": 3}


@pytest.mark.parametrize("percent", [0, -1, 101])
def test_impossible_percents_are_refused(percent: int) -> None:
    with pytest.raises(ValueError, match="use 1 to 100"):
        nearest_rank([1.0], percent)


@given(values=values, percent=st.integers(1, 100))
def test_it_is_the_smallest_value_that_covers_the_share(values: list[float], percent: int) -> None:
    found = percentiles(values, (percent,))[f"p{percent}"]
    assert found in values
    assert found is not None
    assert sum(value <= found for value in values) * 100 >= percent * len(values)
    smaller = [value for value in values if value < found]
    assert len(smaller) * 100 < percent * len(values)
