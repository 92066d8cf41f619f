"""The simulator over real HTTP: every fault, streamed and whole, and what it answers to bad requests."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from providers.simulator.faults import FAILURES, FAULTS
from tests.providers.simulator_client import QUESTION, Client, Streamed, hung_up
from tests.simulator import RunningSimulator

SHORT = httpx.Timeout(10, read=0.1)  # for what never answers
BODY = {"messages": [{"role": "user", "content": QUESTION}]}


@pytest.fixture
async def client(simulator: RunningSimulator) -> AsyncIterator[Client]:
    async with httpx.AsyncClient(base_url=simulator.url, timeout=10) as http:
        yield Client(http)


async def _until_broken(client: Client, model: str) -> tuple[Streamed, httpx.TransportError | None]:
    """What was read before the connection broke, and how it broke."""
    read = b""
    body = {"model": model, "stream": True, **BODY}
    async with client.http.stream("POST", "chat/completions", json=body) as response:
        try:
            async for part in response.aiter_raw():
                read += part
        except httpx.TransportError as error:
            return Streamed(response, read), error
    return Streamed(response, read), None


# --- HTTP errors ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("name", FAILURES)
async def test_an_http_error_in_openais_shape(client: Client, name: str, stream: bool) -> None:
    response = await client.post(f"sim-instant:fault={name}", stream=stream)
    assert response.status_code == FAILURES[name][0]
    assert response.headers["content-type"] == "application/json"
    llama_cpp = name == "loading"  # which knows no param
    assert response.json()["error"].keys() | ({"param"} if llama_cpp else set()) == {"message", "type", "param", "code"}
    assert response.json()["error"]["message"]
    assert "retry-after" not in response.headers


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("401", "invalid_request_error", "invalid_api_key"),
        ("404", "invalid_request_error", "model_not_found"),
        ("429", "requests", "rate_limit_exceeded"),
        ("quota", "insufficient_quota", "insufficient_quota"),
        ("context", "invalid_request_error", "context_length_exceeded"),
        ("filter", "invalid_request_error", "content_filter"),
        ("503", "server_error", "server_is_overloaded"),
        ("500", "server_error", None),
        ("400", "invalid_request_error", None),
    ],
)
async def test_errors_have_openais_words(client: Client, name: str, kind: str, code: str | None) -> None:
    error = (await client.post(f"sim-instant:fault={name}")).json()["error"]
    assert (error["type"], error["code"]) == (kind, code)


@pytest.mark.parametrize(("name", "value"), [("429", "7"), ("503", "0.5"), ("529", "0")])
async def test_retry_after(client: Client, name: str, value: str) -> None:
    response = await client.post(f"sim-instant:fault={name},retry-after={value}")
    assert response.headers["retry-after"] == value


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(("name", "status"), [("html", 200), ("html-502", 502)])
async def test_a_web_page(client: Client, name: str, status: int, stream: bool) -> None:
    response = await client.post(f"sim-instant:fault={name}", stream=stream)
    assert (response.status_code, response.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert response.text.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("stream", [True, False])
async def test_an_empty_success(client: Client, stream: bool) -> None:
    response = await client.post("sim-instant:fault=empty", stream=stream)
    assert (response.status_code, response.content) == (200, b"")


# --- silence -------------------------------------------------------------------------------------------------------
async def test_silence_after_the_head(client: Client, simulator: RunningSimulator) -> None:
    body = {"model": "sim-instant:fault=silent,comments=5ms", "stream": True, **BODY}
    async with client.http.stream("POST", "chat/completions", json=body) as response:
        assert response.status_code == 200
        parts = response.aiter_raw()
        assert [await anext(parts) for _ in range(5)] == [b": keep-alive\n\n"] * 5
        (entry,) = simulator.record()
        assert (entry["first_token_at"], entry["finished_at"], entry["disconnected"]) == (None, None, False)
    (entry,) = await simulator.until(hung_up)
    assert entry["disconnected_at"] >= entry["received_at"]


async def test_silence_after_some_tokens(client: Client, simulator: RunningSimulator) -> None:
    body = {"model": "sim-instant:fault=stall@3", "stream": True, **BODY}
    async with client.http.stream("POST", "chat/completions", json=body) as response:
        read = b""
        async for part in response.aiter_raw():
            read += part
            if len(Streamed(response, read).pieces) == 3:
                break
    (entry,) = await simulator.until(hung_up)
    assert (entry["tokens"], entry["text"], entry["finished_at"]) == (3, "> You asked", None)


@pytest.mark.parametrize(
    ("fault", "stream"), [("no-head", True), ("no-head", False), ("silent", False), ("stall@2", False)]
)
async def test_not_even_a_head(client: Client, simulator: RunningSimulator, fault: str, stream: bool) -> None:
    with pytest.raises(httpx.ReadTimeout):
        await client.http.post(
            "chat/completions", json={"model": f"sim-instant:fault={fault}", "stream": stream, **BODY}, timeout=SHORT
        )
    (entry,) = await simulator.until(hung_up)
    assert (entry["first_token_at"], entry["tokens"]) == (None, 0)


# --- the connection goes -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "error"), [("rst", httpx.ReadError), ("drop", httpx.RemoteProtocolError)])
async def test_the_connection_breaks_in_mid_answer(
    client: Client, simulator: RunningSimulator, name: str, error: type[Exception]
) -> None:
    streamed, broken = await _until_broken(client, f"sim-instant:ttft=50ms,rate=100,fault={name}@4")
    assert isinstance(broken, error)
    assert streamed.text == "> You asked:"
    assert "[DONE]" not in streamed.events
    (entry,) = await simulator.until(lambda requests: requests[0]["finished_at"])
    assert (entry["disconnected"], entry["tokens"]) == (False, 4)


@pytest.mark.parametrize(("name", "error"), [("rst", httpx.ReadError), ("drop", httpx.RemoteProtocolError)])
async def test_the_connection_breaks_before_a_whole_answer(client: Client, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        await client.post(f"sim-instant:fault={name}@4")


# --- the answer goes wrong -----------------------------------------------------------------------------------------
async def test_a_stream_that_is_cut_ends_in_order_without_a_finish(client: Client) -> None:
    streamed = await client.stream("sim-instant:fault=cut@20")
    assert len(streamed.pieces) == 20
    assert streamed.finishes == []
    assert "[DONE]" not in streamed.events


async def test_a_fault_counts_reasoning_and_may_strike_before_the_first_token(client: Client) -> None:
    streamed = await client.stream("sim-instant:reasoning=5,fault=cut@7")
    assert (sum("reasoning_content" in delta for delta in streamed.deltas), len(streamed.pieces)) == (5, 2)
    assert (await client.stream("sim-instant:fault=cut@0")).pieces == []


@pytest.mark.parametrize(("name", "done"), [("error", False), ("done-after-error", True)])
async def test_an_error_among_the_chunks(client: Client, name: str, done: bool) -> None:
    streamed = await client.stream(f"sim-instant:fault={name}@2")
    told = streamed.events[-2] if done else streamed.events[-1]
    assert told["error"]["type"] == "server_error"
    assert (streamed.events[-1] == "[DONE]") == done
    assert (streamed.text, streamed.finishes) == ("> You", [])
    assert (await client.whole(f"sim-instant:fault={name}@2")) == told


async def test_an_event_that_is_no_json(client: Client) -> None:
    streamed = await client.post("sim-instant:tokens=6,fault=bad-json@3", stream=True)
    events = [line.removeprefix("data: ") for line in streamed.text.split("\n\n") if line]
    broken = [place for place, event in enumerate(events) if event[-1] not in "}]"]
    assert broken == [4]  # after the opening and three tokens
    assert len(events) == 1 + 3 + 1 + 3 + 2


@pytest.mark.parametrize("name", ["cut@20", "bad-json@3"])
async def test_half_a_whole_answer(client: Client, name: str) -> None:
    response = await client.post(f"sim-instant:fault={name}")
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        response.json()


async def test_a_fault_that_strikes_only_the_first_times(client: Client, simulator: RunningSimulator) -> None:
    model = "sim-instant:tokens=1,fault=503,times=2"
    assert [(await client.post(model)).status_code for _ in range(4)] == [503, 503, 200, 200]
    simulator.clear()
    assert (await client.post(model)).status_code == 503


async def test_a_fault_that_strikes_by_chance(client: Client) -> None:
    seen = [(await client.post("sim-instant:tokens=1,fault=500,chance=0.5")).status_code for _ in range(60)]
    assert 5 < seen.count(500) < 55
    assert (await client.post("sim-instant:tokens=1,fault=500,chance=0")).status_code == 200


async def test_every_fault_is_a_fault(client: Client) -> None:
    """Each differs from the sound answer; the ones that never end are told apart by their time-out."""
    sound = (await client.stream("sim-instant:tokens=5")).text
    for name, fault in FAULTS.items():
        model = f"sim-instant:tokens=5,fault={name}{'@2' if fault.placed else ''}"
        try:
            body = {"model": model, "stream": True, **BODY}
            response = await client.http.post("chat/completions", json=body, timeout=SHORT)
        except httpx.TransportError:
            continue
        whole = response.text.count("chat.completion.chunk") == 7 and "broken" not in response.text
        assert response.status_code != 200 or not whole, (name, sound)


# --- bad requests --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("sim:speed=3", "Use some of: ttft, tail,"),
        ("sim:", ""),
        ("sim:ttft", "use a duration such as 300ms"),
        ("sim:ttft=300", "use a duration such as 300ms"),
        ("sim:ttft=1.2.3s", "use a duration"),
        ("sim:comments=0ms", "more than 0"),
        ("sim:rate=0", "or max"),
        ("sim:tokens=0", "a whole number from 1"),
        ("sim:tokens=9999999", "a whole number from 1"),
        ("sim:text=poem", "readme, code, unicode, echo, lorem"),
        ("sim:crlf=yes", "on, off"),
        ("sim:split=0", "utf8"),
        ("sim:usage=never", "asked, on, late, off"),
        ("sim:reasoning-key=thoughts", "reasoning_content"),
        ("sim:key=", "the key that is demanded"),
        ("sim:chance=2", "a number from 0 to 1"),
        ("sim:fault=418", "cut@TOKENS"),
        ("sim:fault=cut", "cut@TOKENS"),
        ("sim:fault=cut@x", "cut@TOKENS"),
        ("sim:fault=500@3", "cut@TOKENS"),
        ("sim:seed=1,seed=2", "given twice"),
    ],
)
async def test_a_bad_option_is_refused_and_says_what_is_allowed(client: Client, model: str, says: str) -> None:
    response = await client.post(model, max_tokens=1)
    assert response.status_code == (400 if says else 200)
    if says:
        assert says in response.json()["error"]["message"]
        assert response.json()["error"]["param"] == "model"


async def test_an_unknown_model(client: Client) -> None:
    response = await client.post("gpt-\ud83d-9".encode("utf-8", "replace").decode())
    assert (response.status_code, response.json()["error"]["code"]) == (404, "model_not_found")
    assert "sim-fast" in response.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"", None),
        (b"{", None),
        (b"\xff", None),
        (b"[" * 100_000, None),
        (b"[]", None),
        ({}, "model"),
        ({"model": 3, **BODY}, "model"),
        ({"model": "sim"}, "messages"),
        ({"model": "sim", "messages": []}, "messages"),
        ({"model": "sim", "messages": ["hello"]}, "messages[0].role"),
        ({"model": "sim", "messages": [{"role": "pirate", "content": "arr"}]}, "messages[0].role"),
        ({"model": "sim", "messages": [{"role": "user", "content": 4}]}, "messages[0].content"),
        ({"model": "sim", "messages": [{"role": "user", "content": [{"type": "text"}]}]}, "messages[0].content"),
        ({"model": "sim", "stream": "yes", **BODY}, "stream"),
        ({"model": "sim", "stream_options": {"include_usage": True}, **BODY}, "stream_options"),
        ({"model": "sim", "stream": True, "stream_options": [], **BODY}, "stream_options"),
        ({"model": "sim", "max_tokens": 0, **BODY}, "max_tokens"),
        ({"model": "sim", "tools": [{}], **BODY}, "tools"),
        ({"model": "sim", "tools": 5, **BODY}, "tools"),
    ],
)
async def test_a_bad_request_is_refused(client: Client, body: Any, param: str | None) -> None:
    sent = {"content": body} if isinstance(body, bytes) else {"json": body}
    response = await client.http.post("chat/completions", **sent)
    error = response.json()["error"]
    assert (response.status_code, error["type"], error["param"]) == (400, "invalid_request_error", param)


@pytest.mark.parametrize(("method", "path"), [("GET", "chat/completions"), ("POST", "embeddings"), ("POST", "models")])
async def test_nothing_is_there(client: Client, method: str, path: str) -> None:
    response = await client.http.request(method, path)
    assert response.status_code == 404
    assert f"{method} /v1/{path}" in response.json()["error"]["message"]
