"""A question is asked and its answer read while it is written: it grows, is stopped, survives a reload."""

import pytest
from playwright.sync_api import expect

from tests.e2e.chat import Chat
from tests.simulator import RunningSimulator
from threads.render import render

pytestmark = pytest.mark.browser


def test_the_answer_grows_on_screen(chat: Chat, simulator: RunningSimulator) -> None:
    chat.ask("How does it grow?", "readme")
    expect(chat.question("How does it grow?")).to_be_visible()
    chat.is_writing()
    expect(chat.stop_button).to_be_visible()
    expect(chat.send_button).to_be_hidden()
    lengths = [chat.grown()]
    for _ in range(5):
        lengths.append(chat.grown(beyond=lengths[-1]))
        chat.is_writing()
    assert chat.page.url.split("/")[-3] == "threads"  # the page has become the conversation's own
    chat.has_ended()
    assert lengths == sorted(set(lengths))
    assert len(chat.text()) > lengths[-1]

    told = simulator.record()[0]["text"]
    expect(chat.send_button).to_be_visible()
    expect(chat.answer.locator(".outcome")).to_have_count(0)
    expect(chat.answer.locator(".figures")).to_contain_text("tokens")
    live = chat.blocks()
    assert live == chat.as_written(render(told))
    chat.page.reload()
    assert chat.blocks() == live


def test_a_caret_shows_where_the_text_grows(chat: Chat) -> None:
    caret = """() => {
      const last = [...document.querySelectorAll('article.answer .blocks')].at(-1).lastElementChild;
      const item = last?.matches('ul, ol') ? last.lastElementChild : last;
      return getComputedStyle(item, '::after').content !== 'none';
    }"""
    chat.ask("Where is the caret?", "endless")
    chat.grown()
    chat.page.wait_for_function(caret, polling=20)
    chat.page.keyboard.press("Escape")
    chat.has_ended("cancelled")
    assert not chat.page.evaluate(caret)


@pytest.mark.parametrize("way", ["button", "Escape"])
def test_a_stopped_answer_keeps_what_was_written(way: str, chat: Chat, simulator: RunningSimulator) -> None:
    chat.ask(f"Stop by {way}", "endless")
    shown = chat.grown(beyond=80)
    if way == "button":
        chat.stop_button.click()
    else:
        chat.page.keyboard.press("Escape")
    chat.has_ended("cancelled")
    expect(chat.answer.get_by_text("Stopped")).to_be_visible()
    expect(chat.composer).to_be_focused()
    kept = chat.blocks()
    assert len(chat.text()) >= shown - 10  # markup takes less room once it is closed
    (request,) = simulator.wait_until(lambda requests: requests[0]["disconnected"])
    assert request["tokens"] < 50_000
    chat.page.reload()
    assert chat.blocks() == kept
    expect(chat.answer.get_by_text("Stopped")).to_be_visible()
    chat.ask("And on", "quick")
    chat.has_ended()
    expect(chat.answers).to_have_count(2)


def test_a_silent_provider_can_be_stopped(chat: Chat, simulator: RunningSimulator) -> None:
    chat.ask("Say nothing", "silent")
    simulator.wait_until(bool)
    chat.page.keyboard.press("Escape")
    chat.has_ended("cancelled")
    simulator.wait_until(lambda requests: requests[0]["disconnected"])


def test_a_reload_in_the_middle_loses_and_doubles_nothing(chat: Chat, simulator: RunningSimulator) -> None:
    chat.ask("Reload me", "long")
    before = chat.grown(beyond=200)
    chat.page.reload()
    chat.is_writing()
    assert chat.grown() >= before
    chat.grown(beyond=len(chat.text()))
    chat.page.reload()
    chat.has_ended()
    (request,) = simulator.record()
    assert not request["disconnected"]
    assert chat.blocks() == chat.as_written(render(request["text"]))
    expect(chat.question("Reload me")).to_have_count(1)


def test_thinking_is_shown_apart_and_stays(chat: Chat, simulator: RunningSimulator) -> None:
    chat.ask("Think first", "thinking")
    thoughts = chat.answer.locator(".reasoning-text")
    expect(chat.answer.get_by_text("Thinking", exact=True)).to_be_visible()
    expect(thoughts).to_be_hidden()
    chat.answer.locator("summary").click()
    expect(thoughts).to_be_visible()
    chat.has_ended()
    expect(thoughts).to_be_visible()  # it was opened by a person, so it stays open
    words = thoughts.text_content()
    assert words
    assert words not in chat.text()
    chat.page.reload()
    assert thoughts.text_content() == words


def test_sources_and_code_can_be_used(chat: Chat) -> None:
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.ask("Name sources", "sources")
    chat.has_ended()
    links = chat.answer.locator(".sources-list a")
    expect(links).to_have_count(3)
    assert {link.get_attribute("rel") for link in links.all()} == {"noopener noreferrer nofollow"}
    chat.ask("Show code", "code")
    chat.has_ended()
    block = chat.answer.locator(".code").first
    block.get_by_role("button", name="Copy").click()
    expect(chat.page.get_by_role("status").get_by_text("Copied")).to_be_visible()
    copied = chat.page.evaluate("navigator.clipboard.readText()")
    assert copied == (block.locator("pre").text_content() or "").rstrip("\n")
    chat.answer.get_by_role("button", name="Copy the answer as Markdown").click()
    chat.page.wait_for_function("async () => (await navigator.clipboard.readText()).includes('```python')", polling=50)
