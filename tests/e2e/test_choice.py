"""Why this model: under an answer whose model was chosen automatically, alike as it ends and when reloaded."""

import time
from typing import Literal

import httpx
import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.chat import Chat
from tests.e2e.site import EMAIL, PATIENCE, Site
from tests.e2e.test_looks import FAINT, LEAST_CONTRAST, OVERFLOW, found

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def _headlines(site: Site) -> None:
    """The route is in force when the site has read it, which takes it some seconds at most."""
    site.load_registry('[[route]]\nname = "news"\nkeywords = ["headlines"]\nmodel = "sources"\npriority = 10\n')
    headers = {"Authorization": f"Bearer {site.manage('create_api_key', '--user', EMAIL).strip()}"}
    deadline = time.monotonic() + PATIENCE
    with httpx.Client(base_url=site.origin, headers=headers) as client:
        while client.post("/api/router/choose", json={"message": "headlines"}).json().get("model") != "sources":
            assert time.monotonic() < deadline
            time.sleep(0.05)


def _opened(chat: Chat) -> Locator:
    why = chat.answer.locator("details.why")
    expect(why).not_to_have_attribute("open", "")
    why.get_by_text("Why this model?").click()
    return why


def test_the_reasons_are_the_same_live_and_reloaded(chat: Chat) -> None:
    chat.ask("What are the headlines?", "auto")
    chat.has_ended()
    why = _opened(chat)
    expect(why.get_by_role("row").nth(1)).to_contain_text('sourcesroute news: the message says "headlines"unknown')
    expect(why.get_by_role("row").nth(2)).to_contain_text("quickdefault model")
    live = chat.answer.locator(".footer").inner_html().strip()
    chat.page.reload()
    chat.ready()
    _opened(chat)
    assert chat.answer.locator(".footer").inner_html().strip() == live
    chat.ask("And this?", "quick")
    expect(chat.answers).to_have_count(2)
    chat.has_ended()
    expect(chat.answer.get_by_text("Why this model?")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_on_a_narrow_page(scheme: Literal["light", "dark"], chat: Chat) -> None:
    chat.ask("The headlines", "auto")
    chat.has_ended()
    chat.page.emulate_media(color_scheme=scheme)
    chat.page.set_viewport_size({"width": 390, "height": 780})
    _opened(chat)
    assert chat.page.evaluate(OVERFLOW) == 0
    assert found(chat.page, FAINT, LEAST_CONTRAST) == []
