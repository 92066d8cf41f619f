"""Many answers at once: how late the first token is, what a token costs, whether every answer arrives whole."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.bench.tab import Shown, Tab
from tests.bench.table import Measure, all_of, at_most, percentile, spread
from tests.bench.world import Record, Site, World, client, gather

MODELS = {"warm": "sim:tokens=20", "one-token": "sim:tokens=1"}
PING_EVERY = 0.02  # seconds
LATER = {50: 60.0}  # streams -> milliseconds that the first token may come after the provider's own (p95)
COST = {50: 150.0, 200: 110.0}  # streams -> microseconds of CPU a token may cost


@dataclass(frozen=True, slots=True)
class Scenario:
    streams: int
    rate: int
    seconds: float

    @property
    def upstream(self) -> str:
        return f"sim:rate={self.rate},tokens={self.tokens}"

    @property
    def tokens(self) -> int:
        return max(1, round(self.rate * self.seconds))

    @property
    def model(self) -> str:
        return f"bench-{self.streams}-{self.rate}"


@dataclass(slots=True)
class Run:
    """What came of a scenario. CPU in seconds, memory in MB."""

    shown: list[Shown]
    record: Record
    began: float
    seconds: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)
    pings: list[float] = field(default_factory=list)
    cold: Shown = field(default_factory=Shown)  # the first answer of a fresh server
    cpu_of_one: float = 0.0  # of an answer of one token
    frames: int = 0
    kilobytes: float = 0.0
    exact_text: int = 0
    exact_html: int = 0

    @property
    def tokens(self) -> int:
        prompts = {shown.prompt for shown in self.shown}
        return sum(int(entry["tokens"]) for entry in self.record if entry["prompt"] in prompts)


async def measure(world: World, scenario: Scenario) -> list[Measure]:
    with world.site() as site:
        async with client() as http:
            run = await _run(world, site, http, scenario)
    return _told(scenario, run)


async def _run(world: World, site: Site, http: aiohttp.ClientSession, scenario: Scenario) -> Run:
    await asyncio.sleep(1)
    idle = site.process.memory()
    tabs = await asyncio.gather(
        *(Tab(http, site.origin, world.cookies(person)).open() for person in range(scenario.streams))
    )
    probe = await Tab(http, site.origin, world.cookies(world.people - 1)).open()
    after = await world.last_id(http)
    run = Run([], [], time.time())
    run.cold = await probe.ask(f"cold at {run.began}", "warm")
    await gather([run.cold.ended.wait()], seconds=20)
    await asyncio.sleep(0.5)
    run.began = time.time()
    run.memory = {"idle": idle, "connected": site.process.memory()}
    pinging = asyncio.create_task(_ping(probe, run.pings))
    before = _cpu(world, site)
    word = f"{scenario.model} at {run.began}"
    run.shown = await asyncio.gather(
        *(tab.ask(f"{word}, stream {number}", scenario.model) for number, tab in enumerate(tabs))
    )
    await gather([shown.ended.wait() for shown in run.shown], seconds=scenario.seconds * 2 + 20)
    run.seconds = time.time() - run.began
    run.cpu = {name: seconds - before[name] for name, seconds in _cpu(world, site).items()}
    pinging.cancel()
    run.memory["peak"] = site.process.memory("VmHWM")
    run.record = await world.record(http, after=after)
    run.frames, run.kilobytes = sum(tab.frames for tab in tabs), sum(tab.characters for tab in tabs) / 1e3
    await _compare(world, site, http, run)
    run.cpu_of_one = await _short(site, tabs, word) / len(tabs)
    await asyncio.gather(*(tab.close() for tab in [*tabs, probe]))
    return run


async def _short(site: Site, tabs: list[Tab], word: str) -> float:
    """CPU of as many answers of a single token: what beginning and ending costs."""
    before = site.process.cpu()
    shown = await asyncio.gather(*(tab.ask(f"{word}, short {n}", "one-token") for n, tab in enumerate(tabs)))
    await gather([answer.ended.wait() for answer in shown], seconds=30)
    return site.process.cpu() - before


def _cpu(world: World, site: Site) -> dict[str, float]:
    return {"site": site.process.cpu(), "simulator": world.sim_process.cpu(), "client": time.process_time()}


async def _ping(probe: Tab, pings: list[float]) -> None:
    """The event loop's lag from outside: how long a socket that does nothing else waits for its pong."""
    number = 0
    while True:
        number += 1
        pings.append(await probe.ping(str(number)))
        await asyncio.sleep(PING_EVERY)


async def _compare(world: World, site: Site, http: aiohttp.ClientSession, run: Run) -> None:
    """The stored message against what the provider said, and the blocks the tab was shown against its HTML."""
    said = {entry["prompt"]: entry["text"] for entry in run.record}
    for person, shown in enumerate(run.shown):
        if not shown.thread:
            continue
        url = f"{site.origin}/api/threads/{shown.thread}"
        async with http.get(url, headers=world.cookies(person)) as response:
            response.raise_for_status()
            answer = (await response.json())["messages"][-1]
        run.exact_text += answer["text"] == said.get(shown.prompt) and bool(answer["text"])
        run.exact_html += answer["html"] == "\n".join(shown.blocks) and not shown.gaps and not shown.doubles


def _told(scenario: Scenario, run: Run) -> list[Measure]:
    by_prompt = {entry["prompt"]: entry for entry in run.record if entry["first_token_at"]}
    pairs = [
        (shown, by_prompt[shown.prompt]) for shown in run.shown if shown.first_text_at and shown.prompt in by_prompt
    ]
    later = [_later(shown, entry) for shown, entry in pairs]
    cold = [_later(run.cold, by_prompt[run.cold.prompt])] if run.cold.prompt in by_prompt else []
    ask = [entry["received_at"] - shown.asked_at for shown, entry in pairs]
    show = [(shown.first_text_at or 0) - entry["first_token_at"] for shown, entry in pairs]
    cost = run.cpu["site"] / run.tokens * 1e6 if run.tokens else None
    later_target, cost_target = LATER.get(scenario.streams), COST.get(scenario.streams)
    first = spread(later, "ms", scale=1e3)
    completed = sum(shown.state == "completed" for shown in run.shown)
    return [
        at_most(
            "first token after the provider's own (p95)",
            percentile(later, 95, scale=1e3),
            later_target,
            "ms",
            told=first,
        )
        if later_target
        else Measure("first token after the provider's own", first),
        Measure("  of this, from sending to the provider's receiving", spread(ask, "ms", scale=1e3)),
        Measure("  and from the provider's token to the tab", spread(show, "ms", scale=1e3)),
        Measure(
            "  the whole for the first answer of a fresh server", f"{percentile(cold, 50, scale=1e3) or 0:,.0f} ms"
        ),
        at_most("CPU per token", cost, cost_target, "µs")
        if cost_target
        else Measure("CPU per token", f"{cost or 0:,.0f} µs"),
        Measure("  of an answer of one token, beginning to end", f"{run.cpu_of_one * 1e3:,.1f} ms"),
        all_of("completed", completed, scenario.streams),
        all_of("stored text equals what the provider said", run.exact_text, scenario.streams),
        all_of("tab shows the stored HTML, no patch missed or doubled", run.exact_html, scenario.streams),
        Measure("ping to pong on an idle socket", spread(run.pings, "ms", scale=1e3, digits=1)),
        Measure("memory: idle, connected, peak", " · ".join(f"{value:.0f}" for value in run.memory.values()) + " MB"),
        Measure("tokens; frames to tabs; their size", f"{run.tokens:,} · {run.frames:,} · {run.kilobytes:,.0f} KB"),
        Measure("the run took", f"{run.seconds:.1f} s ({_pace(scenario, run):.2f} of the provider's planned time)"),
        Measure("CPU in use: site, simulator, this client", _shares(run)),
    ]


def _later(shown: Shown, entry: dict[str, Any]) -> float:
    """Seconds from sending to the first text, without those that the provider took itself."""
    return (shown.first_text_at or 0) - shown.asked_at - float(entry["first_token_at"] - entry["received_at"])


def _shares(run: Run) -> str:
    return " · ".join(f"{seconds / run.seconds:.0%}" for seconds in run.cpu.values())


def _pace(scenario: Scenario, run: Run) -> float:
    """How long the provider took for its answers, as a part of what it should: above 1 it could not keep up."""
    planned = (scenario.tokens - 1) / scenario.rate
    took = [
        entry["finished_at"] - entry["first_token_at"]
        for entry in run.record
        if entry["model"] == scenario.upstream and entry["finished_at"] and entry["first_token_at"]
    ]
    return sum(took) / len(took) / planned if took and planned else 0.0
