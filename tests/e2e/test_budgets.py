"""A budget as a person meets it: a calm word when it runs short, and a refusal that loses nothing."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.chat import Chat
from tests.e2e.conftest import OpenTab
from tests.e2e.site import EMAIL, Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
_ROWS = """
from accounts.models import Budget, User
from providers.models import Model
user = User.objects.get(email="{email}")
Budget.objects.filter(user=user).delete()
Model.objects.filter(name="quick").update(price_input={price}, price_output={price})
"""
_GIVE = """
from decimal import Decimal
from threads.models import Attempt
spent = sum(Attempt.objects.exclude(cost_usd=None).values_list("cost_usd", flat=True), Decimal(0))
Budget.objects.create(user=user, amount_usd=spent + Decimal("{left}"), warn_at={warn_at}, hard={hard})
"""
Give = Callable[..., None]


@pytest.fixture
def give(site: Site) -> Iterator[Give]:
    """`give(left=1.5, hard=True)`: a budget with so much left of it. A token of "quick" costs ten cents."""

    def make(left: str, *, warn_at: float = 0.0001, hard: bool = False) -> None:
        rows = _ROWS.format(email=EMAIL, price=100_000)
        site.manage("shell", "-v", "0", "-c", rows + _GIVE.format(left=left, warn_at=warn_at, hard=hard))

    yield make
    site.manage("shell", "-v", "0", "-c", _ROWS.format(email=EMAIL, price=None))


def test_a_warning_comes_with_an_answer_and_stays_dismissed(give: Give, open_tab: OpenTab) -> None:
    give("100.00", warn_at=1)
    tab = open_tab().ready()
    while tab.page.locator("#budgets").count() == 0:  # the site learns of it within seconds
        tab.page.reload()
    tab.ready()
    notice = tab.page.get_by_role("status").filter(has_text="budget")
    expect(notice).to_have_count(0)
    give("4.50")
    tab.page.reload()
    tab.ready()
    tab.ask("hello", "quick")
    tab.has_ended()
    expect(notice).to_contain_text("of your budget for this month is spent")
    before = notice.text_content()
    tab.page.get_by_role("button", name="Dismiss this notice").press("Enter")
    expect(notice).to_have_count(0)
    expect(tab.composer).to_be_focused()
    tab.ask("hello again", "quick")
    expect(tab.answers).to_have_count(2)
    tab.has_ended()
    expect(notice).to_contain_text("is used up")  # worse than what was dismissed
    assert notice.text_content() != before
    expect(notice).to_contain_text("You can go on asking.")


def test_a_refusal_loses_no_word(give: Give, open_tab: OpenTab) -> None:
    give("0.50", hard=True)
    tab = open_tab().ready()
    while tab.page.locator("#budgets").count() == 0:
        tab.page.reload()
    tab.ready()
    tab.ask("hello", "quick")
    tab.has_ended()
    tab.ask("a long question,\nthought about for an hour", "quick")
    error = tab.page.locator("#composer-error")
    expect(error).to_contain_text("Your budget for this month is used up")
    expect(error).to_contain_text("or when staff of this site raise it.")
    expect(tab.composer).to_have_value("a long question,\nthought about for an hour")
    expect(tab.page.locator(".budget")).to_be_hidden()  # once is enough
    assert tab.question("hello").count() == 1
    assert tab.answers.count() == 1
    tab.page.keyboard.type("!")
    expect(error).to_be_hidden()
    expect(tab.page.locator(".budget")).to_contain_text("is used up")
    _raise(give, tab)
    tab.network_fails = True  # the console tells of each 402 itself


def _raise(give: Give, tab: Chat) -> None:
    """Staff raise it: what still stands in the field is sent."""
    give("1000")
    words = tab.composer.input_value()
    while tab.answers.count() < 2:
        tab.composer.press("Enter")
        tab.page.wait_for_timeout(300)
    assert words.endswith("!")
    tab.has_ended()
