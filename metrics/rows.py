"""Answers that have ended, and their calls, as `threads` stored them. Reads only; decides nothing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from metrics.figures import Filters
from metrics.tally import Answer, Call
from threads.models import Attempt, Generation

AT_ONCE = 500  # ids in one statement

_ANSWER = (
    *("pk", "organization_id", "user_id", "state", "provider", "model", "error_kind", "takeovers"),
    *("created_at", "first_token_at", "finished_at", "cancel_requested_at"),
)
_CALL = (
    *("generation_id", "kind", "provider", "model", "state", "sent_at", "opened_at", "first_token_at", "last_token_at"),
    *("finished_at", "http_status", "error_kind", "prompt_tokens", "completion_tokens", "reasoning_tokens"),
    *("cached_tokens", "usage_source", "cost_usd", "longest_gap_s"),
)
Answered = tuple[Answer, Sequence[Call]]


def between(start: datetime, end: datetime, filters: Filters) -> Iterator[Answered]:
    """Those that ended in the window, of this person and organisation; of any provider and model."""
    ended = _of(filters).filter(finished_at__gte=start, finished_at__lt=end)
    answers = [Answer(*row) for row in ended.values_list(*_ANSWER)]
    if not answers:
        return
    found = Attempt.objects.filter(generation__finished_at__gte=start, generation__finished_at__lt=end)
    if filters.user is not None:
        found = found.filter(generation__user=filters.user)
    if filters.organization is not None:
        found = found.filter(generation__organization=filters.organization)
    calls = _by_answer(found)
    for answer in answers:
        yield answer, calls.get(answer.id, ())


def latest(count: int, filters: Filters) -> Iterator[Answered]:
    """The `count` that ended last, the latest first; of this provider and model alone, where they are given."""
    ended = _of(filters).filter(finished_at__isnull=False)
    if filters.provider:
        ended = ended.filter(provider=filters.provider)
    if filters.model:
        ended = ended.filter(model=filters.model)
    answers = [Answer(*row) for row in ended.order_by("-finished_at").values_list(*_ANSWER)[:count]]
    for begin in range(0, len(answers), AT_ONCE):
        some = answers[begin : begin + AT_ONCE]
        calls = _by_answer(Attempt.objects.filter(generation__in=[answer.id for answer in some]))
        for answer in some:
            yield answer, calls.get(answer.id, ())


def first_end(after: datetime | None) -> datetime | None:
    """When the first answer ended, at `after` at the earliest."""
    ended = Generation.objects.filter(finished_at__isnull=False)
    if after is not None:
        ended = ended.filter(finished_at__gte=after)
    return ended.order_by("finished_at").values_list("finished_at", flat=True).first()


def _of(filters: Filters) -> QuerySet[Generation]:
    rows = Generation.objects.all()
    if filters.user is not None:
        rows = rows.filter(user=filters.user)
    if filters.organization is not None:
        rows = rows.filter(organization=filters.organization)
    return rows


def _by_answer(attempts: QuerySet[Attempt]) -> dict[Any, list[Call]]:
    calls: defaultdict[Any, list[Call]] = defaultdict(list)
    rows: Iterable[Any] = attempts.order_by("generation", "number").values_list(*_CALL)
    for row in rows:
        calls[row[0]].append(Call(*row))
    return calls
