"""The simulator speaks Responses: over real HTTP, read by a plain client that shares nothing with the adapters."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from providers.simulator.faults import FAILURES
from tests.simulator import RunningSimulator

QUESTION = "What is a stream?"
SHORT = httpx.Timeout(10, read=0.1)  # for what never answers
OFFERED = [{"type": "function", "name": name, "parameters": {}} for name in ("weather", "clock")]
Events = list[dict[str, Any]]


class Client:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def post(self, model: str, asked: Any = QUESTION, **more: Any) -> httpx.Response:
        return await self.http.post("responses", json={"model": model, "input": asked, **more})

    async def whole(self, model: str, asked: Any = QUESTION, **more: Any) -> dict[str, Any]:
        response = await self.post(model, asked, **more)
        assert (response.status_code, response.headers["content-type"]) == (200, "application/json"), response.text
        return dict(response.json())

    async def stream(self, model: str, asked: Any = QUESTION, **more: Any) -> Events:
        response = await self.post(model, asked, stream=True, **more)
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "text/event-stream"
        return events_of(response.text)


def events_of(text: str) -> Events:
    """Every event's name is its type, and they are numbered from 0."""
    events = []
    for block in text.split("\n\n")[:-1]:
        name, _, data = block.partition("\n")
        event = json.loads(data.removeprefix("data: "))
        assert name == f"event: {event['type']}"
        events.append(event)
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    return events


def told(events: Events, kind: str = "output_text") -> list[str]:
    return [event["delta"] for event in events if event["type"] == f"response.{kind}.delta"]


def text_of(response: dict[str, Any]) -> str:
    messages = [item for item in response["output"] if item["type"] == "message"]
    return "".join(part["text"] for message in messages for part in message["content"])


@pytest.fixture
async def client(simulator: RunningSimulator) -> AsyncIterator[Client]:
    async with httpx.AsyncClient(base_url=simulator.url, timeout=10) as http:
        yield Client(http)


async def test_a_stream_has_the_shape_of_openai(client: Client) -> None:
    events = await client.stream("sim-instant:tokens=3")
    assert [event["type"].removeprefix("response.") for event in events] == [
        *("created", "in_progress", "output_item.added", "content_part.added"),
        *("output_text.delta", "output_text.delta", "output_text.delta"),
        *("output_text.done", "content_part.done", "output_item.done", "completed"),
    ]
    text = "".join(told(events))
    assert events[0]["response"]["status"] == "in_progress"
    assert events[7]["text"] == events[8]["part"]["text"] == events[9]["item"]["content"][0]["text"] == text
    response = events[-1]["response"]
    assert (text_of(response), response["status"], response["model"]) == (text, "completed", "sim-instant:tokens=3")
    assert {event["item_id"] for event in events if "item_id" in event} == {response["output"][0]["id"]}


@pytest.mark.parametrize("more", ["", ",reasoning-key=reasoning", ",reasoning-key=think", ",citations-key=citations"])
async def test_a_whole_answer_is_what_the_last_event_says(client: Client, more: str) -> None:
    model = f"sim-instant:tokens=40,reasoning=6,citations=2{more}"
    last, answer = (await client.stream(model))[-1]["response"], await client.whole(model)
    assert answer["output"]
    for key in ("object", "status", "usage", "error", "incomplete_details"):
        assert answer[key] == last[key]
    assert [_nameless(item) for item in answer["output"]] == [_nameless(item) for item in last["output"]]


def _nameless(item: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key != "id"}


async def test_the_same_is_said_as_in_chat_completions(client: Client) -> None:
    body = {"model": "sim-instant:text=unicode", "messages": [{"role": "user", "content": QUESTION}]}
    chat = (await client.http.post("chat/completions", json=body)).json()
    assert "".join(told(await client.stream("sim-instant:text=unicode"))) == chat["choices"][0]["message"]["content"]


@pytest.mark.parametrize(
    ("key", "kind", "where"),
    [
        ("reasoning_content", "reasoning_summary_text", "summary"),
        ("openrouter", "reasoning_summary_text", "summary"),
        ("reasoning", "reasoning_text", "content"),
    ],
)
async def test_reasoning(client: Client, key: str, kind: str, where: str) -> None:
    events = await client.stream(f"sim-instant:reasoning=9,reasoning-key={key},tokens=3")
    thoughts = told(events, kind)
    assert (len(thoughts), len(told(events))) == (9, 3)
    item, said = events[-1]["response"]["output"]
    assert item["type"] == "reasoning"
    assert item[where][0]["text"] == "".join(thoughts)
    assert said["type"] == "message"


async def test_reasoning_between_tags(client: Client) -> None:
    events = await client.stream("sim-instant:reasoning=9,reasoning-key=think,tokens=3")
    text = "".join(told(events))
    assert text.startswith("<think>\nFirst, ")
    assert text.endswith("\n</think>\n\n> You asked")
    assert text_of(events[-1]["response"]) == text


async def test_sources_as_annotations_after_the_text(client: Client) -> None:
    events = await client.stream("sim-instant:citations=2,tokens=2")
    kinds = [event["type"] for event in events]
    added = [event["annotation"] for event in events if event["type"] == "response.output_text.annotation.added"]
    assert [source["url"] for source in added] == ["https://example.org/source/1", "https://example.org/source/2"]
    assert kinds.index("response.output_text.annotation.added") > kinds.index("response.output_text.delta")
    assert events[-1]["response"]["output"][0]["content"][0]["annotations"] == added


@pytest.mark.parametrize("key", ["citations", "search_results"])
async def test_sources_as_perplexity_finds_them(client: Client, key: str) -> None:
    events = await client.stream(f"sim-instant:citations=2,citations-key={key},tokens=2")
    kinds = [event["type"] for event in events]
    assert [kind.removeprefix("response.reasoning.") for kind in kinds if ".reasoning." in kind] == [
        *("started", "search_queries", "search_results", "stopped")
    ]
    results = next(event["results"] for event in events if event["type"] == "response.reasoning.search_results")
    assert [source["url"] for source in results] == ["https://example.org/source/1", "https://example.org/source/2"]
    assert kinds.index("response.reasoning.search_results") < kinds.index("response.output_text.delta")
    assert "search_results" not in (await client.post("sim-instant:citations-key=citations,tokens=1", stream=True)).text
    item, message = events[-1]["response"]["output"]
    assert (item["type"], item["results"], message["content"][0]["annotations"]) == ("search_results", results, [])


async def test_tool_calls(client: Client) -> None:
    events = await client.stream("sim-instant:tools=3", tools=[*OFFERED, {"type": "web_search"}])
    begun = [event for event in events if event["type"] == "response.output_item.added"]
    assert [(event["output_index"], event["item"]["name"]) for event in begun] == [
        (0, "weather"),
        (1, "clock"),
        (2, "weather"),
    ]
    for event in begun:
        place, arguments = event["output_index"], event["item"]["arguments"]
        pieces = [other["delta"] for other in events if "delta" in other and other["output_index"] == place]
        assert (arguments, len(pieces) > 1, json.loads("".join(pieces))) == ("", True, {"query": QUESTION})
    calls = (await client.whole("sim-instant:tools=3", tools=OFFERED))["output"]
    assert [(call["type"], call["call_id"]) for call in calls] == [
        ("function_call", f"call_sim_{place}") for place in range(3)
    ]
    assert events[-1]["response"]["status"] == "completed"


async def test_a_tools_result_is_answered_with_text(client: Client) -> None:
    items = [
        {"role": "user", "content": QUESTION},
        {"type": "function_call", "call_id": "c1", "name": "lookup", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": "42"},
    ]
    events = await client.stream("sim-instant:tools=1,tokens=5", items)
    assert (len(told(events)), events[-1]["type"]) == (5, "response.completed")


async def test_a_prefix_is_continued(client: Client) -> None:
    model = "sim-instant:text=lorem,tokens=60"
    whole = "".join(told(await client.stream(model)))
    items = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": whole[:101]}]
    assert whole[:101] + "".join(told(await client.stream(model, items))) == whole
    items[-1]["content"] = [{"type": "output_text", "text": whole[:90]}]
    assert whole[:90] + text_of(await client.whole(model, items)) == whole


@pytest.mark.parametrize(
    ("options", "more", "kind", "reason"),
    [
        ("tokens=1", {}, "completed", None),
        ("tokens=9", {"max_output_tokens": 3}, "incomplete", "max_output_tokens"),
        ("tokens=1,finish=content_filter", {}, "incomplete", "content_filter"),
        ("tokens=1,finish=tool_calls", {}, "completed", None),
    ],
)
async def test_the_end(client: Client, options: str, more: dict[str, Any], kind: str, reason: str | None) -> None:
    last = (await client.stream(f"sim-instant:{options}", **more))[-1]
    assert last["type"] == f"response.{kind}"
    assert last["response"]["status"] == kind
    assert (last["response"]["incomplete_details"] or {}).get("reason") == reason
    assert (await client.whole(f"sim-instant:{options}", **more))["status"] == kind


@pytest.mark.parametrize("usage", ["asked", "on", "late", "off"])
async def test_usage_is_told_unasked(client: Client, usage: str) -> None:
    model = f"sim-instant:tokens=4,reasoning=2,usage={usage}"
    events = await client.stream(model, instructions="Be brief, please.")
    counts = events[-1]["response"]["usage"]
    assert (await client.whole(model, instructions="Be brief, please."))["usage"] == counts
    if usage == "off":
        assert counts is None
        return
    assert (counts["output_tokens"], counts["output_tokens_details"]["reasoning_tokens"]) == (6, 2)
    assert counts["total_tokens"] == counts["input_tokens"] + 6 > 12


async def test_line_ends_comments_and_cut_characters(client: Client) -> None:
    crlf = await client.post("sim-instant:tokens=3,crlf=on", stream=True)
    assert crlf.content.count(b"\n") == crlf.content.count(b"\r\n") > 0
    waiting = await client.post("sim-instant:ttft=60ms,comments=10ms,tokens=1", stream=True)
    assert waiting.content.startswith(b": keep-alive\n\n")
    assert told(await client.stream("sim-instant:text=echo,split=utf8", "你好 é")) == ["你", "好", " é"]


# --- what goes wrong -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("name", FAILURES)
async def test_refusals(client: Client, name: str, stream: bool) -> None:
    response = await client.post(f"sim-instant:fault={name},retry-after=7", stream=stream)
    assert (response.status_code, response.headers["retry-after"]) == (FAILURES[name][0], "7")
    assert response.json()["error"]["message"]


async def test_a_key_is_demanded_where_the_name_says_so(client: Client) -> None:
    assert (await client.post("sim-instant:key=k")).json()["error"]["code"] == "invalid_api_key"
    client.http.headers["authorization"] = "Bearer k"
    assert (await client.post("sim-instant:key=k")).status_code == 200


@pytest.mark.parametrize(("name", "mark"), [("error", False), ("done-after-error", True)])
async def test_an_error_inside_the_stream(client: Client, name: str, mark: bool) -> None:
    response = await client.post(f"sim-instant:fault={name}@2", stream=True)
    text, _, after = response.text.partition("data: [DONE]")
    assert bool(after) == mark
    *_, error, failed = events = events_of(text)
    assert len(told(events)) == 2
    assert (error["type"], error["error"]["code"]) == ("error", "server_error")
    assert (failed["type"], failed["response"]["error"]["code"]) == ("response.failed", "server_error")
    whole = await client.whole(f"sim-instant:fault={name}@2")
    assert (whole["status"], whole["error"]) == ("failed", failed["response"]["error"])


async def test_a_cut_stream_has_no_last_event(client: Client) -> None:
    events = await client.stream("sim-instant:fault=cut@4")
    assert (len(told(events)), events[-1]["type"]) == (4, "response.output_text.delta")
    assert not any(event["type"] == "response.completed" for event in events)


async def test_an_event_that_is_no_json(client: Client) -> None:
    response = await client.post("sim-instant:tokens=6,fault=bad-json@3", stream=True)
    data = [block.partition("data: ")[2] for block in response.text.split("\n\n") if block]
    (broken,) = [place for place, text in enumerate(data) if text[-1] not in "}]"]
    assert broken == 4 + 3
    assert json.loads(data[-1])["type"] == "response.completed"


@pytest.mark.parametrize("fault", ["silent", "stall@2", "no-head"])
async def test_silence(client: Client, fault: str) -> None:
    with pytest.raises(httpx.ReadTimeout):
        await client.http.post(
            "responses", json={"model": f"sim-instant:fault={fault}", "input": "x", "stream": True}, timeout=SHORT
        )


@pytest.mark.parametrize("fault", ["cut@2", "bad-json@2"])
async def test_half_a_whole_answer(client: Client, fault: str) -> None:
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        (await client.post(f"sim-instant:fault={fault}")).json()
