"""What is drawn over time. A chart is a table; the page's script draws what the table says. Pure."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString

from metrics.dashboard import words
from metrics.dashboard.words import Say
from metrics.figures import Point, Series, Spread
from threads import statuses

MOST_KINDS = 5  # of errors that get a line of their own
Read = Callable[[Point], float | None]
Line = tuple[str, Read]


@dataclass(frozen=True, slots=True)
class Chart:
    """`unit` tells the script how to write numbers: seconds, share, count or rate. `rows` is the table's body. `least`:
    up to where the scale reaches at least."""

    key: str
    title: str
    meaning: str
    unit: str
    labels: Sequence[str]
    rows: SafeString
    measured: bool
    least: float


@dataclass(frozen=True, slots=True)
class _Plan:
    key: str
    title: str
    meaning: str
    unit: str
    lines: Sequence[Line]
    least: float = 0


_SAY: dict[str, Say] = {"seconds": words.seconds, "share": words.share, "count": words.count, "rate": words.rate}


def _spread(of: Callable[[Point], Spread]) -> tuple[Line, ...]:
    return (
        ("p50", lambda point: of(point).p50),
        ("p95", lambda point: of(point).p95),
        ("p99", lambda point: of(point).p99),
    )


def _counted(name: str) -> Read:
    return lambda point: getattr(point.answers, name)


def charts(series: Series) -> list[Chart]:
    bucket = series.bucket
    plans = (
        _Plan("ttft", "First token", "From asking to the first word.", "seconds", _spread(lambda at: at.answers.ttft)),
        _Plan(
            "latency", "Whole answer", "From asking to the end, of completed answers.", "seconds",
            _spread(lambda at: at.answers.latency),
        ),
        _Plan("errors", "Failures", "Of answers; and of calls, by kind.", "share", _errors(series)),
        _Plan(
            "requests", "Requests", "Answers that ended, the calls they took, and those a person stopped.", "count",
            (
                ("Answers", lambda at: at.answers.count), ("Calls", lambda at: at.calls.count),
                ("Stopped", _counted("cancelled")),
            ),
        ),
        _Plan(
            "tokens", "Tokens a second", "Written by all models together.", "rate",
            (("Written", lambda at: _per_second(at.calls.tokens.completion, bucket)),),
        ),
        _Plan(
            "speed", "Speed of an answer", "Tokens a second of one answer while it streams.", "rate",
            (("p50", lambda at: at.answers.speed.p50),),
        ),
        _Plan(
            "repairs", "What it took", "Calls and workers besides the first.", "count",
            (
                ("Retries", _counted("retries")), ("Fallbacks", _counted("fallbacks")),
                ("Hedges", _counted("hedges")), ("Hedges won", _counted("hedges_won")),
                ("Takeovers", _counted("takeovers")),
            ),
        ),
        _Plan(
            "queue", "Waiting in line", "From asking to the first call.", "seconds",
            _spread(lambda at: at.answers.queue),
        ),
        _Plan(
            "line", "Length of the line", "How many waited, on average.", "rate",
            (("Waiting", lambda at: _waiting(at.answers.queue, bucket)),), least=1,
        ),
        _Plan(
            "stops", "Stopping", "From the click to the provider's closed connection.", "seconds",
            _spread(lambda at: at.answers.cancel),
        ),
    )  # fmt: skip
    return [_chart(plan, series.points) for plan in plans]


def _per_second(number: int | None, bucket: int) -> float | None:
    return None if number is None else number / bucket


def _waiting(queue: Spread, bucket: int) -> float | None:
    """Little's law: all that was waited, over the time in which it was."""
    return None if queue.mean is None else queue.mean * queue.count / bucket


def _errors(series: Series) -> tuple[Line, ...]:
    kinds: Counter[str] = Counter()
    for point in series.points:
        kinds.update(point.calls.errors)
    return (
        ("Failed answers", lambda at: at.answers.error_rate),
        *((f"Calls: {statuses.reason(kind).lower()}", _kind(kind)) for kind, _ in kinds.most_common(MOST_KINDS)),
    )


def _kind(kind: str) -> Read:
    return lambda at: at.calls.errors.get(kind, 0) / at.calls.count if at.calls.count else None


def _chart(plan: _Plan, points: Sequence[Point]) -> Chart:
    say = _SAY[plan.unit]
    values = [[read(point) for _, read in plan.lines] for point in points]
    # Thousands of cells, each time anybody looks: a template would take longer than everything else together.
    rows = "".join(
        f'<tr><th scope="row"><time datetime="{point.start:%Y-%m-%dT%H:%M:%SZ}">{words.moment(point.start)}</time></th>'
        f"{_cells(line, say)}</tr>"
        for point, line in zip(points, values, strict=True)
    )
    measured = any(value for line in values for value in line) or (
        plan.unit != "count" and any(value is not None for line in values for value in line)
    )
    labels = [label for label, _ in plan.lines]
    # Times and numbers alone: nothing that anybody wrote.
    return Chart(plan.key, plan.title, plan.meaning, plan.unit, labels, SafeString(rows), measured, plan.least)


def _cells(line: Sequence[float | None], say: Say) -> str:
    return "".join(
        f"<td>{words.NOTHING}</td>" if value is None else f'<td data-value="{value:.6g}">{escape(say(value))}</td>'
        for value in line
    )
