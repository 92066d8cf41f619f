"""What the model says, as events, for every adapter whose protocol knows text, reasoning and refusals."""

from collections.abc import Callable

import pytest

from providers.adapters.openai_responses.repeats import Repeats
from providers.adapters.speech import Speech
from providers.events import Citation, Event, ReasoningDelta, RefusalDelta, TextDelta, ToolCallDelta

SMILE = ("\ud83d", "\ude00")  # the two halves of one character

Say = Callable[[Speech, object, list[Event]], None]


@pytest.mark.parametrize(
    ("say", "delta"), [(Speech.text, TextDelta), (Speech.reasoning, ReasoningDelta), (Speech.refusal, RefusalDelta)]
)
def test_pieces_are_mended_and_halves_wait_for_each_other(say: Say, delta: Callable[[str], Event]) -> None:
    speech, events = Speech(), list[Event]()
    say(speech, f"a{SMILE[0]}", events)
    say(speech, SMILE[1], events)
    say(speech, SMILE[0], events)
    assert events == [delta("a"), delta("\U0001f600")]
    speech.close(events)
    assert events[2:] == [delta("\ufffd")]


@pytest.mark.parametrize("piece", [None, "", 3, ["a"], {"text": "a"}])
def test_what_is_no_text_says_nothing(piece: object) -> None:
    speech, events = Speech(), list[Event]()
    for say in (speech.text, speech.reasoning, speech.refusal):
        say(piece, events)
    speech.close(events)
    assert events == []
    assert not speech.spoke


def test_reasoning_in_tags_is_told_from_the_answer() -> None:
    speech, events = Speech(), list[Event]()
    for piece in ("<thi", "nk>why", "</think>\n", "because <think>"):
        speech.text(piece, events)
    assert events == [ReasoningDelta("why"), TextDelta("because <think>")]


def test_what_may_have_been_a_tag_is_said_at_the_end() -> None:
    speech, events = Speech(), list[Event]()
    speech.text("<thi", events)
    assert not speech.spoke
    speech.close(events)
    assert events == [TextDelta("<thi")]
    assert speech.spoke


def test_a_source_is_told_once_and_is_no_answer() -> None:
    speech, events = Speech(), list[Event]()
    for title in ("A", "B"):
        speech.cite("https://a.example", title, events)
    speech.cite("https://b.example", None, events)
    speech.cite("", "C", events)
    assert events == [Citation("https://a.example", "A"), Citation("https://b.example", "")]
    assert not speech.spoke


def test_a_tool_call_is_said_too() -> None:
    speech, events = Speech(), list[Event]()
    call = ToolCallDelta(0, "id", "name", "{}")
    speech.add(call, events)
    assert events == [call]
    assert speech.spoke


def test_a_response_that_comes_again_adds_only_what_was_missing() -> None:
    speech, events = Speech(), list[Event]()
    repeats = Repeats(speech)
    repeats.text("Hel", events)
    for _ in range(2):
        repeats.rest(reasoning="", text="Hello", refusal="", events=events)
    repeats.rest(reasoning="", text="Something else", refusal="", events=events)
    assert events == [TextDelta("Hel"), TextDelta("lo")]
    repeats.begin()
    repeats.rest(reasoning="", text="Hello", refusal="", events=events)
    assert events[2:] == [TextDelta("Hello")]
