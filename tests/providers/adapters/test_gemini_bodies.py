"""How Gemini's answers arrive: as one array in pieces, as events among which bare JSON stands, whole or broken off."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.adapters.gemini import decoder
from providers.adapters.gemini.objects import JsonObject
from providers.errors import MalformedAnswer, StreamCut
from providers.events import Event, Finish, TextDelta
from tests.providers.adapters.gemini_answers import ANSWERS, END, HELLO, array, call, error, events, part, text, used
from tests.providers.adapters.reading import ENDPOINT, Result, decode, folded, without_keep_alives


def outcome(parts: list[bytes]) -> tuple[list[Event], str]:
    told, failure = decode(parts, make=decoder)
    return without_keep_alives(told), repr(failure)


@pytest.mark.parametrize("form", [events, array])
@pytest.mark.parametrize("name", ANSWERS)
def test_cuts_change_nothing(name: str, form: Any) -> None:
    """In two parts, and byte by byte: the very same events."""
    raw = form(*ANSWERS[name][0])
    expected = outcome([raw])
    for cut in range(1, len(raw), 7):
        assert outcome([raw[:cut], raw[cut:]]) == expected, cut
    assert outcome([raw[place : place + 1] for place in range(len(raw))]) == expected


def test_an_array_is_read_as_it_comes() -> None:
    """Each object is handed over with its last brace, long before the next begins."""
    raw = array(text('a "}" {\\'), *HELLO, END)
    made, heard = decoder(ENDPOINT), []
    for place in range(len(raw)):
        told = [event.text for event in made.feed(raw[place : place + 1]) if isinstance(event, TextDelta)]
        if told:
            assert raw[: place + 1].endswith(b"\n}")
            heard += told
        assert not made.ended or place >= len(raw) - 2
    assert heard == ['a "}" {\\', "Hel", "lo"]
    assert made.ended  # by the closing bracket: there is nothing to wait for
    assert made.close()[-1] == Finish("stop", "STOP")


def test_bytes_that_are_no_text() -> None:
    for raw in (events(text("X"), END), array(text("X"), END), events(END) + json.dumps(text("X")).encode()):
        told = outcome([raw.replace(b"X", b"a\xff\xc3")])[0]
        assert TextDelta("a\ufffd\ufffd") in told
        assert told[-1] == Finish("stop", "STOP")


@pytest.mark.parametrize(
    ("raw", "failure"),
    [
        (b"[]", "empty"),
        (b"[", "empty"),
        (b"[1]", "malformed"),
        (b'["a"]', "malformed"),
        (b"[{]}]", "malformed"),
        (array(*HELLO)[:-2] + b"x]", "malformed"),
        (array(*HELLO)[:-1], "stream_cut"),
        (array(text("Hi", "STOP"), text("there", "STOP"))[:-40], "stream_cut"),
        (array(text("Hi", "STOP"))[:-2], "stream_cut"),
    ],
)
def test_arrays_that_are_no_answers(raw: bytes, failure: str) -> None:
    assert folded(*decode([raw], make=decoder)).failure == failure


def test_an_array_without_its_last_bracket_is_over_where_the_answer_was() -> None:
    assert folded(*decode([array(*HELLO, END)[:-2]], make=decoder)).finish == "stop"


@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_bare_error_among_the_events(eol: str, indent: int | None) -> None:
    """On one line or on many, after STOP or not, with and without a blank line before it, cut anywhere."""
    bare = json.dumps(error(499, "CANCELLED"), indent=indent).replace("\n", eol).encode()
    for before in (events(*HELLO, eol=eol), events(*HELLO, eol=eol)[: -len(eol)], events(text("Hello", "STOP"))):
        raw = before + bare + eol.encode()
        told, failure = decode([raw], make=decoder)
        assert folded(told, failure) == Result("Hello", failure="upstream")
        assert failure is not None
        assert failure.code == "CANCELLED"
        for cut in range(len(raw)):
            assert outcome([raw[:cut], raw[cut:]]) == outcome([raw]), cut
        assert outcome([raw[place : place + 1] for place in range(len(raw))]) == outcome([raw])


def test_half_a_bare_error_is_one_all_the_same() -> None:
    raw = events(text("Hello", "STOP")) + json.dumps(error(), indent=2).encode()[:-3]
    for cut in (False, True):
        made = decoder(ENDPOINT)
        made.feed(raw)
        made.close(cut=cut)
        assert made.failure is not None
        assert (made.failure.kind, made.failure.retryable) == ("upstream", True)


def test_an_answer_goes_on_after_bare_json() -> None:
    raw = events(HELLO[0]) + json.dumps(HELLO[1], indent=1).encode() + b"\n" + events(END)
    assert folded(*decode([raw], make=decoder)).text == "Hello"
    assert folded(*decode([events(*HELLO) + b"{]}\n" + events(END)], make=decoder)).failure == "malformed"


@pytest.mark.parametrize(
    ("bare", "failure"), [(b'{"a": 1}{}\n{}\n', None), (b'{"a": 1}{"error": "No."}\n', "upstream")]
)
def test_several_bare_objects(bare: bytes, failure: str | None) -> None:
    raw = events(HELLO[0]) + bare + events(HELLO[1], END)
    expected = outcome([raw])
    assert folded(*decode([raw], make=decoder)).failure == failure
    for cut in range(len(raw)):
        assert outcome([raw[:cut], raw[cut:]]) == expected, cut


def test_a_mark_of_the_end_from_a_gateway_is_no_end() -> None:
    assert folded(*decode([events(*HELLO) + b"data: [DONE]\n\n"], make=decoder)).failure == "stream_cut"
    assert folded(*decode([events(*HELLO, END) + b"data: [DONE]\n\n"], make=decoder)).finish == "stop"


@pytest.mark.parametrize(
    ("said", "over"),
    [
        ([], False),
        ([*HELLO], False),
        ([*HELLO, END], True),
        ([text("Hel", "STOP")], False),  # an old model, perhaps: its last piece tells the usage
        ([used(text("Hel", "STOP"), 9, 1), used(text("lo", "STOP"), 9, 2)], False),
    ],
)
def test_a_connection_that_breaks_is_a_cut_unless_the_answer_was_over(said: list[Any], over: bool) -> None:
    for raw in (events(*said), array(*said)[:-2]):
        made = decoder(ENDPOINT)
        made.feed(raw)
        told = made.close(cut=True)
        assert type(made.failure) is (type(None) if over else StreamCut)
        assert isinstance(told[-1] if told else None, Finish) == over


@pytest.mark.parametrize("beginning", [b"[", b"data: {}\n\n", b'data: {}\n\n{"a": "'])
def test_an_object_beyond_the_limit_is_refused(beginning: bytes) -> None:
    raw = beginning if beginning.endswith(b'"') else beginning + b'{"a": "'
    raw = raw if beginning != b"data: {}\n\n" else b'data: {"a": "'
    made = decoder(ENDPOINT)
    made.feed(raw)
    for _ in range(9):
        made.feed(b"x" * (1 << 20))
    assert isinstance(made.failure, MalformedAnswer)
    assert "8 MiB" in str(made.failure)


@given(st.text(max_size=30), st.lists(st.integers(1, 40), max_size=8), st.binary(max_size=5))
def test_the_end_of_an_object_is_found_wherever_it_is_cut(said: str, sizes: list[int], after: bytes) -> None:
    raw = json.dumps({"a": [{said: said}], "b": said + '\\"}{'}, ensure_ascii=False).encode()
    data, one = raw + after, JsonObject()
    rest = b""
    for size in [*sizes, len(data)]:
        head, data = data[:size], data[size:]
        rest = head[one.feed(head) :]
        if one.whole is not None:
            break
    assert (one.whole, rest + data) == (raw, after)


def test_a_long_string_in_many_pieces_is_looked_at_once() -> None:
    """Bytes by the million in small pieces: a scan that began anew with each would take minutes."""
    one = JsonObject()
    one.feed(b'{"a": "')
    for _ in range(60_000):
        one.feed(b'\\"}' * 40)
    assert one.feed(b'""} ', 1) == 3
    assert len(one.whole or b"") == 60_000 * 120 + 9


# --- anything whatsoever -------------------------------------------------------------------------------------------
KEYS = [
    *("candidates", "content", "parts", "text", "thought", "functionCall", "name", "args", "id", "willContinue"),
    *("partialArgs", "jsonPath", "stringValue", "finishReason", "finishMessage", "groundingMetadata", "web", "uri"),
    *("groundingChunks", "citationMetadata", "citationSources", "title", "usageMetadata", "promptTokenCount", "index"),
    *("totalTokenCount", "promptFeedback", "blockReason", "error", "code", "message", "status", "details", "@type"),
    *("violations", "quotaId", "retryDelay", "reason"),
]
WORDS = ["STOP", "SAFETY", "$.a[0].b", "$.a", "$[0]", "google.rpc.QuotaFailure", "google.rpc.RetryInfo", "9s", "\ud83d"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**400), 10**400) | st.floats() | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=14,
)


@given(st.lists(JSON, max_size=3), JSON, JSON)
def test_any_json_is_survived(values: list[Any], inner: Any, other: Any) -> None:
    values += [
        {"candidates": [inner], "usageMetadata": other, "promptFeedback": other},
        part(inner, {"functionCall": other}, {"functionCall": {"name": "f", "partialArgs": [inner], "args": other}}),
        {"candidates": [{"content": inner, "groundingMetadata": other, "citationMetadata": other}]},
        {"error": {"details": [inner], "message": other, "status": inner}},
    ]
    for value in values:
        folded(*decode([json.dumps(value).encode()], make=decoder))
    folded(*decode([b"".join(b"data: " + json.dumps(value).encode() + b"\n\n" for value in values)], make=decoder))
    folded(*decode([json.dumps(values).encode()], make=decoder))


@given(
    st.binary(max_size=200), st.sampled_from([b"", b"data: {}\n\n{", b"data: {", b"{", b"[{", b"[", b"\xef\xbb\xbf["])
)
def test_any_bytes_are_survived(noise: bytes, beginning: bytes) -> None:
    folded(*decode([beginning + noise], make=decoder))


def test_deep_nesting_is_survived() -> None:
    for depth in (*range(800, 1000), 100_000):
        nested = b'{"q":' * depth + b"1" + b"}" * depth
        value = b'{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":' + nested + b"}}]}}]}"
        decode([b"data: " + value + b"\n\n"], make=decoder)
        decode([b"[" + value + b"]"], make=decoder)
    path = "$" + ".a[0]" * 5000
    pieces = [call(name="f", willContinue=True), call("STOP", partialArgs=[{"jsonPath": path, "numberValue": 1}])]
    assert folded(*decode([events(*pieces)], make=decoder)).finish == "stop"
