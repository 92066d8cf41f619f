"""What a look at the site sees, and a minute of a running site from a missed target to the webhook that hears of it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import LazySettings
from django.db.models.functions import Now

from accounts.models import Budget, Organization, User
from metrics import upkeep
from metrics.alerts import minute, watch
from metrics.alerts.findings import Finding
from metrics.alerts.models import Alert, Rules
from metrics.models import Progress, Rollup, Targets
from providers.models import Deployment, DeploymentHealth, Model, Provider
from tests.metrics.alerting import hook
from tests.metrics.made import FAILED, answer, call
from tests.metrics.receivers import webhook

pytestmark = pytest.mark.django_db
RULES = Rules(least_answers=20)


def _look(now: datetime | None = None, rules: Rules = RULES) -> dict[str, Finding]:
    return {one.subject: one for one in watch.look(rules, now or datetime.now(UTC))}


# --- targets -----------------------------------------------------------------------------------------------------
def _answers(user: User, count: int, ago: float = 60, *calls: dict[str, Any], **columns: Any) -> None:
    for number in range(count):
        answer(user, datetime.now(UTC) - timedelta(seconds=ago + number / 100), calls, **columns)


def test_a_quiet_site_has_nothing_to_say() -> None:
    assert {one.state for one in _look().values()} == {"unknown"}


def test_one_slow_answer_at_night_is_nothing(user: User) -> None:
    _answers(user, 1, took=90.0)
    assert _look()["latency_p95"].state == "unknown"
    _answers(user, 18)
    assert _look()["latency_p95"].state == "unknown"
    _answers(user, 1)
    assert _look()["latency_p95"].state == "fine", "one of twenty"
    assert _look()["latency_p95"].what == "Now 2.00 s. This is of 20 in 5 min."


def test_a_missed_target_names_the_worst(user: User) -> None:
    _answers(user, 10)
    _answers(user, 10, 60, call(provider="slow", model="big", first_token_at=8.0, finished_at=9.0), took=12.0)
    _answers(user, 3, 60, call(provider="rare", first_token_at=40.0, finished_at=41.0), took=44.0)
    found = _look()["latency_p95"]
    assert (found.state, found.target, found.title) == ("bad", 6.0, "whole answer, p95")
    assert found.what == "Answers take 44.00 s at p95, more than 6 s. This is of 23 in 5 min."
    assert found.worst == "Worst: big at slow, 8.99 s."
    assert found.path == "/metrics/dashboard/?range=1h"


def test_failures_are_counted_over_the_period_alone(user: User) -> None:
    _answers(user, 20, 60, call(**FAILED), state="failed", error_kind="overloaded")
    found = _look()
    assert (found["error_rate"].state, found["error_rate"].worst) == ("bad", "Worst: fast at one, 100.0%.")
    assert found["latency_p95"].state == "unknown", "nothing was completed"
    later = datetime.now(UTC) + timedelta(minutes=5)
    assert _look(later)["error_rate"].state == "unknown"
    assert _look(later, Rules(missed_minutes=10))["error_rate"].state == "bad"


def test_stops_are_judged_by_stops(user: User) -> None:
    _answers(user, 30)
    assert _look()["cancel_p95"].state == "unknown"
    _answers(user, 20, 60, call(state="cancelled"), state="cancelled", cancel_requested_at=1.0)
    assert _look()["cancel_p95"].state == "bad"


# --- breakers ----------------------------------------------------------------------------------------------------
@pytest.fixture
def deployment() -> Deployment:
    provider = Provider.objects.create(name="gpu-2", preset="openai-compatible", base_url="http://127.0.0.1:1/v1")
    return Deployment.objects.create(model=Model.objects.create(name="fast"), provider=provider, upstream="qwen3")


def _saw(deployment: Deployment, breaker: str, process: str = "one", **columns: Any) -> None:
    values: dict[str, Any] = {"breaker": breaker, "updated_at": Now(), "open_until": None, **columns}
    if breaker == "open":
        values["open_until"] = Now() + timedelta(seconds=20)
    DeploymentHealth.objects.update_or_create(process=process, deployment=deployment, defaults=values)


def _breaker(deployment: Deployment) -> str:
    found = [one.state for one in _look().values() if (one.kind, one.subject) == ("breaker", str(deployment.pk))]
    return found[0] if found else "not seen"


def test_a_breaker_is_judged_as_all_processes_see_it(deployment: Deployment) -> None:
    assert _breaker(deployment) == "not seen"
    _saw(deployment, "closed")
    assert _breaker(deployment) == "fine"
    _saw(deployment, "half_open", "two")
    assert _breaker(deployment) == "unknown", "nobody has asked since"
    _saw(deployment, "open", "two", last_error="It is overloaded.")
    assert _breaker(deployment) == "bad"
    found = _look()[str(deployment.pk)]
    assert found.what == "qwen3 at gpu-2 (model fast) fails too often and is not called."
    assert found.path == "/metrics/dashboard/?range=1h&provider=gpu-2#providers"


def test_what_only_staff_can_mend_is_bad_between_trials_too(deployment: Deployment) -> None:
    _saw(deployment, "half_open", needs_staff="The key is wrong.")
    found = _look()[str(deployment.pk)]
    assert (found.state, found.worst) == ("bad", "Its last error: The key is wrong.")
    assert "correct the key" in found.advice
    _saw(deployment, "closed", "two")
    assert _breaker(deployment) == "unknown", "it answers somebody"


@pytest.mark.parametrize("how", ["switched off", "model", "removed"])
def test_what_is_called_no_more_is_gone(deployment: Deployment, how: str) -> None:
    _saw(deployment, "open")
    subject, now = str(deployment.pk), datetime.now(UTC)
    Alert.objects.create(kind="breaker", subject=subject, since=now, seen_at=now, told_at=now)
    if how == "removed":
        deployment.delete()
    elif how == "model":
        Model.objects.update(enabled=False)
    else:
        Deployment.objects.update(enabled=False)
    assert _look()[subject].state == "gone"


# --- budgets -----------------------------------------------------------------------------------------------------
def test_a_budget_is_warned_of_and_reached(user: User, organization: Organization) -> None:
    budget = Budget.objects.create(organization=organization, amount_usd=Decimal(10), warn_at=0.5, hard=True)
    states = []
    for cost in ("4", "2", "4"):
        _answers(user, 1, 0, call(cost_usd=Decimal(cost)))
        found = next(one for one in _look().values() if one.kind == "budget")
        states.append((found.state, found.level))
    assert states == [("fine", 1), ("bad", 1), ("bad", 2)]
    assert found.what.startswith(f"The budget of {organization}: $10.00 of $10.00 (100 %) are spent. No more questions")
    assert (found.actual, found.target, found.path) == (10.0, 10.0, f"/admin/accounts/budget/{budget.pk}/change/")


# --- by itself ---------------------------------------------------------------------------------------------------
def _pass(now: datetime) -> None:
    upkeep.tick(now, lambda: None)


def test_a_site_tells_by_itself_and_adds_up_all_the_same(
    user: User, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SITE_URL = "https://chat.example.org"
    now = datetime.now(UTC)
    Targets(error_rate=0.5).save()
    Rules(missed_minutes=3).save()
    _answers(user, 20, 30, call(**FAILED), state="failed", error_kind="overloaded")
    _answers(user, 1, 3 * 3600)
    with webhook() as receiver:
        hook(receiver.url)
        _pass(now)
        _pass(now)
        _pass(now + timedelta(minutes=2, seconds=29))
        assert receiver.told == []
        _answers(user, 20, -90, call(**FAILED), state="failed", error_kind="overloaded")
        _pass(now + timedelta(minutes=4))
        assert [one["alert"]["subject"] for one in receiver.told] == ["error_rate"]
        assert receiver.told[0]["text"].startswith("100.0% of the answers failed; less than 50.0% is the target.")
        assert receiver.told[0]["alert"]["url"] == "https://chat.example.org/metrics/dashboard/?range=1h"
    assert Rollup.objects.exists()


def test_a_fault_in_it_does_not_keep_sums_from_being_made(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise LookupError

    monkeypatch.setattr(minute, "minute", breaks)
    _answers(user, 1, 3 * 3600)
    _pass(datetime.now(UTC))
    assert Rollup.objects.exists()


def test_a_process_that_ends_ends_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def ends() -> None:
        raise upkeep.Ended

    with pytest.raises(upkeep.Ended):
        upkeep.tick(datetime.now(UTC), ends)
    assert Progress.objects.exists()


def test_what_is_old_is_forgotten() -> None:
    now = datetime.now(UTC)
    for days in (401, 399):
        at = now - timedelta(days=days)
        Alert.objects.create(kind="target", subject="x", since=at, seen_at=at, told_at=at, recovered_at=at)
    minute.minute(now, lambda: None)
    assert Alert.objects.count() == 1
