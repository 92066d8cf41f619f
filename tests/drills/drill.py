"""What a drill is: its sizes, its fault, its bars; and what comes of it. Knows no process."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from metrics.percentiles import nearest_rank
from tests.bench.table import Measure
from tests.drills.judge import Verdict

if TYPE_CHECKING:
    from tests.drills.scene import Scene


@dataclass(frozen=True, slots=True)
class Size:
    """So many answers of `rate` tokens per second; `seconds` and `times` mean what the drill says they mean."""

    streams: int
    rate: float = 10
    tokens: int = 250
    seconds: float = 0.0
    times: int = 0


@dataclass(slots=True)
class Outcome:
    """`figures`: what was measured, by name, in the bar's unit. `notes`: words for a person."""

    verdict: Verdict
    figures: dict[str, list[float]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        self.verdict.add(other.verdict)
        for name, values in other.figures.items():
            self.figures.setdefault(name, []).extend(values)
        self.notes += other.notes


@dataclass(frozen=True, slots=True)
class Bar:
    """At most `limit` of the figures called `name`; `percent` 100 is the largest. No figure is a bar not met."""

    name: str
    percent: int
    limit: float
    unit: str = "s"

    def value(self, figures: Mapping[str, Sequence[float]]) -> float | None:
        values = sorted(figures.get(self.name, ()))
        return nearest_rank(values, self.percent) if values else None

    def measure(self, figures: Mapping[str, Sequence[float]]) -> Measure:
        value = self.value(figures)
        which = "max" if self.percent == 100 else f"p{self.percent}"
        told = "nothing measured" if value is None else f"{value:,.3g} {self.unit}".rstrip()
        target = f"≤ {self.limit:g} {self.unit}".rstrip()
        return Measure(f"{self.name} {which}", told, target, met=value is not None and value <= self.limit)


@dataclass(frozen=True, slots=True)
class Drill:
    """`run` makes the fault on a scene. `models`: the site's names and the simulator's, for a size. `sabotage`: the
    builds on which it must fail."""

    name: str
    fault: str
    run: Callable[["Scene", Size], Awaitable[Outcome]]
    size: Size
    short: Size
    bars: tuple[Bar, ...]
    models: Callable[[Size], dict[str, str]]
    sabotage: tuple[str, ...] = ()
    proxied: frozenset[str] = frozenset()


PAUSE = "pause"
