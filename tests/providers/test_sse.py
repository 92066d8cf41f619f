"""The framing of server-sent events, and that it does not matter how the network cuts the bytes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.errors import MalformedAnswer
from providers.sse import Parser, ServerEvent


def parsed(*parts: bytes, limit: int = 1 << 20) -> list[ServerEvent]:
    parser = Parser(limit)
    events = [event for part in parts for event in parser.feed(part)]
    return events + parser.close()


def message(data: str, event: str = "") -> ServerEvent:
    return ServerEvent("message", data, event)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"data: a\n\ndata: b\n\n", [message("a"), message("b")]),
        (b"data: a\r\n\r\ndata: b\r\n\r\n", [message("a"), message("b")]),
        (b"data: a\r\rdata: b\r\r", [message("a"), message("b")]),
        (b"data: a\r\n\ndata: b\n\r\n", [message("a"), message("b")]),
        (b"data:a\n\ndata:  b \n\n", [message("a"), message(" b ")]),
        (b"data: one\ndata: two\ndata\ndata:\n\n", [message("one\ntwo\n\n")]),
        (b"event: ping\ndata: a\n\ndata: b\n\n", [message("a", "ping"), message("b")]),
        (b"event: ping\n\n\n\ndata: b\n\n", [message("", "ping"), message("b")]),
        (b": hello\n:\n\n", [ServerEvent("comment", "hello"), ServerEvent("comment", "")]),
        (b"data: a\n: between\n\n", [ServerEvent("comment", "between"), message("a")]),
        (b'error: {"code":500}\n\n', [ServerEvent("error", '{"code":500}')]),
        (b"id: 1\nretry: 5\nnonsense\ndata: a\n\n", [message("a")]),
        (b"\xef\xbb\xbfdata: a\n\n", [message("a")]),
        (b"data: \xef\xbb\xbfa\n\n", [message("\ufeffa")]),
        (b"data: a", [message("a")]),
        (b"data: a\n", [message("a")]),
        (b"\n\n\n", []),
        (b"", []),
        ("data: ü\u2028\u0085\x0b\n\n".encode(), [message("ü\u2028\u0085\x0b")]),
        (b"data: \xff\xfe\n\n", [message("\ufffd\ufffd")]),
    ],
)
def test_framing_whole_cut_in_two_and_byte_by_byte(raw: bytes, expected: list[ServerEvent]) -> None:
    assert parsed(raw) == expected
    assert parsed(*(raw[i : i + 1] for i in range(len(raw)))) == expected
    for cut in range(len(raw)):
        assert parsed(raw[:cut], b"", raw[cut:]) == expected


def test_an_event_is_told_as_soon_as_its_blank_line_begins() -> None:
    parser = Parser()
    assert parser.feed(b"data: a\r\n\r") == [message("a")]
    assert parser.feed(b"\ndata: b\r") == []
    assert parser.feed(b"\n\r\n") == [message("b")]


LINES = st.sampled_from(
    [b"data: {}", b"data:x", b"data", b": ping", b"event: e", b"error: no", b"id: 3", b"", b"", "data: grün🙂".encode()]
) | st.binary(max_size=6)
STREAMS = st.lists(st.tuples(LINES, st.sampled_from([b"\n", b"\r\n", b"\r"])), max_size=20)


@given(STREAMS, st.lists(st.integers(0, 300), max_size=8))
def test_any_cut_gives_the_same_events(lines: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    raw = b"".join(line + end for line, end in lines)
    places = sorted({0, len(raw), *(cut for cut in cuts if cut < len(raw))})
    parts = [raw[start:end] for start, end in pairwise(places)]
    assert parsed(*parts) == parsed(raw)
    assert parsed(*(raw[i : i + 1] for i in range(len(raw)))) == parsed(raw)


@given(st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), min_size=1), max_size=5))
def test_what_is_written_is_read(texts: list[str]) -> None:
    raw = "".join(f"data: {text}\n\n" for text in texts).encode()
    assert parsed(raw) == [message(text) for text in texts]


@pytest.mark.parametrize(
    "raw",
    [
        b"data: ok\n\ndata: " + b"x" * 200 + b"\n\ndata: later\n\n",
        b"data: ok\n\n" + b"data: " + b"x" * 60 + b"\ndata: " + b"x" * 60 + b"\n\ndata: later\n\n",
        b"data: ok\n\n: " + b"x" * 200,
        b"data: ok\n\ndata: " + b"x" * 200,
    ],
)
def test_what_is_larger_than_the_limit_is_given_up_after_what_came_before(raw: bytes) -> None:
    for parts in [
        [raw],
        [raw[i : i + 1] for i in range(len(raw))],
        *([raw[:cut], raw[cut:]] for cut in range(len(raw))),
    ]:
        parser = Parser(limit=100)
        events = [event for part in parts for event in parser.feed(part)]
        assert events == [message("ok")]
        assert isinstance(parser.failure, MalformedAnswer)
        assert parser.feed(b"data: more\n\n") == []
        assert parser.close() == []


def test_what_is_as_large_as_the_limit_is_fine() -> None:
    line = b"data: " + b"x" * 94
    assert parsed(line + b"\n\n" + line + b"\n\n" * 3, limit=100) == [message("x" * 94)] * 2
