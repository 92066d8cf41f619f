"""How drills are told: one table, and beneath each line what a person should look at."""

import sys
from dataclasses import dataclass, field
from typing import Any

from metrics.percentiles import nearest_rank
from tests.bench.table import Measure
from tests.drills.drill import PAUSE, Drill, Outcome
from tests.drills.judge import Verdict

FAULTS_TOLD = 8
_HEAD = ("fault", "runs", "finished", "lost", "doubled", "stale", "pause p50 p95 max", "bar", "")
_WIDTHS = (44, 4, 9, 5, 7, 5, 20, 62, 4)


@dataclass(slots=True)
class Line:
    """A drill's runs together. On a sabotaged build it is ok when the drill fails."""

    drill: Drill
    sabotage: str = ""
    runs: int = 0
    outcome: Outcome = field(default_factory=lambda: Outcome(Verdict()))

    def add(self, outcome: Outcome) -> None:
        self.runs += 1
        self.outcome.add(outcome)

    @property
    def measures(self) -> list[Measure]:
        return [bar.measure(self.outcome.figures) for bar in self.drill.bars]

    @property
    def held(self) -> bool:
        return self.outcome.verdict.clean and all(measure.met for measure in self.measures)

    @property
    def ok(self) -> bool:
        return self.held != bool(self.sabotage)

    def cells(self) -> tuple[str, ...]:
        verdict, pauses = self.outcome.verdict, sorted(self.outcome.figures.get(PAUSE, ()))
        told = " ".join(f"{nearest_rank(pauses, percent):.2f}" for percent in (50, 95, 100)) if pauses else "-"
        bars = ", ".join(f"{m.name} {m.value} ({m.target})" for m in self.measures)
        if self.sabotage:
            word, fault = "fails" if self.ok else "HELD", f"{self.drill.name}, on a build spoilt: {self.sabotage}"
        else:
            word, fault = "ok" if self.ok else "MISSED", self.drill.fault
        finished = f"{verdict.finished}/{verdict.answers}"
        counts = (str(verdict.lost), str(verdict.doubled), str(verdict.stale))
        return (fault, str(self.runs), finished, *counts, told, bars, word)

    def as_dict(self) -> dict[str, Any]:
        verdict, figures = self.outcome.verdict, self.outcome.figures
        return {
            "drill": self.drill.name,
            "fault": self.drill.fault,
            "sabotage": self.sabotage,
            "runs": self.runs,
            "answers": verdict.answers,
            "finished": verdict.finished,
            "lost": verdict.lost,
            "doubled": verdict.doubled,
            "stale": verdict.stale,
            "figures": {name: _spread(values) for name, values in figures.items()},
            "bars": [
                {"name": bar.name, "percent": bar.percent, "limit": bar.limit, "value": bar.value(figures)}
                for bar in self.drill.bars
            ],
            "notes": self.outcome.notes,
            "faults": verdict.faults,
            "ok": self.ok,
        }


def _spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    if not ordered:
        return {}
    return {"count": len(ordered)} | {f"p{percent}": nearest_rank(ordered, percent) for percent in (50, 95, 99, 100)}


def tell(line: Line) -> None:
    """As soon as a drill is through."""
    print(f"\n{line.drill.name}: {'ok' if line.ok else 'MISSED'}")
    for note in line.outcome.notes:
        print(f"  {note}")
    for name, values in line.outcome.figures.items():
        if spread := _spread(values):
            print(f"  {name}: " + " · ".join(f"{key} {value:,.4g}" for key, value in spread.items()))
    faults = line.outcome.verdict.faults
    for fault in faults[:FAULTS_TOLD]:
        print(f"  ! {fault}")
    if len(faults) > FAULTS_TOLD:
        print(f"  ! … and {len(faults) - FAULTS_TOLD} more")
    sys.stdout.flush()


def show(lines: list[Line]) -> None:
    rows = [_HEAD, *(line.cells() for line in lines)]
    print()
    for row in rows:
        print(" | ".join(cell.ljust(width) for cell, width in zip(row, _WIDTHS, strict=True)).rstrip())
    missed = [line.drill.name for line in lines if not line.ok]
    print(f"\nMissed: {', '.join(missed)}." if missed else "\nEvery bar is met.")
