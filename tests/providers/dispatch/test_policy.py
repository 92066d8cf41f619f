"""What is decided when a call is slow or goes wrong: every decision as a table."""

from dataclasses import replace
from typing import Any

import pytest

from providers import errors
from providers.dispatch import policy
from providers.dispatch.plan import Said
from providers.errors import ProviderError
from providers.types import ChatRequest, Message, Timeouts
from tests.providers.dispatch.plans import target

_ASKED = ChatRequest("m", (Message("user", "hello"),))
_LONG = (Message("user", "x" * 501),)
_TOOL = ({"type": "function", "function": {"name": "f"}},)


def _kinds() -> set[str]:
    found, left = set(), [ProviderError]
    while left:
        kind = left.pop()
        left += kind.__subclasses__()
        found.add(kind.kind)
    return found - {ProviderError.kind}


def test_every_kind_of_failure_has_a_rule() -> None:
    assert set(policy.RULES) == _kinds()


@pytest.mark.parametrize(
    ("error", "health"),
    [
        (errors.ConnectionFailed("x"), "counts"),
        (errors.ConnectionFailed("x", retryable=False), "staff"),  # a wrong address, a bad certificate
        (errors.TimedOut("x"), "counts"),
        (errors.AuthenticationFailed("x"), "staff"),
        (errors.PermissionDenied("x"), "staff"),
        (errors.QuotaExceeded("x"), "staff"),
        (errors.QuotaExceeded("x", retryable=True, retry_after=5), "counts"),
        (errors.RateLimited("x"), "counts"),
        (errors.ModelNotFound("x"), "staff"),
        (errors.InvalidRequest("x"), "neutral"),
        (errors.ContextTooLong("x"), "neutral"),
        (errors.ContentBlocked("x"), "neutral"),
        (errors.Overloaded("x"), "counts"),
        (errors.UpstreamFailed("x"), "counts"),
        (errors.StreamCut("x"), "counts"),
        (errors.EmptyAnswer("x"), "counts"),
        (errors.MalformedAnswer("x"), "counts"),
        (ProviderError("x"), "counts"),
    ],
    ids=lambda value: f"{value.kind}-{value.retryable}" if isinstance(value, ProviderError) else value,
)
def test_what_a_failure_says_of_the_deployment(error: ProviderError, health: str) -> None:
    assert policy.rule_of(error).health == health


@pytest.mark.parametrize(
    ("error", "whole"),
    [
        (errors.EmptyAnswer("x"), True),
        (errors.MalformedAnswer("x"), True),
        (errors.StreamCut("x"), True),
        (errors.InvalidRequest("You must be verified to stream this model."), True),
        (errors.InvalidRequest("Unknown parameter: stream_options."), True),
        (errors.InvalidRequest("x", code="streaming_not_supported"), True),
        (errors.InvalidRequest("Unknown parameter: temperature, upstream of it all."), False),
        (errors.ContextTooLong("This stream of words is too long."), False),
        (errors.UpstreamFailed("The stream failed."), False),
        (errors.TimedOut("x"), False),
        (errors.RateLimited("x"), False),
        (errors.AuthenticationFailed("x"), False),
        (errors.ConnectionFailed("x"), False),
    ],
    ids=lambda value: f"{value.kind}: {value}" if isinstance(value, ProviderError) else str(value),
)
def test_which_streams_are_asked_for_as_a_whole(error: ProviderError, whole: bool) -> None:
    assert policy.asks_for_whole(error) is whole


@pytest.mark.parametrize(
    ("error", "goes_on"),
    [
        (errors.StreamCut("x"), True),
        (errors.UpstreamFailed("x"), True),
        (errors.Overloaded("x"), True),
        (errors.RateLimited("x"), True),
        (errors.MalformedAnswer("x"), True),
        (errors.QuotaExceeded("x"), True),
        (errors.TimedOut("stalled"), True),
        (errors.TimedOut("its whole time is over", retryable=False), False),
        (errors.ContentBlocked("x"), False),
    ],
    ids=lambda value: f"{value.kind}-{value.retryable}" if isinstance(value, ProviderError) else str(value),
)
def test_what_goes_on_elsewhere_after_its_first_token(error: ProviderError, goes_on: bool) -> None:
    assert policy.goes_on(error) is goes_on


@pytest.mark.parametrize(
    ("retry", "told", "chance", "seconds"),
    [
        (1, None, 0.0, 1.0),
        (1, None, 1.0, 1.25),
        (2, None, 0.0, 2.0),
        (2, None, 1.0, 2.5),
        (3, None, 0.0, 4.0),
        (4, None, 0.0, 8.0),
        (4, None, 1.0, 8.0),
        (9, None, 0.5, 8.0),
        (1, 0.0, 0.0, 1.0),  # "at once" is no reason to hurry
        (1, 7.0, 0.0, 7.0),
        (1, 7.0, 1.0, 7.25),
        (2, 0.3, 0.0, 0.3),
        (1, 3600.0, 0.0, 3600.0),
    ],
)
def test_pauses(retry: int, told: float | None, chance: float, seconds: float) -> None:
    assert policy.pause(retry, told, chance) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        ({}, 30),
        ({"tools": _TOOL}, 60),
        ({"search": True}, 50),
        ({"messages": _LONG}, 50),
        ({"messages": (Message("user", "x" * 500),)}, 30),
        ({"messages": (Message("user", "x" * 300), Message("assistant", "y" * 201))}, 50),
        ({"tools": _TOOL, "search": True}, 80),
        ({"tools": _TOOL, "search": True, "messages": _LONG}, 100),
    ],
)
def test_the_time_to_the_first_token_grows_with_what_is_asked(changes: dict[str, Any], seconds: float) -> None:
    asked, usual = replace(_ASKED, **changes), target(None, "m", timeouts=Timeouts(), progressive=True)
    assert policy.first_token(usual, asked) == seconds
    assert policy.first_token(replace(usual, progressive=False), asked) == 30  # a model that says its own


@pytest.mark.parametrize(("told", "seconds"), [(40, 110), (70, 120), (120, 120), (300, 300)])
def test_the_time_to_the_first_token_ends_somewhere(told: float, seconds: float) -> None:
    everything = replace(_ASKED, tools=_TOOL, search=True, messages=_LONG)
    assert policy.first_token(target(None, "m", timeouts=Timeouts(first_token=told), progressive=True), everything) == (
        seconds
    )


def test_a_whole_answer_has_all_its_time() -> None:
    usual = target(None, "m", timeouts=Timeouts(first_token=30, stall=60, total=600), progressive=True)
    assert policy.limits(usual, _ASKED, streaming=True) == Timeouts(first_token=30, stall=60, total=600)
    assert policy.limits(usual, _ASKED, streaming=False) == Timeouts(first_token=600, stall=60, total=600)


@pytest.mark.parametrize(
    ("last", "at", "why", "whole"),
    [
        (None, 130.0, "did not begin to answer within 30 s", False),
        (110.0, 170.0, "stopped in the middle for 60 s", False),
        (139.0, 199.0, "stopped in the middle for 60 s", False),
        (150.0, 200.0, "did not finish within 100 s", True),
    ],
)
def test_when_a_call_has_waited_too_long(last: float | None, at: float, why: str, whole: bool) -> None:
    assert policy.deadline(Timeouts(first_token=30, stall=60, total=100), 100.0, last) == (at, why, whole)


@pytest.mark.parametrize(
    ("said", "continues", "prefix"),
    [
        (Said(), True, ""),
        (Said("One, two", begun=True), True, "One, two"),
        (Said("One, two \n\n", begun=True), True, "One, two"),
        (Said("One, two", begun=True), False, ""),
        (Said("One, two", begun=True, tools=True), True, ""),
        (Said("  \n", begun=True), True, ""),
        (Said("", begun=True), True, ""),
    ],
)
def test_what_is_gone_on_from(said: Said, continues: bool, prefix: str) -> None:
    assert policy.prefix_of(said, target(None, "m", continues_prefix=continues)) == prefix


@pytest.mark.parametrize(
    ("deployment", "asked", "said", "may"),
    [
        ({"hedge_after": 1.5}, {}, Said(), True),
        ({"hedge_after": None}, {}, Said(), False),
        ({"hedge_after": 1.5, "streaming": False}, {}, Said(), False),
        ({"hedge_after": 1.5}, {"stream": False}, Said(), False),
        ({"hedge_after": 1.5}, {"tools": _TOOL}, Said(), False),
        ({"hedge_after": 1.5}, {}, Said("a", begun=True), False),
    ],
)
def test_who_may_be_hedged(deployment: dict[str, Any], asked: dict[str, Any], said: Said, may: bool) -> None:
    assert policy.may_hedge(target(None, "m", **deployment), replace(_ASKED, **asked), said) is may
