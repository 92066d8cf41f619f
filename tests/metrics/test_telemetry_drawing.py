"""What is told of an answer and its calls, under which names. Pure."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from metrics.telemetry.drawing import Answer, Call, Measurement, Place, measurements, trace
from tests.metrics.made import NOW

ID = UUID("0f6e2c5a-7f0e-4a53-9c1d-3f1f3f0b7d11")
PLACE = Place("openai", "api.openai.com", 443)


def at(seconds: float | None) -> Any:
    return None if seconds is None else NOW + timedelta(seconds=seconds)


def answer(**columns: Any) -> Answer:
    usual = {
        "id": ID, "thread": UUID(int=7), "requested_model": "auto", "state": "completed", "provider": "one",
        "model": "fast", "error_kind": "", "takeovers": 0, "created_at": at(0), "first_token_at": at(0.6),
        "finished_at": at(2), "cancel_requested_at": None,
    }  # fmt: skip
    return Answer(**{**usual, **columns})


def call(number: int = 1, kind: str = "first", **columns: Any) -> Call:
    usual = {
        "answer": ID, "number": number, "kind": kind, "provider": "one", "model": "fast", "upstream": "gpt-6-luna",
        "streaming": True, "state": "completed", "sent_at": at(0.1), "opened_at": at(0.3), "first_token_at": at(0.5),
        "finished_at": at(1.9), "http_status": 200, "upstream_id": "resp_1", "finish_reason": "stop", "error_kind": "",
        "prompt_tokens": 100, "completion_tokens": 20, "reasoning_tokens": 5, "cached_tokens": 40,
        "usage_source": "reported", "cost_usd": Decimal("0.001"),
    }  # fmt: skip
    return Call(**{**usual, **columns})


def test_a_plain_answer() -> None:
    told = trace(answer(), [call()], [PLACE])
    root, [span] = told.answer, told.calls
    assert (root.name, root.outward, root.failed, root.start, root.end) == ("answer", False, False, at(0), at(2))
    assert root.attributes == {
        "gen_ai.conversation.id": str(UUID(int=7)),
        "chatsite.request.id": str(ID),
        "chatsite.requested_model": "auto",
        "chatsite.model": "fast",
        "chatsite.provider": "one",
        "chatsite.state": "completed",
        "chatsite.calls": 1,
        "chatsite.takeovers": 0,
    }
    assert [(event.name, event.at) for event in root.events] == [("chatsite.first_token", at(0.6))]
    assert (span.name, span.outward, span.failed) == ("chat gpt-6-luna", True, False)
    assert (span.start, span.end) == (at(0.1), at(1.9))
    assert span.attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-6-luna",
        "gen_ai.request.stream": True,
        "gen_ai.conversation.id": str(UUID(int=7)),
        "gen_ai.response.id": "resp_1",
        "gen_ai.response.time_to_first_chunk": 0.4,
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 20,
        "gen_ai.usage.cache_read.input_tokens": 40,
        "gen_ai.usage.reasoning.output_tokens": 5,
        "http.response.status_code": 200,
        "server.address": "api.openai.com",
        "server.port": 443,
        "chatsite.provider": "one",
        "chatsite.model": "fast",
        "chatsite.state": "completed",
        "chatsite.call.number": 1,
        "chatsite.call.kind": "first",
        "chatsite.cost.usd": 0.001,
    }
    opened, first = span.events
    assert (opened.name, opened.at, first.name, first.at) == (
        "chatsite.opened", at(0.3), "chatsite.first_token", at(0.5),
    )  # fmt: skip


def test_what_is_not_known_is_not_told() -> None:
    nothing = dict.fromkeys(
        ("opened_at", "first_token_at", "finished_at", "http_status", "prompt_tokens", "completion_tokens",
         "reasoning_tokens", "cached_tokens", "cost_usd")
    )  # fmt: skip
    blank = call(state="running", streaming=False, upstream_id="", finish_reason="", **nothing)
    told = trace(answer(thread=None, first_token_at=None), [blank], [Place("one")])
    assert "gen_ai.conversation.id" not in told.answer.attributes
    [span] = told.calls
    assert set(span.attributes) == {
        "gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model",
        "chatsite.provider", "chatsite.model", "chatsite.state", "chatsite.call.number", "chatsite.call.kind",
    }  # fmt: skip
    assert (span.end, list(span.events)) == (at(2), []), "it ended with its answer at the latest"


def test_why_a_further_call_was_made() -> None:
    failed = {"state": "failed", "finish_reason": ""}
    calls = [
        call(1, error_kind="overloaded", **failed),
        call(2, "retry", sent_at=at(0.6), error_kind="authentication", **failed),
        call(3, "fallback", sent_at=at(0.7), provider="two", model="slow"),
        call(4, "hedge", sent_at=at(0.9), state="cancelled"),
        call(5, "takeover", sent_at=at(1.1)),
    ]
    told = trace(answer(cancel_requested_at=at(1), takeovers=1), calls, [PLACE] * 5)
    events = [(event.name, event.at, event.attributes.get("error.type")) for event in told.answer.events]
    assert events == [
        ("chatsite.first_token", at(0.6), None),
        ("chatsite.retry", at(0.6), "overloaded"),
        ("chatsite.fallback", at(0.7), "authentication"),
        ("chatsite.hedge", at(0.9), None),
        ("chatsite.stop_requested", at(1), None),
        ("chatsite.takeover", at(1.1), "authentication"),
    ]
    fallback = told.answer.events[2].attributes
    assert (fallback["chatsite.provider"], fallback["chatsite.model"], fallback["chatsite.call.number"]) == (
        "two",
        "slow",
        3,
    )
    assert [span.failed for span in told.calls] == [True, True, False, False, False]
    assert [span.attributes.get("error.type") for span in told.calls] == ["overloaded", "authentication", *[None] * 3]


@pytest.mark.parametrize(
    ("state", "kind", "error"),
    [
        ("completed", "", None),
        ("cancelled", "", None),
        ("failed", "timeout", "timeout"),
        ("failed", "", "_OTHER"),
        ("lost", "lost", "lost"),
    ],
)
def test_a_stop_is_no_error(state: str, kind: str, error: str | None) -> None:
    told = trace(answer(), [call(state=state, error_kind=kind)], [PLACE])
    [duration, *_] = measurements(call(state=state, error_kind=kind), PLACE)
    assert told.calls[0].attributes.get("error.type") == duration.attributes.get("error.type") == error
    assert told.calls[0].failed is (error is not None)
    assert duration.attributes["chatsite.state"] == state


def test_ids_are_the_answers_own_and_spread() -> None:
    one, again = (trace(answer(), [call(1), call(2, "retry")], [PLACE] * 2) for _ in range(2))
    assert one == again
    others = [trace(answer(id=uuid4()), [call(1), call(2)], [PLACE] * 2) for _ in range(400)]
    assert len({span.id for told in others for span in (told.answer, *told.calls)}) == 1200
    # A sampler keeps what is below its share of 2^64, by the last 64 bits: in UUIDs the first two of these are fixed.
    low = sum(told.id % 2**64 < 2**62 for told in others)
    assert 40 < low < 170
    assert all(0 < told.id < 2**128 for told in others)


def test_what_is_measured() -> None:
    told = {one.metric.value: one for one in measurements(call(), PLACE)}
    assert set(told) == {
        "gen_ai.client.operation.duration", "gen_ai.client.operation.time_to_first_chunk", "gen_ai.client.token.usage",
    }  # fmt: skip
    identity = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-6-luna",
        "server.address": "api.openai.com",
        "server.port": 443,
        "chatsite.provider": "one",
        "chatsite.model": "fast",
    }
    duration, first = told["gen_ai.client.operation.duration"], told["gen_ai.client.operation.time_to_first_chunk"]
    assert (duration.value, duration.attributes) == (1.8, identity | {"chatsite.state": "completed"})
    assert (first.value, first.attributes) == (0.4, identity)
    tokens = [one for one in measurements(call(), PLACE) if one.metric.value == "gen_ai.client.token.usage"]
    assert [(one.value, one.attributes) for one in tokens] == [
        (100, identity | {"gen_ai.token.type": "input"}),
        (20, identity | {"gen_ai.token.type": "output"}),
    ]


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        ({"streaming": False}, ["duration", "usage", "usage"]),
        ({"first_token_at": None}, ["duration", "usage", "usage"]),
        ({"prompt_tokens": None, "completion_tokens": None}, ["duration", "time_to_first_chunk"]),
        ({"finished_at": None, "completion_tokens": 0}, ["time_to_first_chunk", "usage", "usage"]),
    ],
)
def test_only_what_was_measured_is_measured(columns: dict[str, Any], names: list[str]) -> None:
    told: list[Measurement] = list(measurements(call(**columns), PLACE))
    assert [one.metric.value.rpartition(".")[2] for one in told] == names
