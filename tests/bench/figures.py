"""What the figures cost with many answers in the database: a page of the dashboard, the last hundred, adding up.

Everything happens in a child (`tests.bench.figures_site`) in a folder of its own, with SQLite or the database that is
named. On request alone: inventing a million answers takes minutes.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import processes
from tests.bench.table import Measure, at_most

PAGE, LAST = 500.0, 20.0  # milliseconds of server time
SEEDING = 120.0  # seconds for a million
SHARE = 3.0  # percent of a core that keeping figures may take
USUAL = 1_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """`rows` calls over so many `days`. `database`: a URL, or "" for SQLite. `folder`: where what was invented is kept
    and found again, or "" for a temporary one."""

    rows: int = USUAL
    days: int = 90
    database: str = ""
    folder: str = ""


def measure(asked: Asked) -> list[Measure]:
    with tempfile.TemporaryDirectory(prefix="chatsite-bench-") as folder:
        told = _child(asked, asked.folder or folder)
    measures = [_seeding(told)] if told["seeded"] else []
    for name, page in told["pages"].items():
        limit = LAST if name.startswith("last_n") else PAGE
        cost = f"{page['wall']:,.0f} ms, of it {page['cpu']:,.0f} CPU here; the first {page['first']:,.0f}"
        measures.append(at_most(name, page["wall"], limit, "ms", told=cost))
    return measures


def _seeding(told: dict[str, Any]) -> Measure:
    calls, seconds, cpu = told["seeded"]["calls"], told["seeded"]["wall"], told["seeded"]["cpu"]
    limit = SEEDING * calls / USUAL
    return at_most(
        f"seed_metrics of {calls:,} calls", seconds, limit, "s", told=f"{seconds:,.0f} s, of it {cpu:,.0f} CPU here"
    )


def upkeep(asked: Asked) -> list[Measure]:
    """What every answer costs because of figures: adding it up, and the indexes that only figures use."""
    with tempfile.TemporaryDirectory(prefix="chatsite-bench-") as folder:
        told = _child(asked, folder, "upkeep")
    per_answer = told["adding"] + told["indexes"]
    share = (per_answer * told["per_minute"] / 1e6 + told["idle"] / 1e3) / 60 * 100
    return [
        Measure("an answer: added to its minute and hour (each row twice)", f"{told['adding']:,.0f} µs of CPU"),
        Measure("  entered in indexes that only figures read", f"{told['indexes']:,.0f} µs"),
        Measure("a minute in which nothing ended", f"{told['idle']:,.1f} ms of CPU"),
        at_most(f"all of it, at {told['per_minute']:,} answers a minute", share, SHARE, "% of a core", digits=1),
    ]


def _child(asked: Asked, folder: str, what: str = "pages") -> dict[str, Any]:
    settings = {"DATABASE_URL": asked.database} if asked.database else {}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.figures_site", what, str(asked.rows), str(asked.days)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=processes.ROOT,
        env=processes.environment(VAR_DIR=str(Path(folder).resolve()), ENV_FILE=os.devnull, **settings),
        check=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))
