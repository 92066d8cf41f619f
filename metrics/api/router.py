"""`/api/metrics/…`: staff see everybody's figures, others their own."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from metrics import costs, queries
from metrics.api import asked, export
from metrics.api import costs as told
from metrics.api.asked import AskedLately, AskedRange
from metrics.api.schemas import ErrorOut, PerformanceOut, PointOut, SeriesOut, TopErrorsOut
from metrics.costs import BYS, Costs
from metrics.figures import Performance, Series
from metrics.forecast import Forecast
from threads import database
from threads.api.actor import Actor, actor_of
from threads.generation.errors import Refused

T = TypeVar("T", bound=str)
router = Router(tags=["metrics"], by_alias=True)

Bucket = Annotated[str, Query(description="Seconds of a point; chosen by the range where it is left out.")]
CostsBy = Annotated[str, Query(description=f"{', '.join(BYS)} (day).")]
Person = Annotated[str, Query(description="An e-mail: of this person alone. Blank for all that the caller may see.")]
Limit = Annotated[
    str,
    Query(description=f"The dearest so many lines, 1 to {asked.MOST_LINES:,} ({costs.MOST}); the others are summed."),
]
Format = Annotated[str, Query(description="json, csv (json).")]
By = Annotated[str, Query(description=f"{', '.join(export.KEYS)} (time).")]


@router.get("/metrics/performance", response=PerformanceOut, summary="How well answers come")
async def performance(request: HttpRequest, query: AskedLately) -> PerformanceOut:
    """Of the last answers, or of those that ended between two moments. docs/metrics.md defines each figure."""
    return PerformanceOut.of(await database.read(_performance, actor_of(request), query))


def _performance(actor: Actor, query: asked.Lately) -> Performance:
    window = asked.window_of(query)
    if window is not None and query.last_n:
        raise Refused(400, "bad_parameter", "last_n: give either last_n, or from and to.")
    filters = asked.filters_of(actor, query)
    if window is not None:
        return queries.performance(filters, window=window)
    return queries.performance(filters, last_n=asked.count_of(query.last_n))


@router.get("/metrics/series", response=SeriesOut, summary="Figures over time")
async def series(request: HttpRequest, query: AskedRange, bucket: Bucket = "") -> SeriesOut:
    """Point by point, without a gap: of answers, and of the calls they took."""
    found = await database.read(_series, actor_of(request), query, bucket)
    points = [PointOut.of(point) for point in found.points]
    return SeriesOut(bucket_s=found.bucket, exact=found.exact, points=points)


def _series(actor: Actor, query: asked.Ranged, bucket: str) -> Series:
    window, filters = asked.range_of(query), asked.filters_of(actor, query)
    try:
        return queries.series(filters, window, asked.bucket_of(bucket))
    except ValueError as error:
        raise Refused(400, "bad_parameter", f"bucket: {error}") from None


@router.get("/metrics/errors", response=TopErrorsOut, summary="What fails most")
async def errors(request: HttpRequest, query: AskedRange) -> TopErrorsOut:
    """Kinds of failed calls, the most frequent first, with the latest of each."""
    return await database.read(_errors, actor_of(request), query)


def _errors(actor: Actor, query: asked.Ranged) -> TopErrorsOut:
    window, filters = asked.range_of(query), asked.filters_of(actor, query)
    lines = queries.top_errors(filters, window)
    return TopErrorsOut(items=[ErrorOut.of(line, staff=actor.staff) for line in lines])


@router.get("/metrics/export", summary="Figures as CSV")
async def csv(request: HttpRequest, query: AskedRange, by: By = "time", bucket: Bucket = "") -> HttpResponse:
    """A table: by time, or by provider, model, deployment, day, organisation or person. Of calls, but by time."""
    text = await database.read(_csv, actor_of(request), query, by, bucket)
    headers = {"Content-Disposition": f'attachment; filename="chatsite-{by}.csv"'}
    return HttpResponse(text, "text/csv; charset=utf-8", headers=headers)


def _csv(actor: Actor, query: asked.Ranged, by: str, bucket: str) -> str:
    if by == "time":
        return export.over_time(_series(actor, query, bucket))
    key = export.KEYS.get(by)
    if key is None:
        raise Refused(400, "bad_parameter", f"by={by}: use one of {', '.join(export.KEYS)}.")
    window, filters = asked.range_of(query), asked.filters_of(actor, query)
    return export.by_key(by, queries.breakdown(filters, window, key))


@router.get("/metrics/costs", response=told.CostsOut, summary="What was spent")
async def spent(
    request: HttpRequest,
    query: AskedRange,
    by: CostsBy = "day",
    user: Person = "",
    limit: Limit = "",
    format: Format = "json",  # noqa: A002 - the parameter's name
) -> told.CostsOut | HttpResponse:
    """By day, model, provider, organisation, person or chat, the dearest first; what is not listed alone is summed, so
    that all lines add up. Besides, the calendar month and its forecast. As JSON, or as CSV the lines alone."""
    actor = actor_of(request)
    found, month = await database.read(_spent, actor, query, _one_of("by", by, BYS), user, limit)
    if _one_of("format", format, ("json", "csv")) == "json":
        return told.CostsOut.of(found, month, actor.user.pk)
    headers = {"Content-Disposition": f'attachment; filename="chatsite-costs-{by}.csv"'}
    return HttpResponse(told.table(found, actor.user.pk), "text/csv; charset=utf-8", headers=headers)


def _spent(actor: Actor, query: asked.Ranged, by: costs.By, user: str, limit: str) -> tuple[Costs, Forecast]:
    window, most = asked.range_of(query), asked.lines_of(limit)
    filters = asked.only(actor, asked.filters_of(actor, query), user)
    return costs.costs(filters, by, window, most), costs.month(filters, datetime.now(UTC))


def _one_of(name: str, given: str, known: Sequence[T]) -> T:
    found = next((one for one in known if one == given), None)
    if found is None:
        raise Refused(400, "bad_parameter", f"{name}={given}: use one of {', '.join(map(str, known))}.")
    return found
