"""Lines small enough to stand in a table's cell, as the path of an SVG. What was not measured leaves a gap. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.dashboard.words import Say

WIDTH, HEIGHT, EDGE = 100, 24, 2


@dataclass(frozen=True, slots=True)
class Spark:
    """`path` is "" where nothing was measured; `text` tells the same to those who cannot see it."""

    path: str
    text: str


def spark(values: Sequence[float | None], say: Say) -> Spark:
    measured = [value for value in values if value is not None]
    if not measured:
        return Spark("", "nothing measured")
    low, high = min(0.0, *measured), max(measured)
    steps, scale = max(len(values) - 1, 1), (HEIGHT - 2 * EDGE) / ((high - low) or 1)
    path, drawing = [], False
    for at, value in enumerate(values):
        if value is None:
            drawing = False
            continue
        x, y = at * WIDTH / steps, HEIGHT - EDGE - (value - low) * scale
        # A point by itself becomes a dot: a line of no length with round ends.
        path.append(f"{'L' if drawing else 'M'}{x:.1f} {y:.1f}{'' if drawing else 'h0'}")
        drawing = True
    return Spark(" ".join(path), f"from {say(min(measured))} to {say(max(measured))}, last {say(measured[-1])}")
