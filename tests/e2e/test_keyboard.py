"""The chat with the keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.e2e.chat import Chat
from tests.e2e.conftest import OpenTab
from tests.simulator import RunningSimulator

pytestmark = pytest.mark.browser


def test_writing_and_sending(chat: Chat, simulator: RunningSimulator) -> None:
    keys = chat.page.keyboard
    expect(chat.composer).to_be_focused()
    height = chat.composer.evaluate("field => field.offsetHeight")
    keys.type("one")
    keys.press("Shift+Enter")
    keys.type("two")
    expect(chat.composer).to_have_value("one\ntwo")
    assert chat.composer.evaluate("field => field.offsetHeight") > height
    keys.press("Enter")
    expect(chat.composer).to_have_value("")
    expect(chat.composer).to_be_focused()
    chat.has_ended()
    expect(chat.composer).to_be_focused()
    assert simulator.record()[0]["prompt"] == "one\ntwo"


def test_nothing_is_sent_while_a_word_is_composed(chat: Chat, simulator: RunningSimulator) -> None:
    line = chat.page.context.new_cdp_session(chat.page)
    line.send("Input.imeSetComposition", {"text": "にほん", "selectionStart": 3, "selectionEnd": 3})
    # What an input method sends for the Enter that takes a word over: the key 229, and no other.
    line.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": 229})
    line.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": "Enter", "windowsVirtualKeyCode": 13})
    line.send("Input.insertText", {"text": "日本"})
    expect(chat.composer).to_have_value("日本")
    expect(chat.answers).to_have_count(0)
    chat.page.keyboard.press("Enter")
    chat.has_ended()
    assert [one["prompt"] for one in simulator.record()] == ["日本"]


def test_the_skip_link_comes_first(chat: Chat) -> None:
    chat.ask("Something to skip to", "quick")
    chat.has_ended()
    chat.page.reload()
    chat.page.keyboard.press("Tab")
    skip = chat.page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    chat.page.keyboard.press("Enter")
    expect(chat.page.get_by_role("main")).to_be_focused()


def test_shortcuts(chat: Chat) -> None:
    keys = chat.page.keyboard
    keys.press("Control+k")
    expect(chat.page.get_by_label("Search your conversations")).to_be_focused()
    keys.press("Shift+Escape")
    expect(chat.composer).to_be_focused()
    chat.page.get_by_role("link", name="New chat").first.focus()
    keys.press("/")
    expect(chat.composer).to_be_focused()
    expect(chat.composer).to_have_value("")
    chat.ask("Leave me", "quick")
    chat.has_ended()
    keys.press("Control+Shift+O")
    expect(chat.page).to_have_title("New chat · chatsite")
    expect(chat.composer).to_be_focused()


def test_a_draft_waits_for_its_conversation(chat: Chat, open_tab: OpenTab) -> None:
    chat.composer.fill("Not sent yet")
    chat.page.reload()
    expect(chat.composer).to_have_value("Not sent yet")
    chat.ask("Sent instead", "quick")
    chat.has_ended()
    expect(open_tab("/").composer).to_have_value("")


def test_searching_finds_what_was_said(chat: Chat) -> None:
    chat.ask("A needle in a haystack", "quick")
    chat.has_ended()
    chat.page.keyboard.press("Control+k")
    chat.page.keyboard.type("needle in a")
    lines = chat.page.get_by_role("list", name="Conversations").get_by_role("listitem")
    expect(lines).to_have_count(1)
    chat.page.keyboard.type(" something else")
    expect(lines.get_by_text("Nothing found")).to_be_visible()


def test_dialogs_keep_the_focus_and_give_it_back(chat: Chat) -> None:
    chat.ask("A conversation to keep", "quick")
    chat.has_ended()
    opener = chat.page.get_by_role("link", name="Delete this conversation")
    opener.focus()
    chat.page.keyboard.press("Enter")
    expect(chat.page.get_by_role("button", name="Keep it")).to_be_focused()
    for _ in range(5):
        chat.page.keyboard.press("Tab")
        assert chat.page.evaluate("!document.activeElement.closest('.side, .stage')")
    chat.page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(chat.entry("A conversation to keep")).to_be_visible()
