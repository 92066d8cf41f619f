"""What a month will have cost: from days that are made up, to the cent."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from metrics.forecast import MOST_DAYS, forecast, month_of, since
from metrics.spans import DAY

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)  # the month of 30 days that begins with it
NOON = timedelta(hours=12)


def days(first: datetime, *usd: str | None) -> dict[datetime, Decimal | None]:
    return {first + at * DAY: None if one is None else Decimal(one) for at, one in enumerate(usd)}


def test_a_month_is_the_calendars() -> None:
    assert month_of(datetime(2026, 12, 31, 23, 59, tzinfo=UTC)) == (
        datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    assert month_of(MONDAY)[0] == MONDAY
    assert since(MONDAY + 20 * DAY) == MONDAY
    assert since(MONDAY + NOON) == MONDAY - 15 * DAY, "the days before tell, too"


def test_nothing_is_told_from_less_than_a_day() -> None:
    for known in ({}, days(MONDAY, "5")):
        found = forecast(known, MONDAY + NOON)
        assert (found.total_usd, found.way, found.days) == (None, "none", 0)
    evening = forecast(days(MONDAY, "5", "1"), MONDAY + DAY + NOON)
    assert (evening.spent_usd, evening.total_usd) == (Decimal(6), None), "the first day may have begun in its middle"


def test_few_days_are_averaged_together() -> None:
    found = forecast(days(MONDAY, "0.5", "2", "4", "1"), MONDAY + 3 * DAY + NOON)
    assert (found.way, found.days, found.spent_usd) == ("average", 2, Decimal("7.5"))
    # 3 a day, for half of this one and 26 more
    assert found.total_usd == Decimal("7.5") + 3 * Decimal("26.5")


def test_working_days_and_weekends_apart() -> None:
    """Ten on working days, two at weekends; on the 15th, a Monday, all but its first hours are left."""
    fortnight = ["10"] * 5 + ["2"] * 2 + ["10"] * 5 + ["2"] * 2
    found = forecast(days(MONDAY, *fortnight, "1"), MONDAY + 14 * DAY + timedelta(hours=6))
    assert (found.way, found.days) == ("weekdays", 13)
    assert found.spent_usd == 2 * 54 + 1
    working, weekends = 11, 4  # of the 15 days from the 16th
    assert found.total_usd == 109 + Decimal("7.5") + 10 * working + 2 * weekends


def test_the_last_fortnight_alone_tells() -> None:
    dear = days(MONDAY, *["100"] * 10, *["1"] * 15)
    found = forecast(dear, MONDAY + 25 * DAY)
    assert found.days == MOST_DAYS
    assert found.total_usd == 1015 + 5, "what was dear is over"


def test_a_day_without_a_call_cost_nothing() -> None:
    first, last = MONDAY, MONDAY + 9 * DAY
    found = forecast({first: Decimal(9), last: Decimal(9)}, last + DAY)
    # Six working days at an average of 9/7, weekends at nothing: from the second to the tenth.
    working = Decimal(9) / 7
    assert found.days == 9
    assert found.total_usd is not None
    assert float(found.total_usd) == pytest.approx(float(18 + working * 14))


def test_at_the_end_nothing_is_added() -> None:
    last = MONDAY + 29 * DAY
    found = forecast(days(MONDAY, *["1"] * 30), last + DAY - timedelta(microseconds=1))
    assert found.spent_usd == 30
    assert found.total_usd == pytest.approx(Decimal(30))


def test_what_nobody_can_price_is_not_told() -> None:
    found = forecast(days(MONDAY, None, None, None), MONDAY + 3 * DAY)
    assert (found.spent_usd, found.total_usd, found.way, found.days) == (None, None, "none", 2)
    some = forecast(days(MONDAY, None, "2", None), MONDAY + 3 * DAY)
    assert (some.spent_usd, some.way) == (2, "average")


def test_the_month_before_is_not_spent_in_this_one() -> None:
    found = forecast(days(MONDAY - 4 * DAY, "1", "1", "1", "1", "3"), MONDAY + NOON)
    assert found.spent_usd == 3
    assert found.total_usd == 3 + Decimal("29.5")
