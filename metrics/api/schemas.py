"""The JSON of figures. Seconds and US dollars; null, never 0, where nothing was measured."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from ninja import Schema
from pydantic import Field

from metrics.figures import ErrorLine, Figures, Performance, Point, Spread, Verdict
from threads.api.schemas import Moment


class PercentilesOut(Schema):
    p50: float | None
    p95: float | None
    p99: float | None

    @classmethod
    def of(cls, spread: Spread, **more: Any) -> Self:
        return cls(p50=spread.p50, p95=spread.p95, p99=spread.p99, **more)


class CancelOut(PercentilesOut):
    count: int


class MedianOut(Schema):
    p50: float | None


class ErrorsOut(Schema):
    rate: float | None
    count: int
    by_type: dict[str, int]


class TokensOut(Schema):
    prompt: int | None
    completion: int | None
    total: int | None


class FiguresOut(Schema):
    """Of answers, or of the calls to one provider or model."""

    ttft: PercentilesOut
    latency: PercentilesOut
    cancel: CancelOut
    errors: ErrorsOut
    retries: int
    fallbacks: int
    hedges: int
    tokens: TokensOut
    cost_usd: float | None
    tokens_per_second: MedianOut


def parts_of(figures: Figures) -> dict[str, Any]:
    """The fields of a `FiguresOut`."""
    tokens = figures.tokens
    return {
        "ttft": PercentilesOut.of(figures.ttft),
        "latency": PercentilesOut.of(figures.latency),
        "cancel": CancelOut.of(figures.cancel, count=figures.cancelled),
        "errors": ErrorsOut(rate=figures.error_rate, count=figures.failed, by_type=dict(figures.errors)),
        "retries": figures.retries,
        "fallbacks": figures.fallbacks,
        "hedges": figures.hedges,
        "tokens": TokensOut(prompt=tokens.prompt, completion=tokens.completion, total=tokens.total),
        "cost_usd": None if figures.cost_usd is None else float(figures.cost_usd),
        "tokens_per_second": MedianOut(p50=figures.speed.p50),
    }


def _by_name(figures: Mapping[str, Figures]) -> dict[str, FiguresOut]:
    return {name: FiguresOut(**parts_of(one)) for name, one in figures.items()}


class WindowOut(Schema):
    """`last_n` is null where from and to were given."""

    last_n: int | None
    count: int
    start: Moment | None = Field(serialization_alias="from")
    end: Moment | None = Field(serialization_alias="to")


class VerdictOut(Schema):
    target: float
    actual: float | None
    passing: bool

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        return cls(target=verdict.target, actual=verdict.actual, passing=verdict.passing)


class ComplianceOut(Schema):
    ttft_p95: VerdictOut
    latency_p95: VerdictOut
    latency_p50: VerdictOut
    error_rate: VerdictOut
    cancel_p95: VerdictOut
    overall_passing: bool


class PerformanceOut(FiguresOut):
    window: WindowOut
    by_provider: dict[str, FiguresOut]
    by_model: dict[str, FiguresOut]
    phase1_compliance: ComplianceOut

    @classmethod
    def of(cls, found: Performance) -> Self:
        verdicts = {name: VerdictOut.of(verdict) for name, verdict in found.verdicts.items()}
        return cls(
            window=WindowOut(last_n=found.asked, count=found.answers.count, start=found.start, end=found.end),
            **parts_of(found.answers),
            by_provider=_by_name(found.by_provider),
            by_model=_by_name(found.by_model),
            phase1_compliance=ComplianceOut(**verdicts, overall_passing=found.passing),
        )


class CountedOut(FiguresOut):
    """`count` is of those that ended in the bucket."""

    count: int
    completed: int
    hedges_won: int
    takeovers: int
    queue: PercentilesOut
    connect: PercentilesOut
    tpot: PercentilesOut
    gap: PercentilesOut
    wasted_usd: float | None

    @classmethod
    def from_figures(cls, figures: Figures) -> Self:
        parts, wasted = parts_of(figures), figures.wasted_usd
        parts |= {name: getattr(figures, name) for name in ("count", "completed", "hedges_won", "takeovers")}
        parts |= {name: PercentilesOut.of(getattr(figures, name)) for name in ("queue", "connect", "tpot", "gap")}
        return cls(**parts, wasted_usd=None if wasted is None else float(wasted))


class PointOut(Schema):
    start: datetime
    answers: CountedOut
    calls: CountedOut

    @classmethod
    def of(cls, point: Point) -> Self:
        answers, calls = CountedOut.from_figures(point.answers), CountedOut.from_figures(point.calls)
        return cls(start=point.start, answers=answers, calls=calls)


class SeriesOut(Schema):
    """`bucket_s`: seconds of each point. `exact`: false where percentiles come from histograms, within 4 %."""

    bucket_s: int
    exact: bool
    points: list[PointOut]


class ErrorOut(Schema):
    """`message` and `request_id` are the latest one's; the words may name machines inside, and are for staff."""

    provider: str
    model: str
    type: str
    http_status: int | None
    count: int
    last_at: datetime
    message: str | None
    request_id: UUID

    @classmethod
    def of(cls, line: ErrorLine, *, staff: bool) -> Self:
        return cls(
            provider=line.provider,
            model=line.model,
            type=line.kind,
            http_status=line.status,
            count=line.count,
            last_at=line.last_at,
            message=line.message if staff else None,
            request_id=line.generation,
        )


class TopErrorsOut(Schema):
    items: list[ErrorOut]
