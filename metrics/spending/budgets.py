"""Budgets in words, as they stand this month. Pure; who may know of them is the board's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from metrics.spending.words import usd
from threads.budgets import Standing

_WORDS = {"ok": "Within the budget", "warned": "Nearly spent", "reached": "Spent"}


@dataclass(frozen=True, slots=True)
class Purse:
    """`share` is shown up to 1 as a bar, and in words beyond; `state`: ok, warned or reached."""

    key: str
    who: str
    spent: str
    amount: str
    share: float
    percent: str
    state: str
    words: str
    renews: str


def purses(standings: Iterable[Standing], *, reader: Any = None) -> list[Purse]:
    """The fullest first. `reader`: the person whose page it is, who is told so; None for staff's."""
    ordered = sorted(standings, key=lambda one: (-one.share, str(_of(one))))
    return [_purse(one, reader) for one in ordered]


def by_whom(standings: Iterable[Standing]) -> Mapping[tuple[str, Any], str]:
    """What is said of a person's or an organisation's budget beside their name, by kind and id."""
    told = {}
    for one in standings:
        kind, pk = ("user", one.budget.user_id) if one.budget.user_id else ("organization", one.budget.organization_id)
        told[kind, pk] = f"{one.share:.0%} of {usd(one.budget.amount_usd)} this month"
    return told


def _purse(one: Standing, reader: Any) -> Purse:
    follows = "when it is spent, questions are refused" if one.budget.hard else "when it is spent, people are warned"
    return Purse(
        key=f"budget-{one.budget.pk}",
        who="You" if reader is not None and one.budget.user_id == reader else str(_of(one)),
        spent=usd(one.spent_usd),
        amount=usd(one.budget.amount_usd),
        share=min(one.share, 1.0),
        percent=f"{one.share:.0%}",
        state=one.state,
        words=f"{_WORDS[one.state]}; {follows}" if one.state != "reached" else _reached(one),
        renews=f"{one.renews_at:%Y-%m-%d}",
    )


def _reached(one: Standing) -> str:
    return "Spent: questions are refused until it renews" if one.budget.hard else "Spent; questions are still taken"


def _of(one: Standing) -> object:
    return one.budget.user if one.budget.user_id else one.budget.organization
