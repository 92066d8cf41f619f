"""The list of deployments in the admin: it follows what happens, touches only what changes, and rests when unseen."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from tests.e2e.conftest import OpenTab
from tests.e2e.site import Site

pytestmark = pytest.mark.browser
LIST = "/admin/providers/deployment/?q=ailing"

# How often each cell is written to, by the deployment's name.
WATCH = """() => {
  window.written = [];
  const watcher = new MutationObserver(changes => window.written.push(...changes.map(change =>
    change.target.closest('tr').querySelector('.field-upstream').textContent)));
  for (const cell of document.querySelectorAll('[data-health]')) watcher.observe(cell, { childList: true });
}"""
HIDE = """hidden => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.fixture(scope="module", autouse=True)
def _ailing(site: Site) -> None:
    tables = [
        f'[[model]]\nname = "{name}"\ndeployments = [{{ provider = "simulator", upstream = "{upstream}" }}]'
        for name, upstream in (("ailing", "sim:fault=402,tokens=3"), ("ailing-not", "sim-instant:tokens=5"))
    ]
    site.load_registry("\n".join(tables))


def _cell(page: Page, upstream: str, column: str) -> Locator:
    return page.get_by_role("row").filter(has_text=upstream).locator(f"[data-column={column}]")


def _questions(page: Page) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/health/" in urlsplit(request.url).path else None)
    return asked


def test_the_list_follows_and_touches_only_what_changes(open_tab: OpenTab) -> None:
    staff = open_tab(LIST)
    ill, idle = "sim:fault=402,tokens=3", "sim-instant:tokens=5"
    for upstream in (ill, idle):
        expect(_cell(staff.page, upstream, "breaker")).to_have_text("not called yet")
    staff.page.evaluate(WATCH)
    chat = open_tab("/").ready()
    chat.ask("Hello", "ailing")
    chat.has_ended("failed")
    staff.page.bring_to_front()
    expect(_cell(staff.page, ill, "breaker")).to_contain_text("open, next trial in ")
    expect(_cell(staff.page, ill, "last_error")).to_contain_text("s ago: quota. ")
    expect(_cell(staff.page, ill, "in_flight")).to_have_text("0")
    expect(_cell(staff.page, idle, "breaker")).to_have_text("not called yet")
    assert set(staff.page.evaluate("window.written")) == {ill}
    staff.page.reload()
    expect(_cell(staff.page, ill, "breaker")).to_contain_text("open, next trial in ")


def test_it_asks_only_while_somebody_looks(open_tab: OpenTab) -> None:
    page = open_tab("/accounts/").page
    page.clock.install()
    asked = _questions(page)
    page.goto(LIST)
    held: list[Route] = []
    page.route("**/health/", lambda route: held.append(route), times=1)  # noqa: PLW0108 - a built-in is none to it
    with page.expect_request("**/health/"):
        page.clock.run_for(2_000)
    page.evaluate(HIDE, True)  # while it waits for an answer
    with page.expect_response("**/health/") as answered:
        held[0].continue_()
    answered.value.finished()
    page.clock.run_for(20_000)
    before = len(asked)
    page.clock.run_for(20_000)
    assert len(asked) == before
    with page.expect_response("**/health/"):
        page.evaluate(HIDE, False)
    with page.expect_response("**/health/"):
        page.clock.run_for(2_000)


def test_it_says_so_when_it_cannot_follow(open_tab: OpenTab) -> None:
    tab = open_tab(LIST)
    note = tab.page.get_by_text("This list is not up to date")
    tab.network_fails = True  # the console tells of that itself
    tab.page.context.set_offline(True)
    expect(note).to_be_visible()
    tab.page.context.set_offline(False)
    expect(note).to_be_hidden()


def test_without_script_it_is_a_plain_list(site: Site, new_context: CreateContextCallback) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(LIST)
    expect(page.get_by_role("row")).to_have_count(3)
    expect(_cell(page, "sim-instant:tokens=5", "breaker")).to_have_text("not called yet")
