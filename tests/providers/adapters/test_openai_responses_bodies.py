"""Answers of Responses that come whole, and bodies of any kind: whatever comes is survived."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.adapters.openai_responses import decoder
from providers.errors import MalformedAnswer, StreamCut
from tests.providers.adapters.openai_responses_events import (
    COUNTED,
    ERROR,
    Said,
    call,
    done,
    ended,
    event,
    message,
    refused,
    response,
    start,
    stream,
    thought,
    used,
)
from tests.providers.adapters.reading import ENDPOINT, RECORDINGS, Result, decode, folded

# --- whole answers -------------------------------------------------------------------------------------------------
OUTPUT = [
    thought(summary=("Hm", "m.")),
    {"type": "web_search_call", "id": "ws"},
    message("Hel", "lo"),
    call("c1", arguments="{}"),
    "nonsense",
]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            response("completed", output=OUTPUT, usage=used()),
            Result("Hello", "Hmm.", tools=[["c1", "now", "{}"]], usage=COUNTED, finish="tool_calls"),
        ),
        ({"output": OUTPUT[:3]}, Result("Hello", "Hmm.", finish="stop")),
        (response("completed", output=[refused("No.")]), Result(refusal="No.", finish="stop")),
        (
            response("incomplete", output=OUTPUT[:3], incomplete_details={"reason": "max_output_tokens"}),
            Result("Hello", "Hmm.", finish="length"),
        ),
        (response("requires_action", output=OUTPUT[3:]), Result(tools=[["c1", "now", "{}"]], finish="tool_calls")),
        (response("failed", error=ERROR), Result(failure="upstream")),
        (response("failed"), Result(failure="upstream")),
        (response("in_progress", output=OUTPUT[2:3]), Result("Hello", failure="stream_cut")),
        (response("queued"), Result(failure="empty")),
        ({"error": ERROR}, Result(failure="upstream")),
        ({"error": "No."}, Result(failure="upstream")),
        ({"choices": []}, Result(failure="malformed")),
    ],
)
def test_whole_answers(body: Said, expected: Result) -> None:
    raw = json.dumps(body).encode()
    assert folded(*decode([raw], "application/json", decoder)) == expected
    assert folded(*decode([raw[:7], raw[7:]], "text/event-stream", decoder)) == expected
    assert folded(*decode([raw[:-1]], "application/json", decoder)).failure == "malformed"


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="recordings not present (../shared/transcripts)")
@pytest.mark.parametrize("name", ["openai", "azure", "deepseek", "xai"])
def test_a_recorded_whole_answer(name: str) -> None:
    path = RECORDINGS / f"nonstream/{name}-responses-1.json"
    answer = json.loads(path.read_text(encoding="utf-8"))["response"]
    raw = json.dumps(answer).encode()
    parts = {item["type"]: item.get("content") or item.get("summary") for item in answer["output"]}
    for pieces in ([raw], [raw[i : i + 100] for i in range(0, len(raw), 100)]):
        result = folded(*decode(pieces, make=decoder))
        assert result.text == parts["message"][0]["text"]
        assert result.reasoning == (parts["reasoning"][0]["text"] if "reasoning" in parts else "")
        assert result.finish == "stop"
        assert result.usage is not None
        assert result.usage[:3] == [answer["usage"][key] for key in ("input_tokens", "output_tokens", "total_tokens")]
        assert result.usage[3:5] == [
            answer["usage"]["output_tokens_details"]["reasoning_tokens"],
            answer["usage"]["input_tokens_details"]["cached_tokens"],
        ]


# --- anything whatsoever -------------------------------------------------------------------------------------------
KINDS = [
    *("created", "output_text.delta", "refusal.delta", "reasoning_text.delta", "output_text.annotation.added"),
    *("output_item.added", "output_item.done", "function_call_arguments.delta", "function_call_arguments.done"),
    *("reasoning.search_results", "completed", "incomplete", "failed", "done"),
]
KEYS = """
type delta output_index item item_id response output status error incomplete_details reason usage annotation
annotations url url_citation title results thought content summary text refusal call_id name arguments code message
input_tokens output_tokens total_tokens output_tokens_details input_tokens_details reasoning_tokens cost object
""".split()  # noqa: SIM905
WORDS = [
    *("message", "reasoning", "function_call", "search_results", "refusal", "output_text", "incomplete", "failed"),
    *("completed", "error", "response", "\ud83d", "\x00"),
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


@given(st.lists(st.tuples(st.sampled_from(KINDS), JSON), max_size=5), JSON)
def test_any_json_is_survived(told: list[tuple[str, Any]], part: Any) -> None:
    values: list[Any] = [part]
    for kind, inner in told:
        item = {"type": "function_call", **inner} if isinstance(inner, dict) else inner
        keys = dict.fromkeys(("delta", "output_index", "arguments", "annotation", "results", "usage", "error"), inner)
        values.append(event(kind, **keys, item=item, response={"output": [item, part], "status": inner}))
    raw = b"".join(b"data: " + json.dumps(value).encode() + b"\n\n" for value in values)
    folded(*decode([raw], make=decoder))
    for value in values:
        folded(*decode([json.dumps(value).encode()], make=decoder))


@given(st.binary(max_size=200), st.sampled_from([b"", b"event: response.completed\ndata: ", b"data: {", b"{", b"["]))
def test_any_bytes_are_survived(noise: bytes, beginning: bytes) -> None:
    folded(*decode([beginning + noise], make=decoder))


def test_deep_nesting_is_survived() -> None:
    for depth in (*range(850, 1000, 7), 100_000):
        nested = b'{"error":' * depth + b"1" + b"}" * depth
        raw = b'data: {"type":"response.failed","error":' + nested + b"}\n\n"
        assert folded(*decode([raw], make=decoder)).failure in ("upstream", "malformed")
    assert isinstance(decode([b"data: " + b"[" * 100_000 + b"\n\n"], make=decoder)[1], MalformedAnswer)


def test_a_connection_that_breaks_is_a_cut_unless_the_answer_was_over() -> None:
    over = [*start(), done(message("x")), ended()]
    for told, failure in (([], StreamCut), (start(), StreamCut), (over[:-1], StreamCut), (over, type(None))):
        made = decoder(ENDPOINT)
        made.feed(stream(*told))
        made.close(cut=True)
        assert type(made.failure) is failure
