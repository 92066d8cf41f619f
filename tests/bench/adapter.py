"""What an adapter costs an event: decoding alone, and the whole path over loopback HTTP at a real provider's pace."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from providers.adapters import anthropic, gemini, ollama, openai_chat, openai_responses
from providers.adapters.base import Adapter
from providers.adapters.decoding import Decoder
from providers.adapters.http import make_client
from providers.types import ChatRequest, Endpoint, Message
from tests.bench.table import Measure, at_most
from tests.bench.world import World, client

TOKENS, ROUNDS = 2000, 5
STREAMS, RATE, SECONDS = 50, 50, 4
DECODING, WHOLE_PATH = 25.0, 60.0  # microseconds of CPU an event
MODEL = f"sim-instant:tokens={TOKENS}"
ASKED = [{"role": "user", "content": "bench"}]
VERSION = (("anthropic-version", "2023-06-01"),)


@dataclass(frozen=True, slots=True)
class Protocol:
    """`base` is what the simulator's address is followed by, `path` where it streams when `body` is sent there."""

    adapter: Adapter
    decoder: Callable[[Endpoint, str], Decoder]
    base: str
    path: str
    body: dict[str, Any]
    headers: tuple[tuple[str, str], ...] = ()
    between: bytes = b"\n\n"


PROTOCOLS = {
    "openai_chat": Protocol(
        openai_chat.OpenAIChat(),
        openai_chat.decoder,
        "/v1",
        "/chat/completions",
        {"model": MODEL, "stream": True, "messages": ASKED},
    ),
    "openai_responses": Protocol(
        openai_responses.OpenAIResponses(),
        openai_responses.decoder,
        "/v1",
        "/responses",
        {"model": MODEL, "stream": True, "input": ASKED},
    ),
    "anthropic": Protocol(
        anthropic.Anthropic(),
        anthropic.decoder,
        "/v1",
        "/messages",
        {"model": MODEL, "stream": True, "messages": ASKED, "max_tokens": TOKENS},
        VERSION,
    ),
    "gemini": Protocol(
        gemini.Gemini(),
        gemini.decoder,
        "/v1beta",
        f"/models/{MODEL}:streamGenerateContent?alt=sse",
        {"contents": [{"role": "user", "parts": [{"text": "bench"}]}]},
        between=b"\r\n\r\n",
    ),
    "ollama": Protocol(
        ollama.Ollama(), ollama.decoder, "", "/api/chat", {"model": MODEL, "messages": ASKED}, between=b"\n"
    ),
}


async def measure(world: World) -> list[Measure]:
    measures = []
    async with client() as http:
        for name, protocol in PROTOCOLS.items():
            endpoint = Endpoint("bench", f"{world.simulator}{protocol.base}", auth="none", headers=protocol.headers)
            cost = _decoding(protocol, endpoint, await _parts(http, protocol, endpoint))
            measures.append(at_most(f"{name}: decoding, an event", cost, DECODING, "µs", digits=1))
            cost = await _whole_path(protocol, endpoint)
            told = f"  over HTTP, {STREAMS} answers of {RATE} tokens/s, an event"
            measures.append(at_most(told, cost, WHOLE_PATH, "µs", digits=1))
    return measures


async def _parts(http: aiohttp.ClientSession, protocol: Protocol, endpoint: Endpoint) -> list[bytes]:
    """An answer's bytes, cut between its events."""
    url, headers = f"{endpoint.base_url}{protocol.path}", {"content-type": "application/json", **dict(protocol.headers)}
    async with http.post(url, data=json.dumps(protocol.body), headers=headers) as response:
        response.raise_for_status()
        whole = await response.read()
    between = protocol.between if protocol.between in whole else b"\n\n"
    return [part + between for part in whole.split(between) if part]


def _decoding(protocol: Protocol, endpoint: Endpoint, parts: list[bytes]) -> float:
    events, began = 0, time.process_time()
    for _ in range(ROUNDS):
        decoder = protocol.decoder(endpoint, "text/event-stream")
        for part in parts:
            events += len(decoder.feed(part))
        decoder.close()
        if decoder.failure is not None:
            raise decoder.failure
    return (time.process_time() - began) / events * 1e6


async def _whole_path(protocol: Protocol, endpoint: Endpoint) -> float:
    model = f"sim:rate={RATE},tokens={RATE * SECONDS}"
    async with make_client() as http:

        async def events_of() -> int:
            request = ChatRequest(model, (Message("user", "bench"),))
            return sum([1 async for _ in protocol.adapter.stream(request, endpoint, http)])

        began = time.process_time()
        events = sum(await asyncio.gather(*(events_of() for _ in range(STREAMS))))
        return (time.process_time() - began) / events * 1e6
