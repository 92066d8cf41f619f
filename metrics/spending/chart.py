"""What each day cost, as a table that the page's script draws. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import escape
from django.utils.safestring import SafeString

from metrics.costs import By, Costs, Day
from metrics.figures import Figures
from metrics.spending.words import usd
from metrics.sums import added

MOST_LINES = 5  # beside that of all others
Read = Callable[[Day], Decimal | None]
Line = tuple[str, Read]


@dataclass(frozen=True, slots=True)
class Chart:
    """As the dashboard's: `rows` is the table's body, `least` up to where the scale reaches at least."""

    key: str
    title: str
    meaning: str
    unit: str
    labels: Sequence[str]
    rows: SafeString
    measured: bool
    least: float


_NOTHING = Decimal(0)
_PRICED = "Of all calls whose price is known"


def chart(days: Sequence[Day], found: Costs) -> Chart:
    """A line for each of the dearest models or providers, where it is by these; else what came to nothing is shown
    within the whole."""
    lines, meaning = _plan(found)
    values = [[read(day) for _, read in lines] for day in days]
    # Days and numbers alone: nothing that anybody wrote.
    rows = "".join(
        f'<tr><th scope="row"><time datetime="{day.start:%Y-%m-%dT%H:%M:%SZ}">{day.start:%Y-%m-%d}</time></th>'
        f"{''.join(map(_cell, line))}</tr>"
        for day, line in zip(days, values, strict=True)
    )
    labels = [label for label, _ in lines]
    measured = found.total.cost_usd is not None
    return Chart("cost", "Cost per day", meaning, "usd", labels, SafeString(rows), measured, 0.0)


def _plan(found: Costs) -> tuple[list[Line], str]:
    if found.by not in ("model", "provider"):
        both: list[Line] = [("Cost", _whole), ("Came to nothing", _wasted)]
        return both, f"{_PRICED}; and what of it completed nothing."
    names = [line.key for line in found.lines if not line.rest and line.figures.cost_usd]
    lines: list[Line] = [(name, _of([name], found.by)) for name in names[:MOST_LINES]]
    if others := names[MOST_LINES:]:
        lines.append(("All others", _of(others, found.by)))
    return lines or [("Cost", _whole)], f"{_PRICED}."


def _whole(day: Day) -> Decimal | None:
    return _cost(day.calls)


def _wasted(day: Day) -> Decimal | None:
    return day.calls.wasted_usd if day.calls.count else _NOTHING


def _of(names: Sequence[str], by: By) -> Read:
    def read(day: Day) -> Decimal | None:
        figures = day.by_model if by == "model" else day.by_provider
        return _cost(added(figures[name] for name in names if name in figures))

    return read


def _cost(calls: Figures) -> Decimal | None:
    """Where nothing was called, nothing was spent; what was called at no known price is not known."""
    return calls.cost_usd if calls.count else _NOTHING


def _cell(value: Decimal | None) -> str:
    return "<td>–</td>" if value is None else f'<td data-value="{value:.8g}">{escape(usd(value))}</td>'
