"""The command: which parts run, and the verdict. Exits with 1 where a target is missed."""

import argparse
import asyncio
import os
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import uvloop

from tests.bench import adapter, failover, figures, processes, reconnects, render, starts, stops, streams, table, weight
from tests.bench.streams import Scenario
from tests.bench.table import Measure
from tests.bench.world import World, world

Part = Callable[[World], Coroutine[Any, Any, list[Measure]]]
USUAL = (Scenario(50, 50, 10), Scenario(200, 50, 10))
PARTS: dict[str, tuple[str, Part]] = {
    "stop": ("Stop, under 50 answers of 50 tokens/s", stops.measure),
    "start": ("Start", starts.measure),
    "weight": ("The chat page", weight.measure),
    "reconnects": ("Reconnects while 10 answers are written, 20 readers each", reconnects.measure),
    "failover": ("When a provider fails, and when it is slow to begin", failover.measure),
    "adapter": ("The adapters, on this client's core", adapter.measure),
}


ON_REQUEST = {"figures": figures.measure, "upkeep": figures.upkeep}  # of figures; not among "all"


def main() -> int:
    options = _options()
    if set(options.parts) & set(ON_REQUEST):
        return _figures(options)
    scenarios = USUAL
    if options.streams or options.rate or options.seconds:
        scenarios = (Scenario(options.streams or 50, options.rate or 50, options.seconds or 10.0),)
    wanted = set(options.parts) or {"all"}
    server, rest = processes.cores()
    os.sched_setaffinity(0, rest)
    print(f"chatsite benchmark on {table.machine()}")
    shared = ", which the simulator and this client share with it" if server == rest else ""
    print(f"One server process on core {min(server)}{shared}; SQLite, event log on, HTML rendered by the server.")
    models = {
        **streams.MODELS,
        **stops.MODELS,
        **reconnects.MODELS,
        **failover.MODELS,
        **{scenario.model: scenario.upstream for scenario in scenarios},
    }
    measures: list[Measure] = []
    with tempfile.TemporaryDirectory(prefix="chatsite-bench-") as folder, world(Path(folder), models) as made:
        for title, part in _chosen(wanted, scenarios):
            measures += (found := _run(part(made)))
            table.show(title, found)
    if wanted & {"render", "all"}:
        table.show("Markdown to HTML, on this client's core", render.measure())
    missed = [measure.name.strip() for measure in measures if measure.met is False]
    print(f"\n{len(missed)} targets missed: {'; '.join(missed)}" if missed else "\nEvery target is met.")
    return 1 if missed and not options.report_only else 0


def _figures(options: argparse.Namespace) -> int:
    asked = figures.Asked(options.rows, options.days, options.database, options.folder)
    print(f"chatsite benchmark on {table.machine()}")
    missed = 0
    for part in options.parts:
        found = ON_REQUEST[part](asked)
        where = "PostgreSQL" if options.database else "SQLite"
        table.show(f"Figures ({part}), {options.rows:,} calls over {options.days} days, {where}", found)
        missed += sum(measure.met is False for measure in found)
    return 1 if missed and not options.report_only else 0


def _chosen(wanted: set[str], scenarios: tuple[Scenario, ...]) -> list[tuple[str, Part]]:
    chosen: list[tuple[str, Part]] = []
    if wanted & {"streams", "all"}:
        for scenario in scenarios:
            title = (
                f"{scenario.streams} answers of {scenario.rate} tokens/s, begun at once, {scenario.tokens} tokens each"
            )
            chosen.append((title, lambda made, scenario=scenario: streams.measure(made, scenario)))
    chosen += [part for name, part in PARTS.items() if wanted & {name, "all"}]
    return chosen


def _run(job: Coroutine[Any, Any, list[Measure]]) -> list[Measure]:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(job)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parts = ["streams", *PARTS, "render", "all", *ON_REQUEST]
    parser.add_argument(
        "parts", nargs="*", choices=[*parts, []], metavar="PART", help=f"{', '.join(parts)} (default: all)"
    )
    parser.add_argument(
        "--streams", type=int, metavar="N", help="answers at once (one scenario in place of the usual two)"
    )
    parser.add_argument("--rate", type=int, metavar="R", help="tokens per second of each answer")
    parser.add_argument("--seconds", type=float, metavar="S", help="how long each answer takes")
    parser.add_argument("--rows", type=int, default=figures.USUAL, metavar="N", help="calls, for figures alone")
    parser.add_argument("--days", type=int, default=90, metavar="D", help="over how many days, for figures alone")
    parser.add_argument("--database", default="", metavar="URL", help="for figures alone (default: SQLite)")
    parser.add_argument("--folder", default="", help="keeps what is invented for figures, and finds it again")
    parser.add_argument("--report-only", action="store_true", help="exit with 0 also where a target is missed")
    options = parser.parse_args()
    if set(options.parts) & set(ON_REQUEST) and set(options.parts) - set(ON_REQUEST):
        parser.error(f"{' and '.join(ON_REQUEST)} are measured by themselves")
    if options.streams is not None and not 1 <= options.streams <= 250:
        parser.error("--streams: use 1 to 250")
    return options


if __name__ == "__main__":
    raise SystemExit(main())
