"""`seed_metrics`: the same for the same seed, everything that happens on a real site, and never on one."""

import json

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from metrics import queries, rollups
from metrics.figures import Filters, Window
from metrics.models import Rollup
from metrics.spans import DAY
from tests.metrics.made import NOW
from tests.threads.generation.rows import thread_of
from threads.models import Attempt, Generation

pytestmark = pytest.mark.django_db
ROWS = ("kind", "provider", "model", "state", "sent_at", "finished_at", "prompt_tokens", "cost_usd", "error_kind")


def _seed(*more: str) -> None:
    call_command("seed_metrics", "--days", "3", "--per-day", "60", "--until", NOW.isoformat(), *more)


def _rows() -> list[tuple[object, ...]]:
    return list(Attempt.objects.order_by("generation__created_at", "number").values_list("generation", *ROWS))


def test_the_same_for_the_same_seed(capsys: pytest.CaptureFixture[str]) -> None:
    _seed()
    first = _rows()
    assert capsys.readouterr().out.startswith(f"{Generation.objects.count()} answers, {len(first)} calls, ")
    assert Rollup.objects.filter(period="day").exists()
    Generation.objects.all().delete()
    _seed()
    assert _rows() == first
    Generation.objects.all().delete()
    _seed("--seed", "2")
    assert _rows() != first


def test_a_site_that_runs_has_added_up_an_empty_past() -> None:
    rollups.roll_up(NOW)
    _seed()
    window = Window(NOW - 3 * DAY, NOW)
    assert queries.totals(Filters(), window).answers.count == Generation.objects.count()
    assert Rollup.objects.filter(period="day").exists()


def _sums() -> dict[tuple[object, ...], object]:
    where = ("scope", "period", "start", "organization", "user", "provider", "model")
    return {tuple(row[:-1]): _rounded(json.loads(row[-1])) for row in Rollup.objects.values_list(*where, "data")}


def _rounded(part: object) -> object:
    if isinstance(part, dict):
        return {name: _rounded(one) for name, one in part.items()}
    return (
        [_rounded(one) for one in part] if isinstance(part, list) else round(part, 6) if type(part) is float else part
    )


@pytest.mark.slow
def test_days_are_added_up_as_from_rows() -> None:
    call_command("seed_metrics", "--days", "3", "--per-day", "400", "--until", NOW.isoformat())
    seeded = _sums()
    Rollup.objects.all().delete()
    rollups.begin_again(NOW - 9 * DAY)
    rollups.roll_up(NOW)
    assert _sums() == seeded
    assert len({where[1] for where in seeded}) > 1


@pytest.mark.slow
def test_it_looks_like_a_site() -> None:
    call_command("seed_metrics", "--days", "8", "--per-day", "250", "--until", NOW.isoformat())
    totals = queries.totals(Filters(), Window(NOW - 8 * DAY, NOW))
    answers, calls = totals.answers, totals.calls
    assert answers.count == Generation.objects.count() > 1000
    assert calls.count == Attempt.objects.count() > answers.count
    for name in ("retries", "fallbacks", "hedges", "hedges_won", "cancelled", "failed"):
        assert getattr(answers, name) > 0, name
    assert answers.completed > 0.9 * answers.count
    assert len(totals.by_deployment) == 5
    assert answers.cost_usd is not None
    assert answers.wasted_usd is not None
    assert 0 < answers.wasted_usd < answers.cost_usd
    assert Generation.objects.filter(finished_at__gt=NOW).count() == 0
    for spread in (answers.ttft, answers.latency, answers.cancel, answers.queue, calls.connect, calls.tpot, calls.gap):
        assert spread.p50 is not None
        assert 0 <= spread.p50 < 10


def test_not_on_a_site_in_use(user: User) -> None:
    thread_of(user)
    with pytest.raises(CommandError, match="--force"):
        _seed()
    assert not Generation.objects.exists()
    _seed("--force")
    assert Generation.objects.exists()


@pytest.mark.parametrize("wrong", [("--days", "0"), ("--until", "soon"), ("--until", "2026-13-01T00:00:00Z")])
def test_what_is_wrong_is_said(wrong: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match=wrong[0]):
        call_command("seed_metrics", *wrong)
