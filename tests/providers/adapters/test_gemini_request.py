"""What is asked of Gemini, over a real connection: the path, the header, the body."""

import json
from base64 import b64encode
from typing import Any

import httpx
import pytest

from providers.adapters.gemini import Gemini
from providers.adapters.gemini.request import body_of
from providers.events import Finish, Opened, TextDelta, Usage
from providers.types import ChatRequest, Endpoint, Image, Message, ToolCall
from tests.providers.adapters.gemini_answers import END, HELLO, array, events, used
from tests.providers.adapters.gemini_answers import text as piece
from tests.providers.adapters.loopback import read_request, serving
from tests.providers.adapters.reading import gathered, without_keep_alives

PARAMETERS = {"type": "object", "properties": {"zone": {"type": "string"}}, "additionalProperties": False}
TOOL = {"type": "function", "function": {"name": "now", "description": "Tells the time.", "parameters": PARAMETERS}}
BARE = {"type": "function", "function": {"name": "stop", "parameters": {"type": "object", "properties": {}}}}
DECLARED = {"name": "now", "description": "Tells the time.", "parametersJsonSchema": PARAMETERS}
HI = Message("user", "Hi")


def sent(*messages: Message, model: str = "gemini-x", **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(body_of(ChatRequest(model, messages, **more)))
    return body


def turns(*messages: Message, **more: Any) -> list[tuple[str, list[Any]]]:
    return [(content["role"], content["parts"]) for content in sent(*messages, **more)["contents"]]


def test_a_short_request_mentions_nothing_it_need_not() -> None:
    assert sent(HI) == {"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]}


def test_a_full_request() -> None:
    said = (Message("system", "Be brief."), Message("user", "Grüße\u2028🙂"), Message("system", "In German."))
    assert sent(*said, max_output_tokens=5, temperature=0.0, tools=(TOOL, BARE)) == {
        "systemInstruction": {"parts": [{"text": "Be brief."}, {"text": "In German."}]},
        "contents": [{"role": "user", "parts": [{"text": "Grüße\u2028🙂"}]}],
        "generationConfig": {"maxOutputTokens": 5, "temperature": 0.0},
        "tools": [{"functionDeclarations": [DECLARED, {"name": "stop"}]}],
    }


def test_searching() -> None:
    assert sent(HI, search=True)["tools"] == [{"google_search": {}}]
    both = sent(HI, search=True, tools=(TOOL,))
    assert both["tools"] == [{"functionDeclarations": [DECLARED]}, {"google_search": {}}]
    assert both["toolConfig"] == {"includeServerSideToolInvocations": True}
    assert "toolConfig" not in sent(HI, search=True) | sent(HI, tools=(TOOL,))


def test_pictures() -> None:
    images = (Image("image/png", b"\x89PNG"), Image("image/jpeg", b"\xff\xd8"))
    wire = [{"inlineData": {"mimeType": image.media_type, "data": b64encode(image.data).decode()}} for image in images]
    assert turns(Message("user", "What?", images)) == [("user", [*wire, {"text": "What?"}])]
    assert turns(Message("user", "", images)) == [("user", wire)]


def test_sides_take_turns() -> None:
    """Also after an answer that never came to a word; and the beginning of an answer stands last."""
    asked = [Message("user", "A"), Message("assistant", ""), Message("user", "B"), Message("assistant", "It is")]
    assert turns(*asked) == [("user", [{"text": "A"}, {"text": "B"}]), ("model", [{"text": "It is"}])]
    assert turns(Message("user", "")) == [("user", [{"text": ""}])]
    assert sent(Message("system", "Be brief."))["contents"] == []


CALLS = (ToolCall("c1", "now", '{"zone": "UTC"}'), ToolCall("c2", "stop", ""))


def test_calls_and_what_came_of_them() -> None:
    said = [
        HI,
        Message("assistant", "Wait.", tool_calls=CALLS),
        Message("tool", "stopped", tool_call_id="c2"),
        Message("tool", "12:00", tool_call_id="c1"),
    ]
    assert turns(*said)[1:] == [
        (
            "model",
            [
                {"text": "Wait."},
                {"functionCall": {"name": "now", "args": {"zone": "UTC"}, "id": "c1"}},
                {"functionCall": {"name": "stop", "args": {}, "id": "c2"}},
            ],
        ),
        (
            "user",
            [
                {"functionResponse": {"name": "stop", "response": {"output": "stopped"}, "id": "c2"}},
                {"functionResponse": {"name": "now", "response": {"output": "12:00"}, "id": "c1"}},
            ],
        ),
    ]


def test_what_came_of_calls_without_ids_is_told_in_their_order() -> None:
    calls = tuple(ToolCall("", name, "{}") for name in ("a", "b"))
    said = [
        Message("assistant", "", tool_calls=calls),
        Message("tool", "1"),
        Message("tool", "2"),
        Message("tool", "3"),
    ]
    assert turns(*said) == [
        ("model", [{"functionCall": {"name": name, "args": {}}} for name in ("a", "b")]),
        (
            "user",
            [
                {"functionResponse": {"name": name, "response": {"output": output}}}
                for name, output in (("a", "1"), ("b", "2"), ("tool", "3"))
            ],
        ),
    ]


@pytest.mark.parametrize("arguments", ["", "{", "[1]", "null", '{"q": NaN}', "[" * 100_000])
def test_arguments_that_are_no_object_cannot_be_sent(arguments: str) -> None:
    [(_, parts)] = turns(Message("assistant", "", tool_calls=(ToolCall("c", "f", arguments),)))
    assert parts == [{"functionCall": {"name": "f", "args": {}, "id": "c"}}]


@pytest.mark.parametrize(
    ("model", "signed"),
    [
        ("gemini-2.5-flash", False),
        ("gemini-3-flash-preview", True),
        ("gemini-3.5-flash-lite", True),
        ("models/gemini-4-argon", True),
        ("gemini-12-x", True),
        ("gemini-flash-lite-latest", True),
        ("gemma-4-26b-a4b-it", False),
    ],
)
def test_newer_models_get_a_signature_with_the_first_call_of_a_turn(model: str, signed: bool) -> None:
    [(_, parts)] = turns(Message("assistant", "", tool_calls=CALLS), model=model)
    assert ["thoughtSignature" in part for part in parts] == [signed, False]


@pytest.mark.parametrize(
    ("model", "thinks"),
    [
        ("gemini-4-argon", True),
        ("gemini-3.8-flash", True),
        ("models/gemini-3.1-pro-preview", True),
        ("gemini-2.5-pro", True),
        ("gemini-2.5-flash-preview-05-20", True),
        ("Gemini-2.5-Flash-001", True),
        ("gemini-flash-latest", True),
        ("gemini-2.0-flash", False),
        ("gemini-2.5-flash-lite", False),
        ("gemini-3.5-flash-lite", False),
        ("gemini-flash-lite-latest", False),
        ("gemini-2.5-flash-image", False),
        ("gemini-2.5-flash-preview-tts", False),
        ("gemini-3-pro-image-preview", False),
        ("gemma-4-26b-a4b-it", False),
        ("my-gemini-3-pro", False),
    ],
)
def test_thoughts_are_asked_of_models_that_have_them(model: str, thinks: bool) -> None:
    config = sent(HI, model=model).get("generationConfig")
    assert config == ({"thinkingConfig": {"includeThoughts": True}} if thinks else None)


def test_half_a_character_does_not_stop_a_request() -> None:
    assert turns(Message("user", "a\ud83d")) == [("user", [{"text": "a?"}])]


# --- over a connection ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("model", "segment"),
    [
        ("gemini-3.8-flash", "gemini-3.8-flash"),
        ("models/gemini-3.8-flash", "gemini-3.8-flash"),
        ("../../upload", "..%2F..%2Fupload"),
        ("..", ".."),
        ("%2e%2e%2fx", "%252e%252e%252fx"),
        ("m:countTokens?key=k#x", "m:countTokens%3Fkey=k%23x"),
        ("a b\r\nx-evil: 1", "a%20b%0D%0Ax-evil:%201"),
        ("模\ud83d", "%E6%A8%A1%3F"),
        ("models/models/x", "models%2Fx"),
        ("", ""),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
async def test_a_name_never_leaves_its_place_in_the_path(
    client: httpx.AsyncClient, model: str, segment: str, stream: bool
) -> None:
    seen = []

    async def handler(reader, writer) -> None:  # type: ignore[no-untyped-def]
        seen.append(await read_request(reader))
        answer = events(*HELLO, END) if stream else json.dumps(used(piece("Hello", "STOP"), 9, 5)).encode()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(answer), answer))
        await writer.drain()

    async with serving(handler) as port:
        endpoint = Endpoint("Acme", f"http://127.0.0.1:{port}/v1beta", "k", "x-goog-api-key")
        told, failure = await gathered(Gemini().stream(ChatRequest(model, (HI,), stream), endpoint, client))
    assert failure is None
    text = [TextDelta("Hel"), TextDelta("lo")] if stream else [TextDelta("Hello")]
    assert without_keep_alives(told) == [Opened(200), *text, Usage(9, 5, 14), Finish("stop", "STOP")]
    [(line, headers, body)] = seen
    method = "streamGenerateContent?alt=sse" if stream else "generateContent"
    assert line == f"POST /v1beta/models/{segment}:{method} HTTP/1.1"
    assert headers["x-goog-api-key"] == "k"
    assert headers["content-type"] == "application/json"
    assert headers["accept"] == ("text/event-stream, application/json" if stream else "application/json")
    assert json.loads(body) == {"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]} | (
        {"generationConfig": {"thinkingConfig": {"includeThoughts": True}}} if "3.8" in model else {}
    )


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("content_type", ["application/json", "text/event-stream", ""])
async def test_any_form_of_answer_is_read_whatever_was_asked_for(
    client: httpx.AsyncClient, stream: bool, content_type: str
) -> None:
    whole = json.dumps(used(piece("Hello", "STOP"), 9, 5)).encode()
    for answer in (events(*HELLO, END), array(*HELLO, END), whole):

        async def handler(reader, writer, answer=answer) -> None:  # type: ignore[no-untyped-def]
            await read_request(reader)
            head = f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {len(answer)}\r\n\r\n"
            writer.write(head.encode() + answer)
            await writer.drain()

        async with serving(handler) as port:
            endpoint = Endpoint("Acme", f"http://127.0.0.1:{port}/v1beta", "k", "x-goog-api-key")
            told, failure = await gathered(Gemini().stream(ChatRequest("m", (HI,), stream), endpoint, client))
        assert failure is None
        assert "".join(event.text for event in told if isinstance(event, TextDelta)) == "Hello"
        assert told[-1] == Finish("stop", "STOP")
