"""SIGSTOP of a worker, SIGCONT long after its lease: what it still has to say must reach neither log nor screen."""

import asyncio

from tests.drills import judge
from tests.drills.drill import PAUSE, Bar, Drill, Outcome, Size
from tests.drills.scene import Scene, continues

AFTERWARDS = 3.0  # seconds that the woken worker has for doing harm


async def run(scene: Scene, size: Size) -> Outcome:
    readers = await scene.ask("zombie", [*continues(size)], size.streams)
    await scene.all_of(readers, "speaking")
    await asyncio.sleep(1.0)
    zombie, running = await scene.busiest()
    zombie.freeze()
    await asyncio.sleep(size.seconds)
    zombie.thaw()
    await scene.all_of(readers, "ended", size.tokens / size.rate * 2 + 60)
    await asyncio.sleep(AFTERWARDS)
    cases = await scene.evidence(readers)
    verdict = judge.judge(cases)
    taken = [case for case in cases if case.taken_over]
    spoken_on = sum(len(case.requests) > 1 + case.generation["takeovers"] for case in cases)
    return Outcome(
        verdict,
        {PAUSE: [case.pause for case in taken]},
        [
            f"{running} answers ran on the frozen worker, {len(taken)} were taken over",
            f"{spoken_on} answers were asked for more often than they were taken over",
        ],
    )


DRILL = Drill(
    name="zombie",
    fault="SIGSTOP a worker for 15 s, then SIGCONT",
    run=run,
    size=Size(streams=100, rate=10, tokens=250, seconds=15.0),
    short=Size(streams=20, rate=20, tokens=200, seconds=7.0),
    bars=(Bar(PAUSE, 100, 6.0),),
    models=continues,
    sabotage=("fencing",),
)
