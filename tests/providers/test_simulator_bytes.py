"""The simulator over real HTTP: times, line ends, cut characters, comments and keys."""

import asyncio
import random
from collections.abc import AsyncIterator

import httpx
import pytest

from providers.simulator.beats import Ask, Beat, Reasoning, Text
from providers.simulator.options import read
from providers.simulator.script import compose
from tests.providers.simulator_client import QUESTION, Client, Streamed
from tests.simulator import RunningSimulator


@pytest.fixture
async def client(simulator: RunningSimulator) -> AsyncIterator[Client]:
    async with httpx.AsyncClient(base_url=simulator.url, timeout=10) as http:
        yield Client(http)


# --- the bytes -----------------------------------------------------------------------------------------------------
async def test_crlf(client: Client) -> None:
    model = "sim-instant:tokens=6,comments=20ms"
    assert b"\r" not in (await client.stream(model)).body
    streamed = await client.stream(model + ",crlf=on")
    assert streamed.body.count(b"\n") == streamed.body.count(b"\r\n") == 2 * len(streamed.events)


async def _writes(client: Client, model: str) -> list[bytes]:
    body = {"model": model, "stream": True, "messages": [{"role": "user", "content": "你好 🚀 é"}]}
    async with client.http.stream("POST", "chat/completions", json=body) as response:
        return [part async for part in response.aiter_raw()]


async def test_split_inside_characters(client: Client) -> None:
    writes = await _writes(client, "sim-instant:text=echo,split=utf8")
    severed = [write for write in writes if write and write[-1] >= 0xC0]
    assert len(severed) == 4  # two ideographs, an emoji, an accent
    assert Streamed(httpx.Response(200), b"".join(writes)).text == "你好 🚀 é"


async def test_split_in_pieces_of_some_bytes(client: Client) -> None:
    writes = await _writes(client, "sim-instant:text=echo,split=3")
    assert max(map(len, writes)) == 3
    assert Streamed(httpx.Response(200), b"".join(writes)).text == "你好 🚀 é"


async def test_comments_while_nothing_is_due(client: Client) -> None:
    streamed = await client.stream("sim-instant:ttft=100ms,comments=10ms,tokens=2")
    before, _, after = streamed.body.partition(b"data: ")
    assert before.startswith(b": keep-alive\n\n")
    assert before.count(b":") >= 2
    assert b": keep-alive" not in after
    assert streamed.finishes == ["stop"]


# --- keys ----------------------------------------------------------------------------------------------------------
async def test_a_key_is_demanded_where_the_name_says_so(client: Client) -> None:
    model = "sim-instant:key=sk-1,tokens=1"
    for headers in ({}, {"authorization": "Bearer sk-2"}, {"authorization": "Basic sk-1"}):
        client.http.headers = httpx.Headers(headers)
        refused = await client.post(model)
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "invalid_api_key")
    for headers in ({"authorization": "Bearer sk-1"}, {"api-key": "sk-1"}):
        client.http.headers = httpx.Headers(headers)
        assert (await client.post(model)).status_code == 200


# --- time ----------------------------------------------------------------------------------------------------------
def _beats(model: str, request: int = 1) -> list[tuple[float, Beat]]:
    ask = Ask(model=model, stream=True, prompt=QUESTION)
    return list(compose(ask, read(model), random.Random(request)).beats)


def test_tokens_come_at_their_rate_after_the_first() -> None:
    due = [
        moment
        for moment, beat in _beats("sim:ttft=300ms,rate=50,tokens=4,reasoning=2")
        if isinstance(beat, (Reasoning, Text))
    ]
    assert due == pytest.approx([0.3, 0.32, 0.34, 0.36, 0.38, 0.4])
    assert {moment for moment, _ in _beats("sim:ttft=1.5s,rate=max,tokens=4")} == {1.5}
    assert _beats("sim-slow")[0][0] == 3.0
    assert _beats("sim:ttft=1ms,head=2s")[0][0] == 2.0


def test_a_tail_spreads_the_first_token_around_the_same_median() -> None:
    firsts = sorted(_beats("sim:ttft=1s,tail=0.8,tokens=1", request)[0][0] for request in range(401))
    assert len(set(firsts)) == 401
    assert 0.8 < firsts[200] < 1.25
    assert firsts[-20] / firsts[200] > 2.5


def test_a_share_of_the_requests_is_late() -> None:
    def firsts(options: str) -> list[float]:
        return [_beats(f"sim:tokens=1,ttft=1s,{options}", request)[0][0] for request in range(1000)]

    late = firsts("late=0.05")
    assert set(late) == {1.0, 5.0}
    assert 30 < late.count(5.0) < 70
    assert late == firsts("late=0.05")
    spread = firsts("late=0.05,late-ttft=2.5s,tail=0.5")
    assert [moment == 2.5 for moment in spread] == [moment == 5.0 for moment in late]
    assert len(set(spread)) > 900
    assert set(firsts("late=1,late-ttft=20ms")) == {0.02}
    assert set(firsts("late=0,late-ttft=9s")) == {1.0}


@pytest.mark.slow
async def test_each_request_has_its_own_chance_of_being_late(client: Client, simulator: RunningSimulator) -> None:
    model = "sim-instant:tokens=1,late=0.5,late-ttft=4s"  # long enough that a busy machine is not taken for it
    await asyncio.gather(*(client.stream(model) for _ in range(30)))
    waits = [entry["first_token_at"] - entry["received_at"] for entry in simulator.record()]
    assert 3 < sum(wait > 3.9 for wait in waits) < 27


async def test_the_clock_is_kept(client: Client, simulator: RunningSimulator) -> None:
    await client.stream("sim:ttft=60ms,rate=200,tokens=11")
    await client.whole("sim:ttft=60ms,rate=200,tokens=11")
    streamed, whole = simulator.record()
    assert streamed["first_token_at"] - streamed["received_at"] > 0.055
    assert streamed["finished_at"] - streamed["received_at"] > 0.105  # however late the machine was with the first
    assert whole["first_token_at"] - whole["received_at"] > 0.105


async def test_the_head_is_held_back(client: Client, simulator: RunningSimulator) -> None:
    streaming = asyncio.create_task(client.stream("sim-instant:head=300ms,tokens=1"))
    (waiting,) = await simulator.until(len)
    assert waiting["status"] is None
    assert len((await streaming).pieces) == 1
    assert simulator.record()[0]["status"] == 200
