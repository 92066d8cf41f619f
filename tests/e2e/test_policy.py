"""No page breaks the content security policy, logs an error, or asks anybody but the site for anything."""

import pytest
from playwright.sync_api import expect

from tests.e2e.chat import Chat
from tests.e2e.conftest import OpenTab
from tests.e2e.site import Site

pytestmark = pytest.mark.browser
NOWHERE = "/threads/00000000-0000-0000-0000-000000000000/"


PAGES = [
    "/", "/setup/", "/accounts/", "/accounts/password/", "/admin/", "/admin/providers/provider/",
    "/admin/providers/model/add/", "/api/docs",
]  # fmt: skip
PAGES_BEFORE = ["/accounts/login/", "/admin/login/", "/setup/"]


def test_pages_keep_to_themselves(open_tab: OpenTab, site: Site) -> None:
    """That the console is silent, too, is what `open_tab` makes sure of in the end."""
    tab = open_tab(PAGES[0])
    for address in PAGES[1:]:
        tab.open(address)
    tab.page.wait_for_load_state("networkidle")  # the last one draws itself by script
    tab.page.context.clear_cookies()
    for address in PAGES_BEFORE:
        tab.open(address)
    assert tab.origins == {site.origin}


def test_a_page_that_is_not_there(open_tab: OpenTab, site: Site) -> None:
    tab = open_tab(NOWHERE)
    tab.network_fails = True  # the console tells of the 404 itself
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("Nothing here")
    assert tab.origins == {site.origin}


def test_a_whole_conversation(chat: Chat, site: Site) -> None:
    for model in ("readme", "code", "sources", "thinking"):
        chat.ask(f"In one's own house: ![a picture](https://example.com/{model}.png)", model)
        expect(chat.question(f"In one's own house: ![a picture](https://example.com/{model}.png)")).to_be_visible()
        chat.has_ended()
    chat.page.reload()
    chat.ready()
    assert chat.origins == {site.origin}


def test_the_policy_holds_against_a_script_in_the_page(chat: Chat) -> None:
    """The net under everything else: were markup let through by mistake, it could still not run."""
    chat.page.evaluate(
        """() => {
          window.refused = [];
          addEventListener('securitypolicyviolation', event => window.refused.push(event.effectiveDirective));
          const image = document.createElement('img');
          image.src = 'http://127.0.0.1:1/pixel.png';
          const script = document.createElement('script');
          script.textContent = 'window.broken = true';
          document.body.append(image, script);
        }"""
    )
    chat.page.wait_for_function("() => window.refused.length === 2", polling=20)
    assert sorted(chat.page.evaluate("window.refused")) == ["img-src", "script-src-elem"]
    assert not chat.page.evaluate("window.broken === true")
    chat.forget_problems()
