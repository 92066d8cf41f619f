"""One tiny call: what is told while it runs, and that nothing stays behind when it ends or is dropped."""

from collections.abc import AsyncGenerator, AsyncIterator

import httpx
import pytest

from providers import probe as probing
from providers.adapters.http import make_client
from providers.adapters.openai_chat import OpenAIChat
from providers.events import Event, Finish, Opened
from providers.probe import Step, probe
from providers.types import Endpoint
from tests.simulator import RunningSimulator

KEY = "sk-very-secret-0123456789"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with make_client() as client:
        yield client


def asking(simulator: RunningSimulator, client: httpx.AsyncClient, model: str, **more: object) -> AsyncGenerator[Step]:
    endpoint = Endpoint("acme", simulator.url, KEY)
    return probe(OpenAIChat(), endpoint, model, client, **more)  # type: ignore[arg-type]


async def test_a_first_token_ends_it_and_the_rest_is_not_waited_for(
    simulator: RunningSimulator, client: httpx.AsyncClient
) -> None:
    steps = [step async for step in asking(simulator, client, "sim:ttft=50ms,rate=50,tokens=50000")]
    assert [step.kind for step in steps if step.kind != "waiting"] == ["sent", "opened", "token"]
    assert steps[-1].text
    assert steps[-1].seconds >= 0.05
    (entry,) = await simulator.until(lambda requests: bool(requests and requests[0]["disconnected_at"]))
    assert entry["stream"] is True


async def test_a_thought_is_a_token_too(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    steps = [step async for step in asking(simulator, client, "sim-instant:reasoning=20,tokens=5")]
    assert steps[-1].kind == "token"


async def test_a_whole_answer_is_shown_by_its_beginning(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    steps = [step async for step in asking(simulator, client, "sim-instant:tokens=200", stream=False)]
    assert steps[-1].kind == "token"
    assert 40 < len(steps[-1].text) <= 81
    assert simulator.record()[0]["stream"] is False


@pytest.mark.parametrize(
    ("model", "words"), [("sim:fault=401", "Check the key"), ("sim:fault=402", "no credit left"), ("nobody", "model")]
)
async def test_a_refusal_is_told(
    simulator: RunningSimulator, client: httpx.AsyncClient, model: str, words: str
) -> None:
    steps = [step async for step in asking(simulator, client, model)]
    assert [step.kind for step in steps if step.kind != "waiting"] == ["sent", "failed"]
    assert words in steps[-1].text
    assert KEY not in steps[-1].text


async def test_silence_is_told_by_the_second_and_ends(
    simulator: RunningSimulator, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "TICK", 0.02)
    steps = [step async for step in asking(simulator, client, "sim:fault=silent", limit=0.5)]
    kinds = [step.kind for step in steps]
    assert kinds[0] == "sent"
    assert kinds.count("waiting") >= 2
    assert (steps[-1].kind, steps[-1].seconds) == ("failed", 0.5)
    assert "No token came within 0.5 s" in steps[-1].text
    await simulator.until(lambda requests: bool(requests and requests[0]["disconnected_at"]))


async def test_who_stops_listening_hangs_up(simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
    steps = asking(simulator, client, "sim:fault=silent")
    assert (await anext(steps)).kind == "sent"
    await simulator.until(bool)
    await steps.aclose()
    await simulator.until(lambda requests: bool(requests[0]["disconnected_at"]))


class Scripted:
    """An adapter that is none: what a wrong one would do."""

    def __init__(self, *events: Event, fault: Exception | None = None) -> None:
        self._events, self._fault = events, fault

    async def stream(self, *_: object) -> AsyncGenerator[Event]:
        for event in self._events:
            yield event
        if self._fault:
            raise self._fault


async def test_an_answer_without_text_is_told(client: httpx.AsyncClient) -> None:
    adapter = Scripted(Opened(200), Finish("stop"))
    steps = [step async for step in probe(adapter, Endpoint("acme", "http://x"), "m", client)]
    assert (steps[-1].kind, steps[-1].text) == ("failed", "The answer ended without any text.")


async def test_a_fault_of_the_program_is_not_taken_for_silence(client: httpx.AsyncClient) -> None:
    adapter = Scripted(Opened(200), fault=KeyError("choices"))
    with pytest.raises(KeyError):
        _ = [step async for step in probe(adapter, Endpoint("acme", "http://x"), "m", client)]
