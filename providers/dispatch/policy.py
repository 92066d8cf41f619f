"""What to do when a call is slow or goes wrong: pure decisions, on errors, counts and seconds alone.

Owns the numbers and the table of failures. Reads no clock, draws no lots and calls nobody: moments and chances come in.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from providers.dispatch.plan import Said
from providers.dispatch.targets import Target
from providers.errors import ProviderError
from providers.types import ChatRequest, Timeouts

RETRIES = 2  # of one deployment in one request
MODELS = 3  # in one request
FIRST_PAUSE, LONGEST_PAUSE, JITTER = 1.0, 8.0, 0.25  # seconds, seconds, share
# Seconds to the first token, beyond the usual ones.
FOR_TOOLS, FOR_SEARCH, FOR_LENGTH, LONG_INPUT = 30.0, 20.0, 20.0, 500
LONGEST_FIRST_TOKEN = 120.0
LINE, LONGEST_LINE = 2.0, 120.0  # seconds in line for a free place, with somewhere else to go and without


@dataclass(frozen=True, slots=True)
class Rule:
    """What a kind of failure means.

    `health`: it says nothing of the deployment, counts against it, or shows that nobody but staff can mend it.
    `whole`: it may be streaming itself that failed. `elsewhere`: another candidate may do better.
    """

    health: Literal["neutral", "counts", "staff"] = "counts"
    whole: bool = False
    elsewhere: bool = True


_COUNTS, _STAFF = Rule(), Rule("staff")
_OF_STREAMING = Rule(whole=True)
RULES: dict[str, Rule] = {
    "connection": _COUNTS,
    "timeout": _COUNTS,
    "rate_limit": _COUNTS,
    "overloaded": _COUNTS,
    "upstream": _COUNTS,
    "authentication": _STAFF,
    "permission": _STAFF,
    "quota": _STAFF,
    "model_not_found": _STAFF,
    "stream_cut": _OF_STREAMING,
    "empty": _OF_STREAMING,
    "malformed": _OF_STREAMING,
    "invalid_request": Rule("neutral"),
    "context_length": Rule("neutral"),
    "content_filter": Rule("neutral", elsewhere=False),  # a provider's judgement is not shopped around for a milder one
}
_NAMES_STREAMING = re.compile(r"\bstream", re.IGNORECASE)


def rule_of(error: ProviderError) -> Rule:
    if error.kind == "connection" and not error.retryable:
        return _STAFF  # an address or a certificate that no waiting mends
    if error.kind == "quota" and error.retryable:
        return _COUNTS
    return RULES.get(error.kind, _COUNTS)


def asks_for_whole(error: ProviderError) -> bool:
    """Whether a stream that failed so before its first token is asked for once more without streaming."""
    if error.kind == "invalid_request":
        return bool(_NAMES_STREAMING.search(f"{error.code} {error}"))
    return rule_of(error).whole


def goes_on(error: ProviderError) -> bool:
    """Whether an answer that broke off with `error` is gone on with elsewhere. Not when its whole time is over."""
    return rule_of(error).elsewhere and (error.retryable or error.kind != "timeout")


def pause(retry: int, told: float | None, chance: float) -> float:
    """Seconds before retry number `retry`, from 1. `told`: the provider's own wish; `chance`: from 0 to 1."""
    if told:
        return told + JITTER * chance  # never earlier, and not all at the same moment
    return min(FIRST_PAUSE * 2.0 ** (retry - 1) * (1 + JITTER * chance), LONGEST_PAUSE)


def first_token(target: Target, request: ChatRequest) -> float:
    """Seconds until the first token has to be there."""
    seconds = target.timeouts.first_token
    if not target.progressive:
        return seconds
    seconds += FOR_TOOLS * bool(request.tools) + FOR_SEARCH * request.search
    seconds += FOR_LENGTH * (characters(request) > LONG_INPUT)
    return max(target.timeouts.first_token, min(seconds, LONGEST_FIRST_TOKEN))


def characters(request: ChatRequest) -> int:
    return sum(len(message.content) for message in request.messages)


def limits(target: Target, request: ChatRequest, *, streaming: bool) -> Timeouts:
    """The times of one call. A whole answer has no first token to wait for: it may take its total time."""
    seconds = first_token(target, request) if streaming else target.timeouts.total
    return replace(target.timeouts, first_token=seconds)


def deadline(times: Timeouts, begun: float, last_token: float | None) -> tuple[float, str, bool]:
    """When a call has waited too long: the moment, what to say then, and whether its total time is over."""
    total = begun + times.total
    if last_token is not None:
        quiet, why = last_token + times.stall, f"stopped in the middle for {times.stall:g} s"
    else:
        quiet, why = begun + times.first_token, f"did not begin to answer within {times.first_token:g} s"
    if quiet < total:
        return quiet, why, False
    return total, f"did not finish within {times.total:g} s", True


def prefix_of(said: Said, target: Target) -> str:
    """What `target` is given to go on from; "" where it begins anew. White space at its end is not sent: some
    providers refuse it, and the model writes its own."""
    return said.text.rstrip() if target.continues_prefix and not said.tools else ""


def may_hedge(target: Target, request: ChatRequest, said: Said) -> bool:
    """Whether a second deployment may be tried beside `target`. What tools do must not be done twice."""
    return target.hedge_after is not None and request.stream and target.streaming and not (request.tools or said.begun)
