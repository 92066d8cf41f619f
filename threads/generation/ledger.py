"""The ledger: a row for each call, made before it and settled once. Plain functions on rows."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from providers.dispatch.targets import AttemptRecord
from providers.events import Usage
from providers.text import storable
from threads.generation.context import estimate_tokens
from threads.inserts import insert_alike
from threads.models import Attempt


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
    return [
        ("attempt", attempt),
        ("status", {"state": "connecting", "provider": target.provider, "model": target.model}),
    ]


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


def settle(generation_id: UUID, record: AttemptRecord, state: str, usage: Usage | None) -> None:
    """Write the call's figures down. Once: a row that is settled stays as it is."""
    reported = record.usage is not None
    figures: dict[str, Any] = {}
    if usage is not None:
        figures = {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "reasoning_tokens": usage.reasoning_tokens,
            "cached_tokens": usage.cached_tokens,
            "cost_usd": record.target.prices.cost(usage),
            "usage_source": "reported" if reported else "estimated",
        }
    Attempt.objects.filter(generation=generation_id, number=record.number, state=Attempt.State.RUNNING).update(
        state=state,
        sent_at=record.sent_at,
        opened_at=record.opened_at,
        first_token_at=record.first_token_at,
        last_token_at=record.last_token_at,
        finished_at=record.finished_at,
        http_status=record.http_status,
        upstream_id=storable(record.upstream_id)[:200],
        finish_reason=record.finish_reason,
        error_kind=record.error_kind,
        error_message=storable(record.error_message),
        deltas=record.deltas,
        **figures,
    )


def write_off(generation_id: UUID, epoch: int) -> None:
    """Settle what earlier owners left open: their processes died, and what those calls cost is not known."""
    Attempt.objects.filter(generation=generation_id, epoch__lt=epoch, state=Attempt.State.RUNNING).update(
        state=Attempt.State.LOST, error_kind="lost", error_message="The process that made this call died."
    )


def usage_of(record: AttemptRecord, prompt_characters: int) -> Usage | None:
    """The provider's count, else an estimate from the characters that passed. None where nothing was received and
    nothing told: whether the provider charges is not known."""
    if record.usage is not None:
        return record.usage
    if not record.characters:
        return None
    prompt, completion = estimate_tokens(prompt_characters), estimate_tokens(record.characters)
    return Usage(prompt, completion, prompt + completion)


def usage_payload(usage: Usage, cost: Decimal | None, *, estimated: bool) -> dict[str, Any]:
    """The `usage` event."""
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.total_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "cached_tokens": usage.cached_tokens,
        "cost_usd": None if cost is None else float(cost),
        "estimated": estimated,
    }
