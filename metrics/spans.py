"""Time cut into pieces: which part of a window is read from days, which from hours, which from rows. Pure. UTC."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Source = Literal["rows", "hour", "day"]


class Span(NamedTuple):
    source: Source
    start: datetime
    end: datetime


def floor(moment: datetime, step: timedelta) -> datetime:
    """The beginning of the step that `moment` is in; steps are counted from 1970."""
    seconds = int(step.total_seconds())
    return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, UTC)


def ceiling(moment: datetime, step: timedelta) -> datetime:
    below = floor(moment, step)
    return below if below == moment else below + step


def spans(start: datetime, end: datetime, rolled_until: datetime | None, *, coarsest: timedelta = DAY) -> list[Span]:
    """The window in order: whole days and whole hours before `rolled_until`, rows for what is left over."""
    if rolled_until is None or coarsest < HOUR:
        return [Span("rows", start, end)] if start < end else []
    first, last = ceiling(start, HOUR), min(floor(end, HOUR), rolled_until)
    if first >= last:
        return [Span("rows", start, end)] if start < end else []
    day_first, day_last = ceiling(first, DAY), floor(last, DAY)
    if coarsest < DAY or day_first >= day_last:
        middle = [Span("hour", first, last)]
    else:
        middle = [Span("hour", first, day_first), Span("day", day_first, day_last), Span("hour", day_last, last)]
    found = [Span("rows", start, first), *middle, Span("rows", last, end)]
    return [span for span in found if span.start < span.end]


def steps(start: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    """The beginnings of all steps that have a part in the window."""
    at = floor(start, step)
    while at < end:
        yield at
        at += step
