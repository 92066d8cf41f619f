"""The command: which drills run, the table, the verdict. Exits with 1 where a bar is missed."""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import traceback
from dataclasses import replace
from pathlib import Path

import uvloop

from tests.bench import table
from tests.drills import report
from tests.drills.cluster import Cluster, Shape
from tests.drills.drill import Drill, Outcome, Size
from tests.drills.faults import DRILLS
from tests.drills.judge import Verdict
from tests.drills.report import Line
from tests.drills.scene import Scene, scene
from tests.drills.storage import CANNOT, CannotDrillError

NAMES = {drill.name: drill for drill in DRILLS}
SHORT = Shape(workers=2)


def main() -> int:
    options = _options()
    drills = [NAMES[name] for name in options.drills] or list(DRILLS)
    folder = Path(options.logs) if options.logs else Path(tempfile.mkdtemp(prefix="chatsite-drills-"))
    print(f"chatsite drills on {table.machine()}\nLogs are in {folder}", flush=True)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            lines = runner.run(_all(drills, options, folder))
    except CannotDrillError as error:
        print(error, file=sys.stderr)
        return CANNOT
    report.show(lines)
    if options.json:
        Path(options.json).write_text(json.dumps([line.as_dict() for line in lines], indent=1), encoding="utf-8")
    good = all(line.ok for line in lines)
    if good and not options.logs:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if good else 1


async def _all(drills: list[Drill], options: argparse.Namespace, folder: Path) -> list[Line]:
    lines = []
    if options.sabotage:
        for name in sorted({name for drill in drills for name in drill.sabotage}):
            these = [drill for drill in drills if name in drill.sabotage]
            shape = replace(_shape(options, these), sabotage=name)
            lines += await _series(these, options, folder / name, shape)
        return lines
    for proxied in sorted({drill.proxied for drill in drills}, key=sorted):
        these = [drill for drill in drills if drill.proxied == proxied]
        where = folder / ("-".join(sorted(proxied)) or "direct")
        lines += await _series(these, options, where, _shape(options, these))
    return lines


def _shape(options: argparse.Namespace, drills: list[Drill]) -> Shape:
    usual = SHORT if options.short or options.sabotage else Shape()
    proxied = frozenset().union(*(drill.proxied for drill in drills))
    return replace(usual, webs=options.webs or usual.webs, workers=options.workers or usual.workers, proxied=proxied)


async def _series(drills: list[Drill], options: argparse.Namespace, folder: Path, shape: Shape) -> list[Line]:
    """These drills one after the other, on one cluster."""
    sizes = {drill.name: _size(drill, options) for drill in drills}
    models = {name: sim for drill in drills for name, sim in drill.models(sizes[drill.name]).items()}
    lines = []
    async with Cluster(folder, shape, models) as cluster, scene(cluster, models) as made:
        for drill in drills:
            line = Line(drill, shape.sabotage)
            for _ in range(options.runs):
                line.add(await _once(made, drill, sizes[drill.name]))
            report.tell(line)
            lines.append(line)
    return lines


async def _once(made: Scene, drill: Drill, size: Size) -> Outcome:
    try:
        await made.cluster.heal()
        await made.balancer.look()
        before = made.cluster.cpu()
        outcome = await drill.run(made, size)
        spent = {name: seconds - before.get(name, 0.0) for name, seconds in made.cluster.cpu().items()}
        outcome.notes.append("CPU: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in spent.items()))
        return outcome
    except Exception:  # noqa: BLE001 - what breaks one drill is told as its fault, and the others go on
        traceback.print_exc()
        return Outcome(Verdict(answers=1, faults=[f"the drill broke: {sys.exc_info()[1]!r}"]))
    finally:
        await made.clear()


def _size(drill: Drill, options: argparse.Namespace) -> Size:
    size = drill.short if options.short or options.sabotage else drill.size
    changed = {"streams": options.streams, "rate": options.rate, "tokens": options.tokens, "times": options.times}
    if options.minutes:
        changed["seconds"] = options.minutes * 60
    return replace(size, **{name: value for name, value in changed.items() if value})


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.drills", description=__doc__)
    parser.add_argument("drills", nargs="*", choices=[*NAMES, []], metavar="DRILL", help=f"{', '.join(NAMES)} (all)")
    parser.add_argument("--short", action="store_true", help="sizes for a quick look, and two workers")
    parser.add_argument("--sabotage", action="store_true", help="on builds with a safeguard taken out: all must fail")
    parser.add_argument("--runs", type=int, default=1, metavar="N", help="how often each drill runs")
    parser.add_argument("--webs", type=int, metavar="N", help="web processes (2)")
    parser.add_argument("--workers", type=int, metavar="N", help="workers (3)")
    parser.add_argument("--streams", type=int, metavar="N", help="answers at once")
    parser.add_argument("--rate", type=float, metavar="R", help="tokens per second of each answer")
    parser.add_argument("--tokens", type=int, metavar="N", help="tokens of each answer")
    parser.add_argument("--times", type=int, metavar="N", help="restarts, stops, stalled readers")
    parser.add_argument("--minutes", type=float, metavar="M", help="how long the soak takes (30)")
    parser.add_argument("--logs", metavar="FOLDER", help="where everybody's logs go (kept)")
    parser.add_argument("--json", metavar="FILE", help="the figures, for a program")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
