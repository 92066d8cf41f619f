"""Every dialect and every way to fail, in answers written for this purpose: `fixtures/NAME.txt` is a response's body,
`fixtures/expected.json` what it means."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.errors import MalformedAnswer, StreamCut
from providers.events import Citation, Finish, KeepAlive, TextDelta, Usage
from tests.providers.adapters.reading import FIXTURES, decode, expected_fixtures, folded, without_keep_alives

EXPECTED = expected_fixtures()


def body(name: str) -> bytes:
    return (FIXTURES / f"{name}.txt").read_bytes()


def test_every_fixture_has_an_expectation() -> None:
    assert {path.stem for path in FIXTURES.glob("*.txt")} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_fixture_means_what_it_should(name: str) -> None:
    assert folded(*decode([body(name)])) == EXPECTED[name]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_cuts_change_nothing(name: str) -> None:
    """In two parts at every byte, and byte by byte: the very same events."""
    raw = body(name)
    events, failure = decode([raw])
    whole = without_keep_alives(events)
    for parts in [[raw[:cut], raw[cut:]] for cut in range(len(raw) + 1)] + [[raw[i : i + 1] for i in range(len(raw))]]:
        events, error = decode(parts)
        assert without_keep_alives(events) == whole, [len(part) for part in parts]
        assert (str(error), type(error)) == (str(failure), type(failure))


def test_titles_and_usage_come_with_the_chunk_that_tells_them() -> None:
    events, _ = decode([body("citations_cumulative")])
    assert [event for event in without_keep_alives(events) if not isinstance(event, Usage)] == [
        TextDelta("A"),
        Citation("https://a.example/", "Alpha"),
        TextDelta("B"),
        Citation("https://b.example/"),
        TextDelta("C"),
        Finish("stop", "stop"),
    ]
    assert [event.total_tokens for event in events if isinstance(event, Usage)] == [9, 10]  # repeated only when new


def test_usage_after_the_finish_reason_comes_before_the_finish() -> None:
    events, _ = decode([body("openai_plain")])
    assert isinstance(events[-2], Usage | KeepAlive)
    assert any(isinstance(event, Usage) for event in events)
    assert events[-1] == Finish("stop", "stop")


def test_the_providers_word_for_the_end_is_kept() -> None:
    events, _ = decode([body("finish_words")])
    assert events[-1] == Finish("length", "model_length")


def test_comments_and_empty_deltas_show_that_the_connection_lives() -> None:
    events, _ = decode([b": PROCESSING\n\n", b'data: {"choices":[{"index":0,"delta":{"content":""}}]}\n\n'])
    assert events == [KeepAlive(), KeepAlive()]
    events, _ = decode([b"\n"])  # while a whole answer is being prepared
    assert events == [KeepAlive()]


def test_a_web_page_is_known_by_its_type_alone() -> None:
    _, failure = decode([b"Please sign in"], "text/html; charset=utf-8")
    assert isinstance(failure, MalformedAnswer)
    assert "web page" in str(failure)


def test_an_event_beyond_the_limit_is_refused_but_what_came_before_it_is_kept() -> None:
    huge = b'data: {"choices":[{"delta":{"content":"' + b"x" * (9 << 20) + b'"}}]}\n\n'
    first = b'data: {"choices":[{"delta":{"content":"first"}}]}\n\n'
    for parts in ([first + huge], [first, huge], [first, huge[: 8 << 20], huge[8 << 20 :]]):
        events, failure = decode(parts)
        assert without_keep_alives(events) == [TextDelta("first")]
        assert isinstance(failure, MalformedAnswer)
        assert "8 MiB" in str(failure)


def test_a_whole_answer_beyond_the_limit_is_refused_before_it_is_read_to_its_end() -> None:
    parts = [b'{"choices":[', *[b" " * (1 << 20)] * 20]
    events, failure = decode(parts)
    assert isinstance(failure, MalformedAnswer)
    assert len(events) < 15


KEYS = """
choices index delta message content refusal reasoning reasoning_content reasoning_details tool_calls
function_call function name id arguments annotations url_citation url title citations search_results
usage prompt_tokens completion_tokens total_tokens completion_tokens_details prompt_tokens_details
reasoning_tokens cached_tokens cost total_cost x_groq error code type object status_code metadata
raw finish_reason text thinking summary detail loc msg
""".split()  # noqa: SIM905
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**25) | st.floats(allow_nan=True) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=4), JSON)
def test_any_json_is_survived(chunks: list[object], delta: object) -> None:
    wrapped = [*chunks, {"choices": [{"delta": delta, "finish_reason": "stop"}]}]
    stream = b"".join(b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in wrapped)
    folded(*decode([stream]))
    folded(*decode([json.dumps(chunks).encode()]))
    folded(*decode([json.dumps({"choices": [{"message": delta}]}).encode()]))


@given(st.binary(max_size=200), st.sampled_from([b"", b"data: ", b"{", b"[", b"error: ", b"\xef\xbb\xbf{"]))
def test_any_bytes_are_survived(noise: bytes, beginning: bytes) -> None:
    folded(*decode([beginning + noise]))


def test_deep_nesting_is_survived() -> None:
    _, failure = decode([b"data: " + b"[" * 100_000 + b"\n\n"])
    assert isinstance(failure, MalformedAnswer)
    _, failure = decode([b'data: {"error":' + b'{"error":' * 400 + b"1" + b"}" * 401 + b"\n\n"])
    assert failure is not None


def test_a_connection_that_breaks_is_a_cut_unless_the_answer_was_over() -> None:
    from providers.adapters.openai_chat import decoder as make
    from tests.providers.adapters.reading import ENDPOINT

    for beginning, failure in (
        (b"", StreamCut),
        (b'{"choices": [', StreamCut),
        (b'data: {"choices":[{"delta":{"content":"Ha', StreamCut),
        (b'data: {"choices":[{"delta":{"content":"a"}}]}\n\n', StreamCut),
        (b'data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}\n\ndata: {"usa', type(None)),
    ):
        decoder = make(ENDPOINT)
        decoder.feed(beginning)
        events = decoder.close(cut=True)
        assert type(decoder.failure) is failure, beginning
        assert isinstance(events[-1] if events else None, Finish) == (failure is type(None))
