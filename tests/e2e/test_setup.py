"""A site nobody has used yet: every page leads to the first account, which is made with the keyboard alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.chat import Chat
from tests.e2e.site import PASSWORD, Site, registry
from tests.simulator import RunningSimulator

pytestmark = pytest.mark.browser
PAGES = ["/", "/threads/00000000-0000-0000-0000-000000000000/", "/accounts/", "/accounts/login/", "/admin/"]
MANY = 30  # steps with Tab within which everything on a small page is reached


@pytest.fixture(scope="module")
def empty_site(
    site: Site, tmp_path_factory: pytest.TempPathFactory, running_simulator: RunningSimulator
) -> Iterator[Site]:
    """With models, and nobody in it."""
    empty = Site(tmp_path_factory.mktemp("empty"))
    empty.copy_static_from(site)
    with empty:
        empty.load_registry(registry(running_simulator.url, {"quick": "sim-instant:tokens=40"}))
        yield empty


def tab_to(page: Page, label: str) -> None:
    """Press Tab until the field with this label has the focus."""
    field = page.get_by_label(label, exact=True)
    for _ in range(MANY):
        if field.evaluate("field => field === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{label} cannot be reached with Tab")


def test_the_first_account_is_made_with_the_keyboard(empty_site: Site, browser: Browser) -> None:
    context = browser.new_context(base_url=empty_site.origin)
    chat = Chat(context.new_page())
    chat.network_fails = True  # a refused form is an HTTP error, which the console tells
    page = chat.page
    for address in PAGES:
        page.goto(address)
        expect(page).to_have_url(f"{empty_site.origin}/setup/")

    tab_to(page, "E-mail")
    page.keyboard.type("grace@example.org")
    tab_to(page, "Password")
    page.keyboard.type("short")
    page.keyboard.press("Enter")
    expect(page.locator(".field-error").first).to_be_visible()  # refused, in words, and nothing is lost
    expect(page.get_by_label("E-mail")).to_have_value("grace@example.org")

    for label in ("Password", "The same password again"):
        tab_to(page, label)
        page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{empty_site.origin}/")
    expect(chat.ready().composer).to_be_focused()
    page.keyboard.type("The first question")
    page.keyboard.press("Enter")
    chat.has_ended()
    assert chat.text()
    expect(chat.entry("The first question")).to_be_visible()
    page.goto("/setup/")
    expect(page).not_to_have_url(f"{empty_site.origin}/setup/")  # no second first account
    assert chat.problems == []
    context.close()
