"""Stop across processes, under load: from the click in one process to the provider's socket closed in another.

Half of what is stopped speaks slowly, half says nothing at all. A few more are stopped while Redis is down.
"""

import asyncio

from tests.drills import judge
from tests.drills.drill import Bar, Drill, Outcome, Size
from tests.drills.judge import Verdict
from tests.drills.reader import Reader
from tests.drills.scene import Scene, continues

PAUSE_BETWEEN = 0.05  # seconds between two stops
BATCH = 100  # that run at once
WITHOUT_REDIS = 10
SLOW, SILENT = "stop-slow", "stop-silent"


def models(size: Size) -> dict[str, str]:
    slow = "sim:ttft=50ms,rate=2,tokens=2000,text=lorem"
    return {**continues(size), SLOW: slow, SILENT: f"{slow},fault=silent"}


async def run(scene: Scene, size: Size) -> Outcome:
    load = await scene.ask("load", [*continues(size)], size.streams)
    await scene.all_of(load, "speaking")
    stopped: list[Reader] = []
    for first in range(0, size.times, BATCH):
        stopped += await _stop(scene, min(BATCH, size.times - first))
    verdict, took = await _judged(scene, stopped)
    scene.cluster.redis.kill()
    await asyncio.sleep(0.5)
    blind = await _stop(scene, WITHOUT_REDIS)
    other, without = await _judged(scene, blind)
    scene.cluster.redis.start()
    verdict.add(other)
    told = [reader.stop_told_at - reader.stopped_at for reader in stopped if reader.stop_told_at and reader.stopped_at]
    return Outcome(verdict, {"closed": took, "closed without Redis": without, "told": told})


async def _stop(scene: Scene, number: int) -> list[Reader]:
    readers = await scene.ask("stop", [SLOW, SILENT], number)
    slow = [reader for reader in readers if reader.model == SLOW]
    prompts = {reader.prompt for reader in readers}
    await scene.all_of(slow, "speaking")
    await scene.record_when(lambda record: len(record) == number, prompts, seconds=30)
    for reader in readers:
        await reader.stop()
        await asyncio.sleep(PAUSE_BETWEEN)
    await scene.all_of(readers, "ended", 30)
    await scene.all_of(readers, "told", 30)
    await scene.record_when(lambda record: all(one["disconnected"] for one in record), prompts)
    return readers


async def _judged(scene: Scene, stopped: list[Reader]) -> tuple[Verdict, list[float]]:
    cases = await scene.evidence(stopped)
    verdict = judge.judge(cases, {reader.prompt: "cancelled" for reader in stopped})
    took = []
    for case in cases:
        clicked, told = case.reader.stopped_at or 0.0, case.reader.stop_told_at or case.reader.ended_at
        gone = [one["disconnected_at"] for one in case.requests]
        if not gone or None in gone:
            verdict.lost += 1
            verdict.faults.append(f"{case.reader.prompt}: the provider's socket was not closed")
            continue
        took.append(max(gone) - clicked)
        if max(gone) > told or case.generation["finished_at"].timestamp() > told:
            verdict.stale += 1
            verdict.faults.append(f"{case.reader.prompt}: was still being written when the stop was confirmed")
    return verdict, took


DRILL = Drill(
    name="stop",
    fault="stop across processes, under load",
    run=run,
    size=Size(streams=50, rate=10, tokens=2000, times=500),
    short=Size(streams=10, rate=10, tokens=400, times=24),
    bars=(Bar("closed", 99, 0.3), Bar("closed without Redis", 100, 1.5)),
    models=models,
    sabotage=("polling",),
)
