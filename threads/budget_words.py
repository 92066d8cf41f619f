"""Budgets in words: what a person reads who nears one, or has reached it. Pure; decides nothing."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from threads.budgets import Standing


@dataclass(frozen=True, slots=True)
class Notice:
    """`key` names the state of this budget in this month: what was read once need not be read again."""

    key: str
    state: str
    text: str


def refusal(standing: Standing) -> str:
    """Why a question is not taken: whose budget, what is spent, when it starts anew, who can raise it."""
    return (
        f"{_used_up(standing)} Questions are taken again from {renews(standing)}, or when staff of this site raise it."
    )


def notice(standing: Standing) -> Notice | None:
    """What a person should know of it; None as long as there is nothing."""
    if standing.state == "ok":
        return None
    month = standing.renews_at.strftime("%Y-%m")
    return Notice(f"{standing.budget.pk}.{month}.{standing.state}", standing.state, _text(standing))


def renews(standing: Standing) -> str:
    return f"{standing.renews_at.day} {standing.renews_at:%B} (UTC)"


def _text(standing: Standing) -> str:
    if standing.state == "reached":
        if standing.budget.hard:
            return refusal(standing)
        return f"{_used_up(standing)} It starts anew on {renews(standing)}. You can go on asking."
    spent, amount = _usd(standing.spent_usd), _usd(standing.budget.amount_usd)
    used = f"{int(standing.share * 100)} % of {_whose(standing)} is spent: {spent} of {amount}."
    if standing.budget.hard:
        return f"{used} Beyond that, no questions are taken until {renews(standing)}."
    return f"{used} It starts anew on {renews(standing)}."


def _used_up(standing: Standing) -> str:
    spent, amount = _usd(standing.spent_usd), _usd(standing.budget.amount_usd)
    whose = _whose(standing)
    return f"{whose[0].upper()}{whose[1:]} is used up: {spent} of {amount} is spent."


def _whose(standing: Standing) -> str:
    organization = standing.budget.organization
    return "your budget for this month" if organization is None else f"the budget of “{organization}” for this month"


def _usd(amount: Decimal) -> str:
    """Never more than it is."""
    return f"${amount.quantize(Decimal('0.01'), ROUND_DOWN):,}"
