"""`/api/metrics/…`: staff see everybody's figures, others their own."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from metrics import queries
from metrics.api import asked, export
from metrics.api.asked import AskedLately, AskedRange
from metrics.api.schemas import ErrorOut, PerformanceOut, PointOut, SeriesOut, TopErrorsOut
from metrics.figures import Performance, Series
from threads import database
from threads.api.actor import Actor, actor_of
from threads.generation.errors import Refused

router = Router(tags=["metrics"], by_alias=True)

Bucket = Annotated[str, Query(description="Seconds of a point; chosen by the range where it is left out.")]
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
