"""The adapter of Ollama's protocol against the simulator's Ollama, over real HTTP: each is written from the protocol's
description alone, so they check each other."""

import asyncio
import json

import httpx
import pytest

from providers.adapters.ollama import Ollama
from providers.errors import ProviderError
from providers.events import (
    Event,
    Finish,
    Loaded,
    Opened,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from providers.simulator.faults import FAULTS
from providers.types import ChatRequest, Endpoint, Image, Message, ToolCall
from tests.providers.adapters.reading import Result, folded, gathered
from tests.simulator import RunningSimulator

ASK = (Message("user", "What is a stream?"),)
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
PATIENCE = 0.3  # seconds for what never answers


class Asking:
    def __init__(self, client: httpx.AsyncClient, origin: str) -> None:
        self.client, self.endpoint = client, Endpoint("Acme", origin, api_key="k")

    async def events(
        self, model: str, messages: tuple[Message, ...] = ASK, **more: object
    ) -> tuple[list[Event], ProviderError | None]:
        request = ChatRequest(model, messages, **more)  # type: ignore[arg-type]
        return await gathered(Ollama().stream(request, self.endpoint, self.client))

    async def result(self, model: str, messages: tuple[Message, ...] = ASK, **more: object) -> Result:
        return folded(*await self.events(model, messages, **more))


@pytest.fixture
def asking(simulator: RunningSimulator, client: httpx.AsyncClient) -> Asking:
    return Asking(client, simulator.origin)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    "options",
    [
        "text=unicode,reasoning=12",
        "text=unicode,reasoning=12,split=utf8",
        "reasoning=5,reasoning-key=think,crlf=on",
        "split=7",
    ],
)
async def test_text_reasoning_and_usage(
    asking: Asking, simulator: RunningSimulator, options: str, stream: bool
) -> None:
    result = await asking.result(f"sim-instant:tokens=80,{options}", stream=stream)
    (entry,) = simulator.record()
    assert result.failure is None
    assert result.text.strip() == entry["text"].strip()
    thoughts = entry["reasoning_tokens"]
    assert bool(result.reasoning.strip()) == bool(thoughts)
    assert result.finish == "stop"
    assert result.usage
    assert (result.usage[1], result.usage[2]) == (80 + thoughts, result.usage[0] + 80 + thoughts)
    assert entry["stream"] is stream


@pytest.mark.parametrize("stream", [True, False])
async def test_tool_calls_and_their_results(asking: Asking, stream: bool) -> None:
    result = await asking.result("sim-instant:tools=2", tools=(TOOL,), stream=stream)
    assert (result.text, result.finish) == ("", "stop")
    assert [call[1] for call in result.tools] == ["weather", "weather"]
    assert [json.loads(call[2]) for call in result.tools] == [{"query": ASK[0].content}] * 2
    ids = [call[0] for call in result.tools]
    assert all(ids)
    assert len(set(ids)) == 2
    calls = tuple(ToolCall(*call) for call in result.tools)
    results = tuple(Message("tool", "sunny", tool_call_id=call.id) for call in calls)
    history = (*ASK, Message("assistant", "", tool_calls=calls), *results)
    answered = await asking.result("sim-instant:tools=2,tokens=5", history, tools=(TOOL,), stream=stream)
    assert (answered.tools, answered.finish) == ([], "stop")
    assert answered.text


async def test_ids_differ_from_answer_to_answer(asking: Asking) -> None:
    first, second = [(await asking.result("sim-instant:tools=1")).tools[0][0] for _ in range(2)]
    assert first != second


async def test_everything_a_request_can_hold_is_accepted(asking: Asking, simulator: RunningSimulator) -> None:
    picture = Message("user", "Grüße \ud83d", images=(Image("image/png", b"\x89PNG"),))
    wrong = ToolCall("c1", "weather", '{"a": NaN')
    messages = (
        Message("system", "Brief."),
        picture,
        Message("assistant", "", tool_calls=(wrong,)),
        Message("tool", "no", tool_call_id="c1"),
        Message("user", "And now?"),
    )
    result = await asking.result(
        "sim-instant:text=echo,tokens=40",
        messages,
        max_output_tokens=2,
        temperature=0.3,
        tools=(TOOL,),
        search=True,
        keep_alive="-1",
    )
    assert (result.finish, result.failure) == ("length", None)
    assert simulator.record()[0]["prompt"] == "And now?"


@pytest.mark.parametrize("stream", [True, False])
async def test_an_answer_goes_on_from_where_it_broke_off(asking: Asking, stream: bool) -> None:
    model = "sim-instant:text=lorem,tokens=60"
    whole = (await asking.result(model)).text
    rest = await asking.result(model, (*ASK, Message("assistant", whole[:99])), stream=stream)
    assert whole[:99] + rest.text == whole


async def test_a_load_is_told_once(asking: Asking) -> None:
    model = "sim-instant:tokens=3,load=150ms"
    for loaded in ([Loaded(pytest.approx(0.15))], []):
        events, failure = await asking.events(model, keep_alive="10s")
        assert failure is None
        assert [event for event in events if isinstance(event, Loaded)] == loaded
        assert [type(event) for event in events if isinstance(event, Usage | Loaded | Finish)][-1] is Finish


async def test_nothing_but_loading_is_asked(asking: Asking) -> None:
    for keep_alive, word in (("1m", "load"), ("0", "unload")):
        events, failure = await asking.events("sim-instant", (), keep_alive=keep_alive)
        assert failure is None
        assert events[-1] == Finish("stop", word)


async def test_the_events_come_while_the_model_speaks(asking: Asking, simulator: RunningSimulator) -> None:
    stream = Ollama().stream(ChatRequest("sim-instant:rate=50,tokens=5000", ASK), asking.endpoint, asking.client)
    assert isinstance(await anext(stream), Opened)
    assert isinstance(await anext(stream), TextDelta)
    await stream.aclose()
    (entry,) = await simulator.until(lambda requests: requests[0]["disconnected"])
    assert entry["tokens"] < 50


# Fault -> what it is, streamed and whole; None: nothing, for ever.
EXPECTED: dict[str, tuple[str | None, str | None]] = {
    "400": ("invalid_request",) * 2,
    "401": ("authentication",) * 2,
    "402": ("quota",) * 2,
    "403": ("permission",) * 2,
    "404": ("model_not_found",) * 2,
    "408": ("timeout",) * 2,
    "413": ("context_length",) * 2,
    "422": ("invalid_request",) * 2,
    "429": ("rate_limit",) * 2,
    "500": ("upstream",) * 2,
    "502": ("upstream",) * 2,
    "503": ("overloaded",) * 2,
    "504": ("timeout",) * 2,
    "529": ("overloaded",) * 2,
    "quota": ("quota",) * 2,
    "context": ("context_length",) * 2,
    "filter": ("invalid_request",) * 2,
    "loading": ("overloaded",) * 2,
    "html": ("malformed",) * 2,
    "html-502": ("upstream",) * 2,
    "empty": ("empty",) * 2,
    "silent": (None,) * 2,
    "no-head": (None,) * 2,
    "stall": (None,) * 2,
    "rst": ("stream_cut", "connection"),
    "drop": ("stream_cut", "connection"),
    "cut": ("stream_cut", "stream_cut"),
    "error": ("upstream",) * 2,
    "done-after-error": ("upstream",) * 2,
    "bad-json": ("malformed", "stream_cut"),
}


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("name", FAULTS)
async def test_every_fault_is_understood(asking: Asking, name: str, stream: bool) -> None:
    model = f"sim-instant:ttft=10ms,rate=500,tokens=9,fault={name}{'@3' if FAULTS[name].placed else ''}"
    expected = EXPECTED[name][0 if stream else 1]
    if expected is None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asking.events(model, stream=stream), PATIENCE)
        return
    events, failure = await asking.events(model, stream=stream)
    assert failure is not None
    assert failure.kind == expected, str(failure)
    said = sum(isinstance(event, TextDelta) for event in events)
    overtaken = name == "rst"  # a reset may overtake what was sent before it
    assert said == (3 if FAULTS[name].placed and stream else 0) or (overtaken and said < 3)
    assert not any(isinstance(event, Finish | ToolCallDelta | ReasoningDelta) for event in events)


async def test_a_wait_that_a_proxy_tells_is_kept(asking: Asking) -> None:
    _, failure = await asking.events("sim-instant:fault=503,retry-after=7")
    assert failure is not None
    assert (failure.retryable, failure.retry_after) == (True, 7)


async def test_the_servers_own_words_are_passed_on(asking: Asking) -> None:
    _, failure = await asking.events("qwen9")
    assert failure is not None
    assert (failure.kind, failure.status) == ("model_not_found", 404)
    assert "qwen9" in str(failure)
