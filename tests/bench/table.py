"""What was measured, and how it is told: one table, with the machine it was measured on. Pure, but for the machine."""

import os
import platform
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from metrics.percentiles import nearest_rank

_WIDTHS = (58, 44, 18)


@dataclass(frozen=True, slots=True)
class Measure:
    """`met` None: there is no target, the value is told for what it is worth."""

    name: str
    value: str
    target: str = ""
    met: bool | None = None


def at_most(name: str, value: float | None, limit: float, unit: str, *, told: str = "", digits: int = 0) -> Measure:
    """A measure with an upper bound. No value is a bound not met. `told` replaces how the value reads."""
    shown = "nothing measured" if value is None else f"{value:,.{digits}f} {unit}"
    return Measure(name, told or shown, f"at most {limit:,g} {unit}", value is not None and value <= limit)


def all_of(name: str, good: int, whole: int) -> Measure:
    return Measure(name, f"{good:,} of {whole:,}", "all", good == whole)


def spread(values: Iterable[float], unit: str, *, scale: float = 1.0, digits: int = 0) -> str:
    """`values` times `scale` as "p50 … · p95 … · p99 … · max …"."""
    ordered = sorted(value * scale for value in values)
    if not ordered:
        return "nothing measured"
    told = [f"p{percent} {nearest_rank(ordered, percent):,.{digits}f}" for percent in (50, 95, 99)]
    return f"{' · '.join(told)} · max {ordered[-1]:,.{digits}f} {unit}"


def percentile(values: Iterable[float], percent: int, *, scale: float = 1.0) -> float | None:
    return nearest_rank(sorted(value * scale for value in values), percent)


def machine() -> str:
    cores, memory = os.cpu_count() or 1, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{_processor()}, {cores} core{'s' if cores > 1 else ''}, {memory:.0f} GiB, {platform.system()} "
        f"{platform.release().partition('-')[0]}, Python {platform.python_version()}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names and names[0] else platform.machine()


def show(title: str, measures: Sequence[Measure]) -> None:
    print(f"\n{title}")
    for measure in measures:
        mark = {True: "ok", False: "MISSED", None: ""}[measure.met]
        cells = (measure.name, measure.value, measure.target)
        print("  " + " ".join(cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True)) + " " + mark)
    sys.stdout.flush()
