"""How an answer ends, and the rows that say so. `write` runs in the transaction that commits `done`."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from providers.dispatch.targets import AttemptRecord
from providers.events import Usage
from threads.generation import ledger
from threads.models import Generation, Message

if TYPE_CHECKING:
    from threads.generation.log import Appender


@dataclass(frozen=True, slots=True)
class Outcome:
    """`state` is completed, cancelled or failed; `error` the `error` event's payload of a failed one."""

    state: str
    finish_reason: str = ""
    error: dict[str, Any] | None = None


CANCELLED = Outcome("cancelled")


def completed(record: AttemptRecord | None) -> Outcome:
    return Outcome("completed", record.finish_reason if record is not None else "")


def failed(kind: str, message: str, *, retryable: bool = False, retry_after: float | None = None) -> Outcome:
    error = {"type": kind, "message": message, "retryable": retryable, "retry_after": retry_after}
    return Outcome("failed", "error", error)


def done(outcome: Outcome, generation: Generation) -> dict[str, Any]:
    """The payload of `done`, the last entry."""
    message = generation.message_id
    return {
        "state": outcome.state,
        "finish_reason": outcome.finish_reason or None,
        "message_id": None if message is None else str(message),
    }


@dataclass(frozen=True, slots=True)
class Ended:
    """`generation` is the row as it was when the answer was begun or taken over."""

    generation: Generation
    outcome: Outcome
    record: AttemptRecord | None
    usage: Usage | None
    first_token_at: datetime | None


def write(ended: Ended, appender: "Appender") -> None:
    """Store the fold of the log as the message, and settle the generation and its call."""
    answer, outcome = appender.answer, ended.outcome
    if ended.generation.message_id is not None:
        Message.objects.filter(pk=ended.generation.message_id).update(
            text=answer.text, reasoning=answer.reasoning, citations=answer.citations, tool_calls=answer.tool_calls
        )
    columns: dict[str, Any] = {
        "state": outcome.state,
        "finish_reason": outcome.finish_reason,
        "finished_at": timezone.now(),
        "first_token_at": ended.generation.first_token_at or ended.first_token_at,
    }
    if outcome.error is not None:
        columns |= {"error_kind": outcome.error["type"], "error_message": outcome.error["message"]}
    if ended.record is not None:
        columns |= _account(ended.record, ended.usage)
        ledger.settle(ended.generation.pk, ended.record, outcome.state, ended.usage)
    Generation.objects.filter(pk=ended.generation.pk).update(**columns)


def _account(record: AttemptRecord, usage: Usage | None) -> dict[str, Any]:
    columns: dict[str, Any] = {"model": record.target.model, "provider": record.target.provider}
    if usage is not None:
        columns |= {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "total_tokens": usage.total_tokens,
            "usage_estimated": record.usage is None,
            "cost_usd": record.target.prices.cost(usage),
        }
    return columns
