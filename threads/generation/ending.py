"""How an answer ends, and the rows that say so. `write` runs in the transaction that commits `done`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from threads.generation.book import Book
from threads.generation.fold import Answer
from threads.generation.ledger import Spent
from threads.models import Attempt, Event, Generation, Message, StoredPrompt


@dataclass(frozen=True, slots=True)
class Outcome:
    """`state` is completed, cancelled or failed; `error` the `error` event's payload of a failed one."""

    state: str
    finish_reason: str = ""
    error: dict[str, Any] | None = None


CANCELLED = Outcome("cancelled")


def completed(book: Book) -> Outcome:
    return Outcome("completed", book.answering.finish_reason if book.answering is not None else "")


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
    """`generation` is the row as it was when the answer was begun or taken over, `spent` what all its calls used."""

    generation: Generation
    outcome: Outcome
    book: Book
    spent: Spent | None
    first_token_at: datetime | None


def write(ended: Ended, answer: Answer) -> None:
    """Store the fold of the log, `answer`, as the message, and settle the generation and its calls."""
    outcome = ended.outcome
    if ended.generation.message_id is not None:
        Message.objects.filter(pk=ended.generation.message_id).update(
            text=answer.text, reasoning=answer.reasoning, citations=answer.citations, tool_calls=answer.tool_calls
        )
    else:
        StoredPrompt.objects.filter(generation=ended.generation.pk).delete()  # nobody runs it again
    columns: dict[str, Any] = {
        "state": outcome.state,
        "finish_reason": outcome.finish_reason,
        "finished_at": timezone.now(),
        "first_token_at": _first_token_at(ended),
    }
    if outcome.error is not None:
        columns |= {"error_kind": outcome.error["type"], "error_message": outcome.error["message"]}
    ended.book.settle(Attempt.State.FAILED if outcome.state == "failed" else Attempt.State.CANCELLED)
    Generation.objects.filter(pk=ended.generation.pk).update(**columns, **_account(ended))


def _first_token_at(ended: Ended) -> datetime | None:
    """When a person could see the first word, whoever wrote it: an owner that died took the moment along, but what it
    said stands in the log."""
    moments = [ended.first_token_at]
    if ended.generation.epoch > 1:
        said = Event.objects.filter(generation=ended.generation.pk, type__in=("delta", "reasoning"))
        moments.append(said.order_by("seq").values_list("created_at", flat=True).first())
    return min((moment for moment in moments if moment is not None), default=None)


def _account(ended: Ended) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if (answering := ended.book.answering) is not None:
        columns |= {"model": answering.target.model, "provider": answering.target.provider}
    if (spent := ended.spent) is not None:
        columns |= {
            "prompt_tokens": spent.prompt_tokens,
            "completion_tokens": spent.completion_tokens,
            "total_tokens": spent.total_tokens,
            "usage_estimated": spent.estimated,
            "cost_usd": spent.cost,
        }
    return columns
