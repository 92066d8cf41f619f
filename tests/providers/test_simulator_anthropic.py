"""The simulator in Anthropic's words, read as plainly as can be: what it says, and what it refuses."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from providers.simulator.faults import FAILURES
from providers.simulator.protocols.anthropic import Anthropic
from providers.simulator.protocols.base import HeadsRefusals
from tests.providers.simulator_client import QUESTION
from tests.simulator import RunningSimulator

ASKED = {"role": "user", "content": QUESTION}
TOOLS = [{"name": name, "input_schema": {"type": "object"}} for name in ("weather", "clock")]
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "eA=="}}


@pytest.fixture
async def http(simulator: RunningSimulator) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"anthropic-version": "2023-06-01"}
    async with httpx.AsyncClient(base_url=simulator.url, timeout=10, headers=headers) as http:
        yield http


async def post(http: httpx.AsyncClient, model: str, **more: Any) -> httpx.Response:
    body = {"model": model, "max_tokens": 10_000, "messages": [ASKED], **more}
    return await http.post("messages", json={name: value for name, value in body.items() if value is not None})


async def streamed(http: httpx.AsyncClient, model: str, **more: Any) -> list[dict[str, Any]]:
    """The events, each of which must be named as it says."""
    response = await post(http, model, stream=True, **more)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    events = []
    for block in response.text.replace("\r\n", "\n").removesuffix("\n\n").split("\n\n"):
        name, data = block.split("\n")
        events.append(json.loads(data.removeprefix("data: ")))
        assert name == f"event: {events[-1]['type']}"
    return events


async def whole(http: httpx.AsyncClient, model: str, **more: Any) -> dict[str, Any]:
    response = await post(http, model, **more)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def deltas(events: list[dict[str, Any]], kind: str, key: str) -> list[Any]:
    told = [event["delta"] for event in events if event["type"] == "content_block_delta"]
    return [delta[key] for delta in told if delta["type"] == kind]


def text(events: list[dict[str, Any]]) -> str:
    return "".join(deltas(events, "text_delta", "text"))


# --- what it says --------------------------------------------------------------------------------------------------
async def test_a_stream_has_the_shape_of_anthropic(http: httpx.AsyncClient) -> None:
    events = await streamed(http, "sim-instant:tokens=3,reasoning=2")
    assert [event["type"] for event in events] == [
        *("message_start", "ping"),
        *("content_block_start", *["content_block_delta"] * 3, "content_block_stop"),
        *("content_block_start", *["content_block_delta"] * 3, "content_block_stop"),
        *("message_delta", "message_stop"),
    ]
    begun = events[0]["message"]
    assert (begun["role"], begun["content"], begun["stop_reason"]) == ("assistant", [], None)
    assert begun["model"] == "sim-instant:tokens=3,reasoning=2"
    assert [event["index"] for event in events[2:12]] == [0] * 5 + [1] * 5
    assert [event["content_block"]["type"] for event in (events[2], events[7])] == ["thinking", "text"]
    assert events[5]["delta"]["type"] == "signature_delta"
    assert events[12]["delta"]["stop_reason"] == "end_turn"
    used = events[12]["usage"]
    assert (used["output_tokens"], used["output_tokens_details"]["thinking_tokens"]) == (5, 2)
    assert used["input_tokens"] == begun["usage"]["input_tokens"] > 0


async def test_a_whole_answer_says_what_a_stream_says(http: httpx.AsyncClient) -> None:
    model = "sim-instant:tokens=40,reasoning=6,citations=2"
    events, answer = await streamed(http, model), await whole(http, model)
    assert [block["type"] for block in answer["content"]] == [
        *("server_tool_use", "web_search_tool_result", "thinking", "text")
    ]
    begun = [event["content_block"]["type"] for event in events if event["type"] == "content_block_start"]
    assert begun == [block["type"] for block in answer["content"]]
    found, thinking, said = answer["content"][1:]
    assert said["text"] == text(events)
    assert thinking["thinking"] == "".join(deltas(events, "thinking_delta", "thinking"))
    assert said["citations"] == deltas(events, "citations_delta", "citation")
    assert [source["url"] for source in said["citations"]] == [source["url"] for source in found["content"]]
    assert answer["stop_reason"] == "end_turn"
    assert answer["usage"] == events[-2]["usage"]


async def test_tool_calls(http: httpx.AsyncClient) -> None:
    events = await streamed(http, "sim-instant:tools=3", tools=[*TOOLS, {"type": "web_search_1", "name": "web_search"}])
    begun = [event["content_block"] for event in events if event["type"] == "content_block_start"]
    assert [(block["type"], block["name"], block["input"]) for block in begun] == [
        ("tool_use", name, {}) for name in ("weather", "clock", "weather")
    ]
    for index in range(3):
        own = [event for event in events if event.get("index") == index]
        pieces = deltas(own, "input_json_delta", "partial_json")
        assert pieces[0] == ""
        assert json.loads("".join(pieces)) == {"query": QUESTION}
    assert (text(events), events[-2]["delta"]["stop_reason"]) == ("", "tool_use")
    answer = await whole(http, "sim-instant:tools=2", tools=TOOLS)
    assert [(block["name"], block["input"]) for block in answer["content"]] == [
        ("weather", {"query": QUESTION}),
        ("clock", {"query": QUESTION}),
    ]


async def test_a_tools_result_is_answered_with_text(http: httpx.AsyncClient) -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "clock", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "12:00"}
    messages = [ASKED, {"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}]
    events = await streamed(http, "sim-instant:tools=1,tokens=5", messages=messages, tools=TOOLS)
    assert (len(deltas(events, "text_delta", "text")), events[-2]["delta"]["stop_reason"]) == (5, "end_turn")


async def test_what_was_asked_is_recorded(http: httpx.AsyncClient, simulator: RunningSimulator) -> None:
    parts = [IMAGE, {"type": "text", "text": "one "}, {"type": "text", "text": "two"}]
    told = "".join(deltas(await streamed(http, "sim-instant:text=echo"), "text_delta", "text"))
    await whole(http, "sim-instant:text=echo", messages=[{"role": "user", "content": parts}], system="Be brief.")
    messages = [ASKED, {"role": "assistant", "content": told[:4]}]
    assert text(await streamed(http, "sim-instant:text=echo", messages=messages)) == told[4:]
    asked, parted, continued = simulator.record()
    assert (asked["prompt"], asked["prefix"], asked["stream"]) == (QUESTION, "", True)
    assert (parted["prompt"], parted["text"], parted["stream"]) == ("one two", "one two", False)
    assert (continued["prompt"], continued["prefix"]) == (QUESTION, told[:4])


@pytest.mark.parametrize(
    ("finish", "word"),
    [("stop", "end_turn"), ("length", "max_tokens"), ("tool_calls", "tool_use"), ("content_filter", "refusal")],
)
async def test_finish(http: httpx.AsyncClient, finish: str, word: str) -> None:
    assert (await streamed(http, f"sim-instant:tokens=1,finish={finish}"))[-2]["delta"]["stop_reason"] == word
    assert (await whole(http, f"sim-instant:tokens=1,finish={finish}"))["stop_reason"] == word


async def test_a_limit_on_tokens_is_obeyed(http: httpx.AsyncClient) -> None:
    answer = await whole(http, "sim-instant", max_tokens=7)
    assert (answer["usage"]["output_tokens"], answer["stop_reason"]) == (7, "max_tokens")


@pytest.mark.parametrize(
    ("usage", "reasons", "counts"),
    [
        ("asked", ["end_turn"], [1, 4]),
        ("on", ["end_turn"], [1, 4]),
        ("late", ["end_turn", None], [1, None, 4]),
        ("off", ["end_turn"], [None, None]),
    ],
)
async def test_usage(http: httpx.AsyncClient, usage: str, reasons: list[Any], counts: list[Any]) -> None:
    events = await streamed(http, f"sim-instant:tokens=4,usage={usage}")
    changes = [event for event in events if event["type"] == "message_delta"]
    assert [event["delta"]["stop_reason"] for event in changes] == reasons
    told = [events[0]["message"].get("usage"), *(event.get("usage") for event in changes)]
    assert [used["output_tokens"] if used else None for used in told] == counts
    assert events[-1] == {"type": "message_stop"}
    assert ("usage" in await whole(http, f"sim-instant:tokens=4,usage={usage}")) == (usage != "off")


async def test_pings_while_nothing_is_due(http: httpx.AsyncClient) -> None:
    events = await streamed(http, "sim-instant:ttft=100ms,comments=10ms,tokens=2,crlf=on")
    assert [event["type"] for event in events[:3]] == ["ping"] * 3
    assert text(events) == "> You"


async def test_the_list_of_models(http: httpx.AsyncClient) -> None:
    listed = (await http.get("models")).json()
    assert {"sim", "sim-fast"} <= {row["id"] for row in listed["data"]}
    assert listed["data"][0].keys() == {"type", "id", "display_name", "created_at"}
    assert (listed["has_more"], listed["first_id"]) == (False, listed["data"][0]["id"])
    del http.headers["anthropic-version"]
    assert (await http.get("models")).json()["object"] == "list"


# --- what goes wrong -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", FAILURES)
async def test_an_http_error_in_anthropics_shape(http: httpx.AsyncClient, name: str) -> None:
    response = await post(http, f"sim-instant:fault={name},retry-after=7")
    assert response.status_code == FAILURES[name][0]
    assert response.json().keys() == {"type", "error", "request_id"}
    assert response.json()["type"] == "error"
    assert response.json()["error"]["message"]
    may = name not in ("400", "401", "402", "403", "404", "413", "422", "quota", "context", "filter")
    assert response.headers["x-should-retry"] == str(may).lower()
    assert response.headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("400", "invalid_request_error"),
        ("401", "authentication_error"),
        ("402", "billing_error"),
        ("403", "permission_error"),
        ("404", "not_found_error"),
        ("413", "request_too_large"),
        ("422", "invalid_request_error"),
        ("429", "rate_limit_error"),
        ("500", "api_error"),
        ("502", "api_error"),
        ("504", "timeout_error"),
        ("529", "overloaded_error"),
        ("context", "invalid_request_error"),
    ],
)
async def test_errors_have_anthropics_words(http: httpx.AsyncClient, name: str, kind: str) -> None:
    assert (await post(http, f"sim-instant:fault={name}")).json()["error"]["type"] == kind


def test_headers_are_the_formats_own() -> None:
    assert isinstance(Anthropic(), HeadsRefusals)


@pytest.mark.parametrize(("name", "stops"), [("error", False), ("done-after-error", True)])
async def test_an_error_among_the_events(http: httpx.AsyncClient, name: str, stops: bool) -> None:
    events = await streamed(http, f"sim-instant:fault={name}@2")
    told = events[-2] if stops else events[-1]
    assert (told["type"], told["error"]["type"]) == ("error", "api_error")
    assert (events[-1]["type"] == "message_stop") == stops
    assert (text(events), [event for event in events if event["type"] == "message_delta"]) == ("> You", [])
    assert await whole(http, f"sim-instant:fault={name}@2") == told


async def test_a_stream_that_is_cut_ends_without_a_reason(http: httpx.AsyncClient) -> None:
    events = await streamed(http, "sim-instant:fault=cut@20")
    assert (len(deltas(events, "text_delta", "text")), events[-1]["type"]) == (20, "content_block_delta")


async def test_an_event_that_is_no_json(http: httpx.AsyncClient) -> None:
    for place in (0, 3):
        response = await post(http, f"sim-instant:tokens=6,fault=bad-json@{place}", stream=True)
        lines = [line for line in response.text.split("\n") if line.startswith("data: ") and line[-1] != "}"]
        assert lines == ['data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"broken o']


async def test_a_key_is_demanded_where_the_name_says_so(http: httpx.AsyncClient) -> None:
    model = "sim-instant:key=sk-1,tokens=1"
    for told, status in (({}, 401), ({"x-api-key": "sk-2"}, 401), ({"x-api-key": "sk-1"}, 200)):
        http.headers.update(told)
        assert (await post(http, model)).status_code == status
    del http.headers["x-api-key"]
    http.headers["authorization"] = "Bearer sk-1"
    assert (await post(http, model)).status_code == 200


async def test_an_unknown_model(http: httpx.AsyncClient) -> None:
    response = await post(http, "claude-none")
    assert (response.status_code, response.json()["error"]["type"]) == (404, "not_found_error")
