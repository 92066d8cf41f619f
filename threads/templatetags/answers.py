"""Figures of an answer in words, the calls it took, why its model was chosen. Owns how they are written under an
answer; reads nothing from the database."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django import template

from threads import statuses
from threads.models import Attempt, Generation
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


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call to a provider as it is listed: `outcome` in a few words, `detail` in whole sentences or "", `took` in
    seconds or "" where that is not known."""

    number: int
    provider: str
    model: str
    kind: str
    outcome: str
    detail: str
    took: str


_KINDS = {
    "first": "first",
    "retry": "asked again",
    "fallback": "asked instead",
    "hedge": "asked besides",
    "takeover": "after an interruption",
}


@register.filter
def calls(turn: Turn) -> list[CallLine]:
    """The calls that an answer took, where it was more than one."""
    return [_call(row, turn.generation) for row in turn.attempts] if len(turn.attempts) > 1 else []


def _call(row: Attempt, generation: Generation | None) -> CallLine:
    took = (row.finished_at - row.sent_at).total_seconds() if row.finished_at is not None else None
    return CallLine(
        number=row.number,
        provider=row.provider,
        model=row.model,
        kind=_KINDS.get(row.kind, row.kind),
        outcome=_outcome(row, generation),
        detail=row.error_message,
        took="" if took is None else f"{took:.1f} s",
    )


def _outcome(row: Attempt, generation: Generation | None) -> str:
    if row.state == Attempt.State.COMPLETED:
        return "Answered" if row.streaming else "Answered, without streaming"
    if row.state == Attempt.State.CANCELLED:
        stopped = generation is not None and generation.state == Generation.State.CANCELLED
        return "Stopped" if stopped else "Not needed"
    return statuses.reason(row.error_kind)


@dataclass(frozen=True, slots=True)
class ModelLine:
    """A model that was considered. `detail` says why it was passed over, or is ""; `cost` is "" where unknown."""

    model: str
    reason: str
    detail: str
    cost: str


@dataclass(frozen=True, slots=True)
class Why:
    """How the choice went that was left to the site. `answered`: the model that did so in place of the chosen one."""

    chosen: str
    answered: str
    lines: list[ModelLine]


@register.filter
def why(turn: Turn) -> Why | None:
    """None where somebody asked for the model by name."""
    kept = turn.generation.choice if turn.generation is not None else None
    if turn.generation is None or not kept:
        return None
    lines = [_model_line(one) for one in kept]
    answered, chosen = turn.generation.model, lines[0].model
    return Why(chosen, answered if answered != chosen else "", lines)


def _model_line(one: dict[str, str]) -> ModelLine:
    cost = f"≈ {money(Decimal(one['cost_usd']))}" if "cost_usd" in one else ""
    return ModelLine(one["model"], one["reason"], one.get("passed_over", ""), cost)
