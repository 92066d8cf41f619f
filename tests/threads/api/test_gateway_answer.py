"""Chunks and completions from a log, as pure functions: a client is told the truth or an error, whatever happened."""

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threads.api import gateway_answer
from threads.api.gateway_answer import Chunks
from threads.generation.entries import Entry
from threads.generation.fold import fold

REQUEST = UUID(int=7)
ATTEMPT = ("attempt", {"number": 1, "provider": "p", "model": "m", "deployment": "p/m", "kind": "first"})
USAGE = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7, "reasoning_tokens": 1, "cached_tokens": None}
COMPLETED = ("done", {"state": "completed", "finish_reason": "stop", "message_id": None})


def _log(*steps: tuple[str, dict[str, Any]]) -> list[Entry]:
    started = ("started", {"request_id": str(REQUEST), "thread_id": None, "message_id": None})
    return [Entry.of(seq, kind, payload) for seq, (kind, payload) in enumerate((started, ATTEMPT, *steps), 1)]


def _told(entries: list[Entry], **more: Any) -> tuple[Chunks, list[dict[str, Any]]]:
    """What a client has read, `[DONE]` taken off."""
    chunks = Chunks(REQUEST, 1, **more)
    said = b"".join(map(chunks.take, entries))
    ends = chunks.failure is None and chunks.over
    assert said.endswith(gateway_answer.DONE) is ends
    frames = said.removesuffix(gateway_answer.DONE).decode().split("\n\n")[:-1]
    return chunks, [json.loads(frame.removeprefix("data: ")) for frame in frames]


def _text(frames: list[dict[str, Any]]) -> str:
    return "".join(one["choices"][0]["delta"].get("content") or "" for one in frames if one["choices"])


def _delta(text: str) -> tuple[str, dict[str, Any]]:
    return "delta", {"text": text}


def _reset(keep: int) -> tuple[str, dict[str, Any]]:
    return "reset", {"keep_chars": keep}


def test_a_stream_from_its_role_to_its_usage() -> None:
    log = _log(_delta("Hel"), _delta("lo"), ("usage", USAGE), COMPLETED)
    chunks, frames = _told(log, include_usage=True)
    assert [one["choices"][0]["delta"] for one in frames[:-1]] == [
        {"role": "assistant", "content": "", "refusal": None},
        {"content": "Hel"},
        {"content": "lo"},
        {},
    ]
    assert frames[-2]["choices"][0]["finish_reason"] == "stop"
    assert frames[-1]["choices"] == []
    assert frames[-1]["usage"]["completion_tokens_details"] == {"reasoning_tokens": 1}
    assert {(one["id"], one["created"], one["model"]) for one in frames} == {(f"chatcmpl-{REQUEST}", 1, "m")}
    assert all(one["usage"] is None for one in frames[:-1])
    assert chunks.over
    assert all("usage" not in one for one in _told(log)[1])


def test_an_answer_without_a_word_still_has_its_role_and_end() -> None:
    _, frames = _told(_log(COMPLETED))
    assert [one["choices"][0]["finish_reason"] for one in frames] == [None, "stop"]


def test_pieces_of_a_tools_call() -> None:
    pieces: list[dict[str, Any]] = [
        {"index": 0, "id": "a", "name": "f", "arguments": ""},
        {"index": 0, "id": "", "name": "", "arguments": '{"x":'},
        {"index": 0, "id": "", "name": "", "arguments": "1}"},
        {"index": 1, "id": "", "name": "g", "arguments": "{}"},
    ]
    log = _log(*[("tool_call", piece) for piece in pieces], COMPLETED)
    _, frames = _told(log)
    calls = [one["choices"][0]["delta"]["tool_calls"][0] for one in frames[1:-1]]
    assert calls[0] == {"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": ""}}
    assert calls[1] == {"index": 0, "function": {"arguments": '{"x":'}}
    assert calls[3]["id"]  # of a provider that gives none
    assert frames[-1]["choices"][0]["finish_reason"] == "tool_calls"  # though the provider said "stop"
    whole = gateway_answer.completion(fold(log), REQUEST, 1)["choices"][0]
    assert [call["id"] for call in whole["message"]["tool_calls"]] == ["a", calls[3]["id"]]
    assert (whole["message"]["content"], whole["finish_reason"]) == (None, "tool_calls")


def test_a_source_is_told_once() -> None:
    source = ("citation", {"url": "https://a.example", "title": "A"})
    _, frames = _told(_log(_delta("abc"), source, source, _reset(3), source, COMPLETED))
    told = [one["choices"][0]["delta"]["annotations"] for one in frames if "annotations" in one["choices"][0]["delta"]]
    citation = {"start_index": 3, "end_index": 3, "url": "https://a.example", "title": "A"}
    assert told == [[{"type": "url_citation", "url_citation": citation}]]


# --- what was taken back ---------------------------------------------------------------------------------------
GONE_ON = [
    ((_delta("Hello"), _reset(5), _delta(" world")), "Hello world"),
    ((_delta("Hello "), _reset(5), _delta(" world")), "Hello world"),  # the next writes its own white space
    ((_delta("Hello"), _reset(0), _delta("He"), _delta("llo world")), "Hello world"),  # it said the same again
    ((_delta("Hello"), _reset(2), _delta("l"), _delta("lo")), "Hello"),
    ((_delta("Hello\n"), _reset(5)), "Hello\n"),  # and it had nothing to add
    ((_delta("Hello "), _reset(5), _delta("\nworld")), "Hello \nworld"),
    ((("reasoning", {"text": "hm"}), _reset(0), _delta("Hello")), "Hello"),
]


@pytest.mark.parametrize(("steps", "text"), GONE_ON)
def test_what_agrees_with_what_was_told_goes_on(steps: tuple[Any, ...], text: str) -> None:
    chunks, frames = _told(_log(*steps, COMPLETED))
    assert chunks.failure is None
    assert _text(frames) == text


TAKEN_BACK = [
    (_delta("Hello"), _reset(0), _delta("Good day")),
    (_delta("Hello"), _reset(4), _delta("p")),
    (_delta("Hello"), _reset(0), _delta("Hell")),
    (_delta("Hello"), _reset(0)),
    (("tool_call", {"index": 0, "id": "a", "name": "f", "arguments": "{"}), _reset(0), _delta("Hello")),
]


@pytest.mark.parametrize("steps", TAKEN_BACK)
def test_what_does_not_is_an_error(steps: tuple[Any, ...]) -> None:
    chunks, frames = _told(_log(*steps, COMPLETED))
    assert chunks.over
    assert chunks.failure is not None
    assert chunks.failure["type"] == "restarted"
    assert _text(frames) in {"Hello", ""}
    assert all(one["choices"][0]["finish_reason"] is None for one in frames)


@given(
    st.lists(
        st.one_of(
            st.text("ab \n", min_size=1, max_size=4).map(_delta),
            st.integers(0, 12).map(_reset),
            st.text("ab", min_size=1, max_size=2).map(lambda text: ("reasoning", {"text": text})),
        ),
        max_size=12,
    )
)
def test_a_client_has_the_stored_text_but_for_white_space_or_an_error(steps: list[tuple[str, dict[str, Any]]]) -> None:
    log = _log(*steps, COMPLETED)
    chunks, frames = _told(log)
    if chunks.failure is None:
        assert "".join(_text(frames).split()) == "".join(fold(log).text.split())
        if not any(kind == "reset" for kind, _ in steps):
            assert _text(frames) == fold(log).text
    else:
        assert any(kind == "reset" for kind, _ in steps)


# --- ends ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", ["cancelled", "failed", "deleted"])
def test_an_answer_that_is_none_has_no_end(state: str) -> None:
    error = {"type": "upstream", "message": "It failed.", "retryable": True, "retry_after": None}
    steps = [_delta("Hel"), *[("error", error)] * (state == "failed")]
    done = ("done", {"state": state, "finish_reason": None, "message_id": None})
    chunks, frames = _told(_log(*steps, done))
    assert chunks.failure is not None
    assert chunks.failure["type"] == ("upstream" if state == "failed" else "cancelled")
    assert frames[-1]["choices"][0]["finish_reason"] is None


@pytest.mark.parametrize(
    ("told", "finish"),
    [("stop", "stop"), ("length", "length"), ("content_filter", "content_filter"), ("error", "stop"), (None, "stop")],
)
def test_reasons_for_the_end(told: str | None, finish: str) -> None:
    log = _log(_delta("a"), ("done", {"state": "completed", "finish_reason": told, "message_id": None}))
    assert _told(log)[1][-1]["choices"][0]["finish_reason"] == finish
    assert gateway_answer.completion(fold(log), REQUEST, 1)["choices"][0]["finish_reason"] == finish


def test_a_completion_without_figures_has_none() -> None:
    assert gateway_answer.completion(fold(_log(_delta("a"), COMPLETED)), REQUEST, 1)["usage"] is None
