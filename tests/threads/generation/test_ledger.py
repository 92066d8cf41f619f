"""A row for each call: opened before it, settled once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import User
from providers.adapters.openai_chat import OpenAIChat
from providers.dispatch.targets import AttemptRecord, Prices, Target
from providers.events import Usage
from providers.types import Endpoint
from tests.threads.generation.rows import generation_in, thread_of
from threads.generation import ledger
from threads.models import Attempt, Generation

_TARGET = Target(None, "gpu-2", "fast", "qwen3", OpenAIChat(), Endpoint("gpu-2", "http://127.0.0.1:1"))
_USAGE = Usage(1000, 500, 1500, reasoning_tokens=200, cached_tokens=100)
_SENT = datetime(2026, 11, 1, 12, tzinfo=UTC)


def _record(**fields: object) -> AttemptRecord:
    prices = Prices(Decimal(2), Decimal(10))
    record = AttemptRecord(1, "first", replace(_TARGET, prices=prices), streaming=True, sent_at=_SENT)
    for name, value in fields.items():
        setattr(record, name, value)
    return record


@pytest.fixture
def generation(user: User) -> Generation:
    return generation_in(thread_of(user))


def _settled(generation: Generation, record: AttemptRecord, state: str = "cancelled") -> Attempt:
    ledger.settle(generation.pk, record, state)
    return Attempt.objects.get(generation=generation, number=record.number)


def test_a_row_is_there_before_the_call(generation: Generation) -> None:
    ledger.row_of(generation.pk, 3, _record()).save()
    row = Attempt.objects.get()
    assert (row.state, row.number, row.epoch, row.kind, row.streaming) == ("running", 1, 3, "first", True)
    assert (row.provider, row.model, row.upstream, row.sent_at) == ("gpu-2", "fast", "qwen3", _SENT)
    assert (row.usage_source, row.prompt_tokens, row.cost_usd, row.finished_at) == ("unknown", None, None, None)


def test_what_the_provider_counted(generation: Generation) -> None:
    record = _record(
        usage=_USAGE,
        opened_at=_SENT + timedelta(seconds=1),
        first_token_at=_SENT + timedelta(seconds=2),
        last_token_at=_SENT + timedelta(seconds=3),
        finished_at=_SENT + timedelta(seconds=4),
        http_status=200,
        upstream_id="req-1\x00" + "x" * 300,
        finish_reason="stop",
        deltas=9,
        characters=12345,
    )
    ledger.row_of(generation.pk, 1, record).save()
    row = _settled(generation, record)
    assert (row.state, row.usage_source, row.finish_reason, row.http_status, row.deltas) == (
        "completed", "reported", "stop", 200, 9,
    )  # fmt: skip
    assert (row.prompt_tokens, row.completion_tokens, row.reasoning_tokens, row.cached_tokens) == (1000, 500, 200, 100)
    assert row.cost_usd == Decimal("0.007")
    times = [row.sent_at, row.opened_at, row.first_token_at, row.last_token_at, row.finished_at]
    assert times == [_SENT + timedelta(seconds=n) for n in range(5)]
    assert row.upstream_id == "req-1\ufffd" + "x" * 194


def test_an_estimate_where_text_came_and_no_count(generation: Generation) -> None:
    record = _record(characters=350, prompt_characters=700)
    ledger.row_of(generation.pk, 1, record).save()
    row = _settled(generation, record)
    assert (row.state, row.usage_source) == ("cancelled", "estimated")
    assert row.prompt_tokens == pytest.approx(200, abs=1)
    assert row.completion_tokens == pytest.approx(100, abs=1)
    assert row.cost_usd == (2 * row.prompt_tokens + 10 * row.completion_tokens) / Decimal(1_000_000)


def test_unknown_where_nothing_came(generation: Generation) -> None:
    record = _record(error_kind="connection", error_message="no\x00 route")
    ledger.row_of(generation.pk, 1, record).save()
    row = _settled(generation, record)
    assert (row.state, row.usage_source, row.prompt_tokens, row.completion_tokens, row.cost_usd) == (
        "failed", "unknown", None, None, None,
    )  # fmt: skip
    assert (row.error_kind, row.error_message) == ("connection", "no\ufffd route")


def test_without_prices_a_count_has_no_cost(generation: Generation) -> None:
    record = _record(usage=_USAGE)
    record.target = _TARGET
    ledger.row_of(generation.pk, 1, record).save()
    row = _settled(generation, record)
    assert (row.usage_source, row.prompt_tokens, row.cost_usd) == ("reported", 1000, None)


def test_a_call_is_announced(generation: Generation) -> None:
    (attempt, telling), (status, state) = ledger.announced(_record(number=2, kind="retry"))
    assert (attempt, status) == ("attempt", "status")
    assert telling == {
        "number": 2,
        "provider": "gpu-2",
        "model": "fast",
        "deployment": "gpu-2/qwen3",
        "kind": "retry",
    }
    assert state["state"] == "connecting"


def test_a_row_is_settled_once(generation: Generation) -> None:
    record = _record(usage=_USAGE, finish_reason="stop", finished_at=_SENT)
    ledger.row_of(generation.pk, 1, record).save()
    _settled(generation, record)
    record.usage, record.finish_reason, record.error_kind = None, "error", "upstream"
    row = _settled(generation, record, "cancelled")
    assert (row.state, row.usage_source, row.finish_reason) == ("completed", "reported", "stop")
    ledger.write_off(generation.pk, 99, {})
    row.refresh_from_db()
    assert row.state == "completed"


def test_one_call_of_several_is_settled(generation: Generation) -> None:
    first, second = _record(), _record(number=2, kind="takeover", usage=_USAGE)
    ledger.row_of(generation.pk, 1, first).save()
    ledger.row_of(generation.pk, 2, second).save()
    _settled(generation, second)
    assert list(Attempt.objects.order_by("number").values_list("state", flat=True)) == ["running", "cancelled"]


def test_what_earlier_owners_left_open_is_written_off(generation: Generation, user: User) -> None:
    other = generation_in(thread_of(user))
    for number, epoch in ((1, 1), (2, 2), (3, 3)):
        ledger.row_of(generation.pk, epoch, _record(number=number)).save()
    ledger.row_of(other.pk, 1, _record()).save()
    ledger.write_off(generation.pk, 3, {})
    rows = Attempt.objects.filter(generation=generation).order_by("number")
    assert [(row.state, row.error_kind) for row in rows] == [("lost", "lost"), ("lost", "lost"), ("running", "")]
    assert other.attempts.get().state == "running"


@pytest.mark.parametrize(
    ("fields", "otherwise", "state"),
    [
        ({"finish_reason": "stop", "finished_at": _SENT}, "cancelled", "completed"),
        ({"error_kind": "upstream", "finished_at": _SENT}, "cancelled", "failed"),
        ({"error_kind": "upstream", "finish_reason": "length", "finished_at": _SENT}, "cancelled", "failed"),
        ({"finished_at": _SENT}, "cancelled", "cancelled"),
        ({}, "failed", "failed"),
    ],
)
def test_how_a_call_ended(generation: Generation, fields: dict[str, object], otherwise: str, state: str) -> None:
    record = _record(**fields)
    ledger.row_of(generation.pk, 1, record).save()
    assert _settled(generation, record, otherwise).state == state


def test_a_call_in_place_of_another_is_announced_by_a_status_of_its_own(generation: Generation) -> None:
    """That one would be hidden by "connecting"."""
    kinds = {
        kind: [word for word, _ in ledger.announced(_record(kind=kind))] for kind in ("retry", *ledger.ASKED_INSTEAD)
    }
    alone = ["attempt"]
    assert kinds == {"retry": ["attempt", "status"], "fallback": alone, "hedge": alone, "takeover": alone}


# --- what all calls used -------------------------------------------------------------------------------------------
def test_what_several_calls_used_is_added_up() -> None:
    counted, estimated = ledger.spent_on(_record(usage=_USAGE)), ledger.spent_on(_record(characters=350))
    assert counted is not None
    assert estimated is not None
    both = counted + estimated
    assert (both.prompt_tokens, both.reasoning_tokens, both.cached_tokens) == (1000, 200, 100)
    assert both.completion_tokens == 500 + estimated.completion_tokens
    assert both.cost == Decimal("0.007") + (estimated.cost or 0)
    assert (both.estimated, counted.estimated) == (True, False)


def test_what_has_no_price_does_not_hide_what_has_one() -> None:
    free = _record(usage=_USAGE)
    free.target = _TARGET
    priced, unpriced = ledger.spent_on(_record(usage=_USAGE)), ledger.spent_on(free)
    assert priced is not None
    assert unpriced is not None
    assert (priced + unpriced).cost == (unpriced + priced).cost == Decimal("0.007")
    assert (unpriced + unpriced).cost is None


def test_what_earlier_owners_used(generation: Generation) -> None:
    assert ledger.spent_before(generation.pk, 2) is None
    for number, fields in enumerate([{"usage": _USAGE}, {"characters": 350}, {"error_kind": "connection"}], start=1):
        record = _record(number=number, **fields)
        ledger.row_of(generation.pk, 1, record).save()
        _settled(generation, record)
    spent = ledger.spent_before(generation.pk, 2)
    assert spent is not None
    assert (spent.prompt_tokens, spent.completion_tokens, spent.estimated) == (1000, 600, True)
    assert spent.cost == Decimal("0.008")


@pytest.mark.parametrize(("cost", "told"), [(Decimal("0.007"), 0.007), (Decimal(0), 0.0), (None, None)])
def test_the_usage_event(cost: Decimal | None, told: float | None) -> None:
    spent = ledger.Spent(1000, 500, 1500, reasoning_tokens=200, cached_tokens=100, cost=cost, estimated=True)
    assert ledger.usage_payload(spent) == {
        "prompt_tokens": 1000,
        "completion_tokens": 500,
        "total_tokens": 1500,
        "reasoning_tokens": 200,
        "cached_tokens": 100,
        "cost_usd": told,
        "estimated": True,
    }
