"""Folding the log gives the answer: however it was grouped, wherever it is cut."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threads.generation.entries import Entry
from threads.generation.fold import Answer, fold

Step = tuple[str, dict[str, Any]]

_words = st.text(max_size=12)
_urls = st.sampled_from(["https://a.example/", "https://b.example/", "https://c.example/"])
_STEPS = st.one_of(
    st.tuples(st.just("delta"), st.fixed_dictionaries({"text": _words})),
    st.tuples(st.just("delta"), st.fixed_dictionaries({"text": _words})),
    st.tuples(st.just("reasoning"), st.fixed_dictionaries({"text": _words})),
    st.tuples(st.just("citation"), st.fixed_dictionaries({"url": _urls, "title": _words})),
    st.tuples(
        st.just("tool_call"),
        st.fixed_dictionaries({"index": st.integers(0, 2), "id": _words, "name": _words, "arguments": _words}),
    ),
    st.tuples(st.just("reset"), st.fixed_dictionaries({"keep_chars": st.integers(0, 20)})),
    st.tuples(st.just("status"), st.fixed_dictionaries({"state": st.sampled_from(["connecting", "thinking"])})),
    st.tuples(st.just("attempt"), st.fixed_dictionaries({"number": st.integers(1, 3)})),
    st.tuples(st.just("usage"), st.fixed_dictionaries({"total_tokens": st.integers(0, 99)})),
    st.tuples(st.just("error"), st.fixed_dictionaries({"type": _words, "message": _words})),
    st.tuples(st.just("not_known_yet"), st.fixed_dictionaries({"x": _words})),
)
_SCRIPTS = st.lists(_STEPS, max_size=25)


def _log(steps: list[Step]) -> list[Entry]:
    """As it is read from the database: text."""
    return [Entry(seq, kind, Entry.of(seq, kind, payload).data) for seq, (kind, payload) in enumerate(steps, 1)]


def _content(answer: Answer) -> tuple[Any, ...]:
    return (
        answer.text, answer.reasoning, answer.citations, answer.tool_calls, answer.usage, answer.error,
        answer.attempt, answer.status, answer.state, answer.finish_reason,
    )  # fmt: skip


def _regrouped(steps: list[Step], sizes: list[int]) -> list[Step]:
    """The same words in other entries: text is cut into pieces of these lengths, neighbours are joined."""
    sizes = sizes or [1]
    pieces: list[Step] = []
    for kind, payload in steps:
        if kind not in {"delta", "reasoning"}:
            pieces.append((kind, payload))
            continue
        text, at = payload["text"], 0
        while at < len(text):
            size = sizes[len(pieces) % len(sizes)]
            if size > 5 and pieces and pieces[-1][0] == kind:
                pieces[-1] = (kind, {"text": pieces[-1][1]["text"] + text[at : at + size]})
            else:
                pieces.append((kind, {"text": text[at : at + size]}))
            at += size
        if not text:
            pieces.append((kind, payload))
    return pieces


def _told_simply(steps: list[Step]) -> tuple[str, str, list[str], dict[int, str]]:
    """The meaning of the events once more, without the module under test: text, reasoning, URLs, calls' arguments."""
    text, reasoning, urls, calls = "", "", [], {}
    for kind, payload in steps:
        if kind == "delta":
            text += payload["text"]
        elif kind == "reasoning":
            reasoning += payload["text"]
        elif kind == "citation" and payload["url"] not in urls:
            urls.append(payload["url"])
        elif kind == "tool_call":
            calls[payload["index"]] = calls.get(payload["index"], "") + payload["arguments"]
        elif kind == "reset":
            text = text[: payload["keep_chars"]]
            if payload["keep_chars"] == 0:
                reasoning, urls, calls = "", [], {}
    return text, reasoning, urls, calls


@given(_SCRIPTS)
def test_the_fold_is_what_the_events_say(steps: list[Step]) -> None:
    answer = fold(_log(steps))
    calls = {call["index"]: call["arguments"] for call in answer.tool_calls}
    assert (answer.text, answer.reasoning, [one["url"] for one in answer.citations], calls) == _told_simply(steps)
    assert answer.seq == len(steps)


@given(_SCRIPTS, st.lists(st.integers(1, 9), max_size=5))
def test_the_grouping_does_not_matter(steps: list[Step], sizes: list[int]) -> None:
    assert _content(fold(_log(_regrouped(steps, sizes)))) == _content(fold(_log(steps)))


@given(_SCRIPTS, st.integers(0, 25), st.booleans())
def test_a_reader_may_stop_anywhere_and_go_on(steps: list[Step], cut: int, looks: bool) -> None:
    entries = _log(steps)
    answer = fold(entries[:cut])
    if looks:  # what is shown in between changes nothing
        assert answer.text == _told_simply(steps[:cut])[0]
    for entry in entries[cut:]:
        answer.apply(entry)
        if looks:
            assert isinstance(answer.text, str)
    assert _content(answer) == _content(fold(entries))


@given(_SCRIPTS, st.integers(1, 25))
def test_an_entry_out_of_turn_is_refused_and_changes_nothing(steps: list[Step], which: int) -> None:
    entries = _log(steps)
    answer = fold(entries)
    before = _content(answer), answer.seq
    for seq in {which, len(entries) + 1 + which} - {len(entries) + 1}:
        with pytest.raises(ValueError, match="does not follow"):
            answer.apply(Entry.of(seq, "delta", {"text": "twice"}))
    assert (_content(answer), answer.seq) == before


@pytest.mark.parametrize("state", ["completed", "cancelled", "failed"])
def test_done_ends_it(state: str) -> None:
    steps: list[Step] = [("status", {"state": "thinking"}), ("done", {"state": state, "finish_reason": None})]
    answer = fold(_log(steps))
    assert (answer.state, answer.ended, answer.finish_reason, answer.status) == (state, True, "", None)
    assert not fold(_log(steps[:1])).ended


def test_text_takes_the_status_away_and_a_later_status_comes_back() -> None:
    steps: list[Step] = [("status", {"state": "thinking"}), ("delta", {"text": "a"}), ("status", {"state": "retrying"})]
    shown = [fold(_log(steps[:n])).status for n in range(1, 4)]
    assert shown == [{"state": "thinking"}, None, {"state": "retrying"}]


def test_a_reset_keeps_what_stands_before_it() -> None:
    text: list[Step] = [("delta", {"text": "one "}), ("delta", {"text": "two"}), ("reasoning", {"text": "hm"})]
    kept = fold(_log([*text, ("reset", {"keep_chars": 4}), ("delta", {"text": "three"})]))
    assert (kept.text, kept.reasoning) == ("one three", "hm")
    anew = fold(_log([*text, ("reset", {"keep_chars": 0}), ("delta", {"text": "three"})]))
    assert (anew.text, anew.reasoning) == ("three", "")


@pytest.mark.parametrize(
    ("step", "begun"),
    [
        (("status", {"state": "thinking"}), False),
        (("attempt", {"number": 1}), False),
        (("delta", {"text": "a"}), True),
        (("reasoning", {"text": "a"}), True),
        (("citation", {"url": "https://a.example/", "title": ""}), True),
        (("tool_call", {"index": 0, "id": "1", "name": "f", "arguments": ""}), True),
    ],
)
def test_begun_when_a_model_has_said_something(step: Step, begun: bool) -> None:
    assert fold(_log([("started", {}), step])).begun is begun
