"""How an Ollama server's answer falls into lines, and every way in which it fails."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.adapters.http_status import error_for
from providers.adapters.http_words import parse_body
from providers.adapters.ollama import decoder
from providers.errors import EmptyAnswer, MalformedAnswer, ProviderError, StreamCut, UpstreamFailed
from providers.events import Finish, KeepAlive, TextDelta
from tests.providers.adapters.ollama_lines import call, done, line, ndjson
from tests.providers.adapters.reading import ENDPOINT, decode, folded, without_keep_alives


def failure_of(raw: bytes, content_type: str = "") -> ProviderError:
    events, failure = decode([raw], content_type, decoder)
    assert failure is not None, events
    folded(events, failure)
    return failure


# --- the lines -----------------------------------------------------------------------------------------------------
def test_every_way_of_ending_lines_means_the_same() -> None:
    lines = [json.dumps(value, ensure_ascii=False) for value in (line("Grüße\u2028\x85"), line(), done())]
    expected = [TextDelta("Grüße\u2028\x85"), Finish("stop", "stop")]
    for end in ("\n", "\r\n", "\r", "\n\n \n"):
        for raw in (end.join(lines), end.join(lines) + end, "\ufeff" + end.join(lines)):
            events, failure = decode([raw.encode()], make=decoder)
            assert failure is None
            assert without_keep_alives(events) == expected, end


def test_an_empty_line_and_an_empty_message_show_that_the_connection_lives() -> None:
    raw = ndjson(line("a")) + b"\n" + ndjson(line())
    assert decoder(ENDPOINT).feed(raw) == [TextDelta("a"), KeepAlive(), KeepAlive()]


def test_bytes_that_are_no_utf_8_do_not_spoil_the_answer() -> None:
    events, failure = decode([ndjson(line("a?b"), done()).replace(b"?", b"\xff")], make=decoder)
    assert failure is None
    assert without_keep_alives(events)[0] == TextDelta("a\ufffdb")


ANSWERS = {
    "plain": ndjson(line("Grüße 🙂 "), line("你"), done(eval_count=2)),
    "crlf": ndjson(line(thinking="é"), line("ok"), done()).replace(b"\n", b"\r\n"),
    "unterminated": ndjson(line("x"), done())[:-1],
    "tools": ndjson(line(tool_calls=[call("f", {"a": "ß"}), call("f", {"a": "ß"})]), done(load_duration=10**9)),
    "tags": ndjson(line("<think>a"), line("b</think> c"), done()),
    "error": ndjson(line("Yes"), {"error": "unexpected EOF"}),
    "broken": ndjson(line("Yes")) + b'{"model": "m", "mess\n' + ndjson(done()),
    "cut": ndjson(line("Yes"), line("No"))[:-9],
    "spread": json.dumps({**done(), "message": {"content": "é\n\n"}}, indent=1, ensure_ascii=False).encode(),
    "nothing": b"\r\n",
}


@pytest.mark.parametrize("name", ANSWERS)
def test_cuts_change_nothing(name: str) -> None:
    """In two parts at every byte, and byte by byte: the very same events."""
    raw = ANSWERS[name]
    events, failure = decode([raw], make=decoder)
    whole = without_keep_alives(events)
    for parts in [[raw[:cut], raw[cut:]] for cut in range(len(raw) + 1)] + [[raw[i : i + 1] for i in range(len(raw))]]:
        events, error = decode(parts, make=decoder)
        assert without_keep_alives(events) == whole, [len(part) for part in parts]
        assert (str(error), type(error)) == (str(failure), type(failure))


# --- what goes wrong -----------------------------------------------------------------------------------------------
def test_an_error_among_the_lines() -> None:
    events, failure = decode([ndjson(line("Yes"), {"error": "the runner has stopped"}, done())], make=decoder)
    assert without_keep_alives(events) == [TextDelta("Yes")]
    assert type(failure) is UpstreamFailed
    assert failure.retryable
    assert str(failure) == "Acme failed to answer. Try again later. Acme says: “the runner has stopped”"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b'{"error":"prompt too long; exceeded max context length by 4 tokens"}\n', "context_length"),
        (b'{"error":{"message":"x","code":503}}\n', "overloaded"),
        (b'[{"error":"x"}]', "upstream"),
        (b"", "empty"),
        (b"\n", "empty"),
        (ndjson(line("Yes")), "stream_cut"),
        (ndjson(line()), "stream_cut"),
        (ndjson(line("Yes"))[:-9], "stream_cut"),
        (ndjson(line("Yes")) + ndjson(done())[:-5], "stream_cut"),
        (ndjson(line("Yes")) + b"oh no\n", "malformed"),
        (ndjson(line("Yes")) + b"oh no", "malformed"),
        (b'{"model":"m","mess\n' + ndjson(done()), "malformed"),
        (b"Ollama is running", "malformed"),
        (b"<!DOCTYPE html><title>Sign in</title>", "malformed"),
        (b'{"id":"x","choices":[]}\n', "malformed"),
        (b'{"detail":"Not Found"}', "malformed"),
        (b'data: {"choices":[]}\n\n', "malformed"),
        (b"[]\n", "malformed"),
        (b"7\n", "malformed"),
        (b"{" * 100_000 + b"\n", "malformed"),
    ],
)
def test_what_is_no_whole_answer_fails(raw: bytes, kind: str) -> None:
    assert failure_of(raw).kind == kind


def test_a_web_page_is_known_by_its_type_alone() -> None:
    assert isinstance(failure_of(b"Please sign in", "text/html; charset=utf-8"), MalformedAnswer)


def test_a_line_beyond_the_limit_is_refused_but_what_came_before_it_is_kept() -> None:
    first, huge = ndjson(line("first")), ndjson(line("x" * (9 << 20)))
    for parts in ([first + huge], [first, huge], [first, huge[: 8 << 20], huge[8 << 20 :]]):
        events, failure = decode(parts, make=decoder)
        assert without_keep_alives(events) == [TextDelta("first")]
        assert isinstance(failure, MalformedAnswer)
        assert "8 MiB" in str(failure)


def test_a_line_without_an_end_is_refused_before_it_is_read_to_its_end() -> None:
    reader = decoder(ENDPOINT)
    fed = 0
    while not reader.ended and fed < 20:
        reader.feed(b"{" + b" " * (1 << 20))
        fed += 1
    assert isinstance(reader.failure, MalformedAnswer)
    assert fed < 10


@pytest.mark.parametrize(
    ("beginning", "failure"),
    [
        (b"", StreamCut),
        (b'{"model', StreamCut),
        (ndjson(line("a")), StreamCut),
        (ndjson(line("a")) + b'{"model', StreamCut),
        (ndjson(line("a"), {"error": "x"}), UpstreamFailed),
        (ndjson(line("a"), done()) + b'{"model', type(None)),
        (ndjson(line("a"), done())[:-1], type(None)),
    ],
)
def test_a_connection_that_breaks_is_a_cut_unless_the_answer_was_over(beginning: bytes, failure: type) -> None:
    reader = decoder(ENDPOINT)
    reader.feed(beginning)
    events = reader.close(cut=True)
    assert type(reader.failure) is failure
    assert isinstance(events[-1] if events else None, Finish) == (failure is type(None))


def test_an_answer_without_a_word_is_empty() -> None:
    assert isinstance(failure_of(b" \n"), EmptyAnswer)


@pytest.mark.parametrize(
    ("status", "said", "kind", "retryable"),
    [
        (404, "model 'qwen9' not found", "model_not_found", False),
        (400, "registry.ollama.ai/library/tiny:latest does not support tools", "invalid_request", False),
        (400, '"tiny" does not support thinking', "invalid_request", False),
        (400, "the input length exceeds the context length", "context_length", False),
        (401, "unauthorized", "authentication", False),
        (403, "ollama cloud is disabled: remote model is unavailable", "permission", False),
        (429, "you (ann) have reached your weekly usage limit, upgrade for higher limits", "quota", False),
        (429, "too many concurrent requests", "rate_limit", True),
        (499, "client closed request", "upstream", True),
        (500, "model requires more system memory (9 GiB) than is available (4 GiB)", "upstream", True),
        (502, "cannot reach the remote model", "upstream", True),
        (503, "server busy, please try again.  maximum pending requests exceeded", "overloaded", True),
    ],
)
def test_what_the_server_refuses(status: int, said: str, kind: str, retryable: bool) -> None:
    body = json.dumps({"error": said}).encode()
    failure = error_for(ENDPOINT, parse_body(body, "application/json; charset=utf-8"), status=status)
    assert (failure.kind, failure.retryable, failure.status) == (kind, retryable, status)
    assert " ".join(said.split()) in str(failure)


# --- anything ------------------------------------------------------------------------------------------------------
KEYS = (
    *("model", "created_at", "message", "response", "thinking", "content", "role", "tool_calls", "function", "name"),
    *("arguments", "id", "index", "done", "done_reason", "error", "load_duration", "eval_count", "prompt_eval_count"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**25) | st.floats(allow_nan=True) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=4), JSON, JSON)
def test_any_json_is_survived(values: list[object], message: object, calls: object) -> None:
    wrapped = [*values, {"message": message}, {"message": {"tool_calls": [calls, {"function": calls}]}}, {"done": True}]
    folded(*decode([b"".join(json.dumps(value).encode() + b"\n" for value in wrapped)], make=decoder))
    folded(*decode([json.dumps(values).encode()], make=decoder))
    folded(*decode([json.dumps({"message": message, "done": calls}, indent=1).encode()], make=decoder))


@given(st.binary(max_size=200), st.sampled_from([b"", b"{", b"[", b"{\n", b'{"message":', b"\xef\xbb\xbf{"]))
def test_any_bytes_are_survived(noise: bytes, beginning: bytes) -> None:
    folded(*decode([beginning + noise], make=decoder))


@given(st.lists(st.text(max_size=6), max_size=5), st.lists(st.integers(0, 600), max_size=6))
def test_any_cut_gives_the_same(texts: list[str], cuts: list[int]) -> None:
    raw = ndjson(*(json.loads(json.dumps(line(text)).encode("utf-8", "replace")) for text in texts), done())
    bounds = [0, *sorted(min(cut, len(raw)) for cut in cuts), len(raw)]
    parts = [raw[start:end] for start, end in pairwise(bounds)]
    whole, cut = (decode(pieces, make=decoder) for pieces in ([raw], parts))
    assert without_keep_alives(cut[0]) == without_keep_alives(whole[0])
    assert cut[1] is whole[1] is None


def test_deep_nesting_is_survived() -> None:
    for depth in (300, 900, 990, 5_000):
        deep = b'{"a":' * depth + b"1" + b"}" * depth
        raw = b'{"message":{"tool_calls":[{"function":{"name":"f","arguments":' + deep + b'}}]},"created_at":' + deep
        folded(*decode([raw + b"}\n" + ndjson(done())], make=decoder))
        folded(*decode([b'{"error":' + deep + b"}\n"], make=decoder))
