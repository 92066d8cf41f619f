"""What it costs to take web and worker apart: CPU per token and the first token, beside one process on SQLite."""

import asyncio
from dataclasses import dataclass

from metrics.percentiles import nearest_rank
from tests.drills import judge
from tests.drills.cluster import Cluster, Shape
from tests.drills.drill import PAUSE, Bar, Drill, Outcome, Size
from tests.drills.judge import Verdict
from tests.drills.reader import Reader
from tests.drills.scene import Scene, continues, scene

COMES_EVERY = 0.1  # seconds between two questions
WARMING = 10  # answers that nobody measures


@dataclass(slots=True)
class Run:
    verdict: Verdict
    cpu: float  # microseconds of a token
    first: list[float]  # milliseconds
    pauses: list[float]


async def run(here: Scene, size: Size) -> Outcome:
    await here.cluster.rest()  # idle processes use the processor as well
    folder, models = here.cluster.folder, continues(size)
    apart_shape = Shape(webs=1, workers=1, sabotage=here.cluster.shape.sabotage)
    async with Cluster(folder / "alone", Shape(webs=0), models) as cluster, scene(cluster, models) as made:
        alone = await _measure(made, size)
    async with Cluster(folder / "apart", apart_shape, models) as cluster, scene(cluster, models) as made:
        apart = await _measure(made, size)
    alone.verdict.add(apart.verdict)
    p95 = [nearest_rank(sorted(one.first), 95) for one in (alone, apart)]
    return Outcome(
        alone.verdict,
        {PAUSE: apart.pauses, "CPU to alone": [apart.cpu / alone.cpu], "first token later": [p95[1] - p95[0]]},
        [
            f"one process: {alone.cpu:.0f} µs of CPU a token, first token p95 {p95[0]:.0f} ms",
            f"web and worker: {apart.cpu:.0f} µs of CPU a token, first token p95 {p95[1]:.0f} ms",
        ],
    )


async def _measure(made: Scene, size: Size) -> Run:
    warm = await made.ask("warm", [*continues(size)], WARMING)
    await made.all_of(warm, "speaking")
    await asyncio.gather(*(reader.stop() for reader in warm))
    await made.all_of(warm, "ended")
    readers = [made.reader(made.next_person(), f"scale {n}", next(iter(continues(size)))) for n in range(size.streams)]
    before = _cpu(made)
    for reader in readers:
        reader.start()
        await asyncio.sleep(COMES_EVERY)
    await made.all_of(readers, "ended", size.tokens / size.rate + 60)
    cpu = _cpu(made) - before
    first = [1e3 * (reader.changes[0][0] - reader.asked_at) for reader in readers if reader.changes]
    if made.cluster.shape.webs:
        cases = await made.evidence(readers)
        verdict, pauses = judge.judge(cases), [case.pause for case in cases]
    else:
        verdict, pauses = _told(readers), []
    return Run(verdict, cpu / (size.streams * size.tokens) * 1e6, first, pauses)


def _told(readers: list[Reader]) -> Verdict:
    """Of one process alone only what the readers were told is looked at."""
    return Verdict(len(readers), sum(reader.state == "completed" for reader in readers))


def _cpu(made: Scene) -> float:
    return sum(node.process.cpu() for node in made.cluster.nodes)


DRILL = Drill(
    name="scale",
    fault="none: web and worker apart, beside one process",
    run=run,
    # As fast as two cores bear with the database, the provider and the readers on them: faster, and what is measured is
    # the queue for the processor.
    size=Size(streams=200, rate=10, tokens=250),
    short=Size(streams=30, rate=20, tokens=100),
    bars=(Bar("CPU to alone", 100, 1.7, "×"), Bar("first token later", 100, 15.0, "ms")),
    models=continues,
    sabotage=("waste",),
)
