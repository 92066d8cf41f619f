"""When a provider fails: how much later the next one is asked. When it is slow to begin: what asking a second one
besides gains, and what it costs.

Moments are the simulator's: from having told its failure to receiving the next request for the same answer.
"""

import asyncio
import time
from collections import defaultdict
from typing import Any

import aiohttp

from tests.bench.tab import Shown, Tab
from tests.bench.table import Measure, all_of, at_most, percentile, spread
from tests.bench.world import Several, Site, World, client, gather

TABS, ROUNDS = 20, 20  # so many ask at once, so many times
LIMIT = 100.0  # milliseconds that failing over may add before the first token
AFTER_FIRST_TOKEN = {"breaks-off"}
LATE, LATE_BY, AFTER = 0.05, 5.0, 1.0  # share of late first tokens, their seconds, seconds until a second is asked
SHARES = (0.0, 0.02, 0.1)
_QUICK = "sim:ttft=50ms,rate=200,tokens=20"
# A fault so seldom that the breaker stays closed, and every failure is met anew.
_FAULTS = {
    "refuses": f"{_QUICK},fault=500,chance=0.1",
    "rate-limits": f"{_QUICK},fault=429,chance=0.1",
    "breaks-off": f"{_QUICK},fault=cut@10,chance=0.1",
}
MODELS = {
    **{f"failover-{name}": Several((upstream, f"{_QUICK},head=1ms")) for name, upstream in _FAULTS.items()},
    "failover-late": Several(
        (f"{_QUICK},late={LATE:g},late-ttft={LATE_BY:g}s", f"{_QUICK},head=1ms"), f"hedge_after = {AFTER:g}"
    ),
}


async def measure(world: World) -> list[Measure]:
    found = []
    async with client() as http:
        with world.site() as site:
            for name in _FAULTS:
                found += await _failing(world, site, http, name)
        for share in SHARES:
            with world.site(HEDGE_SHARE=str(share)) as site:
                found += await _late(world, site, http, share)
    return found


async def _ask_all(
    world: World, site: Site, http: aiohttp.ClientSession, model: str
) -> tuple[list[Shown], dict[str, list[dict[str, Any]]]]:
    """The answers as the tabs saw them, and for each question what the simulator was asked, in order."""
    after, word = await world.last_id(http), f"{model} at {time.time()}"
    tabs = [await Tab(http, site.origin, world.cookies(person)).open() for person in range(TABS)]
    shown: list[Shown] = []

    async def ask(person: int, tab: Tab) -> None:
        for number in range(ROUNDS):
            answer = await tab.ask(f"{word}, tab {person}, question {number}", model)
            shown.append(answer)
            await answer.ended.wait()

    await gather([ask(person, tab) for person, tab in enumerate(tabs)], seconds=120)
    asked: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in await world.record(http, after=after):
        asked[entry["prompt"]].append(entry)
    await asyncio.gather(*(tab.close() for tab in tabs))
    return shown, asked


async def _failing(world: World, site: Site, http: aiohttp.ClientSession, name: str) -> list[Measure]:
    shown, asked = await _ask_all(world, site, http, f"failover-{name}")
    pairs = [entries for entries in asked.values() if len(entries) > 1]
    added = [second["received_at"] - first["finished_at"] for first, second, *_ in pairs]
    title = f"a provider that {name}: until the next is asked"
    told = f"{spread(added, 'ms', scale=1e3, digits=1)} ({len(added)} times)"
    promised = name not in AFTER_FIRST_TOKEN
    return [
        at_most(f"{title} (p99)", percentile(added, 99, scale=1e3), LIMIT, "ms", told=told)
        if promised
        else Measure(title, told),
        all_of("  answers that arrived all the same", sum(one.state == "completed" for one in shown), TABS * ROUNDS),
    ]


async def _late(world: World, site: Site, http: aiohttp.ClientSession, share: float) -> list[Measure]:
    shown, asked = await _ask_all(world, site, http, "failover-late")
    first = [one.first_text_at - one.asked_at for one in shown if one.first_text_at]
    extra = sum(len(entries) for entries in asked.values()) - len(asked)
    late = f"{LATE:.0%} of first tokens {LATE_BY:g} s late"
    return [
        Measure(f"{late}, HEDGE_SHARE={share:g}: first token", spread(first, "ms", scale=1e3)),
        Measure("  extra calls", f"{extra} of {len(asked)} ({extra / max(len(asked), 1):.1%})"),
        all_of("  answers that arrived", sum(one.state == "completed" for one in shown), TABS * ROUNDS),
    ]
