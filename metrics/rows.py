"""Answers that have ended, and their calls, as `threads` stored them. Reads only; decides nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import ExpressionWrapper, F, QuerySet, TextField
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from metrics.figures import Filters
from metrics.tally import USD, Answer, Call
from threads.models import Attempt, Generation

AT_ONCE = 500  # ids in one statement
REACH = timedelta(minutes=2)  # longer answers are few
Answered = tuple[Answer, Sequence[Call]]
Moment = Callable[[Any], datetime | None]


def _plain(name: str) -> Combinable:
    """The column as the driver gives it: thousands are read at a time, and most of what Django does with each of them
    is for cases that do not come here."""
    return ExpressionWrapper(F(name), output_field=TextField())


def _moment(name: str) -> Combinable:
    """As text: both drivers would make a moment of it in ten times the time that `datetime` takes."""
    return Cast(name, TextField())


_ANSWER: tuple[str | Combinable, ...] = (
    *(_plain("pk"), "organization_id", "user_id", "state", "provider", "model", "error_kind", "takeovers"),
    *map(_moment, ("created_at", "first_token_at", "finished_at", "cancel_requested_at")),
)
_CALL: tuple[str | Combinable, ...] = (
    *(_plain("generation_id"), "number", "kind", "provider", "model", "state"),
    *map(_moment, ("sent_at", "opened_at", "first_token_at", "last_token_at", "finished_at")),
    *("http_status", "error_kind", "prompt_tokens", "completion_tokens", "reasoning_tokens", "cached_tokens"),
    *("usage_source", _plain("cost_usd"), "longest_gap_s"),
)


def between(start: datetime, end: datetime, filters: Filters) -> Iterable[Answered]:
    """Those that ended in the window, of this person and organisation; of any provider and model."""
    moment = _moment_of()
    answers = _answers(_of(filters).filter(finished_at__gte=start, finished_at__lt=end), moment)
    if len(answers) <= AT_ONCE or filters != Filters(provider=filters.provider, model=filters.model):
        return _with_calls(answers, moment)
    # Of many: in the order in which they were sent, which is how they lie. By its answer, each would be looked for.
    since = start - REACH
    calls = _calls(Attempt.objects.filter(sent_at__gte=since, sent_at__lt=end), moment)
    # Clocks of machines need not agree, so what another one began, or whatever is not found here, is looked for.
    apart = [one for one in answers if one.created_at < since or one.takeovers or one.id not in calls]
    calls |= {answer.id: found for answer, found in _with_calls(apart, moment)}
    return ((answer, calls.get(answer.id, ())) for answer in answers)


def latest(count: int, filters: Filters) -> Iterable[Answered]:
    """The `count` that ended last, the latest first; of this provider and model alone, where they are given."""
    ended = _of(filters).filter(finished_at__isnull=False)
    if filters.provider:
        ended = ended.filter(provider=filters.provider)
    if filters.model:
        ended = ended.filter(model=filters.model)
    moment = _moment_of()
    return _with_calls(_answers(ended.order_by("-finished_at")[:count], moment), moment)


def number(start: datetime, end: datetime) -> int:
    """How many answers ended then."""
    return Generation.objects.filter(finished_at__gte=start, finished_at__lt=end).count()


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


def _answers(ended: QuerySet[Generation], moment: Moment) -> list[Answer]:
    found: Iterable[Any] = ended.values_list(*_ANSWER)
    return [Answer(*row[:8], *map(moment, row[8:])) for row in found]


def _with_calls(answers: Sequence[Answer], moment: Moment) -> Iterator[Answered]:
    """Calls are found by the ids of their answers: of a join, a planner may make a walk through all calls there are."""
    for begin in range(0, len(answers), AT_ONCE):
        some = answers[begin : begin + AT_ONCE]
        calls = _calls(Attempt.objects.filter(generation__in=[answer.id for answer in some]), moment)
        for answer in some:
            yield answer, calls.get(answer.id, ())


def _calls(attempts: QuerySet[Attempt], moment: Moment) -> dict[Any, Sequence[Call]]:
    numbered: defaultdict[Any, list[tuple[int, Call]]] = defaultdict(list)
    found: Iterable[Any] = attempts.values_list(*_CALL)
    for row in found:
        *more, cost, gap = row[11:]
        call = Call._make((row[0], *row[2:6], *map(moment, row[6:11]), *more, _usd(cost), gap))
        numbered[call.answer].append((row[1], call))
    return {answer: [call for _, call in sorted(some)] for answer, some in numbered.items()}


def _moment_of() -> Moment:
    """What makes a moment of its text."""
    return _without_offset if connection.vendor == "sqlite" else _with_offset


def _without_offset(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text + "+00:00")


def _with_offset(text: str | None) -> datetime | None:
    """Which is that of UTC, as Django sets it for every connection."""
    return None if text is None else datetime.fromisoformat(text)


def _usd(cost: Decimal | float | None) -> int | None:
    """In hundred-millionths, which both a Decimal and SQLite's floats hold exactly."""
    return None if cost is None else round(cost * USD)
