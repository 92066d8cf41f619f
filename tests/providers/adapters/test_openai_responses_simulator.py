"""The adapter and the simulator, which were written apart from each other, over real HTTP."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest

from providers.adapters.openai_responses import OpenAIResponses
from providers.errors import ProviderError
from providers.events import Citation, Event, Opened
from providers.simulator.faults import FAULTS
from providers.types import ChatRequest, Endpoint, Image, Message, ToolCall
from tests.providers.adapters.reading import Result, folded, gathered
from tests.providers.simulator_client import hung_up
from tests.simulator import RunningSimulator

ASKED = Message("user", "What is a stream?")
TOOL = {"type": "function", "function": {"name": "clock", "parameters": {"type": "object"}}}


class Asker:
    def __init__(self, simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
        self.endpoint, self.client = Endpoint("Acme", simulator.url, "k-1"), client

    async def events(self, model: str, *messages: Message, **more: Any) -> tuple[list[Event], ProviderError | None]:
        request = ChatRequest(model, messages or (ASKED,), **more)
        return await asyncio.wait_for(gathered(OpenAIResponses().stream(request, self.endpoint, self.client)), 10)

    async def ask(self, model: str, *messages: Message, **more: Any) -> Result:
        return folded(*await self.events(model, *messages, **more))


@pytest.fixture
def asker(simulator: RunningSimulator, client: httpx.AsyncClient) -> Asker:
    return Asker(simulator, client)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    "dialect",
    [
        "",
        "crlf=on,comments=1ms,ttft=20ms",
        "split=utf8",
        "split=1",
        "reasoning-key=reasoning",
        "reasoning-key=think",
        "citations-key=search_results,usage=late",
    ],
)
async def test_text_reasoning_citations_and_usage(
    asker: Asker, simulator: RunningSimulator, stream: bool, dialect: str
) -> None:
    model = f"sim-instant:text=unicode,tokens=60,reasoning=7,citations=3,key=k-1,{dialect}".rstrip(",")
    events, failure = await asker.events(model, stream=stream, search=True, temperature=2.0)
    result = folded(events, failure)
    (entry,) = simulator.record()
    assert (result.text, result.finish) == (entry["text"], "stop")
    assert result.reasoning.strip().startswith("First, what is being asked?")
    assert result.citations == [f"https://example.org/source/{number}" for number in (1, 2, 3)]
    assert Citation("https://example.org/source/2", "Simulated source 2") in events
    assert result.usage is not None
    assert result.usage[0] > 0
    assert result.usage[1:] == [67, result.usage[0] + 67, 7, 0, None]
    assert events[0] == Opened(200, f"sim-{entry['id']}")


@pytest.mark.parametrize("stream", [True, False])
async def test_a_conversation_with_tools_and_images(asker: Asker, simulator: RunningSimulator, stream: bool) -> None:
    question = replace(ASKED, images=(Image("image/png", b"\x89PNG"),))
    system = Message("system", "Be brief.")
    called = await asker.ask("sim-instant:tools=2", system, question, stream=stream, tools=(TOOL,), search=True)
    assert [name for _, name, _ in called.tools] == ["clock", "clock"]
    assert {arguments for _, _, arguments in called.tools} == {'{"query": "What is a stream?"}'}
    assert called.finish == "tool_calls"
    calls = tuple(ToolCall(*call) for call in called.tools)
    results = [Message("tool", "12:00", tool_call_id=call.id) for call in calls]
    history = (system, question, Message("assistant", "I look.", tool_calls=calls), *results)
    answered = await asker.ask("sim-instant:tools=2,tokens=5", *history, stream=stream, tools=(TOOL,))
    assert (len(answered.tools), answered.finish) == (0, "stop")
    assert simulator.record()[-1]["prompt"] == "What is a stream?"


@pytest.mark.parametrize("stream", [True, False])
async def test_a_beginning_is_continued(asker: Asker, stream: bool) -> None:
    model = "sim-instant:text=lorem,tokens=60"
    whole = (await asker.ask(model)).text
    prefix = whole[:101]
    assert prefix + (await asker.ask(model, ASKED, Message("assistant", prefix), stream=stream)).text == whole


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("options", "limit", "finish"),
    [("tokens=9", 3, "length"), ("tokens=9", 9, "stop"), ("finish=content_filter", None, "content_filter")],
)
async def test_ends(asker: Asker, stream: bool, options: str, limit: int | None, finish: str) -> None:
    assert (await asker.ask(f"sim-instant:{options}", stream=stream, max_output_tokens=limit)).finish == finish


# --- faults --------------------------------------------------------------------------------------------------------
REFUSALS: dict[str, tuple[str, bool]] = {
    "400": ("invalid_request", False),
    "401": ("authentication", False),
    "402": ("quota", True),  # with a time to wait
    "403": ("permission", False),
    "404": ("model_not_found", False),
    "408": ("timeout", True),
    "413": ("context_length", False),
    "422": ("invalid_request", False),
    "429": ("rate_limit", True),
    "500": ("upstream", True),
    "502": ("upstream", True),
    "503": ("overloaded", True),
    "504": ("timeout", True),
    "529": ("overloaded", True),
    "quota": ("quota", False),
    "context": ("context_length", False),
    "filter": ("content_filter", False),
    "loading": ("overloaded", True),
    "html-502": ("upstream", True),
}
# Faults of an answer that began: what is left of it, streamed and whole.
SPOILT = {
    "html": (Result(failure="malformed"), Result(failure="malformed")),
    "empty": (Result(failure="empty"), Result(failure="empty")),
    "cut": (Result("> You", failure="stream_cut"), Result(failure="malformed")),
    "drop": (Result("> You", failure="stream_cut"), Result(failure="connection")),
    "rst": (Result("> You", failure="stream_cut"), Result(failure="connection")),
    "error": (Result("> You", failure="upstream"), Result(failure="upstream")),
    "done-after-error": (Result("> You", failure="upstream"), Result(failure="upstream")),
    "bad-json": (Result("> You", failure="malformed"), Result(failure="malformed")),
}
SILENT = {"silent", "no-head", "stall"}


def test_every_fault_is_met_below() -> None:
    assert {*REFUSALS, *SPOILT, *SILENT} == set(FAULTS)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("name", REFUSALS)
async def test_refusals(asker: Asker, name: str, stream: bool) -> None:
    events, failure = await asker.events(f"sim-instant:fault={name},retry-after=7", stream=stream)
    assert events == []
    assert failure is not None
    assert (failure.kind, failure.retryable) == REFUSALS[name]
    assert failure.retry_after in ((7.0,) if failure.retryable and name != "html-502" else (None,))
    assert "k-1" not in str(failure)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("name", SPOILT)
async def test_spoilt_answers(asker: Asker, name: str, stream: bool) -> None:
    at = "@2" if FAULTS[name].placed else ""
    pause = ",ttft=20ms,rate=100" if name == "rst" else ""  # a reset may overtake what was sent before it
    result = await asker.ask(f"sim-instant:tokens=6,fault={name}{at}{pause}", stream=stream)
    assert result == SPOILT[name][0 if stream else 1]


@pytest.mark.parametrize("fault", ["silent", "no-head", "stall@2"])
async def test_an_answer_that_is_not_wanted_any_more_is_hung_up_on(
    asker: Asker, simulator: RunningSimulator, fault: str
) -> None:
    asking = asyncio.create_task(asker.events(f"sim-instant:fault={fault}"))
    await simulator.until(lambda requests: bool(requests) and requests[0]["model"].endswith(fault))
    asking.cancel()
    await simulator.until(hung_up)
    assert simulator.record()[0]["finished_at"] is None
