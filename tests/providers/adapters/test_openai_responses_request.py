"""What is asked in the Responses protocol, over a real connection, and answers that come whole."""

import json

import httpx
import pytest

from providers.adapters.openai_responses import OpenAIResponses
from providers.adapters.openai_responses.request import body_of
from providers.events import Finish, Opened, TextDelta
from providers.types import ChatRequest, Endpoint, Image, Message, ToolCall
from tests.providers.adapters.loopback import read_request, serving
from tests.providers.adapters.openai_responses_events import message, response, said, start, stream
from tests.providers.adapters.reading import gathered, without_keep_alives

PARAMETERS = {"type": "object", "properties": {"zone": {"type": "string"}}}
TOOL = {"type": "function", "function": {"name": "now", "description": "The time.", "parameters": PARAMETERS}}
WHOLE = json.dumps(response("completed", output=[message("Hi")])).encode()
HI = Message("user", "Hi")


def sent(*messages: Message, **more: object) -> dict[str, object]:
    told: dict[str, object] = json.loads(body_of(ChatRequest("m", messages or (HI,), **more)))  # type: ignore[arg-type]
    return told


def test_a_short_request_mentions_nothing_it_need_not() -> None:
    assert sent() == {
        "model": "m",
        "input": [{"type": "message", "role": "user", "content": "Hi"}],
        "stream": True,
        "store": False,
    }


def test_a_full_request() -> None:
    messages = (
        Message("system", "Be brief."),
        Message("user", "Grüße\u2028🙂"),
        Message("assistant", "", tool_calls=(ToolCall("c1", "now", '{"zone": "UTC"}'), ToolCall("c2", "now", ""))),
        Message("tool", "12:00", tool_call_id="c1"),
        Message("tool", "", tool_call_id="c2"),
        Message("assistant", "It is"),
    )
    body = sent(*messages, stream=False, max_output_tokens=5, temperature=0.0, tools=(TOOL,), search=True)
    assert body == {
        "model": "m",
        "input": [
            {"type": "message", "role": "system", "content": "Be brief."},
            {"type": "message", "role": "user", "content": "Grüße\u2028🙂"},
            {"type": "function_call", "call_id": "c1", "name": "now", "arguments": '{"zone": "UTC"}'},
            {"type": "function_call", "call_id": "c2", "name": "now", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c1", "output": "12:00"},
            {"type": "function_call_output", "call_id": "c2", "output": ""},
            {"type": "message", "role": "assistant", "content": "It is"},
        ],
        "stream": False,
        "store": False,
        "max_output_tokens": 5,
        "temperature": 0.0,
        "tools": [
            {
                "type": "function",
                "name": "now",
                "description": "The time.",
                "parameters": PARAMETERS,
                "strict": False,
            },
            {"type": "web_search"},
        ],
    }


def test_words_before_a_call_are_a_message_of_their_own() -> None:
    told = sent(HI, Message("assistant", "I look.", tool_calls=(ToolCall("c1", "now", "{}"),)))["input"]
    assert isinstance(told, list)
    assert [item["type"] for item in told] == ["message", "message", "function_call"]


def test_images_follow_the_words() -> None:
    image = Image("image/png", b"\x89PNG")
    picture = {"type": "input_image", "image_url": "data:image/png;base64,iVBORw=="}
    for text, words in (("What is it?", [{"type": "input_text", "text": "What is it?"}]), ("", [])):
        assert sent(Message("user", text, images=(image,)))["input"] == [
            {"type": "message", "role": "user", "content": [*words, picture]}
        ]


def test_a_tool_keeps_what_it_says_of_itself_and_need_not_take_parameters() -> None:
    strict = {"type": "function", "function": {"name": "now", "strict": True}}
    written_for_this_protocol = {"type": "function", "name": "then", "parameters": PARAMETERS}
    assert sent(tools=(strict, written_for_this_protocol))["tools"] == [
        {"type": "function", "name": "now", "strict": True, "parameters": {"type": "object", "properties": {}}},
        written_for_this_protocol,
    ]


def test_half_a_character_does_not_stop_a_request() -> None:
    assert sent(Message("user", "a\ud83d"))["input"] == [{"type": "message", "role": "user", "content": "a?"}]


@pytest.mark.parametrize("streams", [True, False])
@pytest.mark.parametrize("content_type", ["application/json", "text/event-stream", "application/octet-stream"])
@pytest.mark.parametrize("body", [WHOLE, stream(*start(), *said("Hi"), {"type": "response.completed"})])
async def test_an_answer_is_read_whatever_was_asked_for(
    body: bytes, content_type: str, streams: bool, client: httpx.AsyncClient
) -> None:
    seen = []
    head = f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\nx-request-id: req-1\r\n"

    async def handler(reader, writer) -> None:  # type: ignore[no-untyped-def]
        seen.append(await read_request(reader))
        writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()

    async with serving(handler) as port:
        endpoint = Endpoint("Acme", f"http://127.0.0.1:{port}/api/v1", "k")
        request = ChatRequest("m", (HI,), stream=streams)
        events, failure = await gathered(OpenAIResponses().stream(request, endpoint, client))
    assert failure is None
    assert without_keep_alives(events) == [Opened(200, "req-1"), TextDelta("Hi"), Finish("stop", "completed")]
    [(line, headers, asked)] = seen
    assert line == "POST /api/v1/responses HTTP/1.1"
    assert headers["authorization"] == "Bearer k"
    assert headers["content-type"] == "application/json"
    assert headers["accept"] == ("text/event-stream, application/json" if streams else "application/json")
    assert json.loads(asked)["stream"] is streams
