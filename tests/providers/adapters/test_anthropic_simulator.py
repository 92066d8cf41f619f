"""The adapter and the simulator, which were written apart from each other, over real HTTP."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest

from providers.adapters.anthropic import Anthropic
from providers.errors import ProviderError
from providers.events import Citation, Event, Opened, TextDelta
from providers.presets import PROTOCOL_HEADERS
from providers.simulator.faults import FAULTS
from providers.types import ChatRequest, Endpoint, Image, Message, ToolCall
from tests.providers.adapters.reading import Result, folded, gathered
from tests.providers.simulator_client import hung_up
from tests.simulator import RunningSimulator

ASKED = Message("user", "What is a stream?")
TOOL = {"type": "function", "function": {"name": "clock", "parameters": {"type": "object"}}}


class Asker:
    def __init__(self, simulator: RunningSimulator, client: httpx.AsyncClient) -> None:
        self.endpoint = Endpoint("Acme", simulator.url, "k-1", "x-api-key", PROTOCOL_HEADERS["anthropic"])
        self.client = client

    async def events(self, model: str, *messages: Message, **more: Any) -> tuple[list[Event], ProviderError | None]:
        request = ChatRequest(model, messages or (ASKED,), **more)
        return await asyncio.wait_for(gathered(Anthropic().stream(request, self.endpoint, self.client)), 10)

    async def ask(self, model: str, *messages: Message, **more: Any) -> Result:
        return folded(*await self.events(model, *messages, **more))

    async def failure(self, model: str, **more: Any) -> ProviderError:
        _, failure = await self.events(model, **more)
        assert failure is not None
        return failure


@pytest.fixture
def asker(simulator: RunningSimulator, client: httpx.AsyncClient) -> Asker:
    return Asker(simulator, client)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("dialect", ["", ",crlf=on,comments=1ms,ttft=20ms", ",split=utf8", ",split=1", ",usage=late"])
async def test_text_reasoning_citations_and_usage(
    asker: Asker, simulator: RunningSimulator, stream: bool, dialect: str
) -> None:
    model = f"sim-instant:text=unicode,tokens=60,reasoning=7,citations=3,key=k-1{dialect}"
    events, failure = await asker.events(model, stream=stream, search=True, temperature=2.0)
    result = folded(events, failure)
    (entry,) = simulator.record()
    assert (result.text, result.finish) == (entry["text"], "stop")
    assert result.reasoning.startswith("First, what is being asked?")
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
    called = await asker.ask("sim-instant:tools=2", system, question, stream=stream, tools=(TOOL,))
    assert [name for _, name, _ in called.tools] == ["clock", "clock"]
    assert {arguments for _, _, arguments in called.tools} == {'{"query": "What is a stream?"}'}
    assert called.finish == "tool_calls"
    calls = tuple(ToolCall(*call) for call in called.tools)
    results = [Message("tool", "12:00", tool_call_id=call.id) for call in calls]
    history = (system, question, Message("assistant", "", tool_calls=calls), *results, Message("user", "So?"))
    answered = await asker.ask("sim-instant:tools=2,tokens=5", *history, stream=stream, tools=(TOOL,))
    assert (len(answered.tools), answered.finish) == (0, "stop")
    assert simulator.record()[-1]["prompt"] == "So?"


@pytest.mark.parametrize("stream", [True, False])
async def test_a_beginning_is_continued_without_a_seam(asker: Asker, stream: bool) -> None:
    """Cut after every one of the first tokens, blank lines between paragraphs among them."""
    model = "sim-instant:tokens=40"
    whole = (await asker.ask(model)).text
    told = [event.text for event in (await asker.events(model))[0] if isinstance(event, TextDelta)]
    prefixes = ["".join(told[:place]) for place in range(40)]
    assert any(prefix != prefix.rstrip() for prefix in prefixes)
    for prefix in prefixes:
        rest = await asker.ask(model, ASKED, Message("assistant", prefix), stream=stream)
        assert prefix + rest.text == whole


@pytest.mark.parametrize(
    ("model", "finish"),
    [("sim-instant:finish=length", "length"), ("sim-instant:finish=content_filter", "content_filter")],
)
async def test_other_ends(asker: Asker, model: str, finish: str) -> None:
    assert (await asker.ask(model)).finish == finish
    assert (await asker.ask("sim-instant", max_output_tokens=3)).finish == "length"
    assert (await asker.ask("sim-instant:usage=off")).usage is None


# Fault -> the error's kind streamed and whole, whether to try again. All but those that never end, which are below.
FAILURES = {
    "400": ("invalid_request", "invalid_request", False),
    "401": ("authentication", "authentication", False),
    "402": ("quota", "quota", False),
    "403": ("permission", "permission", False),
    "404": ("model_not_found", "model_not_found", False),
    "408": ("timeout", "timeout", True),
    "413": ("context_length", "context_length", False),
    "422": ("invalid_request", "invalid_request", False),
    "429": ("rate_limit", "rate_limit", True),
    "500": ("upstream", "upstream", True),
    "502": ("upstream", "upstream", True),
    "503": ("overloaded", "overloaded", True),
    "504": ("timeout", "timeout", True),
    "529": ("overloaded", "overloaded", True),
    "quota": ("quota", "quota", False),
    "context": ("context_length", "context_length", False),
    "filter": ("content_filter", "content_filter", False),
    "loading": ("overloaded", "overloaded", True),
    "html": ("malformed", "malformed", False),
    "html-502": ("upstream", "upstream", True),
    "empty": ("empty", "empty", True),
    "rst@4": ("stream_cut", "connection", True),
    "drop@4": ("stream_cut", "connection", True),
    "cut@4": ("stream_cut", "malformed", None),
    "error@4": ("upstream", "upstream", True),
    "done-after-error@4": ("upstream", "upstream", True),
    "bad-json@4": ("malformed", "malformed", False),
}
ENDLESS = {"silent", "no-head", "stall"}


def test_every_fault_is_known() -> None:
    assert {fault.partition("@")[0] for fault in FAILURES} | ENDLESS == set(FAULTS)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("fault", FAILURES)
async def test_faults(asker: Asker, fault: str, stream: bool) -> None:
    events, failure = await asker.events(f"sim-instant:fault={fault}", stream=stream)
    assert failure is not None
    streamed, whole, retryable = FAILURES[fault]
    assert failure.kind == (streamed if stream else whole)
    assert failure.retryable == ((failure.kind == "stream_cut") if retryable is None else retryable)
    said = "".join(event.text for event in events if isinstance(event, TextDelta))
    if stream and "@" in fault and not fault.startswith("rst"):  # a reset may overtake what was sent before it
        assert said == "> You asked:"


async def test_how_long_to_wait(asker: Asker) -> None:
    failure = await asker.failure("sim-instant:fault=429,retry-after=7")
    assert (failure.retry_after, failure.code) == (7, "rate_limit_error")
    assert (await asker.failure("sim-instant:fault=529,retry-after=0.5")).retry_after == 0.5
    assert (await asker.failure("sim-instant:fault=quota,retry-after=7")).retry_after is None
    assert (await asker.failure("sim-instant:key=other")).kind == "authentication"


@pytest.mark.parametrize("fault", ["silent", "no-head", "stall@2"])
async def test_closing_a_stream_hangs_up_at_once(asker: Asker, simulator: RunningSimulator, fault: str) -> None:
    asking = asyncio.create_task(asker.events(f"sim-instant:fault={fault}"))
    await simulator.until(lambda requests: bool(requests) and requests[0]["model"].endswith(fault))
    asking.cancel()
    await simulator.until(hung_up)
