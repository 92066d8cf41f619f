"""Invented answers and calls, for looking at figures before there are real ones. Pure: the same seed gives the same.

A site with five deployments at four providers, busier by day and on weekdays, growing, and with a bad afternoon of one
provider once a month. What happens: retries, fallbacks, hedges, takeovers, stops, failures of every usual kind.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from random import Random
from uuid import UUID

HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 12, 11, 9, 11, 12, 12, 11, 9, 8, 8, 7, 6, 5, 3)  # how busy they are
WEEKDAYS = (10, 10, 10, 10, 9, 4, 4)
MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Machine:
    """`first`: median seconds to the first token; `speed`: tokens per second; prices: USD per million tokens."""

    provider: str
    model: str
    first: float
    speed: float
    share: int
    failing: float
    input: Decimal
    output: Decimal


MACHINES = (
    Machine("openai", "fast", 0.45, 110, 40, 0.006, Decimal("0.1"), Decimal("0.5")),
    Machine("openai", "smart", 0.9, 60, 20, 0.008, Decimal("1.25"), Decimal(10)),
    Machine("anthropic", "thorough", 0.8, 70, 20, 0.01, Decimal(3), Decimal(15)),
    Machine("gemini", "cheap", 0.5, 150, 15, 0.012, Decimal("0.05"), Decimal("0.2")),
    Machine("gpu-2", "local", 0.3, 35, 5, 0.02, Decimal(0), Decimal(0)),
)
_HOURS, _SHARES = tuple(accumulate(HOURS)), tuple(accumulate(one.share for one in MACHINES))
_FAILURES = (("rate_limit", 429), ("overloaded", 503), ("timeout", None), ("stream_cut", 200), ("upstream", 500))


@dataclass(slots=True)
class SeededCall:
    machine: Machine
    kind: str
    sent_at: datetime
    state: str = "completed"
    opened_at: datetime | None = None
    first_token_at: datetime | None = None
    last_token_at: datetime | None = None
    finished_at: datetime | None = None
    http_status: int | None = 200
    error_kind: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    usage_source: str = "unknown"
    cost_usd: Decimal | None = None
    longest_gap_s: float | None = None


@dataclass(slots=True)
class SeededAnswer:
    id: UUID
    person: int
    created_at: datetime
    calls: list[SeededCall]
    state: str = "completed"
    error_kind: str = ""
    takeovers: int = 0
    cancel_requested_at: datetime | None = None
    finished_at: datetime | None = None


def answers(seed: int, until: datetime, days: int, per_day: int, people: int) -> Iterator[SeededAnswer]:
    """The oldest first; all of them have ended by `until`."""
    rng = Random(seed)  # noqa: S311 - nobody must not guess it
    start = until - timedelta(days=days)
    for day in range(days):
        begin = start + timedelta(days=day)
        growth = 0.5 + day / max(days - 1, 1)
        busy = WEEKDAYS[begin.weekday()] / 8.15
        count = round(per_day * growth * busy)
        moments = sorted(_moment(rng, begin) for _ in range(count))
        for moment in moments:
            answer = _answer(rng, moment, people)
            if answer.finished_at is not None and answer.finished_at <= until:
                yield answer


def _moment(rng: Random, begin: datetime) -> datetime:
    hour = rng.choices(range(24), cum_weights=_HOURS)[0]
    midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    moment = midnight + timedelta(hours=hour, seconds=rng.random() * 3600)
    return moment if moment >= begin else moment + timedelta(days=1)


def _answer(rng: Random, moment: datetime, people: int) -> SeededAnswer:
    person = min(int(rng.expovariate(4 / people)), people - 1)
    answer = SeededAnswer(UUID(int=rng.getrandbits(128), version=4), person, moment, [])
    machine = rng.choices(MACHINES, cum_weights=_SHARES)[0]
    wait = rng.expovariate(20) if rng.random() < 0.05 else rng.random() * 0.004
    sent, kind = moment + timedelta(seconds=wait), "first"
    while True:
        call = SeededCall(machine, kind, sent)
        answer.calls.append(call)
        if not _fails(rng, machine, sent):
            break
        _fail(rng, call)
        if len(answer.calls) == 3 or rng.random() < 0.25:  # what nobody else could mend
            answer.state, answer.error_kind = "failed", call.error_kind
            answer.finished_at = call.finished_at
            return answer
        kind = rng.choice(("retry", "fallback"))
        machine = machine if kind == "retry" else rng.choice([one for one in MACHINES if one is not machine])
        sent = (call.finished_at or sent) + timedelta(seconds=1 + rng.random() / 4 if kind == "retry" else 0.005)
    _speak(rng, call)
    chance = rng.random()
    if chance < 0.03:
        _stop(rng, answer, call)
    elif chance < 0.0305:
        _take_over(rng, answer, call)
    elif chance < 0.04:
        _hedge(rng, answer, call)
    answer.finished_at = answer.finished_at or _later(answer.calls[-1].finished_at, rng.random() * 0.01)
    return answer


def _fails(rng: Random, machine: Machine, at: datetime) -> bool:
    bad = at.day == 17 and 13 <= at.hour < 17 and machine.provider == ("openai", "anthropic", "gemini")[at.month % 3]
    return rng.random() < (0.4 if bad else machine.failing)


def _fail(rng: Random, call: SeededCall) -> None:
    call.state = "failed"
    call.error_kind, call.http_status = rng.choices(_FAILURES, weights=(40, 25, 5, 15, 15))[0]
    took = 30.0 if call.error_kind == "timeout" else 0.05 + rng.expovariate(5)
    if call.http_status == 200:
        call.opened_at = _later(call.sent_at, took / 2)
    call.finished_at = _later(call.sent_at, took)


def _speak(rng: Random, call: SeededCall) -> None:
    machine = call.machine
    first = machine.first * math.exp(rng.gauss(0, 0.45))
    call.prompt_tokens = int(20 + rng.lognormvariate(6, 1))
    call.completion_tokens = 2 + int(rng.lognormvariate(5, 0.8))
    flow = (call.completion_tokens - 1) / (machine.speed * math.exp(rng.gauss(0, 0.15)))
    call.opened_at = _later(call.sent_at, first * 0.4)
    call.first_token_at = _later(call.sent_at, first)
    call.last_token_at = _later(call.first_token_at, flow)
    call.finished_at = _later(call.last_token_at, 0.003)
    call.longest_gap_s = min(flow, 3 / machine.speed * (1 + rng.expovariate(1)))
    call.cached_tokens = call.prompt_tokens // 2 if rng.random() < 0.3 else 0
    call.usage_source = "reported"
    _price(call)


def _price(call: SeededCall) -> None:
    usage = (call.prompt_tokens or 0) * call.machine.input + (call.completion_tokens or 0) * call.machine.output
    call.cost_usd = usage / 1_000_000


def _stop(rng: Random, answer: SeededAnswer, call: SeededCall) -> None:
    """Somewhere between its beginning and its end."""
    took = (_later(call.finished_at, 0) - call.sent_at).total_seconds()
    asked = _later(call.sent_at, took * rng.random())
    answer.state, answer.cancel_requested_at = "cancelled", asked
    call.state, call.finished_at = "cancelled", _later(asked, 0.004 + rng.expovariate(80))
    answer.finished_at = _later(call.finished_at, 0.006 + rng.expovariate(60))
    if call.first_token_at is None or call.first_token_at > asked:
        call.first_token_at = call.last_token_at = call.longest_gap_s = None
        call.prompt_tokens = call.completion_tokens = call.cached_tokens = call.cost_usd = None
        call.usage_source = "unknown"
        return
    share = (asked - call.first_token_at) / (_later(call.last_token_at, 0.001) - call.first_token_at)
    call.last_token_at, call.usage_source = asked, "estimated"
    call.completion_tokens = max(1, int((call.completion_tokens or 1) * min(share, 1)))
    _price(call)


def _take_over(rng: Random, answer: SeededAnswer, call: SeededCall) -> None:
    answer.takeovers = 1
    again = SeededCall(call.machine, "takeover", _later(call.first_token_at, 4))
    _speak(rng, again)
    call.state, call.error_kind = "lost", "lost"
    call.first_token_at = call.last_token_at = call.longest_gap_s = None
    call.prompt_tokens = call.completion_tokens = call.cached_tokens = call.cost_usd = None
    call.usage_source, call.finished_at = "unknown", again.sent_at
    answer.calls.append(again)


def _hedge(rng: Random, answer: SeededAnswer, call: SeededCall) -> None:
    """The first one was slow: another is asked, and answers first in two of three cases."""
    other = rng.choice([one for one in MACHINES if one is not call.machine])
    hedge = SeededCall(other, "hedge", _later(call.sent_at, 1.5))
    _speak(rng, hedge)
    loser = call if rng.random() < 0.67 else hedge
    winner = hedge if loser is call else call
    answer.calls.append(hedge)
    loser.state, loser.http_status, loser.usage_source = "cancelled", None, "unknown"
    loser.opened_at = loser.first_token_at = loser.last_token_at = loser.longest_gap_s = None
    loser.prompt_tokens = loser.completion_tokens = loser.cached_tokens = loser.cost_usd = None
    loser.finished_at = max(_later(winner.first_token_at, 0), hedge.sent_at)
    answer.finished_at = _later(winner.finished_at, 0.005)


def _later(moment: datetime | None, seconds: float) -> datetime:
    assert moment is not None  # noqa: S101 - callers set it before
    return moment + timedelta(seconds=seconds)
