"""kill -9 of a worker in the middle of its streams: another takes its answers over, and nobody loses a word."""

import asyncio

from tests.drills import judge
from tests.drills.drill import PAUSE, Bar, Drill, Outcome, Size
from tests.drills.judge import Case
from tests.drills.scene import Scene, both

UNTIL = 5.0  # seconds of speech before the fault


async def run(scene: Scene, size: Size) -> Outcome:
    readers = await scene.ask("kill", [*both(size)], size.streams)
    await scene.all_of(readers, "speaking")
    await asyncio.sleep(min(UNTIL, size.tokens / size.rate / 3))
    victim, running = await scene.busiest()
    scene.cluster.kill(victim)
    written = await scene.written()
    await scene.all_of(readers, "ended", size.tokens / size.rate * 2 + 60)
    cases = await scene.evidence(readers)
    verdict = judge.judge(cases)
    kept = await scene.written()
    gone = sum(kept.get(place) != digest for place, digest in written.items())
    if gone:
        verdict.lost += 1
        verdict.faults.append(f"{gone} committed events are gone or changed")
    taken = [case for case in cases if case.taken_over]
    anew = [case for case in taken if case.reader.model.startswith("anew")]
    unannounced = [case for case in anew if _had_begun(case) and not _shows_a_reset(case)]
    for case in unannounced:
        verdict.stale += 1
        verdict.faults.append(f"{case.reader.model} {case.generation['id']}: begun anew without a visible reset")
    told = sum("taken_over" in case.reader.statuses for case in taken)
    return Outcome(
        verdict,
        {PAUSE: [case.pause for case in taken], "undisturbed": [c.pause for c in cases if not c.taken_over]},
        [f"{running} answers ran on the killed worker, {len(taken)} were taken over ({told} readers saw it said)"],
    )


def _had_begun(case: Case) -> bool:
    """Whether there was text before the take-over."""
    over = [n for n, entry in enumerate(case.entries) if entry.payload.get("state") == "taken_over"]
    return bool(over) and any(entry.type == "delta" for entry in case.entries[: over[0]])


def _shows_a_reset(case: Case) -> bool:
    return any(entry.type == "reset" for entry in case.entries) and bool(case.reader.rewinds)


DRILL = Drill(
    name="kill",
    fault="kill -9 a worker in mid-stream",
    run=run,
    size=Size(streams=300, rate=4, tokens=120),
    short=Size(streams=30, rate=20, tokens=160),
    bars=(Bar(PAUSE, 95, 4.0), Bar(PAUSE, 100, 6.0)),
    models=both,
    sabotage=("takeover",),
)
