"""What a person is told of budgets on the page: who, when, and until when."""

from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import AsyncClient
from django.urls import reverse
from django.utils import timezone

from accounts.models import Budget, Membership, Organization, User
from tests.metrics import made
from tests.threads.generation.rows import thread_of
from threads import budgets, database
from threads.generation.runtime import Runtime

WARNED = "80 % of your budget for this month is spent: $8.00 of $10.00."


@pytest.fixture
async def tab(transactional_db: None, user: User) -> AsyncClient:
    client = AsyncClient()
    await client.aforce_login(user)
    return client


@pytest.fixture
def acme(transactional_db: None, user: User) -> Organization:
    found = Organization.objects.create(name="Acme & Co", slug="acme")
    Membership.objects.create(user=user, organization=found)
    return found


async def give(engine: Runtime, spent: str, amount: str = "10", **columns: Any) -> Budget:
    """A budget of which so much is spent."""

    def make() -> Budget:
        whose = columns.get("user") or User.objects.get(email="ada@example.org")
        calls = [made.call(sent=2, cost_usd=Decimal(spent))]
        made.answer(whose, timezone.now(), calls, organization=columns.get("organization"))
        return Budget.objects.create(amount_usd=amount, **columns)

    budget = await database.write(make)
    await engine.purse._look()
    return budget


async def told(client: AsyncClient, name: str = "home", *arguments: Any) -> str:
    response = await client.get(reverse(f"threads:{name}", args=arguments))
    assert response.status_code == 200
    return unescape(response.content.decode())


async def test_who_has_none_is_told_nothing(engine: Runtime, tab: AsyncClient, other_user: User) -> None:
    assert 'id="budgets"' not in await told(tab)
    await give(engine, "8", user=other_user)
    assert 'id="budgets"' not in await told(tab)
    assert 'class="budget' not in (await told(tab, "budgets")).replace('class="budgets"', "")


async def test_a_warning_comes_and_is_gone_next_month(
    engine: Runtime, tab: AsyncClient, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    budget = await give(engine, "7.99", user=user)
    page = await told(tab)
    assert 'id="budgets"' in page  # there may be news of it
    assert "of your budget" not in page
    await database.write(lambda: made.answer(user, timezone.now(), [made.call(sent=2, cost_usd=Decimal("0.01"))]))
    for page in (await told(tab), await told(tab, "budgets")):
        assert WARNED in page
        assert 'role="status"' in page
    await database.write(Budget.objects.filter(pk=budget.pk).update, amount_usd=8, hard=True)
    assert "Your budget for this month is used up: $8.00 of $8.00 is spent." in await told(tab)
    _, following = budgets.month()
    monkeypatch.setattr(budgets, "_now", lambda: following + timedelta(minutes=1))
    for page in (await told(tab), await told(tab, "budgets")):
        assert "your budget" not in page.lower()


async def test_what_was_dismissed_is_told_again_when_it_is_worse(engine: Runtime, tab: AsyncClient, user: User) -> None:
    budget = await give(engine, "8", user=user)
    month = budgets.month()[1].strftime("%Y-%m")
    assert f'data-dismiss-budget="{budget.pk}.{month}.warned"' in await told(tab)
    tab.cookies["budgets_read"] = f"7.2020-01.warned~{budget.pk}.{month}.warned"
    assert WARNED not in await told(tab)
    assert WARNED not in await told(tab, "budgets")
    await database.write(Budget.objects.filter(pk=budget.pk).update, amount_usd=8)
    assert "is used up" in await told(tab)


async def test_an_organisation_s_is_told_where_it_pays(
    engine: Runtime, tab: AsyncClient, user: User, other_user: User, acme: Organization
) -> None:
    await give(engine, "95", "100", organization=acme)
    here = await database.write(lambda: thread_of(user, acme))
    own = await database.write(lambda: thread_of(user))
    words = "95 % of the budget of “Acme & Co” for this month is spent: $95.00 of $100.00."
    assert words in await told(tab, "thread", here.pk)
    assert words in await told(tab, "budgets_of", here.pk)
    assert "Acme" not in await told(tab, "thread", own.pk)
    assert "Acme" not in await told(tab)
    theirs = await database.write(lambda: thread_of(other_user, acme))
    response = await tab.get(reverse("threads:budgets_of", args=[theirs.pk]))
    assert response.status_code == 404
    assert (await AsyncClient().get(reverse("threads:budgets"))).status_code == 302
