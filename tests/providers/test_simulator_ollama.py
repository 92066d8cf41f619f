"""The simulator's Ollama over real HTTP, read in a way of its own: lines, whole answers, what it refuses and tells."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from providers.simulator.faults import FAILURES
from tests.providers.simulator_client import QUESTION
from tests.simulator import RunningSimulator

SHORT = httpx.Timeout(10, read=0.1)  # for what never answers
ASKED = [{"role": "user", "content": QUESTION}]


class Client:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def post(self, model: str, messages: Any = ASKED, **more: Any) -> httpx.Response:
        return await self.http.post("api/chat", json={"model": model, "messages": messages, **more})

    async def lines(self, model: str, messages: Any = ASKED, **more: Any) -> list[dict[str, Any]]:
        response = await self.post(model, messages, **more)
        assert (response.status_code, response.headers["content-type"]) == (200, "application/x-ndjson")
        assert response.text.endswith("\n")
        return [json.loads(line) for line in response.text.splitlines()]

    async def whole(self, model: str, messages: Any = ASKED, **more: Any) -> dict[str, Any]:
        response = await self.post(model, messages, stream=False, **more)
        assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
        answer: dict[str, Any] = response.json()
        return answer


@pytest.fixture
async def client(simulator: RunningSimulator) -> AsyncIterator[Client]:
    async with httpx.AsyncClient(base_url=simulator.origin, timeout=10) as http:
        yield Client(http)


def said(lines: list[dict[str, Any]], key: str = "content") -> str:
    return "".join(line["message"].get(key, "") for line in lines)


# --- answers -------------------------------------------------------------------------------------------------------
async def test_a_stream_is_what_comes_unasked(client: Client, simulator: RunningSimulator) -> None:
    *pieces, last = await client.lines("sim-instant:tokens=5")
    assert len(pieces) == 5
    assert all(line["done"] is False and line["message"]["role"] == "assistant" for line in pieces)
    assert {line["model"] for line in (*pieces, last)} == {"sim-instant:tokens=5"}
    assert {line["created_at"] for line in pieces} == {last["created_at"]}
    assert (last["message"], last["done"], last["done_reason"]) == ({"role": "assistant", "content": ""}, True, "stop")
    assert (last["eval_count"], last["load_duration"]) == (5, 20_000_000)
    assert last["prompt_eval_count"] > 0
    (entry,) = simulator.record()
    assert (entry["stream"], entry["prompt"], entry["text"]) == (True, QUESTION, said(pieces))


async def test_a_whole_answer_says_what_a_stream_says(client: Client) -> None:
    model = "sim-instant:tokens=40,reasoning=6"
    lines, answer = await client.lines(model), await client.whole(model)
    assert answer["message"] == {"role": "assistant", "content": said(lines), "thinking": said(lines, "thinking")}
    assert (answer["done"], answer["done_reason"], answer["eval_count"]) == (True, "stop", 46)


async def test_it_says_what_the_simulator_says_elsewhere(client: Client) -> None:
    model = "sim-instant:text=lorem,tokens=50"
    answer = await client.http.post("v1/chat/completions", json={"model": model, "messages": ASKED})
    assert said(await client.lines(model)) == answer.json()["choices"][0]["message"]["content"]


async def test_reasoning_between_tags(client: Client) -> None:
    model = "sim-instant:reasoning=9,reasoning-key=think,tokens=3"
    text = said(await client.lines(model))
    assert text.startswith("<think>\nFirst, ")
    assert text.endswith("\n</think>\n\n> You asked")
    assert (await client.whole(model))["message"]["content"] == text


async def test_a_limit_on_tokens_is_obeyed(client: Client) -> None:
    *pieces, last = await client.lines("sim-instant", options={"num_predict": 7, "temperature": 0.5})
    assert (len(pieces), last["done_reason"]) == (7, "length")
    assert (await client.lines("sim-instant:tokens=3", options={"num_predict": -1}))[-1]["done_reason"] == "stop"


async def test_tool_calls_are_complete_have_no_ids_and_end_in_stop(client: Client) -> None:
    tools = [{"type": "function", "function": {"name": name, "parameters": {}}} for name in ("weather", "clock")]
    *lines, last = await client.lines("sim-instant:tools=3", tools=tools)
    calls = [call for line in lines for call in line["message"]["tool_calls"]]
    assert [call["function"]["name"] for call in calls] == ["weather", "clock", "weather"]
    assert [call["function"]["arguments"] for call in calls] == [{"query": QUESTION}] * 3
    assert [call["function"]["index"] for call in calls] == [0, 1, 2]
    assert not any("id" in call for call in calls)
    assert last["done_reason"] == "stop"
    answer = await client.whole("sim-instant:tools=3", tools=tools)
    assert answer["message"]["tool_calls"] == calls


async def test_a_tools_result_is_answered_with_text(client: Client) -> None:
    call = {"function": {"name": "lookup", "arguments": {"query": "x"}}}
    messages = [
        *ASKED,
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_name": "lookup", "content": "42"},
    ]
    assert len(await client.lines("sim-instant:tools=1,tokens=5", messages)) == 6


async def test_a_prefix_is_continued(client: Client, simulator: RunningSimulator) -> None:
    whole = said(await client.lines("sim-instant:text=lorem,tokens=60"))
    messages = [*ASKED, {"role": "assistant", "content": whole[:101]}]
    assert whole[:101] + said(await client.lines("sim-instant:text=lorem,tokens=60", messages)) == whole
    assert simulator.record()[-1]["prefix"] == whole[:101]


@pytest.mark.parametrize("usage", ["on", "late", "off"])
async def test_usage(client: Client, usage: str) -> None:
    last = (await client.lines(f"sim-instant:tokens=4,usage={usage}"))[-1]
    assert ("eval_count" in last) == ("prompt_eval_count" in last) == (usage != "off")
    assert ("eval_count" in await client.whole(f"sim-instant:tokens=4,usage={usage}")) == (usage != "off")


async def test_options_that_the_protocol_has_no_word_for_change_nothing(client: Client) -> None:
    plain = await client.lines("sim-instant:tokens=4")
    more = await client.lines("sim-instant:tokens=4,citations=2,comments=1ms,finish=content_filter")
    assert [line["message"] for line in more] == [line["message"] for line in plain]
    assert more[-1]["done_reason"] == "stop"


async def test_lines_may_end_in_cr_lf(client: Client) -> None:
    response = await client.post("sim-instant:tokens=3,crlf=on")
    assert response.content.count(b"\n") == response.content.count(b"\r\n") == 4


async def test_without_messages_the_model_is_loaded_or_unloaded(client: Client) -> None:
    async def loaded() -> list[str]:
        return [row["name"] for row in (await client.http.get("api/ps")).json()["models"]]

    for messages in ([], None):
        answer = await client.whole("sim-instant", messages)
        assert (answer["done"], answer["done_reason"], answer["message"]["content"]) == (True, "load", "")
        assert await loaded() == ["sim-instant"]
        response = await client.post("sim-instant", messages, keep_alive=0)
        assert (response.status_code, response.json()["done_reason"]) == (200, "unload")
        assert await loaded() == []


# --- what goes wrong -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("name", FAILURES)
async def test_an_http_error_in_ollamas_shape(client: Client, name: str, stream: bool) -> None:
    response = await client.post(f"sim-instant:fault={name}", stream=stream)
    assert (response.status_code, response.headers["content-type"]) == (FAILURES[name][0], "application/json")
    assert response.json().keys() == {"error"}
    assert isinstance(response.json()["error"], str)


@pytest.mark.parametrize("name", ["error", "done-after-error"])
async def test_an_error_among_the_lines(client: Client, name: str) -> None:
    *pieces, last = await client.lines(f"sim-instant:fault={name}@2")
    assert (len(pieces), last.keys()) == (2, {"error"})
    assert await client.whole(f"sim-instant:fault={name}@2") == last


async def test_a_stream_that_is_cut_and_a_line_that_is_no_json(client: Client) -> None:
    lines = await client.lines("sim-instant:fault=cut@20")
    assert (len(lines), any(line["done"] for line in lines)) == (20, False)
    broken = (await client.post("sim-instant:tokens=6,fault=bad-json@3")).text.splitlines()
    assert [place for place, line in enumerate(broken) if line[-1] != "}"] == [3]
    assert len(broken) == 6 + 1 + 1


@pytest.mark.parametrize("name", ["cut@20", "bad-json@3"])
async def test_half_a_whole_answer(client: Client, name: str) -> None:
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        await client.whole(f"sim-instant:fault={name}")


@pytest.mark.parametrize("fault", ["silent", "no-head", "stall@2"])
async def test_silence(client: Client, fault: str) -> None:
    with pytest.raises(httpx.ReadTimeout):
        await client.http.post(
            "api/chat", json={"model": f"sim-instant:fault={fault}", "messages": ASKED}, timeout=SHORT
        )


@pytest.mark.parametrize(("name", "error"), [("rst", httpx.ReadError), ("drop", httpx.RemoteProtocolError)])
async def test_the_connection_breaks(client: Client, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        await client.lines(f"sim-instant:ttft=20ms,rate=200,fault={name}@4")


async def test_a_key_is_demanded_where_the_name_says_so(client: Client) -> None:
    assert (await client.post("sim-instant:key=k,tokens=1")).status_code == 401
    client.http.headers["authorization"] = "Bearer k"
    assert (await client.post("sim-instant:key=k,tokens=1")).status_code == 200


def message(**parts: Any) -> dict[str, Any]:
    return {"model": "sim", "messages": [{"role": "user", "content": "x", **parts}]}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "missing request body"),
        (b"{", "could not be parsed"),
        (b"[]", "JSON object"),
        ({"messages": ASKED}, "model is required"),
        ({"model": "sim", "messages": "x"}, "messages"),
        ({"model": "sim", "messages": ["x"]}, "messages"),
        (message(role="pirate"), "invalid role: pirate"),
        (message(content=[{"type": "text", "text": "x"}]), "messages.content of type string"),
        (message(images="x"), "messages.images"),
        (message(images=["no base 64!"]), "illegal base64"),
        (message(images=[7]), "illegal base64"),
        (message(tool_calls=[{}]), "tool_calls.function"),
        (message(tool_calls=[{"function": {"name": "f", "arguments": "{}"}}]), "arguments of type object"),
        ({**message(), "stream": "no"}, "stream of type bool"),
        ({**message(), "tools": [{}]}, "tools.function"),
        ({**message(), "tools": {}}, "tools of type list"),
        ({**message(), "options": []}, "options of type object"),
        ({**message(), "options": {"num_predict": "9"}}, 'option "num_predict"'),
        ({**message(), "think": "hard"}, "invalid think value"),
        ({**message(), "keep_alive": "10"}, "missing unit in duration"),
        ({**message(), "keep_alive": "ten"}, 'invalid duration "ten"'),
        ({**message(), "keep_alive": []}, "invalid duration"),
        ({**message(), "model": "sim:speed=1"}, "Use some of: ttft"),
    ],
)
async def test_a_bad_request_is_refused(client: Client, body: Any, says: str) -> None:
    sent = {"content": body} if isinstance(body, bytes) else {"json": body}
    response = await client.http.post("api/chat", **sent)
    assert response.status_code == 400
    assert says in response.json()["error"]


async def test_what_a_request_may_hold(client: Client, simulator: RunningSimulator) -> None:
    image = base64.b64encode(b"\x89PNG").decode()
    options = {"num_ctx": 4096, "temperature": None, "unknown": "x"}
    for think in (True, False, "max"):
        messages = [{"role": "system", "content": None}, {"role": "user", "content": "é", "images": [image]}]
        answer = await client.whole("sim-instant:text=echo", messages, options=options, think=think, keep_alive="1h")
        assert answer["message"]["content"] == "é"
    assert (await client.post("nothing")).status_code == 404


# --- what it tells of itself ---------------------------------------------------------------------------------------
async def test_it_lists_what_is_installed(client: Client) -> None:
    rows = (await client.http.get("api/tags")).json()["models"]
    assert {"sim", "sim-fast"} <= {row["name"] for row in rows}
    assert all(row["name"] == row["model"] and row["size"] and len(row["digest"]) == 64 for row in rows)
    assert rows[0]["details"]["family"] == "simulator"


async def test_it_tells_its_version_and_shows_one_model(client: Client) -> None:
    assert (await client.http.get("api/version")).json()["version"].count(".") == 2
    shown = (await client.http.post("api/show", json={"model": "sim-fast:tokens=5"})).json()
    assert "tools" in shown["capabilities"]
    assert shown["model_info"]["simulator.context_length"] == 32_768
    for body, status in (({"model": "qwen9"}, 404), ({"model": "sim:x=1"}, 404), ({}, 400)):
        response = await client.http.post("api/show", json=body)
        assert (response.status_code, response.json().keys()) == (status, {"error"})
