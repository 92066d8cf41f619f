"""Budgets as rows, what counts for them, and the sums that are kept so that a busy month can be read quickly."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Budget, Membership, Organization, User
from tests.metrics import made
from threads import budget_words, budgets
from threads.models import Attempt, Spending
from threads.services import threads

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 20, 12, 34, 56, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "_now", lambda: NOW)


@pytest.fixture
def acme(user: User, other_user: User) -> Organization:
    found = Organization.objects.create(name="Acme", slug="acme")
    for member in (user, other_user):
        Membership.objects.create(user=member, organization=found)
    return found


def spend(user: User, *costs: Any, ago: timedelta = timedelta(hours=1), **more: Any) -> list[Attempt]:
    """An answer with a call for each cost, asked for so long ago."""
    calls = [made.call(sent=0, cost_usd=None if cost is None else Decimal(str(cost))) for cost in costs]
    row = made.answer(user, NOW - ago, calls, took=0, **more)
    return list(row.attempts.order_by("number"))


def spent(*, of: Any = None) -> list[str]:
    """What is spent of each budget."""
    return [f"{one.spent_usd:.2f}" for one in budgets.standings() if of in (None, one.budget)]


# --- rows --------------------------------------------------------------------------------------------------------
def test_a_budget_is_of_one_and_each_has_one(user: User, acme: Organization) -> None:
    of_user = Budget.objects.create(user=user, amount_usd=10)
    Budget.objects.create(organization=acme, amount_usd=10)
    assert (of_user.warn_at, of_user.hard) == (0.8, False)
    for wrong, words in (
        ({}, "only one of them"),
        ({"user": user, "organization": acme}, "only one of them"),
        ({"user": user}, "This user has a budget already"),
        ({"organization": acme}, "This organisation has a budget already"),
        ({"user": user, "amount_usd": 0}, "Use at least 0.01"),
        ({"user": user, "warn_at": 1.5}, "Use a share from 0 to 1"),
    ):
        row = Budget(**{"amount_usd": 1, **wrong})
        with pytest.raises(ValidationError) as told:
            row.full_clean()
        assert any(words in message for message in told.value.messages), told.value.messages
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


@pytest.mark.parametrize("wrong", [{"amount_usd": 0}, {"warn_at": 1.5}, {"warn_at": -0.1}])
def test_the_database_takes_no_nonsense(user: User, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        Budget.objects.create(**{"user": user, "amount_usd": 1, **wrong})


# --- what counts -------------------------------------------------------------------------------------------------
def test_a_person_s_counts_everywhere_and_an_organisation_s_everybody(
    user: User, other_user: User, acme: Organization
) -> None:
    Budget.objects.create(user=user, amount_usd=10)
    Budget.objects.create(organization=acme, amount_usd=10)
    Budget.objects.create(user=other_user, amount_usd=10)
    spend(user, "1.00", None, "0.25")
    spend(user, "2.00", organization=acme)
    spend(other_user, "4.00", organization=acme)
    spend(other_user, "8.00")
    assert spent() == ["3.25", "6.00", "12.00"]
    mine = budgets.standings_of(user.pk, [acme.pk])
    assert [(one.budget.organization or one.budget.user, f"{one.spent_usd:.2f}") for one in mine] == [
        (user, "3.25"),
        (acme, "6.00"),
    ]
    assert [one.budget.user for one in budgets.standings_of(user.pk, [])] == [user]


def test_only_this_month_counts(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    Budget.objects.create(user=user, amount_usd=10)
    first = datetime(2026, 5, 1, tzinfo=UTC)
    spend(user, "1.00", ago=NOW - first)
    spend(user, "2.00", ago=NOW - first + timedelta(microseconds=1))
    assert spent() == ["1.00"]
    monkeypatch.setattr(budgets, "_now", lambda: JUNE)
    [standing] = budgets.standings()
    assert (standing.spent_usd, standing.state, standing.renews_at) == (0, "ok", datetime(2026, 7, 1, tzinfo=UTC))


def test_the_year_ends(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "_now", lambda: datetime(2026, 12, 31, 23, 59, tzinfo=UTC))
    assert budgets.month() == (datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def test_what_was_deleted_was_paid_for(user: User) -> None:
    Budget.objects.create(user=user, amount_usd=10)
    thread = threads.create(user=user, organization=user.organizations.get())
    spend(user, "1.50", thread=thread)
    threads.delete(thread=thread)
    assert spent() == ["1.50"]


def test_states_and_their_words(user: User, acme: Organization) -> None:
    mine = Budget.objects.create(user=user, amount_usd=10, warn_at=0.5)
    said = []
    for cost in ("4.999", "0.001", "4.999", "0.001"):
        spend(user, cost)
        [standing] = budgets.standings()
        notice = budget_words.notice(standing)
        said.append((standing.state, notice and notice.text))
    assert said == [
        ("ok", None),
        ("warned", "50 % of your budget for this month is spent: $5.00 of $10.00. It starts anew on 1 June (UTC)."),
        ("warned", "99 % of your budget for this month is spent: $9.99 of $10.00. It starts anew on 1 June (UTC)."),
        (
            "reached",
            (
                "Your budget for this month is used up: $10.00 of $10.00 is spent. It starts anew on 1 June (UTC). "
                "You can go on asking."
            ),
        ),
    ]
    assert budgets.standings()[0].share == 1
    Budget.objects.filter(pk=mine.pk).update(user=None, organization=acme, hard=True, amount_usd=1200)
    spend(user, "1250", organization=acme)
    assert budget_words.refusal(budgets.standings()[0]) == (
        "The budget of “Acme” for this month is used up: $1,250.00 of $1,200.00 is spent. Questions are taken again "
        "from 1 June (UTC), or when staff of this site raise it."
    )


# --- sums that are kept ------------------------------------------------------------------------------------------
def move_on() -> None:
    budgets.keep(budgets.count())


def test_what_can_change_no_more_is_not_read_again(user: User, acme: Organization) -> None:
    Budget.objects.create(user=user, amount_usd=10)
    Budget.objects.create(organization=acme, amount_usd=10)
    [old] = spend(user, "1.00", organization=acme)
    [fresh] = spend(user, "2.00", ago=timedelta(minutes=9))
    move_on()
    assert Spending.objects.get(user=user).cost_usd == Spending.objects.get(organization=acme).cost_usd == 1
    assert spent() == ["3.00", "1.00"]
    Attempt.objects.filter(pk=old.pk).update(cost_usd=5)  # never happens: it shows what is read
    Attempt.objects.filter(pk=fresh.pk).update(cost_usd=4)
    assert spent() == ["5.00", "1.00"]
    spend(user, "0.50", ago=timedelta(minutes=5), organization=acme)
    assert spent() == ["5.50", "1.50"]


def test_moving_on_changes_no_sum(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    Budget.objects.create(user=user, amount_usd=10)
    for minutes in range(0, 60, 7):
        spend(user, "0.10", ago=timedelta(minutes=-minutes))
    for minutes in range(0, 80, 3):
        monkeypatch.setattr(budgets, "_now", lambda minutes=minutes: NOW + timedelta(minutes=minutes))
        move_on()
        assert spent() == ["0.90"]
    assert Spending.objects.get().cost_usd == Decimal("0.9")


def test_a_call_under_way_is_waited_for(user: User) -> None:
    Budget.objects.create(user=user, amount_usd=10)
    [first] = spend(user, None, ago=timedelta(hours=2))
    Attempt.objects.filter(pk=first.pk).update(state="running")
    spend(user, "1.00")
    move_on()
    assert spent() == ["1.00"]
    Attempt.objects.filter(pk=first.pk).update(state="completed", cost_usd=2)  # it ends at last
    assert spent() == ["3.00"]
    move_on()
    assert spent() == ["3.00"]
    assert Spending.objects.get().cost_usd == 3


def test_a_month_begins_anew(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    Budget.objects.create(user=user, amount_usd=10)
    spend(user, "1.00")
    move_on()
    monkeypatch.setattr(budgets, "_now", lambda: JUNE + timedelta(minutes=5))
    spend(user, "0.25", ago=NOW - JUNE)
    assert spent() == ["0.25"]
    move_on()  # ten minutes ago was in May
    assert spent() == ["0.25"]
    monkeypatch.setattr(budgets, "_now", lambda: JUNE + timedelta(minutes=30))
    move_on()
    assert spent() == ["0.25"]
    assert Spending.objects.get().since == JUNE


def test_two_processes_move_a_sum_on_once(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    Budget.objects.create(user=user, amount_usd=10)
    spend(user, "1.00")
    one, other = budgets.count(), budgets.count()
    spend(user, "0.50", ago=timedelta(minutes=5))
    monkeypatch.setattr(budgets, "_now", lambda: NOW + timedelta(minutes=30))
    late = budgets.count()
    for counted in (one, late, other, one):
        budgets.keep(counted)
        assert spent() == ["1.50"]
    assert Spending.objects.get().until == late[0].until, "nobody goes back"
    move_on()
    budgets.keep(other)
    assert spent() == ["1.50"]
    assert Spending.objects.count() == 1


def test_many_budgets_take_few_reads(user: User, acme: Organization, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert budgets.standings() == []
    people = User.objects.bulk_create([User(email=f"p{n}@example.org", created_at=timezone.now()) for n in range(20)])
    for person in people:
        Budget.objects.create(user=person, amount_usd=10)
    Budget.objects.create(organization=acme, amount_usd=10)
    spend(user, "1.00", organization=acme)
    move_on()
    with django_assert_num_queries(3):
        assert len(budgets.standings()) == 21
