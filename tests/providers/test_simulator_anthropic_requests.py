"""What the simulator refuses as Anthropic's API does, so that a client's mistake does not go unseen."""

from typing import Any

import httpx
import pytest

from tests.simulator import RunningSimulator

VERSION = {"anthropic-version": "2023-06-01"}
ASKED = {"role": "user", "content": "Hi"}
CALL = {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "f", "input": {}}]}
RESULT = {"type": "tool_result", "tool_use_id": "t1", "content": "42"}
TEXT = {"type": "text", "text": "Hi"}
LONG = "messages.0.content.0"


def said(content: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": content}]}


def image(**source: Any) -> dict[str, Any]:
    return said([{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "eA==", **source}}])


async def answered(simulator: RunningSimulator, body: Any, headers: dict[str, str]) -> httpx.Response:
    async with httpx.AsyncClient(base_url=simulator.url, timeout=10) as http:
        if isinstance(body, bytes):
            return await http.post("messages", content=body, headers=headers)
        whole = {"model": "sim-instant:tokens=1", "max_tokens": 9, "messages": [ASKED], **body}
        sent = {name: value for name, value in whole.items() if value is not None}
        return await http.post("messages", json=sent, headers=headers)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "could not be parsed"),
        (b"[]", "must be a JSON object"),
        ({"model": None}, "model: Field required"),
        ({"model": 3}, "model: Input should be a valid string"),
        ({"model": ""}, "model: String should have"),
        ({"max_tokens": None}, "max_tokens: Field required"),
        ({"max_tokens": 0}, "max_tokens: Input"),
        ({"max_tokens": True}, "max_tokens: Input"),
        ({"stream_options": {}}, "stream_options: Extra inputs are not permitted"),
        ({"stream": "yes"}, "stream: Input"),
        ({"temperature": 1.1}, "temperature: range"),
        ({"temperature": "hot"}, "temperature: range"),
        ({"system": 3}, "system: Input"),
        ({"system": [{"type": "image"}]}, "system: Input"),
        ({"tools": {}}, "tools: Input"),
        ({"tools": [{"input_schema": {"type": "object"}}]}, "tools.0.name: Field required"),
        ({"tools": [{"name": "f", "input_schema": {}}]}, "tools.0.custom.input_schema.type: Field required"),
        ({"tools": [{"type": "web_search_1", "name": "w"}] * 2}, "Tool names must be unique"),
        ({"messages": None}, "messages: Field required"),
        ({"messages": []}, "at least one message"),
        ({"messages": ["Hi"]}, "messages.0.role"),
        ({"messages": [{"role": "system", "content": "x"}, ASKED]}, 'Unexpected role "system"'),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.role"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, "first message must use"),
        ({"messages": [ASKED, {"role": "assistant", "content": "x "}]}, "trailing whitespace"),
        ({"messages": [ASKED, {"role": "assistant", "content": ""}, ASKED]}, "non-empty content"),
        (said(""), "non-empty content"),
        (said(" "), "non-whitespace text"),
        (said([]), "non-empty content"),
        (said(3), "messages.0.content: Input"),
        (said(["Hi"]), f"{LONG}: Input tag 'None'"),
        (said([{"type": "tool_use"}]), f"{LONG}: Input tag 'tool_use' is not expected for user"),
        (said([{"type": "text"}]), f"{LONG}.text: Field required"),
        (said([{"type": "image"}]), f"{LONG}.image.source: Field required"),
        (image(media_type="image/bmp"), f"{LONG}.image.source.base64.media_type"),
        (image(data="?"), "invalid base64"),
        (image(data=None), "invalid base64"),
        (said([RESULT]), "unexpected `tool_use_id`"),
        ({"messages": [ASKED, CALL]}, "without `tool_result` blocks"),
        ({"messages": [ASKED, CALL, ASKED]}, "without `tool_result` blocks"),
        ({"messages": [ASKED, CALL, {"role": "user", "content": [TEXT, RESULT]}]}, "must come before"),
        ({"messages": [ASKED, CALL, CALL]}, "must be unique"),
        ({"messages": [ASKED, {"role": "assistant", "content": [{"type": "tool_use", "id": "a.b"}]}]}, "pattern"),
        ({"messages": [ASKED, {"role": "assistant", "content": [{"type": "tool_use", "id": "a"}]}]}, "dictionary"),
    ],
)
async def test_a_bad_request_is_refused(simulator: RunningSimulator, body: Any, says: str) -> None:
    response = await answered(simulator, body, VERSION)
    error = response.json()["error"]
    assert (response.status_code, error["type"]) == (400, "invalid_request_error")
    assert says in error["message"]
    assert response.headers["x-should-retry"] == "false"


@pytest.mark.parametrize(
    "body",
    [
        {"system": [TEXT], "temperature": 1, "stream": True, "tools": [{"type": "web_search_1", "name": "web_search"}]},
        said([TEXT, TEXT]),
        image(),
        said([{"type": "image", "source": {"type": "url", "url": "https://example.org/x.png"}}]),
        {"messages": [ASKED, ASKED, {"role": "assistant", "content": ""}]},
        {"messages": [ASKED, CALL, {"role": "user", "content": [RESULT, TEXT]}]},
        {"messages": [ASKED, CALL, {"role": "user", "content": [RESULT]}, ASKED]},
    ],
)
async def test_a_good_request_is_answered(simulator: RunningSimulator, body: Any) -> None:
    assert (await answered(simulator, body, VERSION)).status_code == 200


async def test_the_version_must_be_told(simulator: RunningSimulator) -> None:
    response = await answered(simulator, {}, {})
    assert (response.status_code, response.json()["error"]["message"]) == (400, "anthropic-version: header is required")
