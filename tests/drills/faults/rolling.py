"""Rolling restarts under load: each process in turn is followed by a new one and asked to end, as at a deployment."""

import asyncio

from tests.drills import judge
from tests.drills.cluster import Node
from tests.drills.drill import PAUSE, Bar, Drill, Outcome, Size
from tests.drills.reader import Reader
from tests.drills.scene import Scene, both


async def run(scene: Scene, size: Size) -> Outcome:
    readers: list[Reader] = []
    asking = asyncio.create_task(scene.keep_asking("rolling", [*both(size)], size.streams, readers))
    while len(readers) < size.streams:
        await asyncio.sleep(0.1)
    await scene.all_of(list(readers), "speaking")
    ends = []
    for number in range(size.times):
        kind = ("web", "worker")[number % 2]
        ends.append(await _restart(scene, scene.cluster.of(kind)[0]))
        await asyncio.sleep(size.seconds)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await scene.all_of(readers, "ended", size.tokens / size.rate * 2 + 60)
    cases = await scene.evidence(readers)
    verdict = judge.judge(cases)
    broken = sum(reader.server_errors for reader in readers)
    if broken:
        verdict.lost += 1
        verdict.faults.append(f"{broken} requests were answered with 5xx, or by nobody")
    moved = [case for case in cases if case.reader.drops or case.generation.get("epoch", 1) > 1]
    codes = sorted({code for reader in readers for code in reader.drops})
    refused = sorted({word for reader in readers for word in reader.refusals})
    return Outcome(
        verdict,
        {PAUSE: [case.pause for case in moved], "exit": ends},
        [
            f"{len(moved)} of {len(cases)} answers changed their worker or their reader's web process",
            f"sockets were closed with {codes or 'nothing'}; questions were refused with {refused or 'nothing'}",
        ],
    )


async def _restart(scene: Scene, old: Node) -> float:
    """A supervisor's way: the new one is ready before the old one is asked to end. Seconds that its end took."""
    await scene.cluster.start(old.kind)
    await scene.balancer.look()
    took = await old.end()
    scene.cluster.drop(old)
    return took


DRILL = Drill(
    name="rolling",
    fault="10 rolling restarts of web processes and workers",
    run=run,
    size=Size(streams=50, rate=10, tokens=200, times=10, seconds=2.0),
    short=Size(streams=15, rate=20, tokens=200, times=2, seconds=1.0),
    bars=(Bar(PAUSE, 95, 2.0),),
    models=both,
    sabotage=("takeover",),
)
