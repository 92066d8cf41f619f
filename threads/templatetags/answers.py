"""Figures of an answer in words. Owns how numbers are written under an answer; reads nothing from the database."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django import template

from threads.models import Generation
from threads.queries import Turn

register = template.Library()


@dataclass(frozen=True, slots=True)
class Fact:
    """`text` is shown; `meaning` says what it is, for a pointer that rests on it."""

    text: str
    meaning: str


def money(usd: Decimal) -> str:
    """US dollars with three significant digits below a cent, else to the cent: $0.00123, $1.20."""
    if usd == 0:
        return "$0"
    if usd >= Decimal("0.01"):
        return f"${usd:.2f}"
    return f"${Decimal(f'{usd:.2e}'):f}"


def _model(_turn: Turn, generation: Generation) -> Fact | None:
    name = generation.model
    return Fact(name, f"The model that answered, at {generation.provider}") if name else None


def _tokens(_turn: Turn, generation: Generation) -> Fact | None:
    if generation.completion_tokens is None:
        return None
    about = "≈ " if generation.usage_estimated else ""
    source = "estimated" if generation.usage_estimated else "as the provider counted them"
    asked = f"{generation.prompt_tokens:,} tokens in, " if generation.prompt_tokens is not None else ""
    return Fact(
        f"{about}{generation.completion_tokens:,} tokens",
        f"{asked}{generation.completion_tokens:,} tokens out, {source}",
    )


def _cost(_turn: Turn, generation: Generation) -> Fact | None:
    return None if generation.cost_usd is None else Fact(money(generation.cost_usd), "What this answer cost")


def _first_token(turn: Turn, _generation: Generation) -> Fact | None:
    if turn.first_token_s is None:
        return None
    return Fact(f"{turn.first_token_s:.2f} s to first token", "From sending to the first token")


def _speed(turn: Turn, _generation: Generation) -> Fact | None:
    if turn.tokens_per_s is None:
        return None
    return Fact(f"{turn.tokens_per_s:,.0f} tokens/s", "While the answer was streaming")


_FACTS: tuple[Callable[[Turn, Generation], Fact | None], ...] = (_model, _tokens, _cost, _first_token, _speed)


@register.filter
def figures(turn: Turn) -> list[Fact]:
    """What is known of an answer, in the order in which it is shown; nothing for what was not measured."""
    if turn.generation is None:
        return []
    return [fact for make in _FACTS if (fact := make(turn, turn.generation)) is not None]
