"""Redis killed for a while, started again empty, its connections killed, flushed: hints may be lost, answers not."""

import asyncio
import time

from tests.drills import judge
from tests.drills.drill import PAUSE, Bar, Drill, Outcome, Size
from tests.drills.scene import Scene, continues

BEFORE = 3.0  # seconds of speech before the fault, between the faults, and until all is as before
RECOVERY = 2.0


async def run(scene: Scene, size: Size) -> Outcome:
    readers = await scene.ask("redis", [*continues(size)], size.streams)
    await scene.all_of(readers, "speaking")
    await asyncio.sleep(BEFORE)
    redis, began = scene.cluster.redis, time.time()
    redis.kill()
    await asyncio.sleep(size.seconds)
    redis.start()
    back = time.time()
    await asyncio.sleep(RECOVERY + BEFORE)
    flushed = time.time()
    redis.tell("FLUSHALL")
    for kind in ("normal", "pubsub"):
        redis.tell("CLIENT", "KILL", "TYPE", kind)
    await scene.all_of(readers, "ended", size.tokens / size.rate + 60)
    cases = await scene.evidence(readers)
    verdict = judge.judge(cases)
    dropped = sum(len(reader.drops) for reader in readers)
    if dropped:
        verdict.lost += 1
        verdict.faults.append(f"{dropped} sockets were closed")
    delays = [moment for case in cases for moment in case.delays()]
    away = [delay for at, delay in delays if began <= at < back + RECOVERY or flushed <= at < flushed + RECOVERY]
    usual = [delay for at, delay in delays if at < began or back + RECOVERY <= at < flushed or at > flushed + RECOVERY]
    return Outcome(
        verdict,
        {PAUSE: [case.pause for case in cases], "delay meanwhile": away, "delay after": usual},
        [f"{scene.balancer.none_ready} looks found no web process ready"],
    )


DRILL = Drill(
    name="redis",
    fault="Redis killed for 30 s, empty, flushed, clients killed",
    run=run,
    size=Size(streams=100, rate=10, tokens=450, seconds=30.0),
    short=Size(streams=20, rate=20, tokens=320, seconds=4.0),
    bars=(Bar("delay meanwhile", 100, 1.5), Bar("delay after", 100, 1.0)),
    models=continues,
    sabotage=("polling",),
)
