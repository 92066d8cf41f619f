"""The figures of a range in one glance, each compared with the period before. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from metrics.dashboard import words
from metrics.dashboard.words import Delta, Say, compared, points
from metrics.figures import Figures


@dataclass(frozen=True, slots=True)
class Tile:
    label: str
    value: str
    delta: Delta
    title: str  # what it is


Number = float | Decimal | None
Read = Callable[[Figures], Number]


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a figure is told and compared: `more`, `less` and which of the two is worse."""

    say: Say
    more: str = "more"
    less: str = "fewer"
    worse: str = ""


_TIME = _Kind(words.seconds, "slower", "faster", "slower")
_COUNT = _Kind(words.count)
_WAIT = _Kind(words.seconds, "longer", "shorter")
_COST = _Kind(words.usd, "more", "less")
_SPEED = _Kind(words.rate, "faster", "slower", "slower")


_TILES: tuple[tuple[str, str, _Kind, Read], ...] = (
    ("Answers", "That ended in this range, however they did", _COUNT, lambda of: of.count),
    ("First token, p50", "From asking to the first word on the page", _TIME, lambda of: of.ttft.p50),
    (
        "Whole answer, p95",
        "From asking to the end, of completed answers",
        _TIME,
        lambda of: of.latency.p95,
    ),
    ("Tokens a second, p50", "Of one answer, while it streams", _SPEED, lambda of: of.speed.p50),
    ("Waiting in line, p95", "From asking to the first call", _WAIT, lambda of: of.queue.p95),
    ("Stops", "Answers that a person stopped", _COUNT, lambda of: of.cancelled),
    ("Retries", "Calls of the same deployment again", _COUNT, lambda of: of.retries),
    ("Fallbacks", "Calls of the next deployment instead", _COUNT, lambda of: of.fallbacks),
    ("Hedges won", "Second calls that were quicker", _COUNT, lambda of: of.hedges_won),
    ("Takeovers", "Answers that another worker went on with", _COUNT, lambda of: of.takeovers),
    ("Tokens written", "By models, in all calls", _COUNT, lambda of: of.tokens.completion),
    ("Cost", "Of all calls whose price is known", _COST, lambda of: of.cost_usd),
)


def tiles(now: Figures, before: Figures) -> list[Tile]:
    found = [_tile(label, title, kind, read(now), read(before)) for label, title, kind, read in _TILES]
    failed = points(now.error_rate, before.error_rate)
    rate = words.share(now.error_rate)
    return [found[0], Tile("Failed answers", rate, failed, "Of all answers that ended"), *found[1:]]


def _tile(label: str, title: str, kind: _Kind, now: Number, before: Number) -> Tile:
    a, b = None if now is None else float(now), None if before is None else float(before)
    return Tile(label, kind.say(a), compared(a, b, kind.say, kind.more, kind.less, kind.worse), title)
