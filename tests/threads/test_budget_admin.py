"""Budgets in the admin: made with clear errors, shown with what is spent of them."""

from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts.models import Budget, Organization, User
from tests.threads.test_budgets import in_may, spend

pytestmark = pytest.mark.django_db
__all__ = ["in_may"]
ADD = "/admin/accounts/budget/add/"


@pytest.fixture
def admin(client: Client, staff_user: User) -> Client:
    User.objects.filter(pk=staff_user.pk).update(is_superuser=True)
    client.force_login(User.objects.get(pk=staff_user.pk))
    return client


@pytest.fixture
def acme(db: None) -> Organization:
    return Organization.objects.create(name="Acme", slug="acme")


def form(**fields: Any) -> dict[str, Any]:
    return {"organization": "", "user": "", "amount_usd": "10", "warn_at": "0.8", **fields}


def test_a_budget_is_made_and_changed(admin: Client, user: User, acme: Organization) -> None:
    assert admin.get(ADD).status_code == 200
    assert admin.post(ADD, form(user=user.pk)).status_code == 302
    budget = Budget.objects.get()
    assert (budget.user, budget.amount_usd, budget.warn_at, budget.hard) == (user, 10, 0.8, False)
    page = f"/admin/accounts/budget/{budget.pk}/change/"
    changed = form(organization=acme.pk, user="", amount_usd="25.50", hard="on")
    assert admin.post(page, changed).status_code == 302
    budget.refresh_from_db()
    assert (budget.user, budget.organization) == (user, None), "another one's budget is another budget"
    assert (f"{budget.amount_usd}", budget.hard) == ("25.50", True)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Choose an organisation or a user, and only one of them."),
        ({"user": "ada", "organization": "acme"}, "Choose an organisation or a user, and only one of them."),
        ({"user": "ada", "amount_usd": "0"}, "Use at least 0.01."),
        ({"user": "ada", "warn_at": "80"}, "Use a share from 0 to 1: 0.8 is four fifths."),
        ({"organization": "taken"}, "This organisation has a budget already. Change that one."),
    ],
)
def test_mistakes_are_told(admin: Client, user: User, acme: Organization, fields: dict[str, str], words: str) -> None:
    taken = Organization.objects.create(name="Taken", slug="taken")
    Budget.objects.create(organization=taken, amount_usd=1)
    ids = {"ada": user.pk, "acme": acme.pk, "taken": taken.pk}
    response = admin.post(ADD, form(**{name: ids.get(value, value) for name, value in fields.items()}))
    assert response.status_code == 200
    assert words in unescape(response.content.decode())
    assert Budget.objects.count() == 1


def test_what_is_spent_is_shown(
    admin: Client, user: User, acme: Organization, in_may: None, django_assert_max_num_queries: Any
) -> None:
    mine = Budget.objects.create(user=user, amount_usd=10, hard=True)
    Budget.objects.create(organization=acme, amount_usd=2000)
    spend(user, "8.50")
    spend(user, "2000", organization=acme)
    with django_assert_max_num_queries(20):
        html = admin.get("/admin/accounts/budget/").content.decode()
    for words in ("$2,008.50 (20085%)", "$2,000.00 (100%)", "used up, until 1 June (UTC)", "Acme (organisation)"):
        assert words in html
    Budget.objects.filter(pk=mine.pk).update(amount_usd=2500)
    html = admin.get(f"/admin/accounts/budget/{mine.pk}/change/").content.decode()
    assert "$2,008.50 (80%)" in html
    assert "warned, until 1 June (UTC)" in html
    assert admin.get("/admin/accounts/budget/", {"q": "acme"}).status_code == 200


def test_it_is_for_staff_alone(client: Client, user: User) -> None:
    client.force_login(user)
    assert client.get("/admin/accounts/budget/").status_code == 302
