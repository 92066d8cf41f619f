"""All reads of figures. Synchronous: asynchronous callers use `threads.database.read`. Who may ask is the doors'."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeVar

from django.db.models import Count, Max

from metrics import counting, rollups, rows, stored, targets
from metrics.counting import Where
from metrics.figures import (
    ErrorLine,
    Figures,
    Filters,
    Headline,
    Performance,
    Point,
    Present,
    Series,
    Totals,
    Window,
)
from metrics.models import Rollup
from metrics.rollups import HOURS_KEPT
from metrics.spans import DAY, HOUR, Span, floor, spans, steps
from metrics.tally import Cell, Tally, together
from providers.models import DeploymentHealth
from threads.models import Attempt, Generation

K = TypeVar("K", bound=Hashable)
By = Literal["provider", "model", "deployment", "organization", "user", "day"]
HEADLINE = timedelta(minutes=15)
LEAST_MEASURED = 5  # answers, below which a headline judges nothing

# What a series of so long a window is cut into.
_BUCKETS = (
    (timedelta(minutes=20), timedelta(seconds=30)),
    (timedelta(hours=1, minutes=5), timedelta(minutes=2)),
    (timedelta(hours=3, minutes=5), timedelta(minutes=5)),
    (timedelta(hours=6, minutes=5), timedelta(minutes=10)),
    (timedelta(days=3), HOUR),
    (timedelta(days=14), timedelta(hours=6)),
    (timedelta(days=120), DAY),
)
_COARSEST = timedelta(days=7)
LONGEST_FINE = timedelta(hours=6, minutes=5)  # buckets below an hour come from rows alone
MOST_POINTS = 500
LINE_POINTS = 40  # of a line that stands in a table

_GROUPS: dict[By, Callable[[Where], Any]] = {
    "provider": lambda where: where.provider,
    "model": lambda where: where.model,
    "deployment": lambda where: (where.provider, where.model),
    "organization": lambda where: where.organization,
    "user": lambda where: where.user,
    "day": lambda where: floor(where.at, DAY),
}
_SCOPES: dict[str, Rollup.Scope] = {"organization": Rollup.Scope.ORGANIZATION, "user": Rollup.Scope.USER}


def performance(filters: Filters, *, last_n: int | None = None, window: Window | None = None) -> Performance:
    """Of the last so many answers, exactly; or of a window. One of the two is given."""
    if window is not None:
        cells = _collect(filters, window, _GROUPS["deployment"])
        ends = [window.start, window.end]
    else:
        answered = list(rows.latest(last_n or 0, filters))
        cells = counting.count(answered, filters, _GROUPS["deployment"])
        ends = [answer.finished_at for answer, _ in answered]
    answers = together(cells.values()).answers.figures()
    return Performance(
        asked=None if window is not None else last_n,
        start=min(ends, default=None),
        end=max(ends, default=None),
        answers=answers,
        by_provider=_calls(_regrouped(cells, lambda key: key[0])),
        by_model=_calls(_regrouped(cells, lambda key: key[1])),
        verdicts=targets.verdicts(answers, targets.current()),
    )


def totals(filters: Filters, window: Window) -> Totals:
    return _totals(_collect(filters, window, _GROUPS["deployment"]))


def answers(filters: Filters, window: Window) -> Figures:
    """Of answers alone: quicker than `totals`."""
    cells = rollups.collect(filters, _parts(filters, window), lambda _: None, calls=False)
    return together(cells.values()).answers.figures()


def overview(filters: Filters, window: Window) -> tuple[Totals, Series]:
    """`totals` and `series` in one read, as a page shows them: of calls, points have no spreads; lines by provider and
    model are of `LINE_POINTS` at most. The first point is of its bucket's part in the window alone."""
    bucket = bucket_for(window.length)
    parts = _parts(filters, window, bucket)
    cells = rollups.collect(filters, parts, lambda where: (floor(where.at, bucket), where.provider, where.model))
    whole = _totals(_regrouped(cells, lambda key: key[1:]))
    return whole, _series(cells, list(steps(window.start, window.end, bucket)), bucket, parts, shown=True)


def _totals(cells: Mapping[tuple[str, str], Cell]) -> Totals:
    whole = together(cells.values())
    return Totals(
        answers=whole.answers.figures(),
        calls=whole.calls.figures(),
        by_provider=_calls(_regrouped(cells, lambda key: key[0])),
        by_model=_calls(_regrouped(cells, lambda key: key[1])),
        by_deployment=_calls(cells),
    )


def breakdown(filters: Filters, window: Window, by: By) -> dict[Any, Figures]:
    """Figures of calls by one property; those of people and organisations by their ids."""
    return _calls(_collect(filters, window, _GROUPS[by], scope=_SCOPES.get(by)))


def bucket_for(length: timedelta) -> timedelta:
    return next((bucket for most, bucket in _BUCKETS if length <= most), _COARSEST)


def series(filters: Filters, window: Window, bucket: timedelta | None = None) -> Series:
    """`window.start` is moved back to the beginning of its bucket.

    ValueError, in words, where there would be more than `MOST_POINTS`, or buckets below an hour over more than 6 h.
    """
    bucket = bucket or bucket_for(window.length)
    if window.length / bucket > MOST_POINTS:
        raise ValueError(f"That would be more than {MOST_POINTS} points: choose a larger bucket or a shorter range.")
    if bucket < HOUR and window.length > LONGEST_FINE:
        raise ValueError("Buckets below an hour are for ranges up to 6 hours: choose a bucket of 3600 seconds or more.")
    starts = list(steps(window.start, window.end, bucket))
    window = Window(starts[0] if starts else window.start, window.end)
    parts = _parts(filters, window, bucket)
    cells = rollups.collect(filters, parts, lambda where: (floor(where.at, bucket), where.provider, where.model))
    return _series(cells, starts, bucket, parts)


def _series(
    cells: Mapping[tuple[datetime, str, str], Cell],
    starts: Sequence[datetime],
    bucket: timedelta,
    parts: list[Span],
    *,
    shown: bool = False,
) -> Series:
    """`cells` by point, provider and model. `shown`: see `overview`."""
    whole, empty = _regrouped(cells, lambda key: key[0]), Cell()
    points = tuple(
        Point(start, cell.answers.figures(), cell.calls.figures(() if shown else None))
        for start, cell in ((start, whole.get(start, empty)) for start in starts)
    )
    step = -(-len(starts) // LINE_POINTS) if shown else 1  # rounded up
    begins = {start: starts[at - at % step] for at, start in enumerate(starts)}
    return Series(
        bucket=int(bucket.total_seconds()),
        exact=all(part.source == "rows" for part in parts),
        points=points,
        by_provider=_lines(cells, begins, 1),
        by_model=_lines(cells, begins, 2),
    )


def top_errors(filters: Filters, window: Window, limit: int = 20) -> list[ErrorLine]:
    """Kinds of failed calls that were sent in the window, the most frequent first. From rows alone."""
    failed = Attempt.objects.filter(sent_at__gte=window.start, sent_at__lt=window.end).exclude(error_kind="")
    if filters.user is not None:
        failed = failed.filter(generation__user=filters.user)
    if filters.organization is not None:
        failed = failed.filter(generation__organization=filters.organization)
    if filters.provider:
        failed = failed.filter(provider=filters.provider)
    if filters.model:
        failed = failed.filter(model=filters.model)
    kinds = failed.values("provider", "model", "error_kind", "http_status")
    found = kinds.annotate(count=Count("pk"), latest=Max("pk"), last_at=Max("sent_at"))
    lines = list(found.order_by("-count", "provider", "model", "error_kind")[:limit])
    latest = Attempt.objects.in_bulk([line["latest"] for line in lines])
    return [
        ErrorLine(
            line["provider"], line["model"], line["error_kind"], line["http_status"], line["count"], line["last_at"],
            latest[line["latest"]].error_message, latest[line["latest"]].generation_id,
        )
        for line in lines
        if line["latest"] in latest
    ]  # fmt: skip


def now(filters: Filters) -> Present:
    waiting = Generation.objects.filter(state__in=[Generation.State.QUEUED, Generation.State.RUNNING])
    if filters.user is not None:
        waiting = waiting.filter(user=filters.user)
    if filters.organization is not None:
        waiting = waiting.filter(organization=filters.organization)
    states = list(waiting.values_list("state", "created_at"))
    queued = [created for state, created in states if state == Generation.State.QUEUED]
    oldest = (datetime.now(UTC) - min(queued)).total_seconds() if queued else None
    return Present(len(states) - len(queued), len(queued), oldest)


def headline() -> Headline:
    """Of the whole site, for those who watch it."""
    window = Window.last(HEADLINE)
    answers = totals(Filters(), window).answers
    problems = []
    if answers.count >= LEAST_MEASURED:
        for name, verdict in targets.verdicts(answers, targets.current()).items():
            if verdict.actual is not None and not verdict.passing:
                problems.append(targets.WORDS[name].format(verdict.target, verdict.actual))
    resting = DeploymentHealth.objects.filter(breaker="open", open_until__gt=window.end)
    count = resting.values("deployment").distinct().count()
    if count:
        problems.append(f"{count} deployments failed too often and rest." if count > 1 else "1 deployment rests.")
    return Headline("degraded" if problems else "ok", tuple(problems), answers, now(Filters()), count, window.end)


# --- cells -------------------------------------------------------------------------------------------------------
def _collect(
    filters: Filters, window: Window, group: Callable[[Where], K], scope: Rollup.Scope | None = None
) -> dict[K, Cell]:
    parts = _parts(filters, window) if scope is None else _whole_parts(window)
    return rollups.collect(filters, parts, group, scope=scope)


def _parts(filters: Filters, window: Window, bucket: timedelta = DAY) -> list[Span]:
    return stored.refined(_whole_parts(window, bucket), filters, bucket)


def _whole_parts(window: Window, coarsest: timedelta = DAY) -> list[Span]:
    """Hours are not kept for ever: of what is older, whole days are read."""
    start = window.start
    if start < datetime.now(UTC) - HOURS_KEPT:
        start = floor(start, DAY)
    return spans(start, window.end, rollups.rolled_until(), coarsest=coarsest)


def _regrouped(cells: Mapping[Any, Cell], group: Callable[[Any], K]) -> dict[K, Cell]:
    """What stays alone in its group is not copied."""
    found: dict[K, list[Cell]] = {}
    for key, cell in cells.items():
        found.setdefault(group(key), []).append(cell)
    return {key: some[0] if len(some) == 1 else together(some) for key, some in found.items()}


def _calls(cells: Mapping[K, Cell]) -> dict[K, Figures]:
    """Those that were called at all, by name."""
    called = {key: cell.calls.figures() for key, cell in cells.items() if cell.calls.counts["count"]}
    return dict(sorted(called.items(), key=lambda item: str(item[0])))


def _lines(cells: Mapping[Any, Cell], begins: Mapping[datetime, datetime], name: int) -> dict[str, tuple[Figures, ...]]:
    """For each name its calls, by where the stretch of points begins that theirs is in: of the distributions the first
    token's alone."""
    lines: dict[str, dict[datetime, Tally]] = {}
    for key, cell in cells.items():
        if cell.calls.counts["count"]:
            line, at = lines.setdefault(key[name], {}), begins[key[0]]
            line[at] = cell.calls if at not in line else _sum(line[at], cell.calls)
    empty, starts = Tally().figures(), list(dict.fromkeys(begins.values()))
    return {
        key: tuple(line[at].figures(["ttft"]) if at in line else empty for at in starts)
        for key, line in sorted(lines.items())
    }


def _sum(one: Tally, other: Tally) -> Tally:
    both = Tally()
    both.merge(one)
    both.merge(other)
    return both
