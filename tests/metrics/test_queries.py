"""What each figure is, from rows with known timings."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import Organization, User
from metrics import queries, targets
from metrics.figures import Figures, Filters, Window
from metrics.models import Targets
from tests.metrics.made import FAILED, NOW, answer, call, later
from threads.models import Attempt, Generation

pytestmark = pytest.mark.django_db
ALL = Filters()


def _last(count: int = 100, **filters: object) -> queries.Performance:
    return queries.performance(Filters(**filters), last_n=count)  # type: ignore[arg-type]


def test_of_one_answer(user: User) -> None:
    answer(user, NOW)
    found = _last()
    answers, calls = found.answers, found.by_provider["one"]
    assert (answers.count, answers.completed, answers.failed, answers.error_rate) == (1, 1, 0, 0.0)
    assert answers.ttft.p50 == pytest.approx(0.51)  # from the question to what a person could see
    assert answers.latency.p95 == pytest.approx(2.0)
    assert answers.queue.p50 == pytest.approx(0.01)
    assert calls.ttft.p50 == pytest.approx(0.49)  # from the request
    assert calls.latency.p50 == pytest.approx(1.59)
    assert calls.connect.p50 == pytest.approx(0.09)
    for one in (answers, calls):
        assert one.tpot.p50 == pytest.approx(0.1)  # 1 s for the 10 tokens after the first
        assert one.speed.p50 == pytest.approx(10)
        assert one.gap.p99 == 0.2
        assert (one.tokens.prompt, one.tokens.completion, one.tokens.total) == (100, 11, 111)
        assert (one.tokens.reported, one.tokens.estimated, one.tokens.unknown) == (1, 0, 0)
        assert one.cost_usd == Decimal("0.001")
    assert calls.statuses == {"200": 1}
    assert found.by_model.keys() == {"fast"}
    assert (found.asked, found.start, found.end) == (100, NOW, NOW)


def test_nothing_measured_is_none_and_does_not_pass() -> None:
    found = _last()
    answers = found.answers
    assert (answers.count, answers.error_rate, answers.cost_usd, answers.tokens.total) == (0, None, None, None)
    assert (answers.ttft.p95, answers.latency.p50, answers.cancel.p95, answers.speed.p50) == (None,) * 4
    assert {(verdict.actual, verdict.passing) for verdict in found.verdicts.values()} == {(None, False)}
    assert not found.passing
    assert (found.start, found.by_provider) == (None, {})


def test_a_retry_a_fallback_and_what_they_cost(user: User) -> None:
    cut = call("retry", "failed", error_kind="stream_cut", usage_source="estimated", cost_usd=Decimal("0.002"))
    answer(user, NOW, [call(**FAILED, provider="two"), cut, call("fallback", sent=0.3)])
    found = _last()
    answers = found.answers
    assert (answers.retries, answers.fallbacks, answers.failed) == (1, 1, 0)
    assert (answers.cost_usd, answers.wasted_usd) == (Decimal("0.003"), Decimal("0.002"))
    assert (answers.tokens.prompt, answers.tokens.estimated, answers.tokens.unknown) == (200, 1, 1)
    assert answers.spent == {("retry", "failed"): Decimal("0.002"), ("fallback", "completed"): Decimal("0.001")}
    one, two = found.by_provider["one"], found.by_provider["two"]
    assert (one.count, one.failed, one.errors) == (2, 1, {"stream_cut": 1})
    assert (two.count, two.error_rate, two.errors, two.cost_usd) == (1, 1.0, {"overloaded": 1}, None)
    assert two.latency.count == 0, "how long a failure took says nothing of answers"


def test_a_stop_is_no_error(user: User) -> None:
    stopped = call(state="cancelled", finished_at=1.02, usage_source="estimated")
    answer(user, NOW, [stopped], took=1.05, state="cancelled", cancel_requested_at=1.0)
    answer(user, later(NOW, 1), state="failed", error_kind="timeout", first_token_at=None)
    found = _last()
    answers, calls = found.answers, found.by_provider["one"]
    assert (answers.cancelled, answers.failed, answers.error_rate, answers.errors) == (1, 1, 0.5, {"timeout": 1})
    assert answers.cancel.p95 == pytest.approx(0.05)
    assert calls.cancel.p95 == pytest.approx(0.02)
    assert answers.latency.count == 0
    assert answers.ttft.count == 1


def test_a_hedge_that_won(user: User) -> None:
    loser = call(state="cancelled", finished_at=0.6, first_token_at=None, last_token_at=None, usage_source="unknown",
                 prompt_tokens=None, completion_tokens=None, cost_usd=None, longest_gap_s=None)  # fmt: skip
    answer(user, NOW, [loser, call("hedge", sent=0.4, provider="two")])
    found = _last()
    assert (found.answers.hedges, found.answers.hedges_won) == (1, 1)
    assert (found.by_provider["two"].hedges_won, found.by_provider["one"].hedges_won) == (1, 0)
    assert found.by_provider["one"].cancel.count == 0, "nobody asked for a stop"


def test_a_takeover_and_a_call_that_was_lost(user: User) -> None:
    lost = call(**{**FAILED, "state": "lost", "error_kind": "lost", "finished_at": 1.0})
    answer(user, NOW, [lost, call("takeover", sent=1.1)], takeovers=1)
    found = _last()
    assert found.answers.takeovers == 1
    assert found.answers.failed == 0
    assert found.by_provider["one"].errors == {"lost": 1}


def test_what_is_not_over_does_not_count(user: User) -> None:
    row = answer(user, NOW)
    Generation.objects.filter(pk=row.pk).update(state="running", finished_at=None)
    assert _last().answers.count == 0
    assert queries.now(ALL).running == 1
    Generation.objects.filter(pk=row.pk).update(state="queued", created_at=later(NOW, 0))
    present = queries.now(ALL)
    assert (present.running, present.queued) == (0, 1)
    assert present.oldest_queued_s is not None


def test_the_last_ones_by_their_end(user: User) -> None:
    for number in range(5):
        answer(user, later(NOW, number), took=1 + number)
    found = _last(2)
    assert (found.answers.count, found.answers.latency.p50) == (2, pytest.approx(4.0))
    assert (found.start, found.end) == (later(NOW, 3), later(NOW, 4))


def test_whose_and_which(user: User, other_user: User, organization: Organization) -> None:
    answer(user, NOW, [call(), call("fallback", provider="two", model="smart")])
    answer(other_user, NOW)
    assert _last().answers.count == 2
    assert _last(user=user.pk).answers.count == 1
    assert _last(organization=organization.pk).answers.count == 1
    assert _last(user=other_user.pk, organization=organization.pk).answers.count == 0
    by_two = _last(provider="two")
    assert (by_two.answers.count, list(by_two.by_provider), list(by_two.by_model)) == (1, ["two"], ["smart"])
    by_fast = _last(model="fast", user=other_user.pk)
    assert (by_fast.answers.count, by_fast.by_model["fast"].count) == (1, 1)
    window = Window(later(NOW, -1), later(NOW, 1))
    calls = queries.totals(Filters(provider="one"), window)
    assert (calls.answers.count, calls.calls.count) == (1, 2), "what it was asked, whoever answered in the end"


def test_targets_are_what_staff_say(user: User) -> None:
    stopped = call(state="cancelled", finished_at=1.1)
    answer(user, NOW, [stopped], took=1.3, state="cancelled", cancel_requested_at=1.0)
    for number in range(99):
        answer(user, later(NOW, number + 1))
    verdicts = _last().verdicts
    assert {name: (one.target, one.passing) for name, one in verdicts.items()} == {
        "ttft_p95": (1.5, True), "latency_p95": (6.0, True), "latency_p50": (3.5, True), "error_rate": (0.01, True),
        "cancel_p95": (0.3, False),
    }  # fmt: skip
    Targets(ttft_p95=0.51, latency_p95=1.9, error_rate=0.0, cancel_p95=0.31).save()
    verdicts = _last().verdicts
    assert [verdicts[name].passing for name in ("ttft_p95", "latency_p95", "error_rate", "cancel_p95")] == [
        True,  # as large as its target
        False,
        False,  # less than nothing it cannot be
        True,
    ]
    assert targets.current().latency_p50 == 3.5


def test_a_series_has_no_gap(user: User) -> None:
    answer(user, NOW)
    answer(user, later(NOW, 3700))
    window = Window(later(NOW, -60), later(NOW, 3800))
    found = queries.series(ALL, window, timedelta(minutes=10))
    counts = [point.answers.count for point in found.points]
    assert (sum(counts), counts[0], counts[-1], len(counts)) == (2, 1, 1, 7)
    assert found.points[0].start <= window.start < found.points[1].start
    assert found.points[1].answers.ttft.p50 is None
    assert [one.count for one in found.by_provider["one"]] == counts
    for bucket, length in ((timedelta(seconds=1), timedelta(hours=1)), (timedelta(minutes=1), timedelta(hours=7))):
        with pytest.raises(ValueError, match="choose"):
            queries.series(ALL, Window(NOW - length, NOW), bucket)


def test_what_fails_most(user: User, other_user: User) -> None:
    for number in range(3):
        answer(user, later(NOW, number), [call(**FAILED, error_message=f"words {number}")], state="failed")
    answer(other_user, NOW, [call(**{**FAILED, "error_kind": "timeout", "http_status": None})], state="failed")
    window = Window(later(NOW, -60), later(NOW, 60))
    first, second = queries.top_errors(ALL, window)
    assert (first.kind, first.status, first.count, first.message) == ("overloaded", 503, 3, "words 2")
    assert (second.kind, second.status, second.count) == ("timeout", None, 1)
    latest = Attempt.objects.get(error_message="words 2")
    assert (first.generation, first.last_at) == (latest.generation_id, latest.sent_at)
    assert [line.kind for line in queries.top_errors(Filters(user=other_user.pk), window)] == ["timeout"]
    assert queries.top_errors(Filters(provider="two"), window) == []
    assert len(queries.top_errors(ALL, window, limit=1)) == 1


def test_by_property(user: User, other_user: User, organization: Organization) -> None:
    answer(user, NOW)
    answer(other_user, later(NOW, -86_400), [call(provider="two")])
    window = Window(later(NOW, -2 * 86_400), later(NOW, 1))

    def counts(by: queries.By) -> dict[object, int]:
        return {key: figures.count for key, figures in queries.breakdown(ALL, window, by).items()}

    assert counts("provider") == {"one": 1, "two": 1}
    assert counts("deployment") == {("one", "fast"): 1, ("two", "fast"): 1}
    assert counts("user") == {user.pk: 1, other_user.pk: 1}
    assert counts("organization")[organization.pk] == 1
    assert sorted(key.day for key in counts("day")) == [19, 20]  # type: ignore[attr-defined]
    assert isinstance(queries.totals(ALL, window).by_deployment["two", "fast"], Figures)
