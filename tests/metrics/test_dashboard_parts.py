"""How figures become words and drawings, and that one read gives what several give. Pure but for the last."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from metrics import queries, rollups
from metrics.dashboard import words
from metrics.dashboard.asked import Asked, read
from metrics.dashboard.charts import charts
from metrics.dashboard.sparks import spark
from metrics.dashboard.verdicts import told
from metrics.dashboard.waterfall import waterfall
from metrics.dashboard.words import Delta, compared
from metrics.figures import NONE, Figures, Filters, Point, Series, Spread, Verdict, Window
from metrics.models import Targets
from metrics.targets import verdicts
from tests.metrics.made import FAILED, NOW, answer, call, later
from tests.metrics.test_rollups import SPREADS
from threads.models import Attempt, Generation


def slow(p95: float, count: int = 5) -> Figures:
    return Figures(count=count, completed=count, ttft=Spread(count, p95, p95, p95, p95))


# --- words -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0 ms"),
        (0.0421, "42 ms"),
        (0.9996, "1.00 s"),
        (9.994, "9.99 s"),
        (32.54, "32.5 s"),
        (125, "2 min 5 s"),
    ],
)
def test_seconds(value: float | None, text: str) -> None:
    assert words.seconds(value) == text


def test_other_figures() -> None:
    assert [words.share(one) for one in (None, 0, 0.0123, 0.5)] == ["–", "0%", "1.23%", "50.0%"]
    assert [words.count(one) for one in (None, 0, 1234, 2_500_000)] == ["–", "0", "1,234", "2.50 M"]
    assert [words.rate(one) for one in (None, 0, 0.001, 0.25, 99.6)] == ["–", "0", "< 0.01", "0.25", "100"]
    assert [words.usd(one) for one in (None, Decimal("0.00614"), 12.5)] == ["–", "$0.00614", "$12.50"]
    lengths = [timedelta(days=1), timedelta(days=7), timedelta(hours=1), timedelta(seconds=30), timedelta(minutes=90)]
    assert [words.length(one) for one in lengths] == ["day", "7 days", "hour", "30 seconds", "90 minutes"]


@pytest.mark.parametrize(
    ("now", "before", "delta"),
    [
        (1.0, None, Delta("nothing to compare with")),
        (None, 1.0, Delta("1.00 s before")),
        (1.0, 1.001, Delta("as before (1.00 s)")),
        (1.5, 1.0, Delta("50% slower (1.00 s before)", "bad")),
        (0.5, 1.0, Delta("50% faster (1.00 s before)", "good")),
        (5.0, 1.0, Delta("5.0 times the 1.00 s before", "bad")),
        (1.0, 0.0, Delta("slower: 0 ms before", "bad")),
    ],
)
def test_compared(now: float | None, before: float | None, delta: Delta) -> None:
    assert compared(now, before, words.seconds, "slower", "faster", "slower") == delta


def test_shares_are_compared_in_points() -> None:
    assert words.points(0.03, 0.01) == Delta("2.00 points more (1.00% before)", "bad")
    assert words.points(0.0, 0.01) == Delta("1.00 points fewer (1.00% before)", "good")
    assert words.points(0.01, None) == Delta("nothing to compare with")


# --- drawings ----------------------------------------------------------------------------------------------------
def test_a_spark_leaves_gaps() -> None:
    drawn = spark([1.0, 2.0, None, 4.0, None], words.seconds)
    assert drawn.path == "M0.0 17.0h0 L25.0 12.0 M75.0 2.0h0"
    assert drawn.text == "from 1.00 s to 4.00 s, last 4.00 s"
    assert spark([None, None], words.seconds).path == ""


def test_what_was_not_measured_has_no_value() -> None:
    empty, full = Figures(), slow(2.0)
    points = tuple(Point(NOW + timedelta(hours=at), one, one) for at, one in enumerate((full, empty, full)))
    first = charts(Series(3600, True, points, {}, {}))[0]
    assert first.rows.count('<td data-value="2">2.00 s</td>') == 6
    assert first.rows.count("<td>–</td>") == 3
    assert first.measured
    assert not charts(Series(3600, True, points[1:2], {}, {}))[0].measured


def test_the_length_of_the_line() -> None:
    """Ten answers that waited 36 s each within an hour: a tenth of one waited at any time."""
    waited = Figures(count=10, queue=Spread(10, 36.0, 36.0, 36.0, 36.0))
    [line] = [one for one in charts(Series(3600, True, (Point(NOW, waited, waited),), {}, {})) if one.key == "line"]
    assert 'data-value="0.1"' in line.rows


# --- who is to blame ---------------------------------------------------------------------------------------------
def test_the_worst_is_named_where_enough_was_measured() -> None:
    deployments = {("a", "fast"): slow(1.0), ("b", "fast"): slow(3.0), ("c", "fast"): slow(9.0, count=4)}
    met = {name: Verdict(1.0, 0.5, passing=True) for name in verdicts(Figures(), Targets())}
    assert told(met, deployments)[0].offender == "Slowest: fast at b, 3.00 s"
    assert told(met, {})[0].offender == ""
    failing = {("a", "fast"): Figures(count=10, failed=1), ("b", "fast"): Figures(count=10, completed=10)}
    assert told(met, failing)[3].offender == "Most failed calls: fast at a, 10.0%"
    assert told(met, {("b", "fast"): Figures(count=10, completed=10)})[3].offender == "", "nobody failed"


# --- addresses ---------------------------------------------------------------------------------------------------
def test_an_address_says_all_that_was_asked() -> None:
    asked = read({"range": "7d", "provider": "a b", "models": "-cost", "unknown": "x"}, NOW)
    assert asked.address() == "?range=7d&provider=a+b&models=-cost"
    assert asked.address(range="24h", provider="") == "?range=24h&models=-cost"
    assert read({"range": "nonsense"}, NOW).address() == "?range=1h"
    own = read({"range": "custom", "from": "2026-05-01T10:00+02:00", "to": "2026-05-02"}, NOW)
    assert own.window == Window(datetime(2026, 5, 1, 8, tzinfo=UTC), datetime(2026, 5, 2, tzinfo=UTC))
    assert own.address() == "?range=custom&from=2026-05-01T10%3A00%2B02%3A00&to=2026-05-02"
    assert own.export == "?from=2026-05-01T08%3A00%3A00%2B00%3A00&to=2026-05-02T00%3A00%3A00%2B00%3A00"


def test_a_range_that_lasts_is_cut_at_now() -> None:
    asked: Asked = read({"range": "custom", "from": "2026-05-20T12:00", "to": "2999-01-01"}, NOW)
    assert (asked.window.end, asked.problem) == (NOW, "")


# --- a waterfall -------------------------------------------------------------------------------------------------
def attempt(number: int, **columns: Any) -> Attempt:
    moments = {name: later(NOW, value) for name, value in columns.items() if name.endswith("_at")}
    return Attempt(number=number, provider="one", model="fast", upstream="fast", **{**columns, **moments})


def test_a_waterfall() -> None:
    generation = Generation(created_at=NOW, finished_at=later(NOW, 10), first_token_at=later(NOW, 6))
    calls = [
        attempt(1, kind="first", state="failed", sent_at=1, finished_at=3, error_kind="overloaded"),
        attempt(
            2, kind="retry", state="completed", sent_at=4, opened_at=5, first_token_at=6, last_token_at=9, finished_at=9
        ),
    ]
    drawn = waterfall(generation, calls, NOW)
    shapes = [[(piece.kind, piece.x, piece.width) for piece in bar.pieces] for bar in drawn.bars]
    assert shapes == [
        [("queue", "0.0", "100.0")],
        [("silent", "100.0", "200.0")],
        [("connect", "400.0", "100.0"), ("first", "500.0", "100.0"), ("stream", "600.0", "300.0")],
    ]
    assert [bar.outcome for bar in drawn.bars] == ["", "Overloaded", "Answered"]
    assert drawn.marks == [("600.0", "First token after 6.00 s")]
    assert drawn.ticks == ["0 ms", "2.50 s", "5.00 s", "7.50 s", "10.0 s"]


def test_what_still_runs_is_drawn_up_to_now() -> None:
    generation = Generation(created_at=NOW)
    drawn = waterfall(generation, [attempt(1, kind="first", state="running", sent_at=1)], later(NOW, 2))
    assert [(piece.kind, piece.x, piece.width) for piece in drawn.bars[1].pieces] == [("silent", "500.0", "500.0")]
    alone = waterfall(generation, [], NOW)
    assert len(alone.bars) == 1


def alike(one: Figures, other: Figures) -> bool:
    """But for the last digits of means, which are sums in another order."""

    def rounded(figures: Figures) -> dict[str, object]:
        return {
            name: replace(value, mean=round(value.mean, 6)) if isinstance(value, Spread) and value.mean else value
            for name, value in ((field.name, getattr(figures, field.name)) for field in fields(figures))
        }

    return rounded(one) == rounded(other)


# --- one read ----------------------------------------------------------------------------------------------------
@pytest.mark.slow
@pytest.mark.parametrize("length", [timedelta(minutes=15), timedelta(hours=24), timedelta(days=7), timedelta(days=90)])
@pytest.mark.parametrize("rolled", [False, True])
def test_one_read_gives_what_several_give(user: User, length: timedelta, rolled: bool) -> None:
    now = datetime.now(UTC)
    for part in range(12):
        calls = [call(**FAILED), call("retry", provider="two")] if part % 3 else [call(model="smart")]
        answer(user, now - length * part / 10, calls)
    if rolled:
        rollups.roll_up(now)
    window = Window(now - length, now)
    whole, series = queries.overview(Filters(), window)
    assert alike(whole.answers, queries.totals(Filters(), window).answers)
    assert whole.by_deployment.keys() == queries.totals(Filters(), window).by_deployment.keys()
    assert whole.answers.count == 10  # one was before it, one ended with it
    assert alike(queries.answers(Filters(), window), whole.answers)
    apart = queries.series(Filters(), window)
    assert [point.answers for point in series.points[1:]] == [point.answers for point in apart.points[1:]]
    for one, other in zip(series.points[1:], apart.points[1:], strict=True):
        assert (one.start, one.calls) == (other.start, replace(other.calls, **dict.fromkeys(SPREADS, NONE)))
    assert sum(point.answers.count for point in series.points) == whole.answers.count
    for name, line in series.by_provider.items():
        assert len(line) <= queries.LINE_POINTS
        if len(series.points) <= queries.LINE_POINTS:
            assert line[1:] == apart.by_provider[name][1:]
        assert sum(point.count for point in line) == whole.by_provider[name].count
