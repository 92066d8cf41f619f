"""`/api/metrics/costs`: its JSON, and the same as comma-separated values. US dollars; null where nothing is known."""

import csv
import io
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from ninja import Schema
from pydantic import Field

from metrics.api.export import harmless
from metrics.costs import Costs, Line
from metrics.figures import Figures
from metrics.forecast import Forecast
from metrics.sums import KINDS, STATES, of_kind, of_state


class UsedOut(Schema):
    """`completion` includes `reasoning`, `prompt` includes `cached`. The last three count calls."""

    prompt: int | None
    cached: int | None
    completion: int | None
    reasoning: int | None
    reported: int
    estimated: int
    unknown: int


class SpentOut(Schema):
    """What calls of one kind cost that ended in one way."""

    kind: str
    state: str
    cost_usd: float


class SumOut(Schema):
    """Of calls. `unpriced` are those that used tokens at no known price: in no sum."""

    calls: int
    cost_usd: float | None
    wasted_usd: float | None
    unpriced: int
    tokens: UsedOut
    spent: list[SpentOut]

    @classmethod
    def parts(cls, figures: Figures) -> dict[str, Any]:
        tokens = figures.tokens
        cost, wasted = figures.cost_usd, figures.wasted_usd
        return {
            "calls": figures.count,
            "cost_usd": None if cost is None else float(cost),
            "wasted_usd": None if wasted is None else float(wasted),
            "unpriced": figures.unpriced,
            "tokens": UsedOut(**{name: getattr(tokens, name) for name in UsedOut.model_fields}),
            "spent": [
                SpentOut(kind=kind, state=state, cost_usd=float(usd))
                for (kind, state), usd in sorted(figures.spent.items())
            ],
        }


class LineOut(SumOut):
    """`key` is null where `rest` says what this is the sum of. `user` and `title` are a chat's; the title, which is a
    word of the conversation, is told to its owner alone."""

    key: str | None
    rest: str | None
    user: str | None
    title: str | None

    @classmethod
    def of(cls, line: Line, reader: int) -> Self:
        return cls(
            key=line.key or None,
            rest=line.rest or None,
            user=line.email or None,
            title=line.title if line.owner == reader else None,
            **cls.parts(line.figures),
        )


class MonthOut(Schema):
    """The calendar month (UTC): what was spent, and the forecast for its end. `way`: of working days and weekends
    (`weekdays`), or of all days together (`average`), by so many full `days`; `none` where they were too few."""

    start: datetime = Field(serialization_alias="from")
    end: datetime = Field(serialization_alias="to")
    spent_usd: float | None
    forecast_usd: float | None
    way: str
    days: int

    @classmethod
    def of(cls, found: Forecast) -> Self:
        spent, total = found.spent_usd, found.total_usd
        return cls(
            start=found.start,
            end=found.end,
            spent_usd=None if spent is None else float(spent),
            forecast_usd=None if total is None else float(total),
            way=found.way,
            days=found.days,
        )


class SpanOut(Schema):
    start: datetime = Field(serialization_alias="from")
    end: datetime = Field(serialization_alias="to")


class CostsOut(Schema):
    by: str
    window: SpanOut
    total: SumOut
    items: list[LineOut]
    month: MonthOut

    @classmethod
    def of(cls, found: Costs, month: Forecast, reader: int) -> Self:
        return cls(
            by=found.by,
            window=SpanOut(start=found.window.start, end=found.window.end),
            total=SumOut(**SumOut.parts(found.total)),
            items=[LineOut.of(line, reader) for line in found.lines],
            month=MonthOut.of(month),
        )


_COLUMNS = (
    *("calls", "cost_usd", "unpriced_calls", "prompt_tokens", "cached_tokens", "completion_tokens"),
    *("reasoning_tokens", "estimated_calls", "unknown_calls"),
    *(f"{name}_usd" for name in (*KINDS, *STATES)),
)


def table(found: Costs, reader: int) -> str:
    """A line each, and no sum. Costs of all kinds add up to the cost, and so do those of all ends."""
    heads = [found.by, *(("user", "title") if found.by == "thread" else ())]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*heads, *_COLUMNS])
    for line in found.lines:
        keys = [line.key or f"({line.rest})", line.email, line.title if line.owner == reader else ""][: len(heads)]
        writer.writerow([*map(harmless, keys), *_values(line.figures)])
    return text.getvalue()


def _usd(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def _values(figures: Figures) -> list[object]:
    tokens, spent = figures.tokens, figures.spent
    return [
        figures.count, _usd(figures.cost_usd), figures.unpriced, tokens.prompt, tokens.cached, tokens.completion,
        tokens.reasoning, tokens.estimated, tokens.unknown,
        *(_usd(of_kind(spent, kind)) for kind in KINDS), *(_usd(of_state(spent, state)) for state in STATES),
    ]  # fmt: skip
