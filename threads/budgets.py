"""What is spent of budgets this month: reads, and the sums they build on. Runs on database threads.

Owns what counts: the known cost of every call that was sent in the present calendar month (UTC), by a person in any
organisation, by anybody in an organisation. Knows nothing of doors, nor what follows from a budget that is reached.

A month may have hundreds of thousands of calls. So what can change no more is added up in `Spending` (`count` reads,
`keep` writes), and a read looks only at the calls since then: of some ten minutes, and of those under way.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from accounts.models import Budget
from threads.models import Attempt, Spending
from threads.postgresql import patient

MARGIN = timedelta(minutes=10)  # in which rows may still come that say they are older
STEP = timedelta(minutes=5)  # a sum is moved on by so much at least
STUCK = timedelta(days=1)  # a call that is open for longer holds nothing up
PATIENCE = 30.0  # seconds for a sum: the first one of a budget is of the whole month
NOTHING = Decimal(0)
_now = timezone.now

State = Literal["ok", "warned", "reached"]
Kind = Literal["organization", "user"]
Whose = tuple[Kind, int]
_KINDS: tuple[Kind, ...] = ("organization", "user")


@dataclass(frozen=True, slots=True)
class Standing:
    """`share` is of the amount, above 1 where more is spent; `renews_at` when it starts anew."""

    budget: Budget
    spent_usd: Decimal
    share: float
    state: State
    renews_at: datetime

    @classmethod
    def of(cls, budget: Budget, spent: Decimal, renews_at: datetime) -> "Standing":
        share = float(spent / budget.amount_usd)
        state: State = "reached" if spent >= budget.amount_usd else "warned" if share >= budget.warn_at else "ok"
        return cls(budget, spent, share, state, renews_at)


def standings() -> list[Standing]:
    """Of every budget."""
    return standings_for(Budget.objects.select_related("organization", "user"))


def standings_of(user_id: int, organization_ids: Collection[int]) -> list[Standing]:
    """Of those that a person's questions count against in these organisations."""
    mine = Q(user=user_id) | Q(organization__in=organization_ids)
    return standings_for(Budget.objects.filter(mine).select_related("organization", "user"))


def standings_for(rows: Iterable[Budget]) -> list[Standing]:
    """Of these, in their order."""
    budgets = list(rows)
    if not budgets:
        return []
    begins, renews_at = month()
    subjects = [whose(budget) for budget in budgets]
    counted = _counted(subjects, begins)
    since = _sums({one: until for one, (until, _) in counted.items()})
    return [
        Standing.of(budget, counted[one][1] + since[one], renews_at)
        for budget, one in zip(budgets, subjects, strict=True)
    ]


def whose(budget: Budget) -> Whose:
    return ("user", budget.user_id) if budget.user_id is not None else ("organization", budget.organization_id or 0)


def month() -> tuple[datetime, datetime]:
    """When this calendar month began, and when the next one does."""
    begins = _now().astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return begins, (begins + timedelta(days=32)).replace(day=1)


def _counted(subjects: Collection[Whose], begins: datetime) -> dict[Whose, tuple[datetime, Decimal]]:
    """How far these are added up, and what that came to."""
    ids = {kind: [pk for known, pk in subjects if known == kind] for kind in _KINDS}
    rows = Spending.objects.filter(Q(user__in=ids["user"]) | Q(organization__in=ids["organization"]), since=begins)
    known: dict[Whose, tuple[datetime, Decimal]] = {}
    for row in rows:
        one: Whose = ("user", row.user_id) if row.user_id is not None else ("organization", row.organization_id or 0)
        known[one] = row.until, row.cost_usd
    return {one: known.get(one, (begins, NOTHING)) for one in subjects}


def _sums(since: Mapping[Whose, datetime], before: datetime | None = None) -> dict[Whose, Decimal]:
    """What was spent by these, each from its moment on. Most of them share one, and then it is one statement."""
    alike: defaultdict[datetime, list[Whose]] = defaultdict(list)
    for one, moment in since.items():
        alike[moment].append(one)
    sums: dict[Whose, Decimal] = {}
    for moment, some in alike.items():
        found = _spent(moment, before)
        sums |= {one: found[one] for one in some}
    return sums


def _spent(since: datetime, before: datetime | None) -> Mapping[Whose, Decimal]:
    """By everybody and everywhere. Asked for some of them alone, a database may go through all that those ever asked;
    so it goes through what was sent in this time."""
    calls = Attempt.objects.filter(sent_at__gte=since).exclude(cost_usd=None)
    if before is not None:
        calls = calls.filter(sent_at__lt=before)
    sums: defaultdict[Whose, Decimal] = defaultdict(Decimal)
    with patient(PATIENCE):
        rows = calls.values_list("generation__user", "generation__organization").annotate(Sum("cost_usd"))
        for user_id, organization_id, cost in rows:
            sums["user", user_id] += cost
            sums["organization", organization_id] += cost
    return sums


# --- adding up ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Counted:
    """What was spent from `since` to `until`."""

    whose: Whose
    since: datetime
    until: datetime
    cost: Decimal


def count() -> list[Counted]:
    """How far the sums of all budgets can be moved on."""
    begins, _ = month()
    until = _settled_until()
    counted = _counted([whose(budget) for budget in Budget.objects.all()], begins)
    behind = {one: known for one, (known, _) in counted.items() if known <= until - STEP}
    sums = _sums(behind, until)
    return [Counted(one, begins, until, counted[one][1] + sums[one]) for one in behind]


def _settled_until() -> datetime:
    """Every call that was sent before it is settled, and so its cost can change no more."""
    now = _now()
    # All that are open, for which there is an index; the oldest is found here.
    open_ = Attempt.objects.filter(state=Attempt.State.RUNNING).values_list("sent_at", flat=True)
    return min([now - MARGIN, *(moment for moment in open_ if moment > now - STUCK)])


def keep(moved: Iterable[Counted]) -> None:
    """Write them down. Where another process has come further meanwhile, that stands."""
    with transaction.atomic():
        for one in moved:
            kind, pk = one.whose
            row = Spending.objects.filter(Q(**{kind: pk}))
            values = {"since": one.since, "until": one.until, "cost_usd": one.cost}
            if not row.filter(until__lt=one.until).update(**values):
                Spending.objects.bulk_create([Spending(**{f"{kind}_id": pk}, **values)], ignore_conflicts=True)
