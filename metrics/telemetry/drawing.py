"""What is told of an answer and of its calls: spans with their events, and measurements. Pure; knows no SDK.

The answer is the root of a trace, each call a child. Ids are made from the answer's own, so that whoever tells of it a
second time tells the same. Nothing in here is a text that a person, a model or a provider wrote: of an error its kind,
not its message.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

from metrics.names import Attribute, Happening, Metric, Operation, SiteAttribute, TokenType

Value = str | bool | int | float | tuple[str, ...]
Attributes = dict[str, Value]
FAILED = ("failed", "lost")
_FURTHER = {
    "retry": Happening.RETRY,
    "fallback": Happening.FALLBACK,
    "hedge": Happening.HEDGE,
    "takeover": Happening.TAKEOVER,
}


class Answer(NamedTuple):
    """A generation that has ended."""

    id: UUID
    thread: UUID | None
    requested_model: str
    state: str
    provider: str
    model: str
    error_kind: str
    takeovers: int
    created_at: datetime
    first_token_at: datetime | None
    finished_at: datetime
    cancel_requested_at: datetime | None


class Call(NamedTuple):
    """One of its attempts."""

    answer: UUID
    number: int
    kind: str
    provider: str
    model: str
    upstream: str
    streaming: bool
    state: str
    sent_at: datetime
    opened_at: datetime | None
    first_token_at: datetime | None
    finished_at: datetime | None
    http_status: int | None
    upstream_id: str
    finish_reason: str
    error_kind: str
    prompt_tokens: int | None
    completion_tokens: int | None
    reasoning_tokens: int | None
    cached_tokens: int | None
    usage_source: str
    cost_usd: Decimal | None


class Place(NamedTuple):
    """Of a provider: what the conventions call it, and its server, where they are known."""

    vendor: str
    address: str = ""
    port: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    at: datetime
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class Span:
    """`outward`: a request to somebody else's server."""

    id: int
    name: str
    outward: bool
    failed: bool
    start: datetime
    end: datetime
    attributes: Attributes
    events: Sequence[Event]


@dataclass(frozen=True, slots=True)
class Trace:
    id: int
    answer: Span
    calls: Sequence[Span]


class Measurement(NamedTuple):
    """Seconds or tokens."""

    metric: Metric
    value: float
    attributes: Attributes


# --- traces ------------------------------------------------------------------------------------------------------
def trace(answer: Answer, calls: Sequence[Call], places: Sequence[Place]) -> Trace:
    """`places` are those of `calls`, in the same order."""
    spans = [_call(answer, call, place) for call, place in zip(calls, places, strict=True)]
    # Not the id itself: samplers go by the last bits, and in a UUID not all of those are random.
    return Trace(_id(answer.id, 16), _answer(answer, calls), spans)


def _answer(answer: Answer, calls: Sequence[Call]) -> Span:
    events = [
        *_event(Happening.FIRST_TOKEN, answer.first_token_at),
        *_event(Happening.STOP, answer.cancel_requested_at),
        *_further(calls),
    ]
    attributes: dict[str, Value | None] = {
        Attribute.CONVERSATION: str(answer.thread) if answer.thread is not None else None,
        Attribute.ERROR_TYPE: _error(answer.state, answer.error_kind),
        SiteAttribute.REQUEST_ID: str(answer.id),
        SiteAttribute.REQUESTED_MODEL: answer.requested_model,
        SiteAttribute.MODEL: answer.model or None,
        SiteAttribute.PROVIDER: answer.provider or None,
        SiteAttribute.STATE: answer.state,
        SiteAttribute.CALLS: len(calls),
        SiteAttribute.TAKEOVERS: answer.takeovers,
    }
    return Span(
        id=_id(answer.id, 8, 0),
        name="answer",
        outward=False,
        failed=answer.state in FAILED,
        start=answer.created_at,
        end=max(answer.finished_at, answer.created_at),
        attributes=_known(attributes),
        events=sorted(events, key=lambda event: event.at),
    )


def _further(calls: Sequence[Call]) -> Iterator[Event]:
    """Calls after the first, and why: how the latest failure before was of a kind."""
    failure: str | None = None
    for call in calls:
        if (name := _FURTHER.get(call.kind)) is not None:
            why = None if call.kind == "hedge" else failure
            attributes: dict[str, Value | None] = {
                Attribute.ERROR_TYPE: why,
                SiteAttribute.CALL_NUMBER: call.number,
                SiteAttribute.PROVIDER: call.provider,
                SiteAttribute.MODEL: call.model,
            }
            yield Event(name, call.sent_at, _known(attributes))
        failure = _error(call.state, call.error_kind) or failure


def _call(answer: Answer, call: Call, place: Place) -> Span:
    first = _seconds(call.sent_at, call.first_token_at) if call.streaming else None
    attributes: dict[str, Value | None] = {
        **_identity(call, place),
        Attribute.CONVERSATION: str(answer.thread) if answer.thread is not None else None,
        Attribute.REQUEST_STREAM: True if call.streaming else None,
        Attribute.RESPONSE_ID: call.upstream_id or None,
        Attribute.RESPONSE_TIME_TO_FIRST_CHUNK: first,
        Attribute.FINISH_REASONS: (call.finish_reason,) if call.finish_reason else None,
        Attribute.INPUT_TOKENS: call.prompt_tokens,
        Attribute.OUTPUT_TOKENS: call.completion_tokens,
        Attribute.CACHED_TOKENS: call.cached_tokens,
        Attribute.REASONING_TOKENS: call.reasoning_tokens,
        Attribute.HTTP_STATUS: call.http_status,
        Attribute.ERROR_TYPE: _error(call.state, call.error_kind),
        SiteAttribute.STATE: call.state,
        SiteAttribute.CALL_NUMBER: call.number,
        SiteAttribute.CALL_KIND: call.kind,
        SiteAttribute.USAGE_ESTIMATED: True if call.usage_source == "estimated" else None,
        SiteAttribute.COST: float(call.cost_usd) if call.cost_usd is not None else None,
    }
    return Span(
        id=_id(answer.id, 8, call.number),
        name=f"{Operation.CHAT} {call.upstream}",
        outward=True,
        failed=call.state in FAILED,
        start=call.sent_at,
        end=max(call.finished_at or answer.finished_at, call.sent_at),
        attributes=_known(attributes),
        events=[*_event(Happening.OPENED, call.opened_at), *_event(Happening.FIRST_TOKEN, call.first_token_at)],
    )


# --- measurements ------------------------------------------------------------------------------------------------
def measurements(call: Call, place: Place) -> Iterator[Measurement]:
    """What histograms are fed with. A person's stop is no error: it is told apart by the state."""
    identity = _known(_identity(call, place))
    if (took := _seconds(call.sent_at, call.finished_at)) is not None:
        ending = _known({Attribute.ERROR_TYPE: _error(call.state, call.error_kind), SiteAttribute.STATE: call.state})
        yield Measurement(Metric.OPERATION_DURATION, took, identity | ending)
    if call.streaming and (first := _seconds(call.sent_at, call.first_token_at)) is not None:
        yield Measurement(Metric.TIME_TO_FIRST_CHUNK, first, identity)
    for kind, tokens in ((TokenType.INPUT, call.prompt_tokens), (TokenType.OUTPUT, call.completion_tokens)):
        if tokens is not None:
            yield Measurement(Metric.TOKEN_USAGE, tokens, {**identity, Attribute.TOKEN_TYPE: kind.value})


# --- parts -------------------------------------------------------------------------------------------------------
def _identity(call: Call, place: Place) -> dict[str, Value | None]:
    """Whom was asked. The model is named as it is there, which the conventions want, and besides as it is here."""
    return {
        Attribute.OPERATION: Operation.CHAT.value,
        Attribute.PROVIDER: place.vendor,
        Attribute.REQUEST_MODEL: call.upstream,
        Attribute.SERVER_ADDRESS: place.address or None,
        Attribute.SERVER_PORT: place.port,
        SiteAttribute.PROVIDER: call.provider,
        SiteAttribute.MODEL: call.model,
    }


def _error(state: str, kind: str) -> str | None:
    return (kind or "_OTHER") if state in FAILED else None


def _event(name: Happening, at: datetime | None) -> list[Event]:
    return [] if at is None else [Event(name.value, at, {})]


def _known(attributes: dict[str, Value | None]) -> Attributes:
    return {str(name): value for name, value in attributes.items() if value is not None}


def _seconds(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else max((end - start).total_seconds(), 0.0)


def _id(answer: UUID, size: int, number: int = 0) -> int:
    """Of `size` bytes, and never 0, which stands for no id."""
    return int.from_bytes(blake2b(answer.bytes + number.to_bytes(4), digest_size=size).digest()) or 1
