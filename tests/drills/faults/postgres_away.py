"""PostgreSQL away for a while, connections cut and refused; and all its backends terminated at once."""

import asyncio

from tests.drills import judge
from tests.drills.drill import PAUSE, Bar, Drill, Outcome, Size
from tests.drills.scene import Scene, both

BEFORE = 4.0  # seconds of speech before each fault
_TERMINATE = """select count(pg_terminate_backend(pid)) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()"""


async def run(scene: Scene, size: Size) -> Outcome:
    readers = await scene.ask("postgres", [*both(size)], size.streams)
    await scene.all_of(readers, "speaking")
    await asyncio.sleep(BEFORE)
    gone = (await scene.rows(_TERMINATE))[0][0]
    await asyncio.sleep(BEFORE)
    proxy = scene.cluster.proxies["postgres"]
    memory = _memory(scene)
    proxy.cut()
    await asyncio.sleep(size.seconds)
    grown = [now - before for now, before in zip(_memory(scene), memory, strict=True)]
    await proxy.resume()
    await scene.all_of(readers, "ended", size.tokens / size.rate * 2 + 60)
    cases = await scene.evidence(readers)
    verdict = judge.judge(cases)
    dropped = sum(len(reader.drops) for reader in readers)
    if dropped:
        verdict.lost += 1
        verdict.faults.append(f"{dropped} sockets were closed")
    over = sum(case.taken_over for case in cases)
    return Outcome(
        verdict,
        {PAUSE: [case.pause for case in cases], "memory meanwhile": grown},
        [f"{gone} backends were terminated, {over} answers taken over"],
    )


def _memory(scene: Scene) -> list[float]:
    return [node.process.memory() for node in scene.cluster.nodes]


DRILL = Drill(
    name="postgres",
    fault="PostgreSQL's backends terminated, then away for 10 s",
    run=run,
    size=Size(streams=100, rate=10, tokens=300, seconds=10.0),
    short=Size(streams=20, rate=20, tokens=400, seconds=6.0),
    bars=(Bar(PAUSE, 100, 20.0), Bar("memory meanwhile", 100, 64.0, "MB")),
    models=both,
    sabotage=("patience",),
    proxied=frozenset({"postgres"}),
)
