"""What the adapter costs an event: decoding alone, and the whole path over loopback HTTP at a real provider's pace."""

import asyncio
import time

import aiohttp

from providers.adapters import openai_chat
from providers.adapters.http import make_client
from providers.adapters.openai_chat import OpenAIChat
from providers.types import ChatRequest, Endpoint, Message
from tests.bench.table import Measure
from tests.bench.world import World, client

TOKENS, ROUNDS = 2000, 5
STREAMS, RATE, SECONDS = 50, 50, 4


async def measure(world: World) -> list[Measure]:
    endpoint = Endpoint("bench", f"{world.simulator}/v1", auth="none")
    async with client() as http:
        parts = await _parts(http, endpoint)
    return [
        Measure("decoding, an event at a time", f"{_decoding(endpoint, parts):.1f} µs an event"),
        Measure(f"over HTTP, {STREAMS} answers of {RATE} tokens/s", f"{await _paced(endpoint):.1f} µs an event"),
        Measure("over HTTP, one answer as fast as it goes", f"{await _unpaced(endpoint):.1f} µs an event"),
    ]


async def _parts(http: aiohttp.ClientSession, endpoint: Endpoint) -> list[bytes]:
    """An answer's bytes, cut between its events."""
    body = {"model": f"sim-instant:tokens={TOKENS}", "stream": True, "messages": [{"role": "user", "content": "bench"}]}
    async with http.post(f"{endpoint.base_url}/chat/completions", json=body) as response:
        response.raise_for_status()
        return [part + b"\n\n" for part in (await response.read()).split(b"\n\n") if part]


def _decoding(endpoint: Endpoint, parts: list[bytes]) -> float:
    events, began = 0, time.process_time()
    for _ in range(ROUNDS):
        decoder = openai_chat.decoder(endpoint, "text/event-stream")
        for part in parts:
            events += len(decoder.feed(part))
        decoder.close()
    return (time.process_time() - began) / events * 1e6


async def _paced(endpoint: Endpoint) -> float:
    model = f"sim:rate={RATE},tokens={RATE * SECONDS}"
    return await _whole_path(endpoint, [model] * STREAMS)


async def _unpaced(endpoint: Endpoint) -> float:
    return await _whole_path(endpoint, [f"sim-instant:tokens={TOKENS * ROUNDS}"])


async def _whole_path(endpoint: Endpoint, models: list[str]) -> float:
    async with make_client() as http:

        async def events_of(model: str) -> int:
            request = ChatRequest(model, (Message("user", "bench"),))
            return sum([1 async for _ in OpenAIChat().stream(request, endpoint, http)])

        began = time.process_time()
        events = sum(await asyncio.gather(*map(events_of, models)))
        return (time.process_time() - began) / events * 1e6
