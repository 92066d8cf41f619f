"""Streamed answers of Anthropic's protocol, written for the tests, and what each of them means."""

from tests.providers.adapters.anthropic_events import (
    PING,
    STOP,
    Said,
    begin,
    change,
    cited,
    end,
    error,
    piece,
    start,
    text,
)
from tests.providers.adapters.reading import Result

HELLO = text(0, "Hel", "lo")
USED = [9, 5, 14, None, None, None]
TOLD = change(output_tokens=5)
UNTOLD = [9, 1, 10, None, None, None]
GIVEN = begin(0, "tool_use", id="t", name="f", input={"q": "ü"})
# Name -> what is sent, and what it means.
ANSWERS: dict[str, tuple[list[Said], Result]] = {
    "plain": ([start(), PING, *HELLO, TOLD, STOP], Result("Hello", usage=USED, finish="stop")),
    "nothing said": ([start(), TOLD, STOP], Result(usage=USED, finish="stop")),
    "text in a block's first event": (
        [start(), begin(0, "text", text="Hel"), *HELLO[2:], TOLD, STOP],
        Result("Hello", usage=USED, finish="stop"),
    ),
    "half a character": (
        [start(), *text(0, "a\ud83d"), *text(1, "\ude80b\x00", "\ud83d"), TOLD, STOP],
        Result("a🚀b\ufffd\ufffd", usage=USED, finish="stop"),
    ),
    "usage in parts": (
        [
            start(usage={"input_tokens": 1, "cache_creation_input_tokens": 20, "cache_read_input_tokens": 300}),
            *HELLO,
            change(None, input_tokens=2, output_tokens=3),
            change("end_turn", output_tokens=7, output_tokens_details={"thinking_tokens": 4}),
            change(None, cache_read_input_tokens=None, output_tokens="8", cache_creation_input_tokens=True),
            STOP,
        ],
        Result("Hello", usage=[322, 7, 329, 4, 300, None], finish="stop"),
    ),
    "no usage": ([start(usage=None), *HELLO, change(), STOP], Result("Hello", finish="stop")),
    "thinking": (
        [
            start(),
            begin(0, "thinking", thinking="", signature=""),
            piece(0, "thinking_delta", thinking="Hm"),
            piece(0, "thinking_delta", thinking="m."),
            piece(0, "signature_delta", signature="c2ln"),
            end(0),
            begin(1, "redacted_thinking", data="eA=="),
            end(1),
            *text(2, "Yes."),
            TOLD,
            STOP,
        ],
        Result("Yes.", reasoning="Hmm.", usage=USED, finish="stop"),
    ),
    "tools": (
        [
            start(),
            *text(0, "Look:"),
            begin(1, "tool_use", id="a", name="find", input={}),
            piece(1, "input_json_delta", partial_json=""),
            piece(1, "input_json_delta", partial_json='{"q": "x'),
            piece(1, "input_json_delta", partial_json='"}'),
            end(1),
            begin(2, "tool_use", id="b", name="now", input={}),
            end(2),
            begin(3, "tool_use", id="c", name="ask", input={"q": "ü"}),
            end(3),
            change("tool_use", output_tokens=5),
            STOP,
        ],
        Result(
            "Look:",
            tools=[["a", "find", '{"q": "x"}'], ["b", "now", "{}"], ["c", "ask", '{"q": "ü"}']],
            usage=USED,
            finish="tool_calls",
        ),
    ),
    "a tool's block that never ends": (
        [start(), GIVEN, change("max_tokens", output_tokens=5)],
        Result(tools=[["t", "f", '{"q": "ü"}']], usage=USED, finish="length"),
    ),
    "blocks all numbered 0": (
        [start(), GIVEN, end(0), *HELLO, GIVEN, piece(0, "input_json_delta", partial_json="{}"), end(0), STOP],
        Result("Hello", tools=[["t", "f", '{"q": "ü"}'], ["t", "f", "{}"]], usage=UNTOLD, finish="tool_calls"),
    ),
    "what the server does itself, and what nobody knows": (
        [
            start(),
            begin(0, "server_tool_use", id="s", name="web_search", input={}),
            piece(0, "input_json_delta", partial_json='{"query": "x"}'),
            end(0),
            begin(1, "web_search_tool_result", tool_use_id="s", content=[{"type": "web_search_result", "url": "u:1"}]),
            end(1),
            begin(2, "web_search_tool_result", tool_use_id="s", content={"error_code": "max_uses_exceeded"}),
            end(2),
            begin(3, "compaction", content=None),
            piece(3, "compaction_delta", content="A summary", encrypted_content="eA=="),
            end(3),
            begin(4, "fallback", **{"from": {"model": "a"}, "to": {"model": "b"}}),
            end(4),
            begin(5, "hologram", text="no", content=["no"]),
            piece(5, "hologram_delta", text="no"),
            end(5),
            {"type": "weather", "delta": {"type": "text_delta", "text": "no"}},
            *text(6, "Hello"),
            TOLD,
            STOP,
        ],
        Result("Hello", usage=USED, finish="stop"),
    ),
    "citations": (
        [
            start(),
            begin(0, "text", text="", citations=[cited("u:0")]),
            piece(0, "citations_delta", citation=cited("u:1")),
            piece(0, "text_delta", text="Hello"),
            piece(0, "citations_delta", citation=cited("u:1", title="Again")),
            piece(0, "citations_delta", citation=cited("u:2", title=None)),
            piece(0, "citations_delta", citation={"type": "char_location", "document_title": "Mine"}),
            piece(0, "citations_delta", citation=cited(4)),
            end(0),
            TOLD,
            STOP,
        ],
        Result("Hello", citations=["u:0", "u:1", "u:2"], usage=USED, finish="stop"),
    ),
    "a beginning that holds the whole message": (
        [start(content=[{"type": "text", "text": "Hello"}, GIVEN["content_block"]], stop_reason="tool_use"), STOP],
        Result("Hello", tools=[["t", "f", '{"q": "ü"}']], usage=UNTOLD, finish="tool_calls"),
    ),
    "two beginnings": ([start(), start(), *HELLO, TOLD, STOP], Result("Hello", usage=USED, finish="stop")),
    "an end without a reason": ([start(), *HELLO, STOP], Result("Hello", usage=UNTOLD, finish="stop")),
    "an end without anything": ([start(), STOP], Result(usage=UNTOLD, failure="empty")),
    "a reason without an end": ([start(), *HELLO, TOLD], Result("Hello", usage=USED, finish="stop")),
    "more after the end": ([start(), *HELLO, TOLD, STOP, *HELLO, error()], Result("Hello", usage=USED, finish="stop")),
    "cut": ([start(), *HELLO], Result("Hello", usage=UNTOLD, failure="stream_cut")),
    "cut after the beginning": ([start()], Result(usage=UNTOLD, failure="stream_cut")),
    "cut after a ping": ([PING], Result(failure="stream_cut")),
    "cut inside a tool call": (
        [start(), GIVEN],
        Result(tools=[["t", "f", ""]], usage=UNTOLD, failure="stream_cut"),
    ),
    "an error": ([start(), *HELLO, error()], Result("Hello", usage=UNTOLD, failure="overloaded")),
    "an error before the end": (
        [start(), *HELLO, TOLD, error(), STOP],
        Result("Hello", usage=USED, failure="overloaded"),
    ),
    "an error first": ([error("rate_limit_error")], Result(failure="rate_limit")),
    "no answer of this protocol": ([{"type": "response.created"}, {"type": []}], Result(failure="malformed")),
}
