"""Two tabs of one person show the same, whichever of them asks or stops."""

import pytest
from playwright.sync_api import expect

from tests.e2e.chat import Chat
from tests.e2e.conftest import OpenTab
from tests.simulator import RunningSimulator

pytestmark = pytest.mark.browser


def test_a_question_streams_in_both_and_is_stopped_in_the_other(chat: Chat, open_tab: OpenTab) -> None:
    onlooker = open_tab("/").ready()  # shows the list, and no conversation
    chat.ask("Two tabs", "endless")
    chat.grown()
    expect(onlooker.entry("Two tabs")).to_be_visible()
    expect(onlooker.entry("Two tabs").locator(".entry-dot")).to_be_visible()
    expect(onlooker.answers).to_have_count(0)

    other = open_tab(chat.page.url).ready()
    seen = other.grown()
    other.grown(beyond=seen)
    chat.grown(beyond=seen)
    other.stop_button.click()
    other.has_ended("cancelled")
    chat.has_ended("cancelled")
    expect(chat.answer.get_by_text("Stopped")).to_be_visible()
    assert chat.transcript() == other.transcript()
    for tab in (chat, other, onlooker):
        expect(tab.entry("Two tabs").locator(".entry-dot")).to_have_count(0)


def test_the_next_question_appears_in_both(chat: Chat, open_tab: OpenTab, simulator: RunningSimulator) -> None:
    chat.ask("First of two", "quick")
    chat.has_ended()
    other = open_tab(chat.page.url).ready()
    chat.ask("Second of two", "readme")
    expect(other.question("Second of two")).to_be_visible()
    other.is_writing()
    expect(other.stop_button).to_be_visible()
    before = other.grown()
    other.grown(beyond=before)
    chat.has_ended()
    other.has_ended()
    assert chat.transcript() == other.transcript()
    assert len(simulator.record()) == 2

    other.ask("Third, from the other", "quick")
    expect(chat.question("Third, from the other")).to_be_visible()
    expect(chat.answers).to_have_count(3)
    chat.has_ended()
    other.has_ended()
    assert chat.transcript() == other.transcript()


def test_renaming_and_deleting_reach_the_other_tab(chat: Chat, open_tab: OpenTab) -> None:
    chat.ask("To be renamed", "quick")
    chat.has_ended()
    other = open_tab(chat.page.url).ready()
    chat.page.get_by_role("link", name="Rename this conversation").click()
    chat.page.get_by_label("Title").fill("A better name")
    chat.page.keyboard.press("Enter")
    for tab in (chat, other):
        expect(tab.page.get_by_role("heading", level=1)).to_have_text("A better name")
        expect(tab.entry("A better name")).to_be_visible()
        expect(tab.page).to_have_title("A better name · chatsite")
    other.page.get_by_role("link", name="Delete this conversation").click()
    other.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    for tab in (chat, other):
        expect(tab.page).to_have_title("New chat · chatsite")
        expect(tab.entry("A better name")).to_have_count(0)
