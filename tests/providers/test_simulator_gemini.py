"""The simulator over real HTTP, in Gemini's words: streams, arrays, whole answers, refusals and bad requests."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from providers.simulator.faults import FAILURES, FAULTS
from tests.providers.simulator_client import QUESTION, hung_up
from tests.simulator import RunningSimulator

ASKED = {"contents": [{"role": "user", "parts": [{"text": QUESTION}]}]}
SHORT = httpx.Timeout(10, read=0.1)  # for what never answers
Piece = dict[str, Any]


class Client:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def post(self, model: str, method: str = "generateContent", **more: Any) -> httpx.Response:
        return await self.http.post(f"models/{model}:{method}", json={**ASKED, **more})

    async def whole(self, model: str, **more: Any) -> Piece:
        response = await self.post(model, **more)
        assert (response.status_code, response.headers["content-type"]) == (200, "application/json"), response.text
        answer: Piece = response.json()
        return answer

    async def stream(self, model: str, **more: Any) -> list[Piece]:
        response = await self.post(model, "streamGenerateContent?alt=sse", **more)
        assert (response.status_code, response.headers["content-type"]) == (200, "text/event-stream"), response.text
        return pieces(response.text)

    async def array(self, model: str, **more: Any) -> httpx.Response:
        return await self.post(model, "streamGenerateContent", **more)


def pieces(body: str) -> list[Piece]:
    blocks = body.replace("\r\n", "\n").split("\n\n")
    return [json.loads(block.removeprefix("data: ")) for block in blocks if block]


def parts(said: list[Piece]) -> list[Piece]:
    return [part for piece in said for part in piece["candidates"][0]["content"]["parts"]]


def text(said: list[Piece]) -> str:
    return "".join(part.get("text", "") for part in parts(said) if not part.get("thought"))


@pytest.fixture
async def client(simulator: RunningSimulator) -> AsyncIterator[Client]:
    async with httpx.AsyncClient(base_url=f"{simulator.origin}/v1beta/", timeout=10) as http:
        yield Client(http)


# --- answers -------------------------------------------------------------------------------------------------------
async def test_lists_its_presets(client: Client) -> None:
    rows = (await client.http.get("models?pageSize=1000")).json()["models"]
    assert {"models/sim", "models/sim-fast"} <= {row["name"] for row in rows}
    assert all("generateContent" in row["supportedGenerationMethods"] for row in rows)


async def test_a_stream_has_geminis_shape(client: Client) -> None:
    said = await client.stream("sim-instant:tokens=5")
    assert all(piece["modelVersion"] == "sim-instant:tokens=5" for piece in said)
    assert [len(part["text"]) > 0 for part in parts(said)] == [True] * 5 + [False]
    assert [piece["candidates"][0].get("finishReason") for piece in said] == [None] * 5 + ["STOP"]
    prompt = said[0]["usageMetadata"]["promptTokenCount"]
    assert said[0]["usageMetadata"] == {"promptTokenCount": prompt, "totalTokenCount": prompt}
    told = {"promptTokenCount": prompt, "candidatesTokenCount": 5, "totalTokenCount": prompt + 5}
    assert said[-1]["usageMetadata"] == told


async def test_a_stream_that_is_not_asked_for_as_events_is_an_array(client: Client) -> None:
    model = "sim-instant:tokens=5,citations=1"
    response = await client.array(model)
    assert response.headers["content-type"] == "application/json; charset=UTF-8"
    assert response.text.startswith("[{\n")
    assert text(response.json()) == text(await client.stream(model))
    assert (await client.array("sim-instant:fault=done-after-error@2")).json()[-1]["error"]["status"] == "INTERNAL"
    with pytest.raises(ValueError, match="Expecting"):
        (await client.array("sim-instant:fault=cut@2")).json()


async def test_a_whole_answer_says_what_a_stream_says(client: Client) -> None:
    model = "sim-instant:tokens=20,reasoning=6,citations=2"
    said, answer = await client.stream(model), await client.whole(model)
    thoughts = [part["text"] for part in parts(said) if part.get("thought")]
    assert len(thoughts) == 6
    assert parts([answer]) == [{"text": "".join(thoughts), "thought": True}, {"text": text(said)}]
    [grounded] = [piece["candidates"][0] for piece in said if "groundingMetadata" in piece["candidates"][0]]
    chunks = grounded["groundingMetadata"]["groundingChunks"]
    assert [chunk["web"]["uri"] for chunk in chunks] == [f"https://example.org/source/{n}" for n in (1, 2)]
    assert answer["candidates"][0]["groundingMetadata"] == grounded["groundingMetadata"]
    assert answer["usageMetadata"] == said[-1]["usageMetadata"]
    assert answer["usageMetadata"]["thoughtsTokenCount"] == 6


async def test_calls_come_whole(client: Client) -> None:
    declared = [{"name": name, "parametersJsonSchema": {"type": "object"}} for name in ("weather", "clock")]
    tools = [{"functionDeclarations": declared}, {"google_search": {}}]
    said = await client.stream("sim-instant:tools=3", tools=tools)
    calls = [part["functionCall"] for part in parts(said) if "functionCall" in part]
    assert [call["name"] for call in calls] == ["weather", "clock", "weather"]
    assert all(call["args"] == {"query": QUESTION} for call in calls)
    assert [("thoughtSignature" in part) for part in parts(said)] == [True, False, False, False]
    assert said[-1]["candidates"][0]["finishReason"] == "STOP"
    answer = await client.whole("sim-instant:tools=3", tools=tools)
    assert [part["functionCall"] for part in parts([answer])] == calls
    turns = [
        *ASKED["contents"],
        {"role": "model", "parts": [{"functionCall": call} for call in calls]},
        {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {"output": "42"}}}] * 3},
    ]
    assert text(await client.stream("sim-instant:tools=3,tokens=5", contents=turns))


@pytest.mark.parametrize(
    ("reason", "word"),
    [("stop", "STOP"), ("length", "MAX_TOKENS"), ("tool_calls", "STOP"), ("content_filter", "SAFETY")],
)
async def test_finish(client: Client, reason: str, word: str) -> None:
    model = f"sim-instant:tokens=1,finish={reason}"
    assert (await client.stream(model))[-1]["candidates"][0]["finishReason"] == word
    assert (await client.whole(model))["candidates"][0]["finishReason"] == word


async def test_usage(client: Client) -> None:
    for where in ("asked", "on"):
        assert (await client.stream(f"sim-instant:tokens=2,usage={where}"))[-1]["usageMetadata"][
            "candidatesTokenCount"
        ] == 2
    late = await client.stream("sim-instant:tokens=2,usage=late")
    assert [piece["candidates"][0].get("finishReason") for piece in late[-2:]] == ["STOP", None]
    assert ["candidatesTokenCount" in piece["usageMetadata"] for piece in late[-2:]] == [False, True]
    off = "sim-instant:tokens=2,usage=off"
    assert not any("usageMetadata" in piece for piece in [*await client.stream(off), await client.whole(off)])


async def test_a_beginning_is_continued(client: Client, simulator: RunningSimulator) -> None:
    model = "sim-instant:text=lorem,tokens=60"
    full = text(await client.stream(model))
    turns = [*ASKED["contents"], {"role": "model", "parts": [{"text": full[:50]}, {"text": full[50:101]}]}]
    assert full[:101] + text(await client.stream(model, contents=turns)) == full
    assert simulator.record()[-1]["prefix"] == full[:101]


async def test_what_was_asked_is_read(client: Client, simulator: RunningSimulator) -> None:
    shown = [{"inlineData": {"mimeType": "image/png", "data": "iVBO"}}, {"text": "one "}, {"text": "two"}]
    asked = {"contents": [{"parts": shown}], "systemInstruction": {"parts": [{"text": "Be brief."}]}}
    said = await client.stream("sim-instant:text=echo", generationConfig={"maxOutputTokens": 2}, **asked)
    assert (text(said), said[-1]["candidates"][0]["finishReason"]) == ("one two", "STOP")
    assert said[-1]["usageMetadata"]["promptTokenCount"] > 4
    assert (await client.stream("sim-instant", generationConfig={"maxOutputTokens": 2}))[-1]["candidates"][0][
        "finishReason"
    ] == "MAX_TOKENS"
    body = b'{"contents": [{"parts": [{"text": "a\\ud83db"}]}]}'
    answer = (await client.http.post("models/sim-instant:text=echo:generateContent", content=body)).json()
    assert text([answer]) == "a?b"


async def test_line_ends(client: Client) -> None:
    for option, count in (("off", 0), ("on", 8)):
        response = await client.post(f"sim-instant:tokens=3,crlf={option}", "streamGenerateContent?alt=sse")
        assert response.content.count(b"\r\n") == count


# --- refusals ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("method", ["generateContent", "streamGenerateContent?alt=sse"])
@pytest.mark.parametrize("name", [name for name in FAILURES if name != "filter"])
async def test_an_http_error_in_googles_shape(client: Client, name: str, method: str) -> None:
    response = await client.post(f"sim-instant:fault={name},retry-after=48", method)
    told = response.json()["error"]
    assert response.status_code == told["code"] == (400 if name == "401" else FAILURES[name][0])
    assert told["message"]
    assert "retry-after" not in response.headers
    details = {detail["@type"].rpartition(".")[2]: detail for detail in told["details"]}
    assert details["RetryInfo"]["retryDelay"] == "48s"
    assert ("QuotaFailure" in details) == (name in ("429", "quota"))
    if name in ("429", "quota"):
        per_day = "PerDay" in details["QuotaFailure"]["violations"][0]["quotaId"]
        assert (told["status"], per_day) == ("RESOURCE_EXHAUSTED", name == "quota")


async def test_a_question_that_is_blocked(client: Client) -> None:
    response = await client.post("sim-instant:fault=filter")
    assert response.status_code == 200
    assert response.json()["promptFeedback"]["blockReason"] == "PROHIBITED_CONTENT"


async def test_a_key_is_demanded_where_the_name_says_so(client: Client) -> None:
    model = "sim-instant:key=AIza-1,tokens=1"
    for headers in ({}, {"x-goog-api-key": "AIza-2"}, {"authorization": "Bearer AIza-1"}):
        client.http.headers = httpx.Headers(headers)
        refused = await client.post(model)
        assert refused.status_code == 400
        assert refused.json()["error"]["details"][0]["reason"] == "API_KEY_INVALID"
    client.http.headers = httpx.Headers({"x-goog-api-key": "AIza-1"})
    assert (await client.post(model)).status_code == 200
    client.http.headers = httpx.Headers()
    assert (await client.post(model, "generateContent?key=AIza-1")).status_code == 200


async def test_an_unknown_model(client: Client) -> None:
    response = await client.post("gemini-0")
    assert (response.status_code, response.json()["error"]["status"]) == (404, "NOT_FOUND")


async def test_every_fault_is_a_fault(client: Client, simulator: RunningSimulator) -> None:
    for name, fault in FAULTS.items():
        model = f"sim-instant:tokens=5,fault={name}{'@2' if fault.placed else ''}"
        for method in ("streamGenerateContent?alt=sse", "streamGenerateContent", "generateContent"):
            try:
                response = await client.http.post(f"models/{model}:{method}", json=ASKED, timeout=SHORT)
            except httpx.TransportError:
                continue
            sound = response.text.count("STOP") == 1 and "error" not in response.text and "broken" not in response.text
            assert response.status_code != 200 or not sound, (name, method)


async def test_a_stream_that_falls_silent(client: Client, simulator: RunningSimulator) -> None:
    url = "models/sim-instant:fault=stall@3,comments=5ms:streamGenerateContent?alt=sse"
    async with client.http.stream("POST", url, json=ASKED) as response:
        read = ""
        async for piece in response.aiter_text():
            read += piece
            if text(pieces(read)) == "> You asked":
                break
    assert ":" not in [line[:1] for line in read.splitlines()]  # this vendor sends no comments
    [entry] = await simulator.until(hung_up)
    assert (entry["tokens"], entry["finished_at"]) == (3, None)


# --- bad requests --------------------------------------------------------------------------------------------------
def turn(role: str, *said: Any) -> dict[str, Any]:
    return {"role": role, "parts": [*said]}


CALL, RESULT = {"functionCall": {"name": "f"}}, {"functionResponse": {"name": "f", "response": {}}}
HI = turn("user", {"text": "Hi"})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        {},
        {"contents": []},
        {"contents": ["Hi"]},
        {"contents": [turn("assistant", {"text": "Hi"})]},
        {"contents": [turn("user")]},
        {"contents": [turn("user", {})]},
        {"contents": [turn("user", {"text": 3})]},
        {"contents": [turn("user", {"text": "a", "functionCall": {"name": "f"}})]},
        {"contents": [turn("user", {"inlineData": {"mimeType": "image/png", "data": "%"}})]},
        {"contents": [turn("user", {"inlineData": {"data": "iVBO"}})]},
        {"contents": [HI, turn("model", {"functionCall": {"name": ""}})]},
        {"contents": [HI, turn("model", {"functionCall": {"name": "f", "args": "{}"}})]},
        {"contents": [HI, turn("model", CALL), turn("user", {"functionResponse": {"name": "f", "response": "1"}})]},
        {"contents": [HI, turn("model", CALL, CALL), turn("user", RESULT)]},
        {"contents": [HI, turn("model", CALL), HI]},
        {"contents": [HI, turn("model", {"text": "a"}), turn("model", CALL)]},
        {"contents": [HI, turn("user", RESULT)]},
        {**ASKED, "messages": []},
        {**ASKED, "systemInstruction": "Be brief."},
        {**ASKED, "generationConfig": {"max_tokens": 3}},
        {**ASKED, "generationConfig": {"maxOutputTokens": 0}},
        {**ASKED, "generationConfig": {"temperature": 3}},
        {**ASKED, "generationConfig": []},
        {**ASKED, "tools": {}},
        {**ASKED, "tools": [{"type": "function"}]},
        {**ASKED, "tools": [{"functionDeclarations": {}}]},
        {**ASKED, "tools": [{"functionDeclarations": [{"name": "9 f"}]}]},
        {**ASKED, "tools": [{"functionDeclarations": [{"name": "f"}, {"name": "f"}]}]},
        {**ASKED, "tools": [{"functionDeclarations": [{"name": "f", "parameters": {"additionalProperties": False}}]}]},
        {**ASKED, "tools": [{"functionDeclarations": [{"name": "f", "parameters": {}, "parametersJsonSchema": {}}]}]},
    ],
)
async def test_a_bad_request_is_refused(client: Client, body: Any) -> None:
    sent = {"content": body} if isinstance(body, bytes) else {"json": body}
    response = await client.http.post("models/sim-instant:generateContent", **sent)
    assert (response.status_code, response.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "models/sim:generateContent"), ("POST", "models/sim:countTokens"), ("POST", "models/a/b:generateContent")],
)
async def test_nothing_is_there(client: Client, method: str, path: str) -> None:
    assert (await client.http.request(method, path)).status_code == 404
