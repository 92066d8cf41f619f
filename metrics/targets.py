"""The targets as staff set them, and whether they are met. What was not measured is not met."""

from collections.abc import Callable

from metrics.figures import Figures, Verdict
from metrics.models import Targets

_ACTUAL: dict[str, Callable[[Figures], float | None]] = {
    "ttft_p95": lambda answers: answers.ttft.p95,
    "latency_p95": lambda answers: answers.latency.p95,
    "latency_p50": lambda answers: answers.latency.p50,
    "error_rate": lambda answers: answers.error_rate,
    "cancel_p95": lambda answers: answers.cancel.p95,
}
_LESS_THAN = {"error_rate", "cancel_p95"}  # the others may be as large as their target
# Said where a target is missed: (target, actual).
WORDS = {
    "ttft_p95": "The first token takes {1:.2f} s at p95, more than {0:g} s.",
    "latency_p95": "Answers take {1:.2f} s at p95, more than {0:g} s.",
    "latency_p50": "Answers take {1:.2f} s at p50, more than {0:g} s.",
    "error_rate": "{1:.1%} of the answers failed; less than {0:.1%} is the target.",
    "cancel_p95": "Stopping takes {1:.2f} s at p95; less than {0:g} s is the target.",
}


def current() -> Targets:
    return Targets.objects.filter(pk=1).first() or Targets(pk=1)


def verdicts(answers: Figures, targets: Targets) -> dict[str, Verdict]:
    """By the target's name, in the order in which they are told."""
    return {name: _verdict(name, getattr(targets, name), measure(answers)) for name, measure in _ACTUAL.items()}


def _verdict(name: str, target: float, actual: float | None) -> Verdict:
    if actual is None:
        return Verdict(target, None, passing=False)
    return Verdict(target, actual, passing=actual < target if name in _LESS_THAN else actual <= target)
