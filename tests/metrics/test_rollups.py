"""Hours and days: the same figures as from the rows, however often they are added up, and longer than the rows last."""

from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from metrics import queries, rollups, rows, upkeep
from metrics.figures import Figures, Filters, Spread, Window
from metrics.models import Progress, Rollup
from metrics.spans import DAY, HOUR, floor
from tests.metrics.made import FAILED, NOW, answer, call, later
from tests.threads.generation.rows import thread_of
from threads.models import Attempt, Generation
from threads.services import threads

pytestmark = pytest.mark.django_db
SPREADS = ("ttft", "latency", "cancel", "queue", "connect", "tpot", "gap", "speed")
ALL = Filters()
WINDOW = Window(NOW - timedelta(days=3, hours=2, minutes=11), NOW)


@pytest.fixture
def answers(user: User, other_user: User) -> list[Generation]:
    """Some 150 over four days, of every kind."""
    rng, made = Random(5), []
    for _ in range(150):
        end = later(WINDOW.start, rng.random() * WINDOW.length.total_seconds())
        kind = rng.choice(("plain", "retried", "fallen", "failed", "stopped"))
        spread = {"sent": rng.random() / 9, "first_token_at": 0.2 + rng.random(), "last_token_at": 2 + rng.random()}
        good = call(
            provider=rng.choice(("one", "two")), completion_tokens=rng.randrange(2, 90),
            cost_usd=Decimal(rng.randrange(10**6)) / 10**8, **{**spread, "finished_at": 3.1},
        )  # fmt: skip
        calls = {"plain": [good], "retried": [call(**FAILED), {**good, "kind": "retry"}], "failed": [call(**FAILED)]}
        made.append(
            answer(
                rng.choice((user, other_user)), end, took=3 + rng.random(),
                calls=calls.get(kind) or [call(**FAILED, provider="three"), {**good, "kind": "fallback"}],
                **{"failed": {"state": "failed", "error_kind": "overloaded", "first_token_at": None},
                   "stopped": {"state": "cancelled", "cancel_requested_at": 2.9}}.get(kind, {}),
            )
        )  # fmt: skip
    return made


def _near(one: Figures, other: Figures) -> None:
    """Percentiles within 5 %, all else to the last digit."""
    for name in SPREADS:
        near, exact = getattr(one, name), getattr(other, name)
        assert isinstance(near, Spread)
        assert near.count == exact.count, name
        if not exact.count:
            assert near == exact
            continue
        for percentile in ("p50", "p95", "p99", "mean"):
            assert getattr(near, percentile) == pytest.approx(getattr(exact, percentile), rel=0.05), (name, percentile)
    for name in Figures.__slots__:
        if name not in SPREADS:
            assert getattr(one, name) == getattr(other, name), name


def _all(user: User) -> list[Figures]:
    """What everybody could ask for."""
    found: list[Figures] = []
    for filters in (ALL, Filters(user=user.pk), Filters(provider="one"), Filters(user=user.pk, model="fast")):
        totals = queries.totals(filters, WINDOW)
        found += [totals.answers, totals.calls, *totals.by_provider.values(), *totals.by_deployment.values()]
        found += [point.answers for point in queries.series(filters, WINDOW, timedelta(hours=6)).points]
    for by in ("user", "organization", "day"):
        found += queries.breakdown(ALL, WINDOW, by).values()  # type: ignore[arg-type]
    return found


def test_the_same_figures_as_from_rows(answers: list[Generation], user: User) -> None:
    exact = _all(user)
    rollups.roll_up(NOW)
    assert rollups.rolled_until() == NOW.replace(minute=0, second=0)
    near = _all(user)
    assert len(near) == len(exact)
    for one, other in zip(near, exact, strict=True):
        _near(one, other)
    assert not queries.series(ALL, WINDOW, timedelta(hours=6)).exact


def test_of_many_the_same_is_read(answers: list[Generation], user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of sending, with what began long before, on another machine's clock, or without any call."""
    answer(user, NOW - DAY, [call(), call("retry", sent=595)], took=600)
    answer(user, NOW - DAY, [call(sent=-500), call("takeover")], takeovers=1)
    answer(user, NOW - DAY, [call(sent=-500)])
    Attempt.objects.filter(generation=answer(user, NOW - DAY, state="cancelled", cancel_requested_at=1.0)).delete()
    few = _all(user)
    monkeypatch.setattr(rows, "AT_ONCE", 3)
    assert _all(user) == few


def test_again_changes_nothing(answers: list[Generation]) -> None:
    def stored() -> set[tuple[object, ...]]:
        return set(Rollup.objects.values_list("scope", "period", "start", "organization", "user", "provider", "data"))

    rollups.roll_up(NOW)
    first = stored()
    assert {row[1] for row in first} == {"hour", "day"}
    for moment in (NOW, NOW + HOUR, NOW + 3 * DAY):
        rollups.roll_up(moment)
    kept = {row for row in stored() if row[2] < NOW.replace(minute=0, second=0) - HOUR}  # type: ignore[operator]
    assert {row for row in first if row[2] < NOW.replace(minute=0, second=0) - HOUR and row[1] == "hour"} <= kept  # type: ignore[operator]
    Progress.objects.update(rolled_until=None)
    whole = stored()
    rollups.roll_up(NOW + 3 * DAY)
    assert stored() == whole


@pytest.mark.slow
def test_hour_by_hour_and_all_at_once_are_the_same(answers: list[Generation], user: User) -> None:
    moment = WINDOW.start
    while moment < NOW + DAY:
        rollups.roll_up(moment)
        moment += timedelta(minutes=55)
    stored = dict(Rollup.objects.values_list("pk", "data"))
    step_by_step = sorted(stored.values())
    Rollup.objects.all().delete()
    Progress.objects.all().delete()
    rollups.roll_up(NOW + DAY)
    assert sorted(Rollup.objects.values_list("data", flat=True)) == step_by_step


def test_what_is_stored_late_is_counted(user: User) -> None:
    hour = NOW.replace(minute=0, second=0)
    answer(user, later(hour, -60))
    rollups.roll_up(hour + timedelta(minutes=4))
    assert queries.totals(ALL, Window(hour - HOUR, hour)).answers.count == 1, "too early: from its row"
    assert not Rollup.objects.exists()
    rollups.roll_up(hour + timedelta(minutes=5))
    assert Rollup.objects.filter(scope="site").count() == 1
    answer(user, later(hour, -30))
    rollups.roll_up(hour + HOUR + timedelta(minutes=5))
    assert queries.totals(ALL, Window(hour - HOUR, hour)).answers.count == 2


def test_figures_outlive_threads_and_rows(user: User) -> None:
    answer(user, NOW - DAY, thread=(thread := thread_of(user)))
    rollups.roll_up(NOW)
    threads.delete(thread=thread)
    window = Window(NOW - 2 * DAY, NOW)
    assert queries.performance(ALL, last_n=5).answers.count == 1
    Attempt.objects.all().delete()
    Generation.objects.all().delete()
    assert queries.totals(ALL, window).answers.cost_usd == Decimal("0.001")
    assert queries.totals(Filters(user=user.pk), window).answers.count == 1
    user.delete()
    assert queries.totals(ALL, window).answers.count == 1
    assert set(Rollup.objects.values_list("scope", flat=True)) == {"site", "organization"}


def test_hours_go_and_days_stay(user: User) -> None:
    for days in (1, 99, 150, 1200):
        answer(user, NOW - days * DAY)
    periods = Rollup.objects.filter(scope="site").order_by("start").values_list("period", flat=True)
    rollups.roll_up(NOW - 60 * DAY)
    assert list(periods) == ["day", "day", "hour", "day", "hour"], "what would be deleted at once is not written"
    rollups.roll_up(NOW)
    assert list(periods.all()) == ["day", "day", "hour", "day", "hour", "day", "hour"]
    for _ in range(2):
        rollups.prune(NOW)
        assert list(periods.all()) == ["day", "day", "hour", "day", "hour"]


def test_days_without_their_hours_can_be_gone_on_from(user: User) -> None:
    """A long past is added up, and broken off in between."""
    for days in (300, 299, 150):
        answer(user, NOW - days * DAY)
    rests: list[None] = []

    def rest() -> None:
        rests.append(None)
        if len(rests) > 18 * 60:
            raise upkeep.Ended

    with pytest.raises(upkeep.Ended):
        rollups.roll_up(NOW, rest)
    rollups.roll_up(NOW)
    days = Rollup.objects.filter(scope="site").order_by("start").values_list("period", "start")
    assert list(days) == [("day", floor(NOW - days * DAY, DAY)) for days in (300, 299, 150)]


def test_one_of_many_is_elected(user: User) -> None:
    answer(user, NOW - DAY)
    assert [upkeep.elected(NOW) for _ in range(3)] == [True, False, False]
    assert not upkeep.elected(NOW + timedelta(seconds=30))
    assert upkeep.elected(NOW + upkeep.EVERY)


def test_a_tick_adds_up_and_can_be_ended(user: User) -> None:
    answer(user, NOW - 5 * DAY)
    answer(user, NOW - DAY)
    rests: list[None] = []

    def rest() -> None:
        rests.append(None)
        if len(rests) > 13 * 60:  # more than the minutes of the afternoon of the first of two days
            raise upkeep.Ended

    with pytest.raises(upkeep.Ended):
        upkeep.tick(NOW, rest)
    assert Rollup.objects.filter(scope="site", period="hour").count() == 1, "what was finished is kept"
    upkeep.tick(NOW + upkeep.EVERY, lambda: None)
    assert Rollup.objects.filter(scope="site", period="hour").count() == 2


def test_the_commands(user: User, capsys: pytest.CaptureFixture[str]) -> None:
    answer(user, NOW - 2 * DAY)
    call_command("rollup_metrics")
    assert "hours added up, until" in capsys.readouterr().out
    call_command("rollup_metrics")
    assert capsys.readouterr().out.startswith("0 hours added up")
    call_command("prune_metrics")
    assert "sums deleted" in capsys.readouterr().out
    with pytest.raises(CommandError, match="2 days at least"):
        call_command("prune_metrics", "--hours", "1")
