"""What the lines of an Ollama server mean. The answers are written for this purpose."""

import json

import pytest

from providers.adapters.ollama import decoder
from providers.events import Event, Finish, Loaded, ReasoningDelta, TextDelta, ToolCallDelta, Usage
from tests.providers.adapters.ollama_lines import call, done, events_of, line, ndjson
from tests.providers.adapters.reading import decode, without_keep_alives


# --- what is said --------------------------------------------------------------------------------------------------
def test_text_and_thinking_and_the_last_line() -> None:
    figures = {"load_duration": 5_000_000, "prompt_eval_count": 11, "eval_count": 4}
    assert events_of(line(thinking="Hm"), line("Hel"), line("lo"), done(**figures)) == [
        ReasoningDelta("Hm"),
        TextDelta("Hel"),
        TextDelta("lo"),
        Usage(11, 4, 15),
        Finish("stop", "stop"),
    ]


def test_the_last_line_may_say_something_too() -> None:
    assert events_of({**done("length"), "message": {"content": "end"}}) == [
        TextDelta("end"),
        Finish("length", "length"),
    ]


def test_the_protocol_of_single_prompts() -> None:
    lines = [{"response": "", "thinking": "Hm"}, {"response": "Hi", "done": False}, {"response": "", "done": True}]
    assert events_of(*lines) == [ReasoningDelta("Hm"), TextDelta("Hi"), Finish("stop", "")]


def test_thinking_between_tags_in_the_text() -> None:
    pieces = ("<th", "ink>\nHm", "</thi", "nk>\n\n", "Hi <think>")
    text = [event for event in events_of(*map(line, pieces), done()) if not isinstance(event, Finish)]
    assert text == [ReasoningDelta("\nHm"), TextDelta("Hi <think>")]


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("stop", Finish("stop", "stop")),
        ("length", Finish("length", "length")),
        ("load", Finish("stop", "load")),
        ("unload", Finish("stop", "unload")),
        ("of its own", Finish("stop", "of its own")),
        (None, Finish("stop", "")),
    ],
)
def test_how_it_ends(reason: str | None, finish: Finish) -> None:
    assert events_of(done(reason)) == [finish]


def test_nothing_after_the_last_line_counts() -> None:
    assert events_of(line("Hi"), done(), line("!"), {"error": "late"}) == [TextDelta("Hi"), Finish("stop", "stop")]


def test_half_characters_and_nul_are_made_storable() -> None:
    raw = b'{"message":{"content":"\\ud83d"}}\n{"message":{"content":"\\ude00\\u0000"}}\n' + ndjson(done())
    events, _ = decode([raw], make=decoder)
    assert without_keep_alives(events)[0] == TextDelta("😀\ufffd")


@pytest.mark.parametrize(
    ("piece", "said"),
    [("<thi", TextDelta("<thi")), ("<think>a</thi", ReasoningDelta("</thi")), ("x\ud83d", TextDelta("\ufffd"))],
)
def test_what_was_held_back_in_the_hope_of_more_is_said_before_the_finish(piece: str, said: Event) -> None:
    raw = json.dumps(line(piece)).encode() + b"\n" + ndjson(done())
    events, failure = decode([raw], make=decoder)
    assert failure is None
    assert without_keep_alives(events)[-2:] == [said, Finish("stop", "stop")]


# --- figures -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("figures", "usage"),
    [
        ({"prompt_eval_count": 11, "eval_count": 4}, [Usage(11, 4, 15)]),
        ({"eval_count": 4}, [Usage(0, 4, 4)]),
        ({"prompt_eval_count": None, "eval_count": 4}, [Usage(0, 4, 4)]),
        ({"prompt_eval_count": 3}, [Usage(3, 0, 3)]),
        ({"prompt_eval_count": "x", "eval_count": -1}, []),
        ({"eval_count": 10**400}, []),
        ({}, []),
    ],
)
def test_usage(figures: dict[str, object], usage: list[Event]) -> None:
    assert [event for event in events_of(done(**figures)) if isinstance(event, Usage)] == usage


@pytest.mark.parametrize(
    ("nanoseconds", "loaded"),
    [
        (42_000_000, []),
        (100_000_000, []),
        (101_000_000, [Loaded(pytest.approx(0.101))]),
        (83_500_000_000, [Loaded(83.5)]),
        (None, []),
        ("soon", []),
        (-5, []),
    ],
)
def test_a_load_that_took_noticeable_time_is_told_in_seconds(nanoseconds: object, loaded: list[Event]) -> None:
    events = events_of(line("Hi"), done(load_duration=nanoseconds, eval_count=1))
    assert [event for event in events if isinstance(event, Loaded)] == loaded
    assert isinstance(events[-1], Finish)


# --- tool calls ----------------------------------------------------------------------------------------------------
def test_tool_calls_come_complete_and_the_finish_stays_stop() -> None:
    named = {**call("rain", {"where": "Graz", "when": 0}), "id": "call_x"}
    lines = line("Let me see.", tool_calls=[call("now", {"zone": "Ä"}), named]), line(tool_calls=[call("now")])
    said, first, second, third, finish = events_of(*lines, done())
    assert (said, finish) == (TextDelta("Let me see."), Finish("stop", "stop"))
    assert isinstance(first, ToolCallDelta)
    assert isinstance(third, ToolCallDelta)
    assert (first.index, first.name, first.arguments) == (0, "now", '{"zone": "Ä"}')
    assert second == ToolCallDelta(1, "call_x", "rain", '{"where": "Graz", "when": 0}')
    assert (third.index, third.name, third.arguments) == (2, "now", "{}")
    assert first.id.startswith("call_")
    assert first.id != third.id


def test_calls_numbered_alike_are_calls_of_their_own() -> None:
    same = {"function": {"index": 0, "name": "now", "arguments": {}}}
    calls = events_of(line(tool_calls=[same]), line(tool_calls=[same]), done())
    assert [event.index for event in calls if isinstance(event, ToolCallDelta)] == [0, 1]


def test_a_call_that_is_told_again_under_its_id_is_one() -> None:
    told = call("now", id="call_1")
    assert (
        sum(isinstance(e, ToolCallDelta) for e in events_of(line(tool_calls=[told]), line(tool_calls=[told]), done()))
        == 1
    )


def test_made_ids_are_the_same_for_the_same_answer_and_others_in_the_next() -> None:
    def first_id(moment: str) -> str:
        told = {**line(tool_calls=[call()]), "created_at": moment}
        return next(event.id for event in events_of(told, done()) if isinstance(event, ToolCallDelta))

    assert first_id("2026-11-01T10:00:00.1Z") == first_id("2026-11-01T10:00:00.1Z")
    assert first_id("2026-11-01T10:00:00.1Z") != first_id("2026-11-01T10:00:00.2Z")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [('{"a":1}', '{"a":1}'), ("", "{}"), ([1], "{}"), (7, "{}"), ({"a": "\ud83d"}, '{"a": "\ufffd"}')],
)
def test_arguments_of_other_shapes(arguments: object, text: str) -> None:
    raw = json.dumps(line(tool_calls=[call("f", arguments)])).encode() + b"\n" + ndjson(done())
    events, _ = decode([raw], make=decoder)
    assert [event.arguments for event in events if isinstance(event, ToolCallDelta)] == [text]
