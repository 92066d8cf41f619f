"""Models that take time to load: who waits for it and for how long, when a model leaves, and who is told."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from math import inf
from typing import Any

import httpx
import pytest

from providers.simulator.app import Simulator
from providers.simulator.memory import USUAL, Memory
from tests.providers.simulator_client import QUESTION, hung_up
from tests.simulator import RunningSimulator

LOAD = "sim-instant:tokens=1,load=250ms"
ASKED = [{"role": "user", "content": QUESTION}]


# --- by a clock of the test's own ----------------------------------------------------------------------------------
class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_first_waits_whoever_comes_meanwhile_waits_for_the_rest_and_later_nobody() -> None:
    memory = Memory(clock := Clock())
    assert memory.wait("m", 20) == 20
    with memory.using("m", 20, None):
        clock.now += 5
        assert (memory.wait("m", 20), memory.wait("other", 3)) == (15, 3)
        clock.now += 15
        assert memory.wait("m", 20) == 0
    assert memory.wait("m", 20) == 0


def test_an_idle_model_leaves_when_its_time_is_over() -> None:
    memory = Memory(clock := Clock())
    with memory.using("m", 0, None):
        clock.now += 10 * USUAL  # in use it stays
        assert [resident.expires_at for resident in memory.residents()] == [clock.now + USUAL]
    clock.now += USUAL - 1
    assert memory.wait("m", 7) == 0
    clock.now += 1
    assert (memory.wait("m", 7), memory.residents()) == (7, [])


@pytest.mark.parametrize(("keep_alive", "then"), [(0.0, []), (60.0, [1060.0]), (inf, [inf])])
def test_a_request_says_how_long_its_model_stays(keep_alive: float, then: list[float]) -> None:
    memory = Memory(Clock())
    with memory.using("m", 0, keep_alive):
        pass
    assert [resident.expires_at for resident in memory.residents()] == then


def test_a_request_that_says_nothing_leaves_it_at_what_was_said() -> None:
    memory = Memory(Clock())
    for keep_alive in (60.0, None):
        with memory.using("m", 0, keep_alive):
            pass
    assert [resident.expires_at for resident in memory.residents()] == [1060.0]


def test_a_model_that_has_spoken_is_loaded_whatever_the_clock_says() -> None:
    memory = Memory(clock := Clock())
    with memory.using("m", 20, 60.0) as spoken:
        clock.now += 19.5
        spoken()
        assert memory.wait("m", 20) == 0
        clock.now += 0.25
    assert [resident.expires_at for resident in memory.residents()] == [clock.now + 59.75]


def test_a_loading_that_nobody_waits_for_is_given_up() -> None:
    memory = Memory(clock := Clock())
    with memory.using("m", 20, None):
        with memory.using("m", 20, None):
            clock.now += 5
        assert memory.wait("m", 20) == 15
    assert memory.wait("m", 20) == 20


# --- over HTTP -----------------------------------------------------------------------------------------------------
@pytest.fixture
async def http(simulator: RunningSimulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=simulator.origin, timeout=10) as http:
        yield http


async def ollama(http: httpx.AsyncClient, model: str = LOAD, **more: Any) -> dict[str, Any]:
    answer = await http.post("api/chat", json={"model": model, "messages": ASKED, "stream": False, **more})
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def waits(simulator: RunningSimulator) -> list[float]:
    """Seconds from each request to its first token."""
    return [entry["first_token_at"] - entry["received_at"] for entry in simulator.record()]


async def test_the_first_request_waits_and_is_told_so(http: httpx.AsyncClient, simulator: RunningSimulator) -> None:
    assert (await ollama(http))["load_duration"] == 250_000_000
    assert (await ollama(http))["load_duration"] == 20_000_000
    first, second = waits(simulator)
    assert first > 0.24 > second


async def test_another_wire_format_waits_as_well(http: httpx.AsyncClient, simulator: RunningSimulator) -> None:
    for _ in range(2):
        await http.post("v1/chat/completions", json={"model": LOAD, "messages": ASKED, "stream": True})
    first, second = waits(simulator)
    assert first > 0.24 > second


async def test_requests_that_come_together_wait_together(http: httpx.AsyncClient, simulator: RunningSimulator) -> None:
    await asyncio.gather(*(ollama(http) for _ in range(5)))
    assert all(0.2 < wait < 1 for wait in waits(simulator))


async def test_a_refused_request_loads_nothing(http: httpx.AsyncClient, simulator: RunningSimulator) -> None:
    model = f"{LOAD},fault=503,times=1"
    body = {"model": model, "messages": ASKED}
    assert (await http.post("api/chat", json=body)).status_code == 503
    assert (await http.get("api/ps")).json() == {"models": []}
    assert (await ollama(http, model))["load_duration"] == 250_000_000


async def test_a_client_that_hangs_up_stops_the_loading(http: httpx.AsyncClient, simulator: RunningSimulator) -> None:
    model = "sim-instant:load=1000s"
    asking = asyncio.create_task(ollama(http, model))
    await simulator.until(lambda requests: bool(requests) and requests[0]["model"] == model)
    assert [row["name"] for row in (await http.get("api/ps")).json()["models"]] == [model]
    asking.cancel()
    await simulator.until(hung_up)
    while (await http.get("api/ps")).json()["models"]:
        await asyncio.sleep(0.005)


@pytest.mark.parametrize(
    ("keep_alive", "least", "most"),
    [(None, 290, 300), ("1m30s", 80, 90), (60, 50, 60), (-1, 10**9, inf), ("-1m", 10**9, inf)],
)
async def test_what_is_loaded_and_until_when(
    http: httpx.AsyncClient, simulator: RunningSimulator, keep_alive: Any, least: float, most: float
) -> None:
    await ollama(http, "sim-instant:tokens=1", keep_alive=keep_alive)
    (row,) = (await http.get("api/ps")).json()["models"]
    assert (row["name"], row["context_length"]) == ("sim-instant:tokens=1", 32_768)
    assert row["size_vram"] > 0
    left = (datetime.fromisoformat(row["expires_at"]) - datetime.now(UTC)).total_seconds()
    assert least < left <= most


@pytest.mark.parametrize("keep_alive", [0, "0", "0s"])
async def test_a_model_that_is_not_to_stay_is_loaded_again(
    http: httpx.AsyncClient, simulator: RunningSimulator, keep_alive: Any
) -> None:
    for _ in range(2):
        assert (await ollama(http, keep_alive=keep_alive))["load_duration"] == 250_000_000
        assert (await http.get("api/ps")).json() == {"models": []}


async def test_what_a_client_asks_after_an_answer_finds_its_model_gone() -> None:
    """In the process, because over HTTP the next request would nearly always come late enough."""
    simulator, there = Simulator(), []
    body = json.dumps({"model": LOAD, "messages": ASKED, "keep_alive": 0}).encode()
    requests = iter([{"type": "http.request", "body": body}])

    async def receive() -> dict[str, Any]:
        return next(requests, None) or await asyncio.Future()

    async def send(message: dict[str, Any]) -> None:
        there.append((message.get("more_body", True), [row.name for row in simulator.memory.residents()]))

    scope = {"type": "http", "method": "POST", "path": "/api/chat", "headers": [], "query_string": b""}
    await simulator(scope, receive, send)
    assert there[0] == (True, [LOAD])
    assert there[-1] == (False, [])


async def test_forgetting_the_record_empties_the_memory(http: httpx.AsyncClient, simulator: RunningSimulator) -> None:
    await ollama(http, "sim-instant:tokens=1")
    assert len((await http.get("api/ps")).json()["models"]) == 1
    await http.delete("_simulator/record")
    assert (await http.get("api/ps")).json() == {"models": []}


async def test_a_server_that_is_still_loading_its_model(http: httpx.AsyncClient, simulator: RunningSimulator) -> None:
    body = {"model": "sim-instant:tokens=1,fault=loading,times=1", "messages": ASKED}
    refused = await http.post("v1/chat/completions", json=body)
    assert refused.status_code == 503
    assert refused.json() == {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}
    assert (await http.post("v1/chat/completions", json=body)).status_code == 200
