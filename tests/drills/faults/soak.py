"""Half an hour under load: memory, descriptors, threads and tasks stay what they were."""

import asyncio
import time
from collections import defaultdict
from pathlib import Path
from statistics import fmean

from tests.drills import judge
from tests.drills.cluster import Node
from tests.drills.drill import PAUSE, Bar, Drill, Outcome, Size
from tests.drills.judge import Verdict
from tests.drills.reader import Reader
from tests.drills.scene import Scene, continues

WARM_UP = 1 / 3  # of the time: caches, and the quarter of an hour that figures look back on, fill first
STEPS = 6  # at which a note tells them
SAMPLES = 120  # over the whole time
Samples = dict[str, list[tuple[float, ...]]]  # by process: MB, descriptors, threads, tasks of its event loop


async def run(scene: Scene, size: Size) -> Outcome:
    readers: list[Reader] = []
    verdict, pauses = Verdict(), list[float]()
    kept: Samples = defaultdict(list)
    asking = asyncio.create_task(scene.keep_asking("soak", [*continues(size)], size.streams, readers))
    until = time.monotonic() + size.seconds
    while time.monotonic() < until:
        await asyncio.sleep(size.seconds / SAMPLES)
        for node in scene.cluster.nodes:
            kept[f"{node.kind} {node.pid}"].append(await _sample(node))
        pauses += await _judge(scene, verdict, readers)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await scene.all_of(readers, "ended", size.tokens / size.rate + 60)
    pauses += await _judge(scene, verdict, readers)
    verdict.answers += len(readers)  # whoever is left was never told the end
    samples = {name: values[int(len(values) * WARM_UP) :] for name, values in kept.items()}
    memory = [100 * (last / first - 1) for first, last in _thirds(samples, 0)]
    # Of all together: which worker runs how many answers changes from one minute to the next.
    more = {
        f"{what} more": [sum(last - first for first, last in _thirds(samples, place))]
        for place, what in enumerate(("descriptors", "threads", "tasks"), start=1)
    }
    notes = [f"{name}: {_course(values)}" for name, values in kept.items()]
    return Outcome(verdict, {PAUSE: pauses, "memory grown": memory, **more}, notes)


def _course(values: list[tuple[float, ...]]) -> str:
    """From the beginning to the end, in a few steps."""
    steps = [values[at * (len(values) - 1) // STEPS] for at in range(STEPS + 1)]
    names = ("MB", "descriptors", "threads", "tasks")
    return ", ".join(f"{' '.join(f'{one[place]:.0f}' for one in steps)} {what}" for place, what in enumerate(names))


async def _judge(scene: Scene, verdict: Verdict, readers: list[Reader]) -> list[float]:
    """Judge who has read to the end, and let them go."""
    through = [reader for reader in readers if reader.ended.is_set()]
    if not through:
        return []
    cases = await scene.evidence(through)
    verdict.add(judge.judge(cases))
    await scene.leave(through)
    readers[:] = [reader for reader in readers if reader not in through]
    return [case.pause for case in cases]


async def _sample(node: Node) -> tuple[float, ...]:
    proc = Path(f"/proc/{node.pid}")
    files, threads = (len(list((proc / kind).iterdir())) for kind in ("fd", "task"))
    return node.process.memory(), files, threads, await node.tasks()


def _thirds(samples: Samples, place: int) -> list[tuple[float, float]]:
    """Each process's mean over the first and over the last third."""
    found = []
    for values in samples.values():
        third = max(1, len(values) // 3)
        found.append((fmean(v[place] for v in values[:third]), fmean(v[place] for v in values[-third:])))
    return found


DRILL = Drill(
    name="soak",
    fault="30 minutes of load",
    run=run,
    size=Size(streams=50, rate=10, tokens=200, seconds=1800.0),
    short=Size(streams=15, rate=20, tokens=60, seconds=60.0),
    bars=(
        Bar("memory grown", 100, 5.0, "%"),
        Bar("descriptors more", 100, 10.0, ""),
        Bar("threads more", 100, 2.0, ""),
        Bar("tasks more", 100, 25.0, ""),
    ),
    models=continues,
    sabotage=("leak",),
)
