"""What calls cost and used, added up and taken apart: by the kind of a call, and by how it ended. Pure.

Of the figures here only `count`, `tokens`, `cost_usd`, `unpriced` and `spent` are kept: the others cannot be added.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TypeVar

from metrics.figures import Figures, Tokens

KINDS = ("first", "retry", "fallback", "hedge", "takeover")
STATES = ("completed", "cancelled", "failed", "lost")
N = TypeVar("N", int, Decimal)
Spent = Mapping[tuple[str, str], Decimal]


def added(several: Iterable[Figures]) -> Figures:
    """All of them together; None where none of them knew anything."""
    figures = list(several)
    tokens = [one.tokens for one in figures]
    spent: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for one in figures:
        for where, usd in one.spent.items():
            spent[where] += usd
    return Figures(
        count=sum(one.count for one in figures),
        tokens=Tokens(
            prompt=_sum(one.prompt for one in tokens),
            completion=_sum(one.completion for one in tokens),
            reasoning=_sum(one.reasoning for one in tokens),
            cached=_sum(one.cached for one in tokens),
            reported=sum(one.reported for one in tokens),
            estimated=sum(one.estimated for one in tokens),
            unknown=sum(one.unknown for one in tokens),
        ),
        cost_usd=sum(spent.values(), Decimal(0)) if spent else None,
        unpriced=sum(one.unpriced for one in figures),
        spent=dict(spent),
    )


def left(whole: Figures, parts: Figures) -> Figures | None:
    """What `parts` do not account for; None where that is not a single call."""
    if whole.count <= parts.count:
        return None
    mine, theirs = whole.tokens, parts.tokens
    spent = {
        where: rest for where, usd in whole.spent.items() if (rest := usd - parts.spent.get(where, Decimal(0))) > 0
    }
    return Figures(
        count=whole.count - parts.count,
        tokens=Tokens(
            prompt=_difference(mine.prompt, theirs.prompt),
            completion=_difference(mine.completion, theirs.completion),
            reasoning=_difference(mine.reasoning, theirs.reasoning),
            cached=_difference(mine.cached, theirs.cached),
            reported=max(0, mine.reported - theirs.reported),
            estimated=max(0, mine.estimated - theirs.estimated),
            unknown=max(0, mine.unknown - theirs.unknown),
        ),
        cost_usd=sum(spent.values(), Decimal(0)) if spent else None,
        unpriced=max(0, whole.unpriced - parts.unpriced),
        spent=spent,
    )


def of_kind(spent: Spent, *kinds: str) -> Decimal | None:
    """What calls of these kinds cost, however they ended; None where there was none with a price."""
    return _sum(usd for (kind, _), usd in spent.items() if kind in kinds)


def of_state(spent: Spent, *states: str) -> Decimal | None:
    """What calls cost that ended so, of whatever kind; None where there was none with a price."""
    return _sum(usd for (_, state), usd in spent.items() if state in states)


def _sum(numbers: Iterable[N | None]) -> N | None:
    known = [number for number in numbers if number is not None]
    return sum(known[1:], known[0]) if known else None


def _difference(whole: int | None, part: int | None) -> int | None:
    return None if whole is None else max(0, whole - (part or 0)) or None
