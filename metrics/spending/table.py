"""The table of a page of costs: its lines in the order that was asked for, its last one their sum. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from metrics.costs import By, Costs, Line
from metrics.dashboard.words import count
from metrics.figures import Figures
from metrics.spending.asked import Asked
from metrics.spending.lines import Named, Told, named
from metrics.spending.words import NAMES, part, usd
from metrics.sums import of_kind, of_state

Number = Decimal | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """`address` asks for its order; `sorted`: ascending, descending or none."""

    label: str
    address: str
    sorted: str
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    key: str
    named: Named
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    foot: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Figure:
    key: str
    label: str
    say: Callable[..., str]
    read: Callable[[Figures], Number]
    title: str = ""
    always: bool = False  # a column also where there is nothing in it


def _kind(kind: str, label: str, title: str) -> _Figure:
    return _Figure(kind, label, usd, lambda of: of_kind(of.spent, kind), title)


_FIGURES = (
    _Figure("cost", "Cost", usd, lambda of: of.cost_usd, always=True),
    _Figure("calls", "Calls", count, lambda of: of.count, always=True),
    _Figure("prompt", "Tokens read", count, lambda of: of.tokens.prompt, always=True),
    _Figure("cached", "Cached", count, lambda of: of.tokens.cached, "Part of the tokens read"),
    _Figure("completion", "Tokens written", count, lambda of: of.tokens.completion, always=True),
    _Figure("reasoning", "Reasoning", count, lambda of: of.tokens.reasoning, "Part of the tokens written"),
    _kind("retry", "Retries", "Part of the cost: the same deployment again"),
    _kind("fallback", "Fallbacks", "Part of the cost: the next deployment instead"),
    _kind("hedge", "Hedges", "Part of the cost: a second deployment besides"),
    _kind("takeover", "Takeovers", "Part of the cost: by another worker, after the first one died"),
    _Figure(
        "cut", "Cut short", usd, lambda of: of_state(of.spent, "cancelled"),
        "Part of the cost: stopped by a person, or not needed since another call was quicker",
    ),
    _Figure(
        "failed", "Failed, lost", usd, lambda of: of_state(of.spent, "failed", "lost"),
        "Part of the cost: broke off, or their process died",
    ),
    _Figure("unpriced", "No price", count, lambda of: of.unpriced, "Calls that used tokens at no known price"),
)  # fmt: skip
_BY_KEY = {figure.key: figure for figure in _FIGURES}


def table(found: Costs, asked: Asked, reader: Any, told: Told) -> Table:
    """`reader`: whose own page it is, by id; None for staff's."""
    usual = "-name" if found.by == "day" else "-cost"
    order = asked.order if asked.order.removeprefix("-") in {"name", *_BY_KEY} else usual
    figures = [one for one in _FIGURES if one.always or one.read(found.total) or order.removeprefix("-") == one.key]
    lines = [(line, named(line, found.by, asked, reader, told)) for line in found.lines]
    rows = [
        Row(line.rest or line.key, name, _cells(line.figures, figures, found.total))
        for line, name in _sorted(lines, order)
    ]
    title = f"By {NAMES[found.by].lower()}"
    return Table(title, _columns(found.by, order, asked, figures), rows, _cells(found.total, figures, None))


def _sorted(lines: Iterable[tuple[Line, Named]], order: str) -> list[tuple[Line, Named]]:
    """What is not known comes behind, and the rest last, whichever way."""
    key, falling = order.removeprefix("-"), order.startswith("-")
    by_name = sorted(lines, key=lambda one: (one[1].detail, one[1].name) if one[1].foreign else (one[1].name, ""))
    listed, rest = [one for one in by_name if not one[0].rest], [one for one in by_name if one[0].rest]
    if key == "name":
        return [*(listed[::-1] if falling else listed), *rest]
    read = _BY_KEY[key].read
    known = [(value, one) for one in listed if (value := read(one[0].figures)) is not None]
    known.sort(key=lambda one: -one[0] if falling else one[0])
    return [*(one for _, one in known), *(one for one in listed if read(one[0].figures) is None), *rest]


def _columns(by: By, order: str, asked: Asked, figures: Sequence[_Figure]) -> list[Column]:
    heads = (("name", NAMES[by], ""), *((one.key, one.label, one.title) for one in figures))
    return [_column(key, label, title, order, asked) for key, label, title in heads]


def _column(key: str, label: str, title: str, order: str, asked: Asked) -> Column:
    """The first click on a figure puts the largest first, on the name the first; another one turns it round."""
    first, second = (key, f"-{key}") if key == "name" else (f"-{key}", key)
    directions = {key: "ascending", f"-{key}": "descending"}
    chosen = second if order == first else first
    return Column(label, asked.address(order=chosen), directions.get(order, "none"), title)


def _cells(of: Figures, figures: Sequence[_Figure], whole: Figures | None) -> list[str]:
    """The first is the cost, with its share of the whole, where this is a part."""
    cells = [one.say(one.read(of)) for one in figures]
    share = part(of.cost_usd, whole.cost_usd) if whole is not None else ""
    return [f"{cells[0]} · {share}" if share else cells[0], *cells[1:]]
