"""The ledger: a row for each call, made before it and settled once. Plain functions on rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db.models.functions import Now
from django.utils import timezone

from providers.dispatch.targets import AttemptRecord
from providers.events import Usage
from providers.text import storable
from threads.generation.context import estimate_tokens
from threads.inserts import insert_alike
from threads.models import Attempt, Generation

_SETTLED = timedelta(seconds=15)  # behind an answer's end a worker that lives has settled its calls
ASKED_INSTEAD = ("fallback", "hedge", "takeover")  # kinds of calls that a status of their own announces
Number = TypeVar("Number", int, Decimal)


@dataclass(frozen=True, slots=True)
class Spent:
    """What calls used. `cost` is in USD, None where no price is known; `estimated`: in part at least."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    reasoning_tokens: int | None = None
    cached_tokens: int | None = None
    cost: Decimal | None = None
    estimated: bool = False

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.total_tokens + other.total_tokens,
            _sum(self.reasoning_tokens, other.reasoning_tokens),
            _sum(self.cached_tokens, other.cached_tokens),
            _sum(self.cost, other.cost),
            self.estimated or other.estimated,
        )


def _sum(one: Number | None, other: Number | None) -> Number | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other


def announced(record: AttemptRecord) -> list[tuple[str, dict[str, Any]]]:
    """The events that tell of a call about to be made, as (type, payload)."""
    target = record.target
    attempt = {
        "number": record.number,
        "provider": target.provider,
        "model": target.model,
        "deployment": f"{target.provider}/{target.upstream}",
        "kind": record.kind,
    }
    connecting = {"state": "connecting", "provider": target.provider, "model": target.model}
    # Of these the person has just been told, in words that say more.
    return [("attempt", attempt)] if record.kind in ASKED_INSTEAD else [("attempt", attempt), ("status", connecting)]


def row_of(generation_id: UUID, epoch: int, record: AttemptRecord) -> Attempt:
    """The row of a call about to be made, to be stored before it."""
    return Attempt(
        generation_id=generation_id,
        number=record.number,
        epoch=epoch,
        kind=record.kind,
        deployment_id=record.target.deployment_id,
        provider=record.target.provider,
        model=record.target.model,
        upstream=record.target.upstream,
        streaming=record.streaming,
        sent_at=record.sent_at,
    )


_OF_CALL = ("generation_id", "deployment_id", "provider", "model", "upstream", "streaming", "sent_at")


def insert(calls: Sequence[tuple[UUID, int, AttemptRecord]]) -> None:
    """Store the rows of first calls about to be made, many at once. Each: generation, epoch, record."""
    if not calls:
        return
    rows = [
        (
            generation_id,
            record.target.deployment_id,
            record.target.provider,
            record.target.model,
            record.target.upstream,
            record.streaming,
            record.sent_at,
        )
        for generation_id, _, record in calls
    ]
    insert_alike(row_of(*calls[0]), _OF_CALL, rows)


def settle(generation_id: UUID, record: AttemptRecord, state: str) -> None:
    """Write the call's figures down; `state` is that of a call without an end of its own. Once: a row that is settled
    stays as it is."""
    Attempt.objects.filter(generation=generation_id, number=record.number, state=Attempt.State.RUNNING).update(
        state=_state(record, state),
        sent_at=record.sent_at,
        opened_at=record.opened_at,
        first_token_at=record.first_token_at,
        last_token_at=record.last_token_at,
        longest_gap_s=None if record.longest_gap is None else record.longest_gap.total_seconds(),
        finished_at=record.finished_at,
        http_status=record.http_status,
        upstream_id=storable(record.upstream_id)[:200],
        finish_reason=record.finish_reason,
        error_kind=record.error_kind,
        error_message=storable(record.error_message),
        deltas=record.deltas,
        **_figures(spent_on(record)),
    )


def _figures(spent: Spent | None) -> dict[str, Any]:
    """The columns of a row; without any the usage stays unknown."""
    if spent is None:
        return {}
    return {
        "prompt_tokens": spent.prompt_tokens,
        "completion_tokens": spent.completion_tokens,
        "reasoning_tokens": spent.reasoning_tokens,
        "cached_tokens": spent.cached_tokens,
        "cost_usd": spent.cost,
        "usage_source": "estimated" if spent.estimated else "reported",
    }


def _state(record: AttemptRecord, otherwise: str) -> str:
    if record.error_kind:
        return Attempt.State.FAILED
    return Attempt.State.COMPLETED if record.finish_reason and record.finished_at else otherwise


_LOST = {"state": Attempt.State.LOST, "error_kind": "lost", "error_message": "The process that made this call died."}


def write_off(generation_id: UUID, epoch: int, used: Mapping[int, Spent]) -> None:
    """Settle what owners before `epoch` left open, for their processes died. `used`: estimates of what those calls
    used, by number; of the others nothing is known."""
    left = Attempt.objects.filter(generation=generation_id, epoch__lt=epoch, state=Attempt.State.RUNNING)
    now = timezone.now()
    for number, spent in used.items():
        left.filter(number=number).update(**_LOST, finished_at=now, **_figures(spent))
    left.update(**_LOST, finished_at=now)


def sweep() -> None:
    """Settle calls whose answers have ended without their owners: of a chat that was deleted after its worker had
    died."""
    ended = Generation.objects.filter(state__in=Generation.ENDED, finished_at__lt=Now() - _SETTLED)
    open_ = Attempt.objects.filter(state=Attempt.State.RUNNING, generation__in=ended)
    open_.update(**_LOST, finished_at=timezone.now())


def spent_on(record: AttemptRecord) -> Spent | None:
    """By the provider's count, else by an estimate from the characters that passed. None where nothing was received
    and nothing told: whether the provider charges is not known."""
    usage = record.usage
    if usage is None:
        if not record.characters:
            return None
        prompt, completion = estimate_tokens(record.prompt_characters), estimate_tokens(record.characters)
        usage = Usage(prompt, completion, prompt + completion)
    return Spent(
        usage.prompt_tokens,
        usage.completion_tokens,
        usage.total_tokens,
        usage.reasoning_tokens,
        usage.cached_tokens,
        record.target.prices.cost(usage),
        estimated=record.usage is None,
    )


def spent_before(generation_id: UUID, epoch: int) -> Spent | None:
    """What the calls of owners before `epoch` used, as far as it is known."""
    rows = Attempt.objects.filter(generation=generation_id, epoch__lt=epoch)
    rows = rows.exclude(prompt_tokens=None).exclude(completion_tokens=None)
    total: Spent | None = None
    for row in rows:
        prompt, completion = row.prompt_tokens or 0, row.completion_tokens or 0
        one = Spent(
            prompt,
            completion,
            prompt + completion,
            row.reasoning_tokens,
            row.cached_tokens,
            row.cost_usd,
            estimated=row.usage_source == "estimated",
        )
        total = one if total is None else total + one
    return total


def usage_payload(spent: Spent) -> dict[str, Any]:
    """The `usage` event."""
    return {
        "prompt_tokens": spent.prompt_tokens,
        "completion_tokens": spent.completion_tokens,
        "total_tokens": spent.total_tokens,
        "reasoning_tokens": spent.reasoning_tokens,
        "cached_tokens": spent.cached_tokens,
        "cost_usd": None if spent.cost is None else float(spent.cost),
        "estimated": spent.estimated,
    }
