"""What the simulator reads from requests of the Responses protocol, and what it refuses as OpenAI does."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.simulator import RunningSimulator

USER = {"role": "user", "content": "x"}
CALL = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"}
RESULT = {"type": "function_call_output", "call_id": "c1", "output": ""}


@pytest.fixture
async def http(simulator: RunningSimulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=simulator.url, timeout=10) as http:
        yield http


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"input": "x"}, "model"),
        ({"model": 3, "input": "x"}, "model"),
        ({"model": "sim"}, "input"),
        ({"model": "sim", "input": []}, "input"),
        ({"model": "sim", "input": ["x"]}, "input[0]"),
        ({"model": "sim", "messages": [USER]}, "messages"),
        ({"model": "sim", "input": "x", "max_tokens": 5}, "max_tokens"),
        ({"model": "sim", "input": "x", "max_output_tokens": 0}, "max_output_tokens"),
        ({"model": "sim", "input": "x", "stream": "yes"}, "stream"),
        ({"model": "sim", "input": "x", "store": "no"}, "store"),
        ({"model": "sim", "input": "x", "instructions": []}, "instructions"),
        ({"model": "sim", "input": [{"role": "tool", "content": "x"}]}, "input[0].role"),
        ({"model": "sim", "input": [{"role": "user"}]}, "input[0].content"),
        (
            {"model": "sim", "input": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]},
            "input[0].content[0]",
        ),
        (
            {"model": "sim", "input": [{"role": "user", "content": [{"type": "input_image", "image_url": {}}]}]},
            "input[0].content[0].image_url",
        ),
        (
            {"model": "sim", "input": [{"role": "assistant", "content": [{"type": "input_image"}]}]},
            "input[0].content[0]",
        ),
        ({"model": "sim", "input": [{"type": "tool_use"}]}, "input[0]"),
        ({"model": "sim", "input": [{**CALL, "arguments": {}}]}, "input[0].arguments"),
        ({"model": "sim", "input": [USER, CALL]}, "input"),
        ({"model": "sim", "input": [USER, RESULT]}, "input"),
        ({"model": "sim", "input": "x", "tools": {}}, "tools"),
        ({"model": "sim", "input": "x", "tools": [{"type": "search"}]}, "tools[0].type"),
        ({"model": "sim", "input": "x", "tools": [{"type": "function", "function": {"name": "f"}}]}, "tools[0].name"),
    ],
)
async def test_a_bad_request_is_refused(http: httpx.AsyncClient, body: dict[str, Any], param: str) -> None:
    response = await http.post("responses", json=body)
    error = response.json()["error"]
    assert (response.status_code, error["type"], error["param"]) == (400, "invalid_request_error", param)


ONE, TWO = b'{"type":"input_text","text":"one "}', b'{"type":"input_text","text":"two"}'


async def _echoed(http: httpx.AsyncClient, body: bytes) -> str:
    response = await http.post("responses", content=b'{"model":"sim-instant:text=echo","input":' + body + b"}")
    assert response.status_code == 200, response.text
    return str(response.json()["output"][0]["content"][0]["text"])


@pytest.mark.parametrize(
    ("asked", "echo"),
    [
        (b'"plain"', "plain"),
        (b'[{"role":"user","content":"plain"}]', "plain"),
        (b'[{"type":"reasoning","summary":[]},{"type":"message","role":"user","content":"plain"}]', "plain"),
        (b'[{"role":"user","content":[%s,{"type":"input_image","image_url":"data:,"},%s]}]' % (ONE, TWO), "one two"),
        (b'[{"role":"user","content":"a\\ud83d"}]', "a?"),
    ],
)
async def test_what_is_asked_is_read_in_every_form(http: httpx.AsyncClient, asked: bytes, echo: str) -> None:
    assert await _echoed(http, asked) == echo
