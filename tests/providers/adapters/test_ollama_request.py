"""What is asked of an Ollama server, over a real connection, and answers that come whole."""

import json

import pytest

from providers.adapters.http import make_client
from providers.adapters.ollama import Ollama
from providers.adapters.ollama.request import body_of
from providers.events import Finish, Loaded, Opened, ReasoningDelta, TextDelta, ToolCallDelta, Usage
from providers.types import ChatRequest, Endpoint, Image, Message, ToolCall
from tests.providers.adapters.loopback import read_request, serving
from tests.providers.adapters.reading import gathered, without_keep_alives

TOOL = {"type": "function", "function": {"name": "now", "parameters": {"type": "object"}}}
WHOLE = (
    b'{"model":"m","created_at":"2026-11-01T10:00:00Z","message":{"role":"assistant","content":"Hi",'
    b'"thinking":"Greet."},"done_reason":"stop","done":true,"total_duration":9000000000,"load_duration":2500000000,'
    b'"prompt_eval_count":7,"eval_count":3}'
)


def asked(*messages: Message, **more: object) -> dict[str, object]:
    sent: dict[str, object] = json.loads(body_of(ChatRequest("m", messages, **more)))  # type: ignore[arg-type]
    return sent


def arguments_sent(text: str) -> object:
    message = asked(Message("assistant", "", tool_calls=(ToolCall("c", "f", text),)))["messages"][0]  # type: ignore[index]
    return message["tool_calls"][0]["function"]["arguments"]


def test_a_short_request_mentions_nothing_it_need_not() -> None:
    assert asked(Message("user", "Hi")) == {
        "model": "m",
        "messages": [{"role": "user", "content": "Hi"}],
        "stream": True,
    }


def test_a_whole_answer_has_to_be_asked_for_and_a_search_cannot() -> None:
    assert asked(stream=False, search=True) == {"model": "m", "messages": [], "stream": False}


def test_a_full_request() -> None:
    messages = (
        Message("system", "Be brief."),
        Message("user", "Grüße\u2028🙂", images=(Image("image/png", b"\x89PNG"), Image("image/webp", b"\xff"))),
        Message("assistant", "", tool_calls=(ToolCall("c1", "now", '{"zone": "UTC"}'), ToolCall("c2", "rain", "{}"))),
        Message("tool", "12:00", tool_call_id="c1"),
        Message("tool", "none", tool_call_id="c2"),
        Message("tool", "lost", tool_call_id="c9"),
        Message("assistant", "It is"),
    )
    assert asked(*messages, max_output_tokens=5, temperature=0.0, tools=(TOOL,), keep_alive="10m") == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Grüße\u2028🙂", "images": ["iVBORw==", "/w=="]},
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [
                    {
                        "id": "c1",
                        "type": "function",
                        "function": {"index": 0, "name": "now", "arguments": {"zone": "UTC"}},
                    },
                    {"id": "c2", "type": "function", "function": {"index": 1, "name": "rain", "arguments": {}}},
                ],
            },
            {"role": "tool", "content": "12:00", "tool_call_id": "c1", "tool_name": "now"},
            {"role": "tool", "content": "none", "tool_call_id": "c2", "tool_name": "rain"},
            {"role": "tool", "content": "lost", "tool_call_id": "c9"},
            {"role": "assistant", "content": "It is"},
        ],
        "stream": True,
        "options": {"num_predict": 5, "temperature": 0.0},
        "tools": [TOOL],
        "keep_alive": "10m",
    }


@pytest.mark.parametrize(
    ("keep_alive", "sent"),
    [("10s", "10s"), ("1h30m", "1h30m"), ("-1m", "-1m"), ("-1", -1), ("0", 0), ("3600", 3600), ("+5", 5)],
)
def test_a_bare_number_of_seconds_goes_as_a_number(keep_alive: str, sent: object) -> None:
    assert asked(keep_alive=keep_alive)["keep_alive"] == sent


@pytest.mark.parametrize(
    "text", ["", '{"a": 1', "[1]", "null", '"a"', '{"a": NaN}', '{"a": 1e999}', "[" * 100_000, '{"a":' * 900]
)
def test_arguments_that_are_no_object_do_not_spoil_the_rest_of_the_thread(text: str) -> None:
    assert arguments_sent(text) == {}


def test_half_a_character_does_not_stop_a_request() -> None:
    assert asked(Message("user", "a\ud83d"))["messages"] == [{"role": "user", "content": "a?"}]
    assert arguments_sent('{"a": "\\ud83d"}') == {"a": "?"}


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("body", [WHOLE, WHOLE + b"\n", json.dumps(json.loads(WHOLE), indent=2).encode()])
async def test_a_whole_answer_is_read_whatever_was_asked_for(stream: bool, body: bytes) -> None:
    seen = []
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: {len(body)}\r\n\r\n"

    async def handler(reader, writer) -> None:  # type: ignore[no-untyped-def]
        seen.append(await read_request(reader))
        writer.write(head.encode() + body)
        await writer.drain()

    async with make_client() as client, serving(handler) as port:
        endpoint = Endpoint("Acme", f"http://127.0.0.1:{port}", "k")
        request = ChatRequest("m", (Message("user", "Hi"),), stream=stream)
        events, failure = await gathered(Ollama().stream(request, endpoint, client))
    assert failure is None
    assert without_keep_alives(events) == [
        Opened(200),
        ReasoningDelta("Greet."),
        TextDelta("Hi"),
        Usage(7, 3, 10),
        Loaded(2.5),
        Finish("stop", "stop"),
    ]
    [(line, headers, sent)] = seen
    assert line == "POST /api/chat HTTP/1.1"
    assert headers["authorization"] == "Bearer k"
    assert headers["content-type"] == "application/json"
    assert headers["accept"] == ("application/x-ndjson, application/json" if stream else "application/json")
    assert json.loads(sent)["stream"] is stream


async def test_a_whole_answer_with_tool_calls() -> None:
    calls = [{"function": {"name": "now", "arguments": {"zone": "UTC"}}}, {"function": {"name": "rain"}}]
    message = {"role": "assistant", "content": "", "tool_calls": calls}
    body = json.dumps({"created_at": "t", "message": message, "done": True, "done_reason": "stop"}).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode()

    async def handler(reader, writer) -> None:  # type: ignore[no-untyped-def]
        await read_request(reader)
        writer.write(head + body)
        await writer.drain()

    async with make_client() as client, serving(handler) as port:
        request = ChatRequest("m", (Message("user", "Hi"),), stream=False)
        endpoint = Endpoint("Acme", f"http://127.0.0.1:{port}")
        events, failure = await gathered(Ollama().stream(request, endpoint, client))
    assert failure is None
    first, second = (event for event in events if isinstance(event, ToolCallDelta))
    assert (first.index, first.name, json.loads(first.arguments)) == (0, "now", {"zone": "UTC"})
    assert (second.index, second.name, second.arguments) == (1, "rain", "{}")
    assert events[-1] == Finish("stop", "stop")
