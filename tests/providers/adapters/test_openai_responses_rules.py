"""What the events of Responses mean, and every way to fail, in answers written for this purpose."""

import json
from typing import Any

import pytest

from providers.adapters.http_status import error_for
from providers.adapters.http_words import parse_body
from providers.adapters.openai_responses import decoder
from providers.errors import PermissionDenied, ProviderError
from providers.events import Citation, Event, Finish, KeepAlive, TextDelta, ToolCallDelta, Usage
from tests.providers.adapters.openai_responses_answers import ANSWERS, SOURCES
from tests.providers.adapters.openai_responses_events import (
    COUNTED,
    CREATED,
    ERROR,
    Said,
    added,
    argued,
    call,
    delta,
    ended,
    event,
    incomplete,
    message,
    response,
    said,
    start,
    stream,
    used,
)
from tests.providers.adapters.reading import ENDPOINT, Result, decode, folded, without_keep_alives


def decoded(*events: Said) -> tuple[list[Event], ProviderError | None]:
    return decode([stream(*events)], make=decoder)


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_means_what_it_should(name: str, named: bool) -> None:
    """With and without the names of events, and with other ends of lines."""
    told, expected = ANSWERS[name]
    for eol in ("\n", "\r\n", "\r"):
        assert folded(*decode([stream(*told, named=named, eol=eol)], make=decoder)) == expected


@pytest.mark.parametrize("name", ANSWERS)
def test_cuts_change_nothing(name: str) -> None:
    """In two parts, byte by byte, and without the blank line at the very end: the very same events."""
    raw = stream(*ANSWERS[name][0])

    def outcome(parts: list[bytes]) -> tuple[list[Event], str]:
        events, failure = decode(parts, make=decoder)
        return without_keep_alives(events), repr(failure)

    expected = outcome([raw])
    for cut in range(1, len(raw), 29):
        assert outcome([raw[:cut], raw[cut:]]) == expected, cut
    assert outcome([raw[place : place + 1] for place in range(len(raw))]) == expected
    assert outcome([raw.rstrip()]) == expected


# --- each event in its place ---------------------------------------------------------------------------------------
def test_every_event_comes_when_it_is_told() -> None:
    told = [
        (CREATED, []),
        (delta("Hel"), [TextDelta("Hel")]),
        (delta(""), []),
        (added(call("c1")), [ToolCallDelta(0, "c1", "now")]),
        (argued("{"), [ToolCallDelta(0, arguments="{")]),
        (ended(output=[message("Hello")]), [TextDelta("lo"), Usage(9, 5, 14)]),
    ]
    decoding = decoder(ENDPOINT)
    for say, expected in told:
        assert decoding.feed(stream(say)) == (expected or [KeepAlive()])
    assert decoding.close() == [Finish("tool_calls", "completed")]


def test_sources_are_told_as_soon_as_they_are_found_with_their_titles() -> None:
    events, _ = decoded(*ANSWERS["a search of Perplexity's"][0])
    told = [event for event in events if isinstance(event, Citation | TextDelta)]
    assert told == [Citation(SOURCES[0], "Page 1"), Citation(SOURCES[1], "Page 2"), TextDelta("Hello")]


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (ended(), Finish("stop", "completed")),
        (incomplete("max_output_tokens"), Finish("length", "max_output_tokens")),
        (incomplete("max_messages"), Finish("length", "max_messages")),
        (incomplete("content_filter"), Finish("content_filter", "content_filter")),
        (incomplete(None), Finish("length", "incomplete")),
        (incomplete({}), Finish("length", "incomplete")),
    ],
)
def test_the_providers_word_for_the_end_is_kept(last: Said, expected: Finish) -> None:
    assert decoded(*start(), delta("x"), last)[0][-1] == expected


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (used(), COUNTED),
        (used(output_tokens_details={"reasoning_tokens": 4}), [9, 5, 14, 4, None, None]),
        ({**used(), "total_tokens": 18, "output_tokens_details": {"reasoning_tokens": 4}}, [9, 9, 18, 4, None, None]),
        (used(input_tokens_details={"cached_tokens": 7}), [9, 5, 14, None, 7, None]),
        (used(input_tokens_details={"cache_read_input_tokens": 7}), [9, 5, 14, None, 7, None]),
        (used(cost=0.5), [9, 5, 14, None, None, 0.5]),
        (used(cost="0.5"), [9, 5, 14, None, None, 0.5]),
        (used(cost={"total_cost": 0.5}), [9, 5, 14, None, None, 0.5]),
        (used(cost_in_usd_ticks=5_000_000_000), [9, 5, 14, None, None, 0.5]),
        ({"input_tokens": 9, "output_tokens": 5}, COUNTED),
        ({"input_tokens": "9"}, None),
        ({}, None),
        (None, None),
        ([9], None),
    ],
)
def test_usage(usage: Any, expected: list[Any] | None) -> None:
    assert folded(*decoded(*start(), delta("x"), ended(usage=usage))).usage == expected


def test_usage_is_told_as_it_grows_and_only_when_it_is_new() -> None:
    searched = event("reasoning.search_results", results=[], usage=used(3, 0))
    events, _ = decoded(*start(), searched, searched, delta("x"), ended(), ended())
    assert [event.total_tokens for event in events if isinstance(event, Usage)] == [3, 14]


def test_done_from_a_gateway_does_not_make_an_answer_whole() -> None:
    for events, failure in (([*said("x"), ended()], None), (said("x"), "stream_cut")):
        raw = stream(*start(), *events) + b"data: [DONE]\n\n"
        assert folded(*decode([raw], make=decoder)).failure == failure
    searched = event("reasoning.search_results", results=[], usage=used())  # a usage is no proof here either
    raw = stream(*start(), searched, delta("x")) + b"data: [DONE]\n\n"
    assert folded(*decode([raw], make=decoder)).failure == "stream_cut"


# --- errors --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("told", "kind", "retryable"),
    [
        ([{"type": "error", "error": ERROR}], "upstream", True),
        ([{**ERROR, "type": "error"}], "upstream", True),
        ([{"type": "error", "code": "rate_limit_exceeded", "message": "Slow down."}], "rate_limit", True),
        ([{"type": "error", "error": {**ERROR, "type": "insufficient_quota", "code": None}}], "quota", False),
        ([{"type": "error", "error": {**ERROR, "type": "invalid_request_error"}}], "invalid_request", False),
        ([{"type": "error"}], "upstream", True),
        ([event("error", error={"code": "rate_limit_exceeded", "message": "Slow down."})], "rate_limit", True),
        ([{"type": "error", "error": ERROR}, ended("failed", error={"code": "invalid_prompt"})], "upstream", True),
        ([ended("failed", error={"code": "server_error", "message": "Boom."})], "upstream", True),
        ([ended("failed", error={"code": "rate_limit_exceeded"})], "rate_limit", True),
        ([ended("failed", error={"code": "invalid_prompt"})], "content_filter", False),
        ([ended("failed", error={"code": "image_too_large"})], "invalid_request", False),
        ([ended("failed", error={"code": "context_length_exceeded"})], "context_length", False),
        ([ended("failed", error="Boom.")], "upstream", True),
        ([ended("failed")], "upstream", True),
        ([ended("cancelled")], "upstream", True),
        ([event("failed")], "upstream", True),
        ([event("completed", response=response("failed"))], "upstream", True),
        ([ended(error=ERROR)], "upstream", True),
        ([event("failed", error={"message": "Boom.", "type": "server_error", "code": "500"})], "upstream", True),
        ([event("failed", error={"message": "Boom.", "code": "429"})], "rate_limit", True),
        ([event("failed", error={"message": "Boom.", "code": 503})], "overloaded", True),
        ([event("failed", error={"message": "No.", "code": "401"})], "authentication", False),
        ([{"error": ERROR}], "upstream", True),
        ([{"object": "error", "message": "Boom.", "code": 400}], "invalid_request", False),
        ([{"message": "Boom.", "code": 400}], "invalid_request", False),
    ],
)
def test_errors_inside_a_stream(told: list[Said], kind: str, retryable: bool) -> None:
    """Named and unnamed, before and after the first word, and with a mark of the end after them."""
    for beginning, text in (([], ""), ([*start(), delta("Hel")], "Hel")):
        for named in (True, False):
            raw = stream(*beginning, *told, named=named) + b"data: [DONE]\n\n"
            events, failure = decode([raw], make=decoder)
            assert failure is not None
            assert (folded(events, failure).text, failure.kind, failure.retryable) == (text, kind, retryable)


def test_the_providers_words_are_passed_on() -> None:
    for told in ({"type": "error", "error": ERROR}, ended("failed", error=ERROR), event("failed", error=ERROR)):
        _, failure = decoded(*start(), told)
        assert failure is not None
        assert "“Boom.”" in str(failure)
        assert failure.code == "server_error"


def test_what_was_said_before_a_failure_is_kept() -> None:
    partly = ended("failed", error=ERROR, output=[message("Hello")])
    assert folded(*decoded(*start(), delta("Hel"), partly)) == Result("Hello", usage=COUNTED, failure="upstream")


@pytest.mark.parametrize(
    ("raw", "failure"),
    [
        (b"", "empty"),
        (b": keep-alive\n\n", "empty"),
        (b"data: [DONE]\n\n", "empty"),
        (b"<!DOCTYPE html><title>Sign in</title>", "malformed"),
        (b'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\n', "malformed"),
        (stream(*start()) + b'data: {"type":"respon\n\n', "malformed"),
    ],
)
def test_what_is_no_answer(raw: bytes, failure: str) -> None:
    assert folded(*decode([raw], make=decoder)) == Result(failure=failure)


# --- refusals ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "error",
    [
        {"type": "chat_completions_not_available", "code": 403, "message": "Gone."},
        {"type": "permission_error", "code": "agent_api_migration_required", "message": "Gone."},
        {"message": "Sonar is now the Agent API. Use /v1/responses instead"},
    ],
)
def test_a_retired_endpoint_is_not_blamed_on_the_key(error: Said) -> None:
    failure = error_for(ENDPOINT, parse_body(json.dumps({"error": error}).encode(), "application/json"), status=403)
    assert (type(failure), failure.retryable, failure.status) == (PermissionDenied, False, 403)
    assert str(failure) == (
        "Acme has retired this endpoint; the API key is not the reason. Use its Agent API instead: the preset "
        f"perplexity. Acme says: “{error['message']}”"
    )
    other = error_for(ENDPOINT, parse_body(b'{"error":{"message":"No."}}', "application/json"), status=403)
    assert "retired" not in str(other)
