"""Minutes, hours and days, added up: writing them once they are over, reading them back with what rows have to add.

All writing happens under the lock of the one `Progress` row, and replaces what was there for the time: doing it again
gives the same. `collect` is how everything is read, from sums and rows alike.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any, TypeVar

from django.db import transaction

from metrics import counting, minutes, rows, stored
from metrics.counting import Where
from metrics.figures import Filters
from metrics.minutes import Cells, Key
from metrics.models import Progress, Rollup
from metrics.rows import Answered
from metrics.spans import BLOCK, DAY, HOUR, MINUTE, Span, floor, steps
from metrics.tally import Cell
from threads.inserts import insert_alike

HOURS_KEPT, DAYS_KEPT = timedelta(days=100), timedelta(days=3 * 366)
GRACE = timedelta(minutes=5)  # after an hour, for answers whose end is still being stored
SLICE = MINUTE  # of rows that are counted in one go
K = TypeVar("K", bound=Hashable)
Scope, Period = Rollup.Scope, Rollup.Period


# --- reading -----------------------------------------------------------------------------------------------------
def rolled_until() -> datetime | None:
    return Progress.objects.filter(pk=1).values_list("rolled_until", flat=True).first()


def collect(
    filters: Filters,
    parts: Sequence[Span],
    group: Callable[[Where], K],
    *,
    scope: Rollup.Scope | None = None,
    calls: bool = True,
) -> dict[K, Cell]:
    """Everything in `parts` that fits, added up by `group`. `scope` is for groups by organisation or person. Without
    `calls` only answers are to be relied on."""
    cells: defaultdict[K, Cell] = defaultdict(Cell)
    from_rows, from_sums = [[part for part in parts if (part.source == "rows") is wanted] for wanted in (True, False)]
    for part in from_rows:
        counting.into(cells, rows.between(part.start, part.end, filters), filters, group)
    if from_sums:  # nothing is exact then, and buckets are added in a moment
        for cell in cells.values():
            cell.compress()
    for part in from_sums:
        for where, cell in stored.cells(filters, part, scope, calls=calls):
            if (key := group(where)) in cells:
                cells[key].merge(cell)
            else:
                cells[key] = cell
    return dict(cells)


# --- writing -----------------------------------------------------------------------------------------------------
Rest = Callable[[], None]
Read = Callable[[datetime, datetime], Iterable[Sequence[Answered]]]  # what ended from when until when, in whole blocks
_COLUMNS = ("scope", "period", "start", "organization_id", "user_id", "provider", "model", "data")


def roll_up(now: datetime, rest: Rest | None = None) -> int:
    """Add up every hour that is over and was not yet; first the last one that was, once more, for what was stored
    late. Returns how many hours were looked at. `rest` is called between slices of rows: it leaves others time, and
    may raise to end it, with all that was finished kept."""
    Progress.objects.get_or_create(pk=1)
    until, oldest, done = floor(now - GRACE, HOUR), floor(now - HOURS_KEPT, DAY), rolled_until()
    read = partial(_read, rest)
    if done is not None and oldest < done < until:
        _write(done - HOUR, done, oldest, read)
    added = 0
    while (begin := _next(done, until)) is not None:
        done = min(floor(begin, DAY) + DAY, until)  # a day at most at once
        _write(begin, done, oldest, read)
        added += (done - begin) // HOUR
    if done is None or done < until:
        _write(until, until, oldest, read)
    _write_minutes(until, floor(now - GRACE, BLOCK), read)
    return added


def add_day(day: datetime, hours: Mapping[datetime, Sequence[Answered]], now: datetime) -> None:
    """What `roll_up` would do for this day, of answers at hand, by the hour in which they ended: all that there are."""
    _write(day, day + DAY, floor(now - HOURS_KEPT, DAY), lambda hour, _: [hours.get(hour, ())])


def begin_again(since: datetime) -> None:
    """The next `roll_up` takes everything from this day on: rows are added to what had been added up."""
    Progress.objects.get_or_create(pk=1)
    day = floor(since, DAY)
    Progress.objects.filter(pk=1, rolled_until__gt=day).update(rolled_until=day)


def _next(done: datetime | None, until: datetime) -> datetime | None:
    """The first hour before `until` in which an answer ended that was not added up."""
    first = rows.first_end(done)
    return floor(first, HOUR) if first is not None and first < until else None


def _write(begin: datetime, end: datetime, oldest: datetime, read: Read) -> None:
    """Replace the sums of these hours of one day, and of each day that is over then; move the progress there. Hours
    before `oldest` are not kept."""
    day_alone = end <= oldest and end == floor(end, DAY)  # its hours would be deleted by the next `prune`
    hours, fine = _of_hours(begin, end, read, fine=not day_alone)
    until = max(end, rolled_until() or end)
    closing = [day for day in _days(begin) if day + DAY <= until]
    packed = [
        (Period.MINUTE, begin, end, _packed(Period.MINUTE, fine)),
        (Period.HOUR, begin, end, [] if day_alone else _packed(Period.HOUR, hours)),
        *((Period.DAY, day, day + DAY, _packed(Period.DAY, _of_day(day, begin, end, hours))) for day in closing),
    ]
    with transaction.atomic():
        progress = Progress.objects.select_for_update().get(pk=1)
        for period, first, last, values in packed:
            _replace(period, first, last, values)
        progress.rolled_until = max(until, progress.rolled_until or until)
        progress.save(update_fields=["rolled_until"])


def _write_minutes(begin: datetime, end: datetime, read: Read) -> None:
    """Of the present hour: the blocks that are over since the last one that is kept."""
    kept = Rollup.objects.filter(period=Period.MINUTE, scope=Scope.SITE, start__gte=begin, start__lt=end)
    last = kept.order_by("-start").values_list("start", flat=True).first()
    for start in steps(begin if last is None else floor(last, BLOCK) + BLOCK, end, BLOCK):
        if rows.number(start, start + BLOCK) < minutes.DENSE:
            continue
        values = _packed(Period.MINUTE, minutes.of(chain.from_iterable(read(start, start + BLOCK))))
        with transaction.atomic():
            Progress.objects.select_for_update().get(pk=1)
            _replace(Period.MINUTE, start, start + BLOCK, values)


def _replace(period: Rollup.Period, first: datetime, last: datetime, values: list[tuple[Any, ...]]) -> None:
    Rollup.objects.filter(period=period, start__gte=first, start__lt=last).delete()
    if values:
        insert_alike(Rollup(), _COLUMNS, values)


def _days(begin: datetime) -> set[datetime]:
    """The days that may be over with this step: its own, and the one up to which everything had been added up."""
    return {floor(moment, DAY) for moment in (begin, rolled_until()) if moment is not None}


def _of_hours(begin: datetime, end: datetime, read: Read, *, fine: bool) -> tuple[Cells, Cells]:
    """The hours, and what is kept of their minutes, where `fine` things are."""
    people: defaultdict[Where, Cell] = defaultdict(Cell)
    kept: Cells = {}
    for hour in steps(begin, end, HOUR):
        for answered in read(hour, hour + HOUR):
            counting.into(people, answered, Filters(), lambda where, hour=hour: Where(hour, *where[1:]))  # type: ignore[misc]
            if fine:
                kept |= minutes.of(answered)
    cells: defaultdict[tuple[datetime, Key], Cell] = defaultdict(Cell)
    for (hour, organization, user, provider, model), cell in people.items():
        cell.compress()
        cells[hour, (Scope.USER, organization, user, provider, model)] = cell
        cells[hour, (Scope.ORGANIZATION, organization, None, provider, model)].merge(cell)
        cells[hour, (Scope.SITE, None, None, provider, model)].merge(cell)
    return dict(cells), kept


def _read(rest: Rest | None, start: datetime, end: datetime) -> Iterator[Sequence[Answered]]:
    """In whole blocks; with a rest after each slice, where others want to do something, too."""
    if rest is None:
        yield list(rows.between(start, end, Filters()))
        return
    for block in steps(start, end, BLOCK):
        found: list[Answered] = []
        for at in steps(block, block + BLOCK, SLICE):
            found += rows.between(at, at + SLICE, Filters())
            rest()
        yield found


def _of_day(day: datetime, begin: datetime, end: datetime, fresh: Cells) -> Cells:
    """From its hours; `fresh` stands in for what is stored of those from `begin` to `end`."""
    cells: defaultdict[tuple[datetime, Key], Cell] = defaultdict(Cell)
    stored = Rollup.objects.filter(period=Period.HOUR, start__gte=day, start__lt=day + DAY)
    stored = stored.exclude(start__gte=begin, start__lt=end)
    for *key, data in stored.values_list("scope", "organization_id", "user_id", "provider", "model", "data"):
        cells[day, _key(*key)].merge(Cell.unpacked(json.loads(data)))
    for (hour, where), cell in fresh.items():
        if floor(hour, DAY) == day:
            cells[day, where].merge(cell)
    return dict(cells)


def _key(*parts: Any) -> Key:
    return parts


def _packed(period: Rollup.Period, cells: Cells) -> list[tuple[Any, ...]]:
    """Rows of `_COLUMNS`. Made before the transaction: others wait for that one."""
    return [
        (scope, period, start, organization, user, provider, model, _json.encode(cell.packed()))
        for (start, (scope, organization, user, provider, model)), cell in cells.items()
    ]


_json = json.JSONEncoder(separators=(",", ":"))


def prune(now: datetime, *, hours: timedelta = HOURS_KEPT, days: timedelta = DAYS_KEPT) -> int:
    """Delete what began before so long, minutes with their hours. Returns how many rows."""
    old = tuple((period, floor(now - hours, DAY)) for period in (Period.MINUTE, Period.HOUR))
    old += ((Period.DAY, floor(now - days, DAY)),)
    return sum(Rollup.objects.filter(period=period, start__lt=start).delete()[0] for period, start in old)
