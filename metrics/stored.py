"""Reading the sums that were stored: of minutes, hours and days. Writes nothing."""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.db.models import QuerySet

from metrics.counting import Where
from metrics.figures import Filters
from metrics.models import Rollup
from metrics.spans import BLOCK, DAY, MINUTE, Span, blocks_of, floor, with_minutes
from metrics.tally import Cell

Scope = Rollup.Scope


def cells(filters: Filters, part: Span, scope: Rollup.Scope | None, *, calls: bool) -> Iterator[tuple[Where, Cell]]:
    """Without `calls` those are left out, which takes half the time."""
    found = _of(filters, scope).filter(period=part.source, start__gte=part.start, start__lt=part.end)
    if filters.provider:
        found = found.filter(provider=filters.provider)
    if filters.model:
        found = found.filter(model=filters.model)
    for row in found.values_list("start", "organization_id", "user_id", "provider", "model", "data"):
        yield Where(*row[:-1]), Cell.unpacked(json.loads(row[-1]), calls=calls)


def refined(parts: Iterable[Span], filters: Filters, bucket: timedelta = DAY) -> list[Span]:
    """The same, with minutes in place of rows where there are any. Not for groups by organisation or person: of these,
    minutes know the busy ones alone."""
    if filters.user is not None or bucket % MINUTE:
        return list(parts)
    return [one for part in parts for one in _refined(part, filters)]


def _refined(part: Span, filters: Filters) -> Iterable[Span]:
    if part.source != "rows":
        return [part]
    first, last = blocks_of(part)
    starts = _of(filters, None).filter(period=Rollup.Period.MINUTE, start__gte=first, start__lt=last)
    # Of whatever provider: what was not called in a minute that is kept was not called.
    blocks = {floor(start, BLOCK) for start in starts.order_by().values_list("start", flat=True).distinct()}
    return with_minutes(part, blocks)


def _of(filters: Filters, scope: Rollup.Scope | None) -> QuerySet[Rollup]:
    rows = Rollup.objects.all()
    if filters.user is not None:
        rows = rows.filter(scope=Scope.USER, user=filters.user)
    elif scope == Scope.USER:
        rows = rows.filter(scope=Scope.USER)
    elif filters.organization is not None:
        return rows.filter(scope=Scope.ORGANIZATION, organization=filters.organization)
    else:
        return rows.filter(scope=scope or Scope.SITE)
    return rows if filters.organization is None else rows.filter(organization=filters.organization)
