"""The values that queries return. Frozen, pure; None where nothing was measured, never 0. Times are seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Filters:
    """Ids and names; None or "" for all."""

    user: Any = None
    organization: Any = None
    provider: str = ""
    model: str = ""

    def fits(self, provider: str, model: str) -> bool:
        return self.provider in ("", provider) and self.model in ("", model)


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` up to, but without, `end`."""

    start: datetime
    end: datetime

    @classmethod
    def last(cls, length: timedelta) -> "Window":
        now = datetime.now(UTC)
        return cls(now - length, now)

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def before(self) -> "Window":
        """The period of the same length that ends where this one begins."""
        return Window(self.start - self.length, self.start)


@dataclass(frozen=True, slots=True)
class Spread:
    """Percentiles by nearest rank, over `count` measured values."""

    count: int = 0
    mean: float | None = None
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """None where no call told or showed anything. `completion` includes `reasoning`, `prompt` includes `cached`.

    The last three count calls: whose usage the provider reported, was estimated, is unknown.
    """

    prompt: int | None = None
    completion: int | None = None
    reasoning: int | None = None
    cached: int | None = None
    reported: int = 0
    estimated: int = 0
    unknown: int = 0

    @property
    def total(self) -> int | None:
        return None if self.prompt is None or self.completion is None else self.prompt + self.completion


NONE = Spread()


@dataclass(frozen=True, slots=True)
class Figures:
    """Of answers (generations) or of calls (attempts); docs/metrics.md says what each of them is."""

    count: int = 0
    completed: int = 0
    cancelled: int = 0
    failed: int = 0
    errors: Mapping[str, int] = field(default_factory=dict)  # kind -> number, the most frequent first
    statuses: Mapping[str, int] = field(default_factory=dict)  # HTTP status -> number of calls
    ttft: Spread = NONE
    latency: Spread = NONE
    cancel: Spread = NONE
    queue: Spread = NONE
    connect: Spread = NONE
    tpot: Spread = NONE
    gap: Spread = NONE
    speed: Spread = NONE  # tokens per second
    retries: int = 0
    fallbacks: int = 0
    hedges: int = 0
    hedges_won: int = 0
    takeovers: int = 0
    tokens: Tokens = field(default_factory=Tokens)
    cost_usd: Decimal | None = None
    unpriced: int = 0  # calls that used tokens at no known price: not in cost_usd
    spent: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)  # (kind, state) of a call -> USD

    @property
    def error_rate(self) -> float | None:
        return self.failed / self.count if self.count else None

    @property
    def wasted_usd(self) -> Decimal | None:
        """What calls cost that did not complete an answer: failed, cancelled, hedges that lost."""
        lost = [usd for (_, state), usd in self.spent.items() if state != "completed"]
        return None if self.cost_usd is None else sum(lost, Decimal(0))


@dataclass(frozen=True, slots=True)
class Verdict:
    target: float
    actual: float | None
    passing: bool


@dataclass(frozen=True, slots=True)
class Performance:
    """`asked` is the number of answers that was asked for, None where it was a window. `verdicts` by target's name."""

    asked: int | None
    start: datetime | None
    end: datetime | None
    answers: Figures
    by_provider: Mapping[str, Figures]
    by_model: Mapping[str, Figures]
    verdicts: Mapping[str, Verdict]

    @property
    def passing(self) -> bool:
        return all(verdict.passing for verdict in self.verdicts.values())


@dataclass(frozen=True, slots=True)
class Totals:
    answers: Figures
    calls: Figures
    by_provider: Mapping[str, Figures]  # of calls, as the next two
    by_model: Mapping[str, Figures]
    by_deployment: Mapping[tuple[str, str], Figures]  # (provider, model)


@dataclass(frozen=True, slots=True)
class Point:
    start: datetime
    answers: Figures
    calls: Figures


@dataclass(frozen=True, slots=True)
class Series:
    """Points without a gap, the first one first; `bucket` is the seconds of each. `exact`: from rows alone."""

    bucket: int
    exact: bool
    points: tuple[Point, ...]
    by_provider: Mapping[str, tuple[Figures, ...]]  # of calls, point by point (`overview`: fewer), no spread but `ttft`
    by_model: Mapping[str, tuple[Figures, ...]]


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """`message` and `generation` are those of the latest such call."""

    provider: str
    model: str
    kind: str
    status: int | None
    count: int
    last_at: datetime
    message: str
    generation: Any


@dataclass(frozen=True, slots=True)
class Present:
    """`oldest_queued_s`: how long the first of those in the queue has been waiting."""

    running: int
    queued: int
    oldest_queued_s: float | None


@dataclass(frozen=True, slots=True)
class Headline:
    """`problems` are sentences; `answers` those of the last `MINUTES`."""

    status: str  # ok, degraded
    problems: tuple[str, ...]
    answers: Figures
    present: Present
    resting: int  # deployments that are not called for a moment
    at: datetime
