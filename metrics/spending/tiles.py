"""What was spent in one glance, and where it went: each sum with what it is a part of. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from metrics.dashboard.words import count
from metrics.figures import Figures
from metrics.spending.words import KINDS, STATES, part, usd
from metrics.sums import of_kind, of_state


@dataclass(frozen=True, slots=True)
class Tile:
    """`tone` is bad where something is missing from what is shown."""

    label: str
    value: str
    note: str
    title: str
    tone: str = ""


def tiles(total: Figures) -> list[Tile]:
    tokens, spent, cost = total.tokens, total.spent, total.cost_usd
    wasted, besides = of_state(spent, *list(STATES)[1:]), of_kind(spent, *list(KINDS)[1:])
    calls = f"of {count(total.count)} call{'s' * (total.count != 1)}"
    unpriced = "not in the cost" if total.unpriced else "the cost is of all that told their use"
    return [
        Tile("Cost", usd(cost), calls, "Of all calls whose price is known"),
        Tile("Came to nothing", usd(wasted), _of_it(part(wasted, cost)), "Calls that failed, were lost or cut short"),
        Tile("Besides first calls", usd(besides), _of_it(part(besides, cost)), "Retries, fallbacks, hedges, takeovers"),
        Tile("Tokens read", count(tokens.prompt), _of_them(tokens.cached, "cached"), "Prompts, in all calls"),
        Tile(
            "Tokens written", count(tokens.completion), _of_them(tokens.reasoning, "reasoning"), "In all calls"
        ),
        Tile(
            "Use not told", count(tokens.unknown), f"{count(tokens.estimated)} more were estimated",
            "Calls that told nothing, and of which nothing came: what they cost nobody knows",
        ),
        Tile(
            "Without a price", count(total.unpriced), unpriced, "Calls that used tokens at no known price",
            "bad" if total.unpriced else "",
        ),
    ]  # fmt: skip


def _of_them(some: int | None, what: str) -> str:
    return f"{what}: nothing told" if some is None else f"{count(some)} of them {what}"


def _of_it(share: str) -> str:
    return f"{share} of the cost" if share else ""


@dataclass(frozen=True, slots=True)
class Split:
    """Kinds of calls by how they ended. `rows` and `foot` end with their sum."""

    heads: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]
    foot: Sequence[str]


def split(total: Figures) -> Split | None:
    """None where nothing was spent."""
    spent = total.spent
    if not total.cost_usd:
        return None
    kinds = [kind for kind in _known(KINDS, (kind for kind, _ in spent)) if of_kind(spent, kind)]
    states = [state for state in _known(STATES, (state for _, state in spent)) if of_state(spent, state)]
    rows = [
        (KINDS.get(kind, kind), [*(usd(spent.get((kind, state))) for state in states), usd(of_kind(spent, kind))])
        for kind in kinds
    ]
    heads = [*(STATES.get(state, state) for state in states), "Together"]
    return Split(heads, rows, [*(usd(of_state(spent, state)) for state in states), usd(total.cost_usd)])


def _known(words: Iterable[str], found: Iterable[str]) -> list[str]:
    """In the order of `words`, then what they do not know."""
    return [*words, *sorted(set(found) - set(words))]
