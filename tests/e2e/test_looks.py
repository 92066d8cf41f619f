"""Narrow and wide, light and dark: nothing overflows, everything has a name, all text can be read."""

import time
from collections.abc import Callable
from typing import Literal, cast

import pytest
from playwright.sync_api import Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from tests.e2e.chat import Chat
from tests.e2e.conftest import OpenTab

pytestmark = pytest.mark.browser
LEAST_CONTRAST = 4.5
SMALLEST_TARGET = 44  # CSS pixels, where a finger points
PLAIN_PAGES = ["/accounts/", "/accounts/password/", "/threads/00000000-0000-0000-0000-000000000000/"]

# Every visible text whose contrast with what is painted behind it is too low. A canvas turns any colour into RGB.
FAINT = """least => {
  const ink = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = colour => {
    ink.clearRect(0, 0, 1, 1); ink.fillStyle = colour; ink.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = ink.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const behind = element => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), rgba('Canvas'));
  };
  const light = colour => [0.2126, 0.7152, 0.0722].reduce((sum, part, i) => {
    const c = colour[i] / 255;
    return sum + part * (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  }, 0);
  const faint = [];
  for (const element of document.body.querySelectorAll('*')) {
    const text = [...element.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join('');
    if (!text || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (element.closest('.visually-hidden, option, :disabled, template')) continue;
    const ground = behind(element);
    const [a, b] = [light(over(rgba(getComputedStyle(element).color), ground)), light(ground)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < least) faint.push(`${contrast.toFixed(2)} ${element.outerHTML.slice(0, 120)}`);
  }
  return faint;
}"""
NAMELESS = """() => {
  const nameless = [];
  for (const control of document.querySelectorAll('a[href], button, input, select, textarea, summary, dialog, nav')) {
    if (control.type === 'hidden') continue;
    const by = control.getAttribute('aria-labelledby');
    const name = control.getAttribute('aria-label') || (by && document.getElementById(by)?.textContent)
      || [...(control.labels ?? [])].map(label => label.textContent).join(' ') || control.title
      || (control.matches('a, button, summary') ? control.textContent : '');
    if (!name.trim() && control.getAttribute('aria-hidden') !== 'true') nameless.push(control.outerHTML.slice(0, 120));
  }
  return nameless;
}"""
SMALL = """least => [...document.querySelectorAll('a[href], button, select, textarea, summary')].filter(control => {
  const seen = control.checkVisibility({ visibilityProperty: true });
  if (!seen || control.closest('.prose, .visually-hidden, .skip')) return false;
  const { width, height } = control.getBoundingClientRect();
  return Math.round(width) < least || Math.round(height) < least;
}).map(control => control.outerHTML.slice(0, 120))"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def fills_the_page(chat: Chat) -> None:
    """Something of everything an answer can have."""
    models = {"readme": "completed", "thinking": "completed", "sources": "completed", "breaks": "failed"}
    for number, (model, state) in enumerate(models.items(), start=1):
        chat.ask(f"Show me {model}", model)
        expect(chat.answers).to_have_count(number)
        chat.has_ended(state)
    chat.ask("Show me stopped", "endless")
    expect(chat.answers).to_have_count(len(models) + 1)
    chat.grown()
    chat.page.keyboard.press("Escape")
    chat.has_ended("cancelled")


@pytest.fixture(scope="module")
def conversation() -> dict[str, str]:
    """The address of the conversation that `fills_the_page`, once it is there."""
    return {}


def shown(conversation: dict[str, str], open_tab: Callable[..., Chat], chat: Chat) -> Chat:
    if not conversation:
        fills_the_page(chat)
        conversation["address"] = chat.page.url
    return chat.open(conversation["address"]).ready()


def found(page: Page, script: str, *arguments: object) -> list[str]:
    return cast("list[str]", page.evaluate(script, *arguments))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read_and_has_a_name(
    scheme: Literal["light", "dark"], conversation: dict[str, str], chat: Chat, open_tab: OpenTab
) -> None:
    chat = shown(conversation, open_tab, chat)
    chat.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    for summary in chat.page.locator("summary:visible").all():
        summary.click()
    for address in ("", "/", *PLAIN_PAGES):
        if address:
            chat.network_fails = True  # one of them is a 404
            chat.page.goto(address)
        deadline = time.monotonic() + 10  # a change of scheme takes a busy browser a few frames
        while (faint := found(chat.page, FAINT, LEAST_CONTRAST)) and time.monotonic() < deadline:
            chat.page.wait_for_timeout(50)
        assert faint == [], address
        assert found(chat.page, NAMELESS) == [], address
        expect(chat.page.get_by_role("main")).to_have_count(1)
        expect(chat.page.get_by_role("heading", level=1)).to_have_count(1)
        expect(chat.page.get_by_role("banner")).to_have_count(1)
        assert chat.page.evaluate("document.documentElement.lang") == "en"


def test_a_narrow_page_fits(
    conversation: dict[str, str], chat: Chat, open_tab: OpenTab, new_context: CreateContextCallback
) -> None:
    address = shown(conversation, open_tab, chat).page.url
    phone = new_context(has_touch=True, is_mobile=True)
    narrow = open_tab(address, inside=phone)
    narrow.page.set_viewport_size({"width": 390, "height": 780})
    for place in (address, "/", "/accounts/"):
        narrow.page.goto(place)
        assert narrow.page.evaluate(OVERFLOW) == 0, place
    narrow.page.goto(address)
    narrow.ready()
    assert found(narrow.page, SMALL, SMALLEST_TARGET) == []


def test_the_drawer_opens_and_closes_with_the_keyboard(chat: Chat) -> None:
    page = chat.page
    page.set_viewport_size({"width": 390, "height": 780})
    side = page.get_by_role("navigation", name="Conversations")
    menu = page.get_by_role("link", name="Open the list of conversations")
    expect(side).to_be_hidden()
    menu.focus()
    page.keyboard.press("Enter")
    expect(side).to_be_visible()
    expect(page.get_by_role("link", name="Close the list")).to_be_focused()
    for _ in range(5):
        page.keyboard.press("Tab")
        assert not page.evaluate("!!document.activeElement.closest('#stage')")  # what lies behind is out of reach
    page.keyboard.press("Escape")
    expect(side).to_be_hidden()
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    expect(side).to_be_visible()
    page.keyboard.press("Enter")  # on Close, which has the focus
    expect(side).to_be_hidden()


def test_colours_are_chosen_and_kept(chat: Chat) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = chat.page.evaluate(ground)
    theme = chat.page.locator("#theme")
    theme.click()
    expect(theme).to_have_accessible_name("Colours: light")
    assert chat.page.evaluate(ground) == light
    theme.click()
    expect(theme).to_have_accessible_name("Colours: dark")
    dark = chat.page.evaluate(ground)
    assert dark != light
    chat.page.reload()
    assert chat.page.evaluate(ground) == dark


def test_the_end_stays_in_view_for_those_who_are_there(chat: Chat) -> None:
    at_end = "() => innerHeight + scrollY >= document.documentElement.scrollHeight - 2"
    jump = chat.page.get_by_role("button", name="Jump to latest")
    chat.ask("Fill the window", "endless")
    chat.page.wait_for_function("() => document.documentElement.scrollHeight > innerHeight + 300", polling=50)
    chat.page.wait_for_function(at_end, polling=20)
    expect(jump).to_be_hidden()
    chat.page.mouse.move(700, 300)
    chat.page.mouse.wheel(0, -250)
    expect(jump).to_be_visible()
    place = chat.page.evaluate("scrollY")
    chat.grown(beyond=len(chat.text()) + 100)
    assert chat.page.evaluate("scrollY") == place
    jump.click()
    expect(jump).to_be_hidden()
    chat.page.wait_for_function(at_end, polling=20)
    chat.page.keyboard.press("Escape")
    chat.has_ended("cancelled")
