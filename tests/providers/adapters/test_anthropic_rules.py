"""What Anthropic's events mean, and every way to fail, in answers written for this purpose."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.adapters.anthropic import decoder
from providers.adapters.http_status import error_for
from providers.adapters.http_words import parse_body
from providers.errors import MalformedAnswer, StreamCut
from providers.events import Citation, Event, Finish, TextDelta, Usage
from tests.providers.adapters.anthropic_answers import ANSWERS, HELLO, TOLD, UNTOLD, USED
from tests.providers.adapters.anthropic_events import STOP, change, cited, error, start, stream, text
from tests.providers.adapters.reading import (
    ENDPOINT,
    RECORDINGS,
    Result,
    decode,
    folded,
    without_keep_alives,
)


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_means_what_it_should(name: str, named: bool) -> None:
    """With and without the names of events, and with other ends of lines."""
    said, expected = ANSWERS[name]
    for eol in ("\n", "\r\n", "\r"):
        assert folded(*decode([stream(*said, named=named, eol=eol)], make=decoder)) == expected


@pytest.mark.parametrize("name", ANSWERS)
def test_cuts_change_nothing(name: str) -> None:
    """In two parts, byte by byte, and without the blank line at the very end: the very same events."""
    raw = stream(*ANSWERS[name][0])

    def outcome(parts: list[bytes]) -> tuple[list[Event], str]:
        events, failure = decode(parts, make=decoder)
        return without_keep_alives(events), repr(failure)

    expected = outcome([raw])
    for cut in range(1, len(raw), 13):
        assert outcome([raw[:cut], raw[cut:]]) == expected, cut
    assert outcome([raw[place : place + 1] for place in range(len(raw))]) == expected
    assert outcome([raw.rstrip()]) == expected


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("pause_turn", "length"),
        ("tool_use", "tool_calls"),
        ("refusal", "content_filter"),
        ("something_new", "stop"),
    ],
)
def test_reasons_for_the_end(word: str, reason: str) -> None:
    events, _ = decode([stream(start(), *HELLO, change(word), STOP)], make=decoder)
    assert events[-1] == Finish(reason, word)  # type: ignore[arg-type]
    whole = json.dumps({"type": "message", "content": [], "stop_reason": word}).encode()
    assert decode([whole], make=decoder)[0][-1:] == events[-1:]


def test_every_event_comes_in_its_place() -> None:
    events, _ = decode([stream(*ANSWERS["citations"][0])], make=decoder)
    told = [event for event in without_keep_alives(events) if not isinstance(event, Usage)]
    assert told == [
        Citation("u:0", "A page"),
        Citation("u:1", "A page"),
        TextDelta("Hello"),
        Citation("u:2", ""),
        Finish("stop", "end_turn"),
    ]


def test_done_from_a_gateway_does_not_make_an_answer_whole() -> None:
    raw = stream(start(), *HELLO) + b"data: [DONE]\n\n"
    assert folded(*decode([raw], make=decoder)) == Result("Hello", usage=UNTOLD, failure="stream_cut")


# --- whole answers -------------------------------------------------------------------------------------------------
CONTENT = [
    {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
    {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "x"}},
    {"type": "text", "text": "Hel"},
    {"type": "text", "text": "lo", "citations": [cited("u:1"), cited("u:1")]},
    {"type": "tool_use", "id": "t", "name": "f", "input": {}},
    "nonsense",
]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {
                "type": "message",
                "content": CONTENT,
                "stop_reason": "tool_use",
                "usage": {"input_tokens": 9, "output_tokens": 5},
            },
            Result("Hello", "Hm.", tools=[["t", "f", "{}"]], citations=["u:1"], usage=USED, finish="tool_calls"),
        ),
        ({"type": "message", "content": CONTENT[2:4]}, Result("Hello", citations=["u:1"], finish="stop")),
        ({"type": "message", "content": []}, Result(failure="empty")),
        ({"type": "message", "content": None, "stop_reason": 3}, Result(failure="empty")),
        (error("api_error"), Result(failure="upstream")),
        ({"error": "No."}, Result(failure="upstream")),
        ({"choices": []}, Result(failure="malformed")),
    ],
)
def test_whole_answers(body: dict[str, Any], expected: Result) -> None:
    raw = json.dumps(body).encode()
    assert folded(*decode([raw], "application/json", decoder)) == expected
    assert folded(*decode([raw[:7], raw[7:]], "text/event-stream", decoder)) == expected
    assert folded(*decode([raw[:-1]], "application/json", decoder)).failure == "malformed"


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="recordings not present (../shared/transcripts)")
def test_a_recorded_whole_answer() -> None:
    answer = json.loads((RECORDINGS / "nonstream/anthropic-1.json").read_text(encoding="utf-8"))["response"]
    result = folded(*decode([json.dumps(answer).encode()], make=decoder))
    prompt, completion = answer["usage"]["input_tokens"], answer["usage"]["output_tokens"]
    assert result.text == answer["content"][0]["text"]
    assert result.usage == [prompt, completion, prompt + completion, None, None, None]
    assert result.finish == "stop"


# --- the seam ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cut", "said", "expected"),
    [
        ("", ["\n\nfoo"], "\n\nfoo"),
        (" ", [" foo ", " bar"], "foo  bar"),
        (" ", ["foo", " bar"], "foo bar"),
        ("\n\n", ["\n", "\n", "\nfoo"], "\nfoo"),
        ("\n\n", ["\n", "foo\n\n"], "foo\n\n"),
        ("  \n", ["\n foo"], "\n foo"),
        (" ", [" "], ""),
    ],
)
def test_blanks_that_a_beginning_has_are_not_told_again(cut: str, said: list[str], expected: str) -> None:
    def make(endpoint: Any, content_type: str) -> Any:
        return decoder(endpoint, content_type, cut)

    result = folded(*decode([stream(start(), *text(0, *said), TOLD, STOP)], make=make))
    assert (result.text, result.finish) == (expected, "stop")


# --- anything whatsoever -------------------------------------------------------------------------------------------
WORDS = [
    *("message", "message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta"),
    *("message_stop", "error", "text", "thinking", "tool_use", "text_delta", "thinking_delta", "input_json_delta"),
    *("citations_delta", "refusal", "\ud83d", "\x00"),
]
KEYS = [
    *("type", "message", "content", "content_block", "delta", "index", "text", "thinking", "partial_json", "citation"),
    *("citations", "url", "title", "id", "name", "input", "usage", "input_tokens", "output_tokens", "error"),
    *("output_tokens_details", "thinking_tokens", "stop_reason"),
]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**400), 10**400)
    | st.floats()
    | st.sampled_from(WORDS)
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=4), st.sampled_from(WORDS), st.sampled_from(WORDS), JSON)
def test_any_json_is_survived(values: list[Any], word: str, inner: str, part: Any) -> None:
    told = {**part, "type": inner} if isinstance(part, dict) else part
    values += [{"type": word, "index": part, "message": part, "content_block": told, "delta": told, "content": [told]}]
    raw = b"".join(b"data: " + json.dumps(value).encode() + b"\n\n" for value in values)
    folded(*decode([raw], make=decoder))
    for value in values:
        folded(*decode([json.dumps(value).encode()], make=decoder))


@given(st.binary(max_size=200), st.sampled_from([b"", b"event: message_stop\ndata: ", b"data: {", b"{", b"["]))
def test_any_bytes_are_survived(noise: bytes, beginning: bytes) -> None:
    folded(*decode([beginning + noise], make=decoder))


def test_deep_nesting_is_survived() -> None:
    for depth in (*range(800, 1000), 100_000):
        nested = b'{"q":' * depth + b"1" + b"}" * depth
        block = b'{"type":"content_block_start","content_block":{"type":"tool_use","input":' + nested + b"}}"
        decode([b"data: " + block + b"\n\n" + stream(STOP)], make=decoder)
    assert isinstance(decode([b"data: " + b"[" * 100_000 + b"\n\n"], make=decoder)[1], MalformedAnswer)


def test_a_connection_that_breaks_is_a_cut_unless_the_answer_was_over() -> None:
    for said, failure in (([], StreamCut), ([start()], StreamCut), ([start(), *HELLO, TOLD], type(None))):
        made = decoder(ENDPOINT)
        made.feed(stream(*said))
        made.close(cut=True)
        assert type(made.failure) is failure


# --- refusals ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "type", "message", "kind", "retryable"),
    [
        (400, "invalid_request_error", "max_tokens: Field required", "invalid_request", False),
        (400, "invalid_request_error", "prompt is too long: 9 tokens > 8 maximum", "context_length", False),
        (400, "invalid_request_error", "input length and `max_tokens` exceed context limit", "context_length", False),
        (400, "invalid_request_error", "Your credit balance is too low to access this.", "quota", False),
        (400, "invalid_request_error", "You have reached your specified API usage limits.", "quota", False),
        (400, "invalid_request_error", "Output blocked by content filtering policy", "content_filter", False),
        (401, "authentication_error", "invalid x-api-key", "authentication", False),
        (402, "billing_error", "Pay.", "quota", False),
        (403, "permission_error", "No.", "permission", False),
        (404, "not_found_error", "model: claude-none", "model_not_found", False),
        (413, "request_too_large", "More than 32 MB", "context_length", False),
        (429, "rate_limit_error", "Slow down.", "rate_limit", True),
        (500, "api_error", "Internal server error", "upstream", True),
        (504, "timeout_error", "Too slow.", "timeout", True),
        (529, "overloaded_error", "Overloaded", "overloaded", True),
    ],
)
def test_refusals(status: int, type: str, message: str, kind: str, retryable: bool) -> None:
    words = parse_body(json.dumps(error(type, message)).encode(), "application/json")
    failure = error_for(ENDPOINT, words, status=status)
    assert (failure.kind, failure.retryable, failure.code) == (kind, retryable, type)
    assert f"“{message}”" in str(failure)
    inside = folded(*decode([stream(start(), error(type, message))], make=decoder))
    assert inside.failure == kind
