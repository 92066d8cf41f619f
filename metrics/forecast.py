"""What a calendar month will have cost at its end, by the days before: as plain as it can be said. Pure. UTC.

A day that is left costs what the last full days did on average, up to `MOST_DAYS` of them: working days and weekends
apart, once there is a week of days; what is left of today costs its share. With less than one full day there is no
forecast: from a single evening everything, or nothing, would follow.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from metrics.spans import DAY, floor, steps

MOST_DAYS = 14
WEEK = 7
Way = Literal["weekdays", "average", "none"]
_NOTHING = Decimal(0)
_FINEST = Decimal("0.00000001")


@dataclass(frozen=True, slots=True)
class Forecast:
    """`way`: the days before were averaged by working days and weekends, together, or there were too few of them.
    `days` is how many full ones there were. `total_usd` includes `spent_usd`; None where nothing is known."""

    start: datetime  # the month's
    end: datetime
    spent_usd: Decimal | None
    total_usd: Decimal | None
    way: Way
    days: int


def month_of(moment: datetime) -> tuple[datetime, datetime]:
    """The calendar month: its first moment, and the next one's."""
    start = datetime(moment.year, moment.month, 1, tzinfo=UTC)
    return start, datetime(moment.year + moment.month // 12, moment.month % 12 + 1, 1, tzinfo=UTC)


def since(now: datetime) -> datetime:
    """From when on days have to be known: the month's, and one more than are averaged. The first day on which
    anything was called may have begun in its middle, and is none of the full ones."""
    return min(month_of(now)[0], floor(now, DAY) - (MOST_DAYS + 1) * DAY)


def forecast(days: Mapping[datetime, Decimal | None], now: datetime) -> Forecast:
    """`days`: what those cost on which anything was called, by their beginning, from `since(now)` on. None: called, at
    no known price."""
    start, end = month_of(now)
    known = [usd for day, usd in days.items() if day >= start and usd is not None]
    spent = sum(known, _NOTHING) if known else None
    full = _full(days, now)
    if not full or all(usd is None for usd in days.values()):
        return Forecast(start, end, spent, None, "none", len(full))
    means = _means(full)
    today = floor(now, DAY)
    rest = means[_weekend(today)] * Decimal((today + DAY - now) / DAY)
    rest += sum((means[_weekend(day)] for day in steps(today + DAY, end, DAY)), _NOTHING)
    way: Way = "weekdays" if len(full) >= WEEK else "average"
    return Forecast(start, end, spent, ((spent or _NOTHING) + rest).quantize(_FINEST), way, len(full))


def _full(days: Mapping[datetime, Decimal | None], now: datetime) -> dict[datetime, Decimal]:
    """The last days that were whole, with those on which nothing was called."""
    today = floor(now, DAY)
    first = max(min(days, default=today) + DAY, today - MOST_DAYS * DAY)
    return {day: days.get(day) or _NOTHING for day in steps(first, today, DAY)}


def _means(full: Mapping[datetime, Decimal]) -> dict[bool, Decimal]:
    """By whether a day is of a weekend."""
    if len(full) < WEEK:
        return dict.fromkeys((False, True), _mean(full.values()))
    return {weekend: _mean(usd for day, usd in full.items() if _weekend(day) is weekend) for weekend in (False, True)}


def _mean(usd: Iterable[Decimal]) -> Decimal:
    several = list(usd)
    return sum(several, _NOTHING) / len(several)


def _weekend(day: datetime) -> bool:
    return day.weekday() >= 5
