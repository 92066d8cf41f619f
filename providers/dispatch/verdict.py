"""Why nobody answered: what each candidate said, as one error that a person can act on. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from providers.dispatch.plan import PassedOver
from providers.dispatch.targets import Target
from providers.errors import ProviderError

ALL_FAILED = "all_failed"  # the kind where they failed for different reasons


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one deployment did not answer, or was not asked. `kind` as in `providers.errors`."""

    provider: str
    model: str
    kind: str
    message: str
    retryable: bool = False
    retry_after: float | None = None


class NoAnswer(Exception):
    """No candidate answered, or none could finish. `str()` is for a person. `kind` is that of the failures where it
    was the same for all; `retry_after` is in seconds, the shortest that was told."""

    def __init__(self, kind: str, message: str, *, retryable: bool, retry_after: float | None) -> None:
        super().__init__(message)
        self.kind, self.retryable, self.retry_after = kind, retryable, retry_after


def of_error(target: Target, error: ProviderError) -> Failure:
    return Failure(target.provider, target.model, error.kind, str(error), error.retryable, error.retry_after)


def of_rest(target: Target, error: ProviderError | None, seconds: float) -> Failure:
    """It was not asked, because its breaker is open."""
    wait = max(1, math.ceil(seconds))
    why = f" The last time: {error}" if error is not None else ""
    message = f"{target.provider} failed before and is not asked again for {wait} s.{why}"
    kind = error.kind if error is not None else "overloaded"
    return Failure(target.provider, target.model, kind, message, retryable=True, retry_after=float(wait))


def of_full(target: Target) -> Failure:
    message = f"{target.provider} is busy with as many answers as it may give at a time. Try again later."
    return Failure(target.provider, target.model, "overloaded", message, retryable=True)


def of_unusable(one: PassedOver) -> Failure:
    return Failure(one.provider, one.model, "configuration", f"{one.reason} Staff can mend this in the admin.")


def verdict(failures: Sequence[Failure]) -> NoAnswer:
    """From the failures in the order in which the candidates were to be asked."""
    if not failures:  # those who rested have just become free
        message = "Nobody could be asked at this moment. Try again."
        return NoAnswer("overloaded", message, retryable=True, retry_after=None)
    kinds = {one.kind for one in failures}
    waits = [one.retry_after for one in failures if one.retry_after is not None]
    if len(failures) == 1:
        message = failures[0].message
    else:
        told = " ".join(f"{one.model} at {one.provider}: {one.message}" for one in failures)
        message = f"None of {len(failures)} candidates answered. {told}"
    return NoAnswer(
        kinds.pop() if len(kinds) == 1 else ALL_FAILED,
        message,
        retryable=any(one.retryable for one in failures),
        retry_after=min(waits, default=None),
    )
