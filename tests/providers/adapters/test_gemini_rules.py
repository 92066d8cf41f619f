"""What Gemini's answers mean, in every form in which they can arrive, and every way to fail."""

import json
from typing import Any

import pytest

from providers.adapters.gemini import decoder
from providers.adapters.http_status import error_for
from providers.adapters.http_words import parse_body
from providers.events import Citation, Event, Finish, KeepAlive, TextDelta, ToolCallDelta, Usage
from tests.providers.adapters.gemini_answers import (
    ANSWERS,
    BLOCKED,
    END,
    HELLO,
    array,
    call,
    error,
    events,
    part,
    text,
    used,
    web,
)
from tests.providers.adapters.reading import ENDPOINT, RECORDINGS, Result, decode, folded, without_keep_alives

FORMS = {
    "lf": lambda said: events(*said, eol="\n"),
    "crlf": lambda said: events(*said),
    "cr": lambda said: events(*said, eol="\r"),
    "array": lambda said: array(*said),
    "narrow array": lambda said: b" \n" + json.dumps(said).encode(),
}


def outcome(parts: list[bytes]) -> tuple[list[Event], str]:
    told, failure = decode(parts, make=decoder)
    return without_keep_alives(told), repr(failure)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_means_what_it_should(name: str, form: str) -> None:
    said, expected = ANSWERS[name]
    assert folded(*decode([FORMS[form](said)], make=decoder)) == expected


def test_every_event_comes_in_its_place() -> None:
    said = [
        used(text("Hel"), 9),
        call(name="f", args={"q": 1}, id="c"),
        used(text("lo", "STOP", **web({"uri": "u:1", "title": "One"}, {"uri": "u:2"})), 9, 5),
    ]
    assert outcome([events(*said)])[0] == [
        TextDelta("Hel"),
        Usage(9, 0, 9),
        ToolCallDelta(0, "c", "f", '{"q": 1}'),
        TextDelta("lo"),
        Citation("u:1", "One"),
        Citation("u:2"),
        Usage(9, 5, 14),
        Finish("stop", "STOP"),
    ]


def test_usage_is_told_again_only_when_it_is_new() -> None:
    told, _ = outcome([events(*(used(text(word), 9, 1) for word in "ab"), END)])
    assert [event.total_tokens for event in told if isinstance(event, Usage)] == [10, 14]


def test_what_says_nothing_shows_that_the_connection_lives() -> None:
    for nothing in (b": ping\n\n", events(text("")), b"data: {}\n\n"):
        assert decoder(ENDPOINT).feed(nothing) == [KeepAlive()]
    made = decoder(ENDPOINT)
    assert [made.feed(piece) for piece in (b"[", b"\n", b"{")] == [[KeepAlive()]] * 3


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("STOP", "stop"),
        ("MAX_TOKENS", "length"),
        ("SAFETY", "content_filter"),
        ("RECITATION", "content_filter"),
        ("BLOCKLIST", "content_filter"),
        ("PROHIBITED_CONTENT", "content_filter"),
        ("SPII", "content_filter"),
        ("LANGUAGE", "content_filter"),
        ("IMAGE_SAFETY", "content_filter"),
        (1, "stop"),
        (2, "length"),
        (3, "content_filter"),
    ],
)
def test_reasons_for_the_end(word: str | int, reason: str) -> None:
    assert outcome([events(text("Hi", word))])[0][-1] == Finish(reason, str(word))  # type: ignore[arg-type]


@pytest.mark.parametrize("word", ["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "OTHER", "SOMETHING_NEW", 5])
def test_reasons_that_are_failures(word: str | int) -> None:
    said = used(text("Hi", word), 9, 5)
    told, failure = decode([events(said)], make=decoder)
    assert told == [TextDelta("Hi"), Usage(9, 5, 14)]
    assert failure is not None
    assert (failure.kind, failure.retryable, failure.code) == ("upstream", True, str(word))
    assert f"ended with {word}" in str(failure)
    said["candidates"][0]["finishMessage"] = "It broke."
    assert "“It broke.”" in outcome([events(said)])[1]


def test_a_blocked_question_says_why() -> None:
    _, failure = decode([events(BLOCKED)], make=decoder)
    assert failure is not None
    assert (failure.kind, failure.retryable, failure.code) == ("content_filter", False, "SAFETY")
    assert "“Reasons”" in str(failure)


# --- whole answers -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (used(part({"text": "Hm.", "thought": True}, {"text": "Hi"}, finish="STOP"), 9, 5), ("Hi", "stop", None)),
        (text("Hi"), ("Hi", "stop", None)),
        (part(), ("", None, "empty")),
        ({"candidates": []}, ("", None, "empty")),
        (BLOCKED, ("", None, "content_filter")),
        (error(), ("", None, "overloaded")),
        ({"error": "No."}, ("", None, "upstream")),
        ({"choices": []}, ("", None, "malformed")),
        ([text("H", "STOP"), text("i", "STOP")], ("Hi", "stop", None)),
    ],
)
def test_whole_answers(body: Any, expected: tuple[str, str | None, str | None]) -> None:
    raw = json.dumps(body).encode()
    for parts in ([raw], [raw[:7], raw[7:]]):
        result = folded(*decode(parts, "text/event-stream", decoder))
        assert (result.text, result.finish, result.failure) == expected


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="recordings not present (../shared/transcripts)")
def test_a_recorded_whole_answer() -> None:
    """Its reason for the end is a number, and thinking used all the tokens that were allowed."""
    answer = json.loads((RECORDINGS / "nonstream/gemini-1.json").read_text(encoding="utf-8"))["response"]
    told = answer["usageMetadata"]
    result = folded(*decode([json.dumps(answer).encode()], make=decoder))
    prompt, total, thoughts = told["promptTokenCount"], told["totalTokenCount"], told["thoughtsTokenCount"]
    assert result == Result(usage=[prompt, total - prompt, total, thoughts, None, None], finish="length")


# --- refusals ------------------------------------------------------------------------------------------------------
def quota(*ids: str, delay: str = "48s") -> dict[str, Any]:
    violations = [{"quotaMetric": "m", "quotaId": name} for name in ids]
    kinds = {"QuotaFailure": {"violations": violations}, "RetryInfo": {"retryDelay": delay}}
    return {"details": [{"@type": f"type.googleapis.com/google.rpc.{kind}", **told} for kind, told in kinds.items()]}


def because(reason: str) -> dict[str, Any]:
    return {"details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]}


@pytest.mark.parametrize(
    ("body", "kind", "retryable", "wait", "code"),
    [
        (error(400, "INVALID_ARGUMENT"), "invalid_request", False, None, "INVALID_ARGUMENT"),
        (
            error(400, "INVALID_ARGUMENT", **because("API_KEY_INVALID")),
            "authentication",
            False,
            None,
            "API_KEY_INVALID",
        ),
        (error(400, "INVALID_ARGUMENT", "API key not valid."), "authentication", False, None, "INVALID_ARGUMENT"),
        (
            error(
                400, "INVALID_ARGUMENT", "The input token count (9) exceeds the maximum number of tokens allowed (8)."
            ),
            *("context_length", False, None, "INVALID_ARGUMENT"),
        ),
        (error(400, "FAILED_PRECONDITION"), "permission", False, None, "FAILED_PRECONDITION"),
        (error(401, "UNAUTHENTICATED", **because("OTHER")), "authentication", False, None, "OTHER"),
        (error(403, "PERMISSION_DENIED", **because("OTHER")), "permission", False, None, "OTHER"),
        (error(404, "NOT_FOUND"), "model_not_found", False, None, "NOT_FOUND"),
        (error(429, "RESOURCE_EXHAUSTED"), "rate_limit", True, None, "RESOURCE_EXHAUSTED"),
        (error(429, "RESOURCE_EXHAUSTED", **quota("PerMinute")), "rate_limit", True, 48, "RESOURCE_EXHAUSTED"),
        (
            error(429, "RESOURCE_EXHAUSTED", **quota("PerMinute", delay="0.25s")),
            "rate_limit",
            True,
            0.25,
            "RESOURCE_EXHAUSTED",
        ),
        (
            error(429, "RESOURCE_EXHAUSTED", "Please retry in 1m2.5s.", **quota("PerMinute", delay="soon")),
            *("rate_limit", True, 62.5, "RESOURCE_EXHAUSTED"),
        ),
        (
            error(429, "RESOURCE_EXHAUSTED", "Please retry in 617.5ms."),
            "rate_limit",
            True,
            0.6175,
            "RESOURCE_EXHAUSTED",
        ),
        (
            error(429, "RESOURCE_EXHAUSTED", **quota("RequestsPerMinute", "RequestsPerDayPerProject-FreeTier")),
            *("quota", False, None, "RESOURCE_EXHAUSTED"),
        ),
        (
            error(429, "RESOURCE_EXHAUSTED", **quota("PerMinute", delay="9" * 400 + "s")),
            *("rate_limit", True, None, "RESOURCE_EXHAUSTED"),
        ),
        (error(499, "CANCELLED"), "upstream", True, None, "CANCELLED"),
        (error(500, "INTERNAL"), "upstream", True, None, "INTERNAL"),
        (error(503, "UNAVAILABLE"), "overloaded", True, None, "UNAVAILABLE"),
        (error(504, "DEADLINE_EXCEEDED"), "timeout", True, None, "DEADLINE_EXCEEDED"),
    ],
)
def test_refusals(body: dict[str, Any], kind: str, retryable: bool, wait: float | None, code: str) -> None:
    """As an HTTP error, alone or in a list of one, and inside a stream."""
    failures = []
    for shape in (body, [body]):
        words = parse_body(json.dumps(shape, indent=2).encode(), "application/json; charset=UTF-8")
        failures.append(error_for(ENDPOINT, words, status=body["error"]["code"]))
    for raw in (events(*HELLO, body), array(*HELLO, body)):
        inside = decode([raw], make=decoder)[1]
        assert inside is not None
        failures.append(inside)
    for failure in failures:
        assert (failure.kind, failure.retryable, failure.retry_after, failure.code) == (kind, retryable, wait, code)
