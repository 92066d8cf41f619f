"""Hours and days, added up: writing them once the hour is over, reading them back. Plain functions on rows.

All writing happens under the lock of the one `Progress` row, and replaces what was there for the hour: doing it again
gives the same. `collect` is how everything is read, from rollups and rows alike.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from django.db import transaction

from metrics import rows
from metrics.figures import Filters
from metrics.models import Progress, Rollup
from metrics.spans import DAY, HOUR, Span, floor, steps
from metrics.tally import Cell
from threads.inserts import insert_alike

HOURS_KEPT, DAYS_KEPT = timedelta(days=100), timedelta(days=3 * 366)
GRACE = timedelta(minutes=5)  # after an hour, for answers whose end is still being stored
SLICE = timedelta(minutes=1)  # of rows that are counted in one go
K = TypeVar("K", bound=Hashable)
Scope, Period = Rollup.Scope, Rollup.Period


class Where(NamedTuple):
    """Where a cell belongs. `at`: the moment of a row, the beginning of an hour or a day."""

    at: datetime
    organization: Any
    user: Any
    provider: str
    model: str


# --- reading -----------------------------------------------------------------------------------------------------
def rolled_until() -> datetime | None:
    return Progress.objects.filter(pk=1).values_list("rolled_until", flat=True).first()


def collect(
    filters: Filters,
    parts: Iterable[Span],
    group: Callable[[Where], K],
    *,
    scope: Rollup.Scope | None = None,
    calls: bool = True,
) -> dict[K, Cell]:
    """Everything in `parts` that fits, added up by `group`. `scope` is for groups by organisation or person. Without
    `calls` only answers are to be relied on."""
    cells: defaultdict[K, Cell] = defaultdict(Cell)
    for part in parts:
        if part.source == "rows":
            _count(rows.between(part.start, part.end, filters), filters, group, cells)
        else:
            for where, cell in _stored(filters, part, scope, calls):
                if (key := group(where)) in cells:
                    cells[key].merge(cell)
                else:
                    cells[key] = cell
    return dict(cells)


def _count(
    answered: Iterable[rows.Answered], filters: Filters, group: Callable[[Where], K], cells: dict[K, Cell]
) -> None:
    for answer, calls in answered:
        at, organization, user = answer.finished_at, answer.organization, answer.user
        if filters.fits(answer.provider, answer.model):
            cells[group(Where(at, organization, user, answer.provider, answer.model))].answers.answer(answer, calls)
        for call in calls:
            if filters.fits(call.provider, call.model):
                cells[group(Where(at, organization, user, call.provider, call.model))].calls.call(call, answer)


def count(answered: Iterable[rows.Answered], filters: Filters, group: Callable[[Where], K]) -> dict[K, Cell]:
    """The same from rows at hand."""
    cells: defaultdict[K, Cell] = defaultdict(Cell)
    _count(answered, filters, group, cells)
    return dict(cells)


def _stored(filters: Filters, part: Span, scope: Rollup.Scope | None, calls: bool) -> Iterator[tuple[Where, Cell]]:
    found = Rollup.objects.filter(period=part.source, start__gte=part.start, start__lt=part.end)
    if filters.user is not None:
        found = found.filter(scope=Scope.USER, user=filters.user)
        if filters.organization is not None:
            found = found.filter(organization=filters.organization)
    elif scope == Scope.USER:
        found = found.filter(scope=Scope.USER)
        if filters.organization is not None:
            found = found.filter(organization=filters.organization)
    elif filters.organization is not None:
        found = found.filter(scope=Scope.ORGANIZATION, organization=filters.organization)
    else:
        found = found.filter(scope=scope or Scope.SITE)
    if filters.provider:
        found = found.filter(provider=filters.provider)
    if filters.model:
        found = found.filter(model=filters.model)
    for row in found.values_list("start", "organization_id", "user_id", "provider", "model", "data"):
        yield Where(*row[:-1]), Cell.unpacked(json.loads(row[-1]), calls=calls)


# --- writing -----------------------------------------------------------------------------------------------------
Key = tuple[str, Any, Any, str, str]  # scope, organisation, person, provider, model
Cells = dict[tuple[datetime, Key], Cell]  # by the beginning of their hour, or of their day
Rest = Callable[[], None]
_COLUMNS = ("scope", "period", "start", "organization_id", "user_id", "provider", "model", "data")


def roll_up(now: datetime, rest: Rest | None = None) -> int:
    """Add up every hour that is over and was not yet; first the last one that was, once more, for what was stored
    late. Returns how many hours were looked at. `rest` is called between slices of rows: it leaves others time, and
    may raise to end it, with all that was finished kept."""
    Progress.objects.get_or_create(pk=1)
    until, done = floor(now - GRACE, HOUR), rolled_until()
    if done is not None and done < until:
        _write(done - HOUR, done, rest)
    added = 0
    while (begin := _next(done, until)) is not None:
        done = min(floor(begin, DAY) + DAY, until)  # a day at most at once
        _write(begin, done, rest)
        added += (done - begin) // HOUR
    if done is None or done < until:
        _write(until, until, rest)
    return added


def _next(done: datetime | None, until: datetime) -> datetime | None:
    """The first hour before `until` in which an answer ended that was not added up."""
    first = rows.first_end(done)
    return floor(first, HOUR) if first is not None and first < until else None


def _write(begin: datetime, end: datetime, rest: Rest | None) -> None:
    """Replace the sums of these hours of one day, and of each day that is over then; move the progress there."""
    hours = _of_hours(begin, end, rest)
    until = max(end, rolled_until() or end)
    closing = [day for day in _days(begin) if day + DAY <= until]
    packed = [
        (Period.HOUR, begin, end, _packed(Period.HOUR, hours)),
        *((Period.DAY, day, day + DAY, _packed(Period.DAY, _of_day(day, begin, end, hours))) for day in closing),
    ]
    with transaction.atomic():
        progress = Progress.objects.select_for_update().get(pk=1)
        for period, first, last, values in packed:
            Rollup.objects.filter(period=period, start__gte=first, start__lt=last).delete()
            if values:
                insert_alike(Rollup(), _COLUMNS, values)
        progress.rolled_until = max(until, progress.rolled_until or until)
        progress.save(update_fields=["rolled_until"])


def _days(begin: datetime) -> set[datetime]:
    """The days that may be over with this step: its own, and the one up to which everything had been added up."""
    return {floor(moment, DAY) for moment in (begin, rolled_until()) if moment is not None}


def _of_hours(begin: datetime, end: datetime, rest: Rest | None) -> Cells:
    people: defaultdict[Where, Cell] = defaultdict(Cell)
    length = SLICE if rest is not None else DAY
    for start in steps(begin, end, length):
        between = rows.between(max(start, begin), min(start + length, end), Filters())
        _count(between, Filters(), lambda where: where._replace(at=floor(where.at, HOUR)), people)
        if rest is not None:
            rest()
    cells: defaultdict[tuple[datetime, Key], Cell] = defaultdict(Cell)
    for (hour, organization, user, provider, model), cell in people.items():
        cell.compress()
        cells[hour, (Scope.USER, organization, user, provider, model)] = cell
        cells[hour, (Scope.ORGANIZATION, organization, None, provider, model)].merge(cell)
        cells[hour, (Scope.SITE, None, None, provider, model)].merge(cell)
    return dict(cells)


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
    """Delete hours and days that began before so long. Returns how many rows."""
    old = ((Period.HOUR, floor(now - hours, DAY)), (Period.DAY, floor(now - days, DAY)))
    return sum(Rollup.objects.filter(period=period, start__lt=start).delete()[0] for period, start in old)
