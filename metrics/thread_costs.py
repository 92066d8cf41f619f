"""What conversations cost, from rows: hours and days do not know them. The database adds up; nothing is held here.

Of a conversation that was deleted its calls stay in the ledger, without a word: all of those are one sum. Synchronous.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet, Sum

from metrics.figures import Figures, Filters, Tokens, Window
from metrics.sums import added, left
from threads.models import Attempt, Generation, Thread
from threads.postgresql import patient

Which = UUID | Literal["others", "deleted", "outside"]

_STORED = Decimal("0.00000001")
PATIENCE = 30.0  # seconds for a sum: of a year of a large site
_DELETED = ExpressionWrapper(Q(generation__deleted_at__isnull=False), BooleanField())
_UNKNOWN = Q(usage_source="unknown")
_SUMS: dict[str, Any] = {
    "calls": Count("pk"),
    "unpriced": Count("pk", filter=Q(cost_usd=None) & ~_UNKNOWN),
    "reported": Count("pk", filter=Q(usage_source="reported")),
    "unknown": Count("pk", filter=_UNKNOWN),
    "prompt": Sum("prompt_tokens"),
    "completion": Sum("completion_tokens"),
    "reasoning": Sum("reasoning_tokens"),
    "cached": Sum("cached_tokens"),
    "cost": Sum("cost_usd"),
}


@dataclass(frozen=True, slots=True)
class About:
    """Whose a conversation is. `title` is for its owner alone."""

    owner: Any
    email: str
    title: str


def by_thread(filters: Filters, window: Window, total: Figures, most: int) -> dict[Which, Figures]:
    """The dearest conversations, the dearest first; then, where there are any, all `others`, those that were `deleted`
    together, and calls `outside` any conversation. `total` is of all calls in the window: what hours and days know
    already need not be added up again, so that of a million calls only the few are read that are told of here."""
    with patient(PATIENCE):
        calls = _calls(filters, window)
        dearest = _dearest(filters, window, calls, most + 1)
        sums: dict[Which, Figures] = dict(
            _by(calls.filter(generation__thread__in=dearest[:most]), "generation__thread")
        )
        gone = _by(calls.filter(generation__thread=None).annotate(deleted=_DELETED), "deleted")
    found = dict(sorted(sums.items(), key=lambda one: (-(one[1].cost_usd or 0), -one[1].count, str(one[0]))))
    beyond: dict[Which, Figures] = {"deleted" if deleted else "outside": one for deleted, one in gone.items()}
    if len(dearest) > most and (others := left(total, added([*found.values(), *beyond.values()]))) is not None:
        found["others"] = others
    return found | {which: beyond[which] for which in ("deleted", "outside") if which in beyond}


def _by(calls: QuerySet[Attempt], key: str) -> dict[Any, Figures]:
    found: defaultdict[Any, list[Figures]] = defaultdict(list)
    for row in calls.values(key, "kind", "state").annotate(**_SUMS).order_by():
        found[row[key]].append(_figures(row))
    return {one: added(several) for one, several in found.items()}


def about(threads: list[UUID]) -> dict[UUID, About]:
    found = Thread.objects.filter(pk__in=threads).values_list("pk", "owner", "owner__email", "title")
    return {pk: About(owner, email, title) for pk, owner, email, title in found}


def _calls(filters: Filters, window: Window) -> QuerySet[Attempt]:
    calls = Attempt.objects.filter(generation__finished_at__gte=window.start, generation__finished_at__lt=window.end)
    if filters.user is not None:
        calls = calls.filter(generation__user=filters.user)
    if filters.organization is not None:
        calls = calls.filter(generation__organization=filters.organization)
    if filters.provider:
        calls = calls.filter(provider=filters.provider)
    if filters.model:
        calls = calls.filter(model=filters.model)
    return calls


def _dearest(filters: Filters, window: Window, calls: QuerySet[Attempt], most: int) -> list[UUID]:
    """By what their answers cost, which is what their calls did: a row for each instead of a row for every call."""
    rows: QuerySet[Any]
    if filters.provider or filters.model:  # an answer does not tell which of its calls cost what
        rows, thread = calls, "generation__thread"
    else:
        rows, thread = _answers(filters, window), "thread"
    dear = rows.filter(**{f"{thread}__isnull": False}).values(thread).annotate(cost=Sum("cost_usd"))
    ordered = dear.order_by(F("cost").desc(nulls_last=True), thread)
    return list(ordered.values_list(thread, flat=True)[:most])


def _answers(filters: Filters, window: Window) -> QuerySet[Generation]:
    answers = Generation.objects.filter(finished_at__gte=window.start, finished_at__lt=window.end)
    if filters.user is not None:
        answers = answers.filter(user=filters.user)
    if filters.organization is not None:
        answers = answers.filter(organization=filters.organization)
    return answers


def _figures(row: Mapping[str, Any]) -> Figures:
    calls, unknown = row["calls"], row["unknown"]
    measured = calls > unknown
    cost = None if row["cost"] is None else row["cost"].quantize(_STORED)  # SQLite adds in floating point
    return Figures(
        count=calls,
        tokens=Tokens(
            prompt=(row["prompt"] or 0) if measured else None,
            completion=(row["completion"] or 0) if measured else None,
            reasoning=row["reasoning"],
            cached=row["cached"],
            reported=row["reported"],
            estimated=calls - unknown - row["reported"],
            unknown=unknown,
        ),
        cost_usd=cost,
        unpriced=row["unpriced"],
        spent={} if cost is None else {(row["kind"], row["state"]): cost},
    )
