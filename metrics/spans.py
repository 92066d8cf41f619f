"""Time cut into pieces: which part of a window is read from days, hours, minutes, and which from rows. Pure. UTC."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BLOCK = 5 * MINUTE  # minutes are kept, or not, by the block
Source = Literal["rows", "minute", "hour", "day"]


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


def blocks_of(part: Span) -> tuple[datetime, datetime]:
    """From where to where blocks have whole minutes in it."""
    return floor(ceiling(part.start, MINUTE), BLOCK), ceiling(floor(part.end, MINUTE), BLOCK)


def with_minutes(part: Span, blocks: Iterable[datetime]) -> Iterator[Span]:
    """A part that would be read from rows, in order: whole minutes of these blocks, rows for what is left over."""
    first, last, at = ceiling(part.start, MINUTE), floor(part.end, MINUTE), part.start
    stretches: list[tuple[datetime, datetime]] = []
    for block in sorted(blocks):
        start, end = max(block, first), min(block + BLOCK, last)
        if stretches and stretches[-1][1] == start:
            start = stretches.pop()[0]
        if start < end:
            stretches.append((start, end))
    for start, end in stretches:
        if at < start:
            yield Span("rows", at, start)
        yield Span("minute", start, end)
        at = end
    if at < part.end:
        yield Span("rows", at, part.end)


def steps(start: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    """The beginnings of all steps that have a part in the window."""
    at = floor(start, step)
    while at < end:
        yield at
        at += step
