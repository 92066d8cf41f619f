"""The adapter and the simulator, each written from the vendor's description, against each other over real HTTP."""

import asyncio
from typing import Any

import httpx
import pytest

from providers.adapters.gemini import Gemini
from providers.errors import ProviderError
from providers.events import Event, KeepAlive, Opened
from providers.simulator.faults import FAULTS
from providers.types import ChatRequest, Endpoint, Image, Message, ToolCall
from tests.providers.adapters.loopback import PATIENCE
from tests.providers.adapters.reading import Result, folded, gathered
from tests.providers.simulator_client import QUESTION, hung_up
from tests.simulator import RunningSimulator

ASKED = Message("user", QUESTION)
TOOLS = tuple(
    {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {"q": {}}}}}
    for name in ("weather", "clock")
)
SAID = "> You asked"  # the first three tokens


@pytest.fixture
def endpoint(simulator: RunningSimulator) -> Endpoint:
    return Endpoint("Acme", f"{simulator.origin}/v1beta", "AIza-1", "x-goog-api-key")


async def asked(
    client: httpx.AsyncClient, endpoint: Endpoint, model: str, *messages: Message, **more: Any
) -> tuple[list[Event], ProviderError | None]:
    request = ChatRequest(model, messages or (ASKED,), **more)
    return await asyncio.wait_for(gathered(Gemini().stream(request, endpoint, client)), PATIENCE)


@pytest.mark.parametrize("stream", [True, False])
async def test_an_answer_with_everything(client: httpx.AsyncClient, endpoint: Endpoint, stream: bool) -> None:
    model = "sim-instant:tokens=20,reasoning=6,citations=2,key=AIza-1"
    events, failure = await asked(client, endpoint, model, stream=stream)
    assert isinstance(events[0], Opened)
    assert events[0].upstream_id.startswith("sim-")
    result = folded(events, failure)
    assert result.text.startswith(SAID)
    assert result.reasoning.startswith("First, what is being asked")
    assert result.citations == ["https://example.org/source/1", "https://example.org/source/2"]
    assert result.usage is not None
    prompt, completion, total, reasoning, *_ = result.usage
    assert (completion, reasoning, total) == (26, 6, prompt + 26)
    assert (prompt > 0, result.finish) == (True, "stop")


@pytest.mark.parametrize("options", ["", ",crlf=on", ",split=utf8", ",split=1", ",split=5,crlf=on", ",usage=late"])
async def test_bytes_in_any_pieces(client: httpx.AsyncClient, endpoint: Endpoint, options: str) -> None:
    text = '你好 🚀 é \u2028 </think> {"}"'
    result = folded(*await asked(client, endpoint, f"sim-instant:text=echo{options}", Message("user", text)))
    assert (result.text, result.finish, result.failure) == (text, "stop", None)
    assert result.usage is not None


@pytest.mark.parametrize("stream", [True, False])
async def test_tools(client: httpx.AsyncClient, endpoint: Endpoint, stream: bool) -> None:
    model = "sim-instant:tools=3,tokens=5"
    result = folded(*await asked(client, endpoint, model, stream=stream, tools=TOOLS, search=True))
    arguments = f'{{"query": "{QUESTION}"}}'
    assert result.tools == [
        [f"call_sim_{n}", name, arguments] for n, name in enumerate(("weather", "clock", "weather"))
    ]
    assert (result.text, result.finish) == ("", "stop")
    calls = tuple(ToolCall(*call) for call in result.tools)
    answers = [Message("tool", "42", tool_call_id=call.id) for call in reversed(calls)]
    history = (ASKED, Message("assistant", "", tool_calls=calls), *answers)
    again = folded(*await asked(client, endpoint, model, *history, stream=stream, tools=TOOLS))
    assert (again.tools, again.text[: len(SAID)], again.finish) == ([], SAID, "stop")


async def test_all_that_can_be_asked(
    client: httpx.AsyncClient, endpoint: Endpoint, simulator: RunningSimulator
) -> None:
    messages = (
        Message("system", "Be brief."),
        Message("user", "Hi"),
        Message("assistant", ""),
        Message("user", "Look.", images=(Image("image/png", b"\x89PNG"),)),
    )
    model = "sim-instant:text=echo"
    result = folded(*await asked(client, endpoint, model, *messages, max_output_tokens=1, temperature=0.5))
    assert (result.text, result.finish) == ("HiLook", "length")
    assert simulator.record()[-1]["prompt"] == "HiLook."  # what nothing was said between is one turn


async def test_a_beginning_is_continued(
    client: httpx.AsyncClient, endpoint: Endpoint, simulator: RunningSimulator
) -> None:
    model = "sim-instant:text=lorem,tokens=60"
    full = folded(*await asked(client, endpoint, model)).text
    for cut in (1, 50, len(full) - 1):
        rest = folded(*await asked(client, endpoint, model, ASKED, Message("assistant", full[:cut]))).text
        assert full[:cut] + rest == full
        assert simulator.record()[-1]["prefix"] == full[:cut]


# Fault -> the failure, whether it may help to try again, and what is heard of the answer before it.
OUTCOMES: dict[str, tuple[str, bool, str]] = {
    "400": ("invalid_request", False, ""),
    "401": ("authentication", False, ""),
    "402": ("quota", False, ""),
    "403": ("permission", False, ""),
    "404": ("model_not_found", False, ""),
    "408": ("timeout", True, ""),
    "413": ("context_length", False, ""),
    "422": ("invalid_request", False, ""),
    "429": ("rate_limit", True, ""),
    "500": ("upstream", True, ""),
    "502": ("upstream", True, ""),
    "503": ("overloaded", True, ""),
    "504": ("timeout", True, ""),
    "529": ("overloaded", True, ""),
    "quota": ("quota", False, ""),
    "context": ("context_length", False, ""),
    "filter": ("content_filter", False, ""),
    "loading": ("overloaded", True, ""),
    "html": ("malformed", False, ""),
    "html-502": ("upstream", True, ""),
    "empty": ("empty", True, ""),
    "rst@3": ("stream_cut", True, SAID),
    "drop@3": ("stream_cut", True, SAID),
    "cut@3": ("stream_cut", True, SAID),
    "cut@0": ("empty", True, ""),
    "error@3": ("upstream", True, SAID),
    "done-after-error@3": ("upstream", True, SAID),
    "bad-json@3": ("malformed", False, SAID),
}
NEVER = ("silent", "no-head", "stall@3")


def test_every_fault_has_an_outcome() -> None:
    assert {name.partition("@")[0] for name in (*OUTCOMES, *NEVER)} == set(FAULTS)


@pytest.mark.parametrize("fault", OUTCOMES)
async def test_faults(client: httpx.AsyncClient, endpoint: Endpoint, fault: str) -> None:
    kind, retryable, said = OUTCOMES[fault]
    events, failure = await asked(client, endpoint, f"sim-instant:tokens=9,ttft=20ms,rate=500,fault={fault}")
    result = folded(events, failure)
    assert failure is not None
    if fault == "rst@3":  # a reset may overtake what was sent before it
        assert (failure.kind in (kind, "connection"), failure.retryable) == (True, retryable)
        assert said.startswith(result.text)
    else:
        assert (failure.kind, failure.retryable, result.text) == (kind, retryable, said)


@pytest.mark.parametrize("fault", OUTCOMES)
async def test_faults_of_whole_answers(client: httpx.AsyncClient, endpoint: Endpoint, fault: str) -> None:
    lost = {"cut": ("malformed", False), "rst": ("connection", True), "drop": ("connection", True)}
    kind, retryable = lost.get(fault.partition("@")[0], OUTCOMES[fault][:2])
    _, failure = await asked(client, endpoint, f"sim-instant:tokens=9,fault={fault}", stream=False)
    assert failure is not None
    assert (failure.kind, failure.retryable) == (kind, retryable)


@pytest.mark.parametrize("fault", NEVER)
async def test_hanging_up_on_what_never_answers(
    client: httpx.AsyncClient, endpoint: Endpoint, simulator: RunningSimulator, fault: str
) -> None:
    model = f"sim-instant:fault={fault}"
    heard: list[Event] = []

    async def listen() -> None:
        async for event in Gemini().stream(ChatRequest(model, (ASKED,)), endpoint, client):
            heard.append(event)  # noqa: PERF401 - what came before it is cancelled counts

    listening = asyncio.create_task(listen())
    await simulator.until(lambda requests: bool(requests) and requests[0]["tokens"] == (3 if "stall" in fault else 0))
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await simulator.until(hung_up)
    assert all(not isinstance(event, KeepAlive) for event in heard)


async def test_waiting_is_told_in_the_body_alone(client: httpx.AsyncClient, endpoint: Endpoint) -> None:
    for fault, wait in (("429", 48.5), ("503", 48.5), ("quota", None), ("400", None)):
        _, failure = await asked(client, endpoint, f"sim-instant:fault={fault},retry-after=48.5")
        assert failure is not None
        assert failure.retry_after == wait


async def test_a_wrong_key(client: httpx.AsyncClient, endpoint: Endpoint) -> None:
    _, failure = await asked(client, endpoint, "sim-instant:key=AIza-other-key")
    assert failure is not None
    assert (failure.kind, failure.status, failure.code) == ("authentication", 400, "API_KEY_INVALID")


async def test_the_reasons_for_the_end(client: httpx.AsyncClient, endpoint: Endpoint) -> None:
    for reason, told in (("length", "length"), ("content_filter", "content_filter"), ("tool_calls", "stop")):
        result = folded(*await asked(client, endpoint, f"sim-instant:tokens=1,usage=off,finish={reason}"))
        assert result == Result(">", finish=told)
