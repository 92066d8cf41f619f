"""What is asked, over a real connection, and answers that come whole."""

import json

import pytest

from providers.adapters.http import make_client
from providers.adapters.openai_chat import OpenAIChat
from providers.adapters.openai_chat.request import body_of
from providers.events import Finish, Opened, TextDelta
from providers.types import ChatRequest, Endpoint, Message, ToolCall
from tests.providers.adapters.loopback import read_request, serving
from tests.providers.adapters.reading import gathered, without_keep_alives

TOOL = {"type": "function", "function": {"name": "now", "parameters": {"type": "object"}}}
WHOLE = json.dumps({"choices": [{"index": 0, "message": {"content": "Hi"}, "finish_reason": "stop"}]}).encode()


def test_a_short_request_mentions_nothing_it_need_not() -> None:
    assert json.loads(body_of(ChatRequest("m", (Message("user", "Hi"),)))) == {
        "model": "m",
        "messages": [{"role": "user", "content": "Hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_a_full_request() -> None:
    messages = (
        Message("system", "Be brief."),
        Message("user", "Grüße\u2028🙂"),
        Message("assistant", "", tool_calls=(ToolCall("c1", "now", '{"zone": "UTC"}'),)),
        Message("tool", "12:00", tool_call_id="c1"),
        Message("assistant", "It is"),
    )
    request = ChatRequest("m", messages, stream=False, max_output_tokens=5, temperature=0.0, tools=(TOOL,))
    assert json.loads(body_of(request)) == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Grüße\u2028🙂"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {"id": "c1", "type": "function", "function": {"name": "now", "arguments": '{"zone": "UTC"}'}}
                ],
            },
            {"role": "tool", "content": "12:00", "tool_call_id": "c1"},
            {"role": "assistant", "content": "It is"},
        ],
        "stream": False,
        "max_completion_tokens": 5,
        "temperature": 0.0,
        "tools": [TOOL],
    }


def test_half_a_character_does_not_stop_a_request() -> None:
    assert json.loads(body_of(ChatRequest("m", (Message("user", "a\ud83d"),))))["messages"][0]["content"] == "a?"


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("content_type", ["application/json", "text/event-stream", "", "application/octet-stream"])
async def test_a_whole_answer_is_read_whatever_was_asked_for(stream: bool, content_type: str) -> None:
    seen = []
    head = f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\nx-request-id: req-1\r\n"
    if not content_type:
        head = "HTTP/1.1 200 OK\r\nx-request-id: req-1\r\n"

    async def handler(reader, writer) -> None:  # type: ignore[no-untyped-def]
        seen.append(await read_request(reader))
        writer.write(f"{head}content-length: {len(WHOLE)}\r\n\r\n".encode() + WHOLE)
        await writer.drain()

    async with make_client() as client, serving(handler) as port:
        endpoint = Endpoint("Acme", f"http://127.0.0.1:{port}/api/v1", "k", "api-key", (("X-Title", "chat"),))
        request = ChatRequest("m", (Message("user", "Hi"),), stream=stream)
        events, failure = await gathered(OpenAIChat().stream(request, endpoint, client))
    assert failure is None
    assert without_keep_alives(events) == [Opened(200, "req-1"), TextDelta("Hi"), Finish("stop", "stop")]
    [(line, headers, body)] = seen
    assert line == "POST /api/v1/chat/completions HTTP/1.1"
    assert headers["api-key"] == "k"
    assert headers["x-title"] == "chat"
    assert headers["content-type"] == "application/json"
    assert headers["accept"] == ("text/event-stream, application/json" if stream else "application/json")
    assert json.loads(body)["stream"] is stream
