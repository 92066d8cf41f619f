"""One answer, drawn over time: a line for waiting in line, one for each call. Pure.

A picture is `WIDTH` wide, whatever time that is; what is drawn is at least `LEAST` wide, so that it can be seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from metrics.dashboard import words
from threads import statuses
from threads.models import Attempt, Generation

WIDTH, LEAST = 1000.0, 2.0
TICKS = 4
KINDS = {
    "first": "Asked",
    "retry": "Asked again",
    "fallback": "Asked instead",
    "hedge": "Asked besides",
    "takeover": "After an interruption",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """`kind`: queue, connect, first, stream, silent (nothing came) or end. `title` names it with its time."""

    kind: str
    x: str
    width: str
    title: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of the picture. `state` as the row's; `facts` are (what, how much)."""

    label: str
    detail: str
    state: str
    outcome: str
    error: str
    pieces: Sequence[Piece]
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Waterfall:
    """`ticks` are times from the beginning; `marks` are (x, what it is) of moments."""

    bars: Sequence[Bar]
    ticks: Sequence[str]
    marks: Sequence[tuple[str, str]]


def waterfall(generation: Generation, attempts: Sequence[Attempt], now: datetime) -> Waterfall:
    start = generation.created_at
    moments = [now] if generation.finished_at is None else [generation.finished_at]
    moments += [call.finished_at for call in attempts if call.finished_at is not None]
    scale = _Scale(start, max(moments))
    first = min((call.sent_at for call in attempts), default=None)
    return Waterfall(
        bars=[_queue(generation, first, scale), *(_call(call, generation, scale) for call in attempts)],
        ticks=[words.seconds(scale.seconds * at / TICKS) for at in range(TICKS + 1)],
        marks=[
            (scale.x(at), f"{what} after {words.seconds((at - start).total_seconds())}")
            for at, what in (
                (generation.first_token_at, "First token"), (generation.cancel_requested_at, "Stop asked for"),
            )
            if at is not None
        ],
    )  # fmt: skip


class _Scale:
    def __init__(self, start: datetime, end: datetime) -> None:
        self.start, self.end = start, end
        self.seconds = max((end - start).total_seconds(), 0.001)

    def at(self, moment: datetime) -> float:
        share = (moment - self.start).total_seconds() / self.seconds
        return min(max(share, 0.0), 1.0) * WIDTH

    def x(self, moment: datetime) -> str:
        return f"{min(self.at(moment), WIDTH - LEAST):.1f}"

    def piece(self, kind: str, name: str, start: datetime | None, end: datetime | None) -> Piece | None:
        if start is None or end is None or end < start:
            return None
        took = f"{name}: {words.seconds((end - start).total_seconds())}"
        return Piece(kind, self.x(start), f"{max(self.at(end) - self.at(start), LEAST):.1f}", took)


def _queue(generation: Generation, first: datetime | None, scale: _Scale) -> Bar:
    until = first or generation.finished_at or scale.end
    piece = scale.piece("queue", "In line", generation.created_at, until)
    waited = (until - generation.created_at).total_seconds()
    return Bar("In line", "", "", "", "", [piece] if piece else [], [("waited", words.seconds(waited))])


def _call(call: Attempt, generation: Generation, scale: _Scale) -> Bar:
    return Bar(
        label=KINDS.get(call.kind, call.kind),
        detail=f"{call.model} at {call.provider}" + (f" ({call.upstream})" if call.upstream != call.model else ""),
        state=call.state,
        outcome=_outcome(call, generation),
        error=call.error_message,
        pieces=_pieces(call, scale),
        facts=[(name, text) for name, text in _facts(call) if text],
    )


def _pieces(call: Attempt, scale: _Scale) -> list[Piece]:
    """Each phase ends where the next begins; what never came leaves one silent phase until the end."""
    end = call.finished_at or scale.end
    opened, first, last = call.opened_at, call.first_token_at, call.last_token_at
    came = first or opened
    found = (
        scale.piece("connect", "Connecting", call.sent_at, opened),
        scale.piece("first", "To the first token", opened or call.sent_at, first),
        scale.piece("stream", "Streaming", first, last or end if first is not None else None),
        scale.piece("silent", "Nothing came", came or call.sent_at, end) if first is None else None,
    )
    return [piece for piece in found if piece is not None]


def _outcome(call: Attempt, generation: Generation) -> str:
    if call.state == Attempt.State.RUNNING:
        return "Running"
    if call.state == Attempt.State.COMPLETED:
        return "Answered" if call.streaming else "Answered, without streaming"
    if call.state == Attempt.State.CANCELLED:
        return "Stopped" if generation.state == Generation.State.CANCELLED else "Not needed: another was quicker"
    return statuses.reason(call.error_kind)


def _facts(call: Attempt) -> list[tuple[str, str]]:
    about = "≈ " if call.usage_source == "estimated" else ""
    return [
        ("connecting", _between(call.sent_at, call.opened_at)),
        ("first token", _between(call.sent_at, call.first_token_at)),
        ("streaming", _between(call.first_token_at, call.last_token_at)),
        ("longest gap", words.seconds(call.longest_gap_s) if call.longest_gap_s is not None else ""),
        ("in all", _between(call.sent_at, call.finished_at)),
        ("tokens in", _tokens(about, call.prompt_tokens)),
        ("of these cached", _tokens(about, call.cached_tokens)),
        ("tokens out", _tokens(about, call.completion_tokens)),
        ("of these reasoning", _tokens(about, call.reasoning_tokens)),
        ("cost", words.usd(call.cost_usd) if call.cost_usd is not None else ""),
        ("HTTP", str(call.http_status or "")),
        ("ended", call.finish_reason),
        ("provider's id", call.upstream_id),
    ]


def _tokens(about: str, number: int | None) -> str:
    return "" if number is None else f"{about}{number:,}"


def _between(start: datetime | None, end: datetime | None) -> str:
    if start is None or end is None:
        return ""
    return words.seconds(max(end - start, timedelta(0)).total_seconds())
