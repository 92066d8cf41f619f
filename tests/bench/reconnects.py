"""Readers that lose their connection again and again: each must end with the same text, nothing missing or doubled.

Half of them read the events over HTTP, half follow by WebSocket. Each connection is dropped at a random moment.
"""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.bench.tab import Shown, Tab
from tests.bench.table import Measure, all_of
from tests.bench.world import Site, World, client, gather

STREAMS, READERS, CUTS = 10, 20, 5  # 10 answers with 20 readers each, who reconnect 5 times: 1,000 reconnects
SECONDS = 16
BROKEN = 5  # connections broken off by the server until a reader gives up
MODELS = {"reconnect": f"sim:rate=50,tokens={50 * SECONDS}"}


@dataclass(slots=True)
class Read:
    """What a reader has: the last seq, and the text by the events it got. `wrong`: seqs missing or doubled;
    `broken`: connections that the server broke off."""

    seq: int = 0
    text: str = ""
    state: str = ""
    reconnects: int = 0
    wrong: int = 0
    broken: int = 0

    def take(self, seq: int, kind: str, data: dict[str, Any]) -> None:
        self.wrong += seq != self.seq + 1
        self.seq = seq
        if kind == "delta":
            self.text += data["text"]
        elif kind == "reset":
            self.text = self.text[: data["keep_chars"]]
        elif kind == "done":
            self.state = data["state"]


async def measure(world: World) -> list[Measure]:
    with world.site() as site:
        async with client() as http:
            return await _measure(world, site, http)


async def _measure(world: World, site: Site, http: aiohttp.ClientSession) -> list[Measure]:
    after, chance = await world.last_id(http), random.Random(7)
    word = f"reconnects at {time.time()}"
    tabs = [await Tab(http, site.origin, world.cookies(person)).open() for person in range(STREAMS)]
    asked = [await tab.ask(f"{word}, stream {number}", "reconnect") for number, tab in enumerate(tabs)]
    await gather([shown.begun.wait() for shown in asked], seconds=20)
    until = time.monotonic() + SECONDS * 0.85
    by_http, by_socket, jobs = [], [], []
    for person, shown in enumerate(asked):
        headers = world.cookies(person)
        for number in range(READERS):
            moments = sorted(chance.uniform(0.2, SECONDS * 0.85) for _ in range(CUTS))
            if number % 2:
                by_http.append((shown, read := Read()))
                jobs.append(
                    _read_events(
                        http, f"{site.origin}/api/generations/{shown.request_id}/events", headers, read, moments
                    )
                )
            else:
                mine = Shown(prompt=shown.prompt, request_id=shown.request_id, thread=shown.thread)
                by_socket.append((person, mine, counted := Read()))
                jobs.append(_follow(http, site, headers, mine, counted, moments))
    await gather(jobs, seconds=max(0.0, until - time.monotonic()) + 60)
    await gather([shown.ended.wait() for shown in asked], seconds=20)
    said = {entry["prompt"]: entry["text"] for entry in await world.record(http, after=after)}
    html = [await _html(http, site, world.cookies(person), shown.thread) for person, shown in enumerate(asked)]
    await asyncio.gather(*(tab.close() for tab in tabs))
    exact_http = sum(read.text == said[shown.prompt] and read.state == "completed" for shown, read in by_http)
    exact_socket = sum(
        "\n".join(mine.blocks) == html[person] and mine.state == "completed" for person, mine, _ in by_socket
    )
    reconnects = sum(read.reconnects for _, read in by_http) + sum(counted.reconnects for *_, counted in by_socket)
    wrong = sum(read.wrong for _, read in by_http) + sum(mine.gaps + mine.doubles for _, mine, _ in by_socket)
    broken = sum(read.broken for _, read in by_http)
    events = sum(read.seq for _, read in by_http)
    return [
        all_of("reconnects made while the answer was written", reconnects, STREAMS * READERS * CUTS),
        all_of("readers by HTTP that end with the provider's text", exact_http, len(by_http)),
        all_of("readers by WebSocket that end with the stored HTML", exact_socket, len(by_socket)),
        Measure("events or patches missing or doubled", f"{wrong} of {events:,} events", "0", wrong == 0),
        Measure("connections that the server broke off", str(broken), "0", broken == 0),
    ]


async def _html(http: aiohttp.ClientSession, site: Site, headers: dict[str, str], thread: str) -> str:
    async with http.get(f"{site.origin}/api/threads/{thread}", headers=headers) as response:
        response.raise_for_status()
        return str((await response.json())["messages"][-1]["html"])


async def _read_events(
    http: aiohttp.ClientSession, url: str, headers: dict[str, str], read: Read, moments: list[float]
) -> None:
    began = time.monotonic()
    moments = [*moments, float("inf")]
    while moments and read.broken < BROKEN:
        moment = moments[0]
        try:
            async with asyncio.timeout(None if moment == float("inf") else began + moment - time.monotonic()):
                async with http.get(f"{url}?after={read.seq}", headers=headers) as response:
                    response.raise_for_status()
                    async for seq, kind, data in _events(response):
                        read.take(seq, kind, data)
                    return
        except TimeoutError:
            read.reconnects += 1
            del moments[0]
        except aiohttp.ClientError:
            read.broken += 1


async def _events(response: aiohttp.ClientResponse) -> AsyncIterator[tuple[int, str, dict[str, Any]]]:
    """Whole events alone: what was cut in the middle comes again."""
    fields: dict[str, str] = {}
    async for line in response.content:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            fields[name] = value
        elif "id" in fields:
            yield int(fields["id"]), fields["event"], json.loads(fields["data"])
            fields = {}


async def _follow(
    http: aiohttp.ClientSession, site: Site, headers: dict[str, str], shown: Shown, counted: Read, moments: list[float]
) -> None:
    began = time.monotonic()
    for moment in [*moments, float("inf")]:
        tab = Tab(http, site.origin, headers)
        try:
            async with asyncio.timeout(None if moment == float("inf") else began + moment - time.monotonic()):
                await tab.open()
                await tab.watch(shown)
                await shown.ended.wait()
                return
        except TimeoutError:
            counted.reconnects += 1
        finally:
            await tab.cut()
