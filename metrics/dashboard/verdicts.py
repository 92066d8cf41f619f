"""Whether the targets are met, and which deployment is the worst in each. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from metrics.dashboard import words
from metrics.dashboard.words import Say
from metrics.figures import Figures, Spread, Verdict

LEAST = 5  # calls, below which nobody is named


@dataclass(frozen=True, slots=True)
class Target:
    name: str
    label: str
    limit: Callable[[float], str]  # how the target is written
    say: Say
    worst: str  # what the worst is called
    figure: Callable[[Figures], float | None]
    measured: Callable[[Figures], int]


def _at_most(seconds: float) -> str:
    return f"at most {seconds:g} s"


def _less(seconds: float) -> str:
    return f"less than {seconds:g} s"


def _spread(
    name: str, label: str, limit: Callable[[float], str], of: Callable[[Figures], Spread], percent: str
) -> Target:
    return Target(
        name, label, limit, words.seconds, "Slowest",
        lambda figures: getattr(of(figures), percent),
        lambda figures: of(figures).count,
    )  # fmt: skip


TARGETS = (
    _spread("ttft_p95", "First token, p95", _at_most, lambda figures: figures.ttft, "p95"),
    _spread("latency_p95", "Whole answer, p95", _at_most, lambda figures: figures.latency, "p95"),
    _spread("latency_p50", "Whole answer, p50", _at_most, lambda figures: figures.latency, "p50"),
    Target(
        "error_rate", "Failed answers", lambda share: f"less than {share * 100:g}%", words.share, "Most failed calls",
        lambda figures: figures.error_rate or None, lambda figures: figures.count,
    ),
    _spread("cancel_p95", "Stopping, p95", _less, lambda figures: figures.cancel, "p95"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """`state`: met, missed or unknown. `offender` names the worst deployment, or is ""."""

    name: str
    label: str
    state: str
    word: str
    actual: str
    target: str
    offender: str


def told(verdicts: Mapping[str, Verdict], deployments: Mapping[tuple[str, str], Figures]) -> list[Told]:
    return [_told(target, verdicts[target.name], deployments.items()) for target in TARGETS]


def _told(target: Target, verdict: Verdict, deployments: Iterable[tuple[tuple[str, str], Figures]]) -> Told:
    state, word = ("met", "Met") if verdict.passing else ("missed", "Missed")
    if verdict.actual is None:
        state, word = "unknown", "Nothing measured"
    return Told(
        target.name,
        target.label,
        state,
        word,
        actual=target.say(verdict.actual),
        target=target.limit(verdict.target),
        offender=_offender(target, deployments),
    )


def _offender(target: Target, deployments: Iterable[tuple[tuple[str, str], Figures]]) -> str:
    """Only where there are two to choose from, or it is a matter of failures."""
    found = [
        (value, provider, model)
        for (provider, model), figures in deployments
        if target.measured(figures) >= LEAST and (value := target.figure(figures)) is not None
    ]
    if not found:
        return ""
    value, provider, model = max(found)
    return f"{target.worst}: {model} at {provider}, {target.say(value)}"
