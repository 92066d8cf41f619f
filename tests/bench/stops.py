"""Stopping under load: from the moment a person presses stop to the provider's connection being closed.

The load are 50 answers that nobody stops; what is stopped speaks slowly, or not at all.
"""

import asyncio
import time

import aiohttp

from tests.bench.tab import Shown, Tab
from tests.bench.table import Measure, all_of, at_most, percentile, spread
from tests.bench.world import Record, Site, World, client, gather

STREAMS, STOPS, SILENT = 50, 100, 20
PAUSE = 0.1  # seconds between two stops
LIMIT = 50.0  # milliseconds
MODELS = {
    "stop-load": "sim:rate=50,tokens=6000",
    "stop-slow": "sim:rate=2,tokens=6000",
    "stop-silent": "sim:fault=silent",
    "stop-no-head": "sim:fault=no-head",
}


async def measure(world: World) -> list[Measure]:
    with world.site() as site:
        async with client() as http:
            return await _measure(world, site, http)


async def _measure(world: World, site: Site, http: aiohttp.ClientSession) -> list[Measure]:
    after = await world.last_id(http)
    word = f"stops at {time.time()}"
    load = await _begin(world, site, http, f"{word}, load", ["stop-load"] * STREAMS, first=0)
    slow = await _begin(world, site, http, f"{word}, slow", ["stop-slow"] * STOPS, first=STREAMS)
    silent = await _begin(
        world, site, http, f"{word}, silent", ["stop-silent", "stop-no-head"] * SILENT, first=STREAMS + STOPS
    )
    await gather([shown.speaking.wait() for _, shown in load + slow], seconds=30)
    await world.until(
        http, lambda record: sum("silent" in entry["prompt"] for entry in record) == len(silent), after=after
    )
    for tab, shown in slow + silent:
        await tab.stop(shown)
        await asyncio.sleep(PAUSE)
    stopped, quiet = [shown for _, shown in slow], [shown for _, shown in silent]
    await gather([shown.ended.wait() for shown in stopped + quiet], seconds=20)
    record = await world.until(http, lambda record: _gone(record, stopped + quiet), after=after, seconds=5)
    await asyncio.gather(*(tab.stop(shown) for tab, shown in load))
    await gather([shown.ended.wait() for _, shown in load], seconds=20)
    await asyncio.gather(*(tab.close() for tab, _ in load + slow + silent))
    return [*_told("in mid-answer", record, stopped), *_told("in silence", record, quiet)]


async def _begin(
    world: World, site: Site, http: aiohttp.ClientSession, word: str, models: list[str], *, first: int
) -> list[tuple[Tab, Shown]]:
    """One tab and one running answer for each of `models`, each a person's own from the person `first` on."""
    tabs = [await Tab(http, site.origin, world.cookies(person)).open() for person in range(first, first + len(models))]
    asked = [
        (tab, await tab.ask(f"{word} {n}", model)) for n, (tab, model) in enumerate(zip(tabs, models, strict=True))
    ]
    await gather([shown.begun.wait() for _, shown in asked], seconds=30)
    return asked


def _gone(record: Record, wanted: list[Shown]) -> bool:
    gone = {entry["prompt"] for entry in record if entry["disconnected"]}
    return all(shown.prompt in gone for shown in wanted)


def _told(what: str, record: Record, stopped: list[Shown]) -> list[Measure]:
    gone = {entry["prompt"]: entry["disconnected_at"] for entry in record if entry["disconnected"]}
    took = [gone[shown.prompt] - shown.stopped_at for shown in stopped if shown.stopped_at and shown.prompt in gone]
    told = [
        shown.stop_confirmed_at - shown.stopped_at for shown in stopped if shown.stopped_at and shown.stop_confirmed_at
    ]
    return [
        at_most(
            f"stop {what}: provider's socket closed (p99)",
            percentile(took, 99, scale=1e3),
            LIMIT,
            "ms",
            told=spread(took, "ms", scale=1e3, digits=1),
        ),
        Measure("  and the tab is told", spread(told, "ms", scale=1e3)),
        all_of("  stopped, and closed at the provider", min(len(took), _cancelled(stopped)), len(stopped)),
    ]


def _cancelled(stopped: list[Shown]) -> int:
    return sum(shown.state == "cancelled" for shown in stopped)
