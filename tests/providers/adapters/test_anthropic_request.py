"""What is asked of Anthropic's protocol, over a real connection, and answers that come whole."""

import json
from typing import Any

import pytest

from providers.adapters.anthropic import Anthropic
from providers.adapters.anthropic.request import body_of, cut_from_prefix
from providers.adapters.http import make_client
from providers.events import Finish, Opened, TextDelta, Usage
from providers.presets import PROTOCOL_HEADERS
from providers.types import ChatRequest, Endpoint, Image, Message, ToolCall
from tests.providers.adapters.loopback import read_request, serving
from tests.providers.adapters.reading import gathered, without_keep_alives

HI = Message("user", "Hi")
SCHEMA = {"type": "object", "properties": {"zone": {"type": "string"}}}
TOOL = {"type": "function", "function": {"name": "now", "description": "The time.", "parameters": SCHEMA}}
WHOLE = {"type": "message", "content": [{"type": "text", "text": "Hi"}], "stop_reason": "end_turn"}


def sent(*messages: Message, **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(body_of(ChatRequest("m", messages, **more)))
    return body


def test_a_short_request_mentions_nothing_it_need_not() -> None:
    hello = [{"role": "user", "content": "Hi"}]
    assert sent(HI) == {"model": "m", "max_tokens": 32_000, "messages": hello, "stream": True}


def test_a_full_request() -> None:
    messages = (
        Message("system", "Be brief."),
        Message("user", "Grüße\u2028🙂", images=(Image("image/png", b"\x89PNG"),)),
        Message("assistant", "Let me see.", tool_calls=(ToolCall("c1", "now", '{"zone": "UTC"}'),)),
        Message("tool", "12:00", tool_call_id="c1"),
        Message("assistant", "It is"),
    )
    tools = (TOOL, {"type": "function", "function": {"name": "ping"}})
    request = ChatRequest(
        "m", messages, stream=False, max_output_tokens=5, temperature=0.5, tools=tools, search=True, keep_alive="10s"
    )
    assert json.loads(body_of(request)) == {
        "model": "m",
        "max_tokens": 5,
        "system": "Be brief.",
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw=="}},
                    {"type": "text", "text": "Grüße\u2028🙂"},
                ],
            },
            {
                "role": "assistant",
                "content": [
                    {"type": "text", "text": "Let me see."},
                    {"type": "tool_use", "id": "c1", "name": "now", "input": {"zone": "UTC"}},
                ],
            },
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": "12:00"}]},
            {"role": "assistant", "content": "It is"},
        ],
        "stream": False,
        "temperature": 0.5,
        "tools": [
            {"name": "now", "description": "The time.", "input_schema": SCHEMA},
            {"name": "ping", "input_schema": {"type": "object"}},
            {"type": "web_search_20250305", "name": "web_search", "max_uses": 5},
        ],
    }


def test_what_stands_between_two_answers_is_one_message() -> None:
    """Results first, wherever they stood; empty messages are none; system messages go to the top."""
    body = sent(
        Message("system", "One."),
        Message("system", " "),
        Message("user", "a"),
        Message("user", "b"),
        Message("assistant", "", tool_calls=(ToolCall("x", "f", ""), ToolCall("y", "f", "{}"))),
        Message("system", "Two."),
        Message("user", "c"),
        Message("tool", "1", tool_call_id="x"),
        Message("tool", " ", tool_call_id="y"),
        Message("assistant", "\n"),
        Message("user", "d"),
    )
    assert body["system"] == "One.\n\nTwo."
    text = [{"type": "text", "text": letter} for letter in "abcd"]
    calls = [{"type": "tool_use", "id": name, "name": "f", "input": {}} for name in "xy"]
    results = [
        {"type": "tool_result", "tool_use_id": "x", "content": "1"},
        {"type": "tool_result", "tool_use_id": "y"},
    ]
    assert body["messages"] == [
        {"role": "user", "content": text[:2]},
        {"role": "assistant", "content": calls},
        {"role": "user", "content": [*results, *text[2:]]},
    ]


@pytest.mark.parametrize(
    ("content", "kept", "cut"),
    [
        ("It is", "It is", ""),
        (" It is \n\n", " It is", " \n\n"),
        ("a\nb\u00a0", "a\nb", "\u00a0"),
        ("\n ", None, "\n "),
    ],
)
def test_a_beginning_goes_out_without_blanks_at_its_end(content: str, kept: str | None, cut: str) -> None:
    request = ChatRequest("m", (HI, Message("assistant", content)))
    last = json.loads(body_of(request))["messages"][-1]
    assert last == ({"role": "assistant", "content": kept} if kept else {"role": "user", "content": "Hi"})
    assert cut_from_prefix(request) == cut


def test_only_a_beginning_is_cut() -> None:
    body = sent(HI, Message("assistant", "Ho \n"), Message("user", "Hi \n"))
    assert [message["content"] for message in body["messages"]] == ["Hi", "Ho \n", "Hi \n"]
    assert cut_from_prefix(ChatRequest("m", (Message("user", "Hi "),))) == ""
    assert cut_from_prefix(ChatRequest("m", (Message("assistant", " ", tool_calls=(ToolCall("x", "f", ""),)),))) == ""
    assert cut_from_prefix(ChatRequest("m", ())) == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("", {}),
        ('{"q": [1, null]}', {"q": [1, None]}),
        ('{"q": ', {"arguments": '{"q": '}),
        ("[1]", {"arguments": "[1]"}),
        ('{"q": NaN}', {"arguments": '{"q": NaN}'}),
        ("[" * 100_000, {"arguments": "[" * 100_000}),
    ],
)
def test_arguments_that_are_no_object_are_handed_back_under_a_name(arguments: str, told: Any) -> None:
    body = sent(HI, Message("assistant", "", tool_calls=(ToolCall("x", "f", arguments),)))
    assert body["messages"][1]["content"][0]["input"] == told


def test_what_the_protocol_would_refuse_is_made_to_fit() -> None:
    calls = (ToolCall("functions.now:0", "now", ""), ToolCall("", "now", ""))
    body = sent(HI, Message("assistant", "", tool_calls=calls), Message("tool", "1", tool_call_id="functions.now:0"))
    assert [block["id"] for block in body["messages"][1]["content"]] == ["functions_now_0", "call"]
    assert body["messages"][2]["content"][0]["tool_use_id"] == "functions_now_0"
    assert sent(HI, temperature=2.0)["temperature"] == 1.0
    assert sent(HI, temperature=0.0)["temperature"] == 0.0
    assert sent(Message("user", "a\ud83d"))["messages"][0]["content"] == "a?"
    own = {"type": "web_fetch_20250910", "name": "web_fetch"}
    assert sent(HI, tools=(own,))["tools"] == [own]


@pytest.mark.parametrize("stream", [True, False])
async def test_a_whole_answer_is_read_whatever_was_asked_for(stream: bool) -> None:
    seen = []
    body = json.dumps({**WHOLE, "usage": {"input_tokens": 3, "output_tokens": 1}}).encode()
    head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nrequest-id: req_1\r\n"

    async def handler(reader, writer) -> None:  # type: ignore[no-untyped-def]
        seen.append(await read_request(reader))
        writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()

    async with make_client() as client, serving(handler) as port:
        url = f"http://127.0.0.1:{port}/proxy/v1"
        endpoint = Endpoint("Acme", url, "k", "x-api-key", PROTOCOL_HEADERS["anthropic"])
        request = ChatRequest("m", (HI,), stream=stream)
        events, failure = await gathered(Anthropic().stream(request, endpoint, client))
    assert failure is None
    assert without_keep_alives(events) == [
        Opened(200, "req_1"),
        TextDelta("Hi"),
        Usage(3, 1, 4),
        Finish("stop", "end_turn"),
    ]
    [(line, headers, asked)] = seen
    assert line == "POST /proxy/v1/messages HTTP/1.1"
    assert headers["x-api-key"] == "k"
    assert headers["anthropic-version"] == "2023-06-01"
    assert headers["content-type"] == "application/json"
    assert headers["accept"] == ("text/event-stream, application/json" if stream else "application/json")
    assert json.loads(asked)["stream"] is stream
