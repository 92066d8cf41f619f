"""Counting: from the rows of answers and calls to figures, by way of sums that can be added and packed. Pure.

What each figure is made of is decided here and nowhere else.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from metrics.figures import NONE, Figures, Spread, Tokens
from metrics.histogram import Distribution

USD = 100_000_000  # cost is counted in whole hundred-millionths, as fine as it is stored
Counts = defaultdict[str, int]  # a Counter takes ten times as long to make
_KINDS = {"retry": "retries", "fallback": "fallbacks", "hedge": "hedges", "takeover": "takeovers"}
_STATES = {"completed": "completed", "cancelled": "cancelled", "failed": "failed", "lost": "failed"}


class Answer(NamedTuple):
    """A generation that has ended."""

    id: Any
    organization: Any
    user: Any
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

    answer: Any
    kind: str
    provider: str
    model: str
    state: str
    sent_at: datetime
    opened_at: datetime | None
    first_token_at: datetime | None
    last_token_at: datetime | None
    finished_at: datetime | None
    http_status: int | None
    error_kind: str
    prompt_tokens: int | None
    completion_tokens: int | None
    reasoning_tokens: int | None
    cached_tokens: int | None
    usage_source: str
    cost: int | None  # hundred-millionths of a USD
    longest_gap_s: float | None


class _Times(dict[str, Distribution]):
    """By the name of their figure; begun when they are asked for."""

    def __missing__(self, name: str) -> Distribution:
        times = self[name] = Distribution()
        return times


class Tally:
    """Sums over answers, or over calls. `times` are distributions by the name of their figure."""

    __slots__ = ("cost", "counts", "errors", "statuses", "times")

    def __init__(self) -> None:
        self.counts: Counts = defaultdict(int)
        self.errors: Counts = defaultdict(int)
        self.statuses: Counts = defaultdict(int)
        self.cost: Counts = defaultdict(int)  # "kind:state" of a call -> hundred-millionths of a USD
        self.times = _Times()

    def answer(self, answer: Answer, calls: Sequence[Call]) -> None:
        """Count an answer with all the calls it took."""
        counts = self.counts
        counts["count"] += 1
        counts[answer.state] += 1
        counts["takeovers"] += answer.takeovers
        if answer.state == "failed":
            self.errors[answer.error_kind or "unknown"] += 1
        for call in calls:
            if (name := _KINDS.get(call.kind)) is not None and name != "takeovers":
                counts[name] += 1
            self._spent(call)
        self._add("ttft", answer.created_at, answer.first_token_at)
        if answer.state == "completed":
            self._add("latency", answer.created_at, answer.finished_at)
            finished = [call for call in calls if call.state == "completed"]
            for call in finished[-1:]:
                self._flow(call)
        if answer.state == "cancelled":
            self._add("cancel", answer.cancel_requested_at, answer.finished_at)
        self._add("queue", answer.created_at, min((call.sent_at for call in calls), default=None))

    def call(self, call: Call, answer: Answer) -> None:
        """Count a call by itself."""
        counts = self.counts
        counts["count"] += 1
        if (state := _STATES.get(call.state)) is not None:
            counts[state] += 1
        if (name := _KINDS.get(call.kind)) is not None:
            counts[name] += 1
        if state == "failed":
            self.errors[call.error_kind or "unknown"] += 1
        if call.http_status is not None:
            self.statuses[str(call.http_status)] += 1
        self._spent(call)
        if call.prompt_tokens is not None:
            self.times["input_tokens"].add(call.prompt_tokens)
        if call.completion_tokens is not None:
            self.times["output_tokens"].add(call.completion_tokens)
        self._add("connect", call.sent_at, call.opened_at)
        self._add("ttft", call.sent_at, call.first_token_at)
        if state == "completed":
            self._add("latency", call.sent_at, call.finished_at)
            self._flow(call)
        elif state == "cancelled" and call.finished_at is not None:
            asked = answer.cancel_requested_at
            if asked is not None and asked <= call.finished_at:  # else it was cancelled because another was quicker
                self._add("cancel", asked, call.finished_at)

    def _spent(self, call: Call) -> None:
        counts, source = self.counts, call.usage_source
        counts[source] += 1
        if call.kind == "hedge" and call.state == "completed":
            counts["hedges_won"] += 1
        if call.prompt_tokens is not None:
            counts["prompt"] += call.prompt_tokens
        if call.completion_tokens is not None:
            counts["completion"] += call.completion_tokens
        if call.reasoning_tokens is not None:
            counts["reasoning"] += call.reasoning_tokens
            counts["told_reasoning"] += 1
        if call.cached_tokens is not None:
            counts["cached"] += call.cached_tokens
            counts["told_cached"] += 1
        if call.cost is not None:
            self.cost[f"{call.kind}:{call.state}"] += call.cost
        elif source != "unknown":
            counts["unpriced"] += 1

    def _flow(self, call: Call) -> None:
        """How the tokens of a call came, where they came one after the other."""
        first, last, tokens = call.first_token_at, call.last_token_at, call.completion_tokens
        if call.longest_gap_s is not None:
            self.times["gap"].add(call.longest_gap_s)
        if first is None or last is None or tokens is None or tokens < 2:
            return
        if (seconds := (last - first).total_seconds()) > 0:
            self.times["tpot"].add(seconds / (tokens - 1))
            self.times["speed"].add((tokens - 1) / seconds)

    def _add(self, name: str, start: datetime | None, end: datetime | None) -> None:
        if start is not None and end is not None:
            self.times[name].add((end - start).total_seconds())

    # --- sums of sums ----------------------------------------------------------------------------------------
    def merge(self, other: "Tally") -> None:
        for mine, more in (
            (self.counts, other.counts),
            (self.errors, other.errors),
            (self.statuses, other.statuses),
            (self.cost, other.cost),
        ):
            for name, number in more.items():
                mine[name] += number
        for name, times in other.times.items():
            self.times[name].merge(times)

    def packed(self) -> dict[str, Any]:
        """Plain JSON. Empty parts are left out."""
        parts: dict[str, Any] = {name: getattr(self, name) for name in _SUMS}
        parts["times"] = {name: times.packed() for name, times in self.times.items()}
        return {name: part for name, part in parts.items() if part}

    @classmethod
    def unpacked(cls, packed: dict[str, Any]) -> "Tally":
        tally = cls()
        for name in _SUMS:
            if name in packed:
                getattr(tally, name).update(packed[name])
        for name, times in packed.get("times", {}).items():
            tally.times[name] = Distribution.unpacked(times)
        return tally

    # --- figures ---------------------------------------------------------------------------------------------
    def figures(self, spreads: Sequence[str] | None = None) -> Figures:
        """`spreads`: the distributions that are wanted, where not all are."""
        counts = self.counts
        spent = {_pair(name): Decimal(units) / USD for name, units in self.cost.items()}
        parts: dict[str, Any] = {name: counts[name] for name in _COUNTED}
        parts |= {name: _spread(self.times.get(name)) for name in (_SPREADS if spreads is None else spreads)}
        return Figures(
            **parts,
            errors=dict(sorted(self.errors.items(), key=lambda kind: -kind[1])),
            statuses={status: self.statuses[status] for status in sorted(self.statuses)},
            tokens=self._tokens(),
            cost_usd=sum(spent.values(), Decimal(0)) if spent else None,
            spent=spent,
        )

    def _tokens(self) -> Tokens:
        counts = self.counts
        measured = counts["reported"] or counts["estimated"]
        return Tokens(
            prompt=counts["prompt"] if measured else None,
            completion=counts["completion"] if measured else None,
            reasoning=counts["reasoning"] if counts["told_reasoning"] else None,
            cached=counts["cached"] if counts["told_cached"] else None,
            reported=counts["reported"],
            estimated=counts["estimated"],
            unknown=counts["unknown"],
        )


_SUMS = ("counts", "errors", "statuses", "cost")
_COUNTED = (
    *("count", "completed", "cancelled", "failed", "retries", "fallbacks", "hedges", "hedges_won", "takeovers"),
    "unpriced",
)
_SPREADS = ("ttft", "latency", "cancel", "queue", "connect", "tpot", "gap", "speed")


def _pair(name: str) -> tuple[str, str]:
    kind, _, state = name.partition(":")
    return kind, state


def _spread(times: Distribution | None) -> Spread:
    if times is None:
        return NONE
    count, mean, percentiles = times.told((50, 95, 99))
    return Spread(count, mean, *percentiles) if count else NONE


class Cell:
    """The answers that one provider and model gave, and the calls that were made to it."""

    __slots__ = ("answers", "calls")

    def __init__(self) -> None:
        self.answers, self.calls = Tally(), Tally()

    def merge(self, other: "Cell") -> None:
        self.answers.merge(other.answers)
        self.calls.merge(other.calls)

    def compress(self) -> None:
        """Count in buckets from here on: quicker to add and to pack."""
        for tally in (self.answers, self.calls):
            for times in tally.times.values():
                times.compress()

    def packed(self) -> dict[str, Any]:
        return {"answers": self.answers.packed(), "calls": self.calls.packed()}

    @classmethod
    def unpacked(cls, packed: dict[str, Any], *, calls: bool = True) -> "Cell":
        """Without `calls` those are left out, which takes half the time."""
        cell = cls()
        cell.answers = Tally.unpacked(packed["answers"])
        if calls:
            cell.calls = Tally.unpacked(packed["calls"])
        return cell


def together(cells: Iterable[Cell]) -> Cell:
    whole = Cell()
    for cell in cells:
        whole.merge(cell)
    return whole
