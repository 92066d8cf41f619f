"""A provider fails: the page says why in words, keeps what came, and offers to try again."""

import pytest
from playwright.sync_api import expect

from tests.e2e.chat import Chat
from tests.simulator import RunningSimulator

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("model", "words"), [("no-credit", "credit"), ("wrong-key", "key")])
def test_the_reason_is_said(model: str, words: str, chat: Chat) -> None:
    chat.ask(f"Fail with {model}", model)
    chat.has_ended("failed")
    problem = chat.answer.get_by_role("group", name="Error")
    expect(problem).to_contain_text(words, ignore_case=True)
    expect(problem.get_by_role("button", name="Retry")).to_be_visible()
    chat.page.reload()
    expect(problem).to_contain_text(words, ignore_case=True)


def test_a_cut_answer_is_kept_and_not_shown_as_complete(chat: Chat) -> None:
    chat.ask("Break off", "breaks")
    chat.has_ended("failed")
    kept = chat.blocks()
    assert kept
    expect(chat.answer.get_by_role("group", name="Error")).to_be_visible()
    chat.page.reload()
    assert chat.blocks() == kept


def test_retry_asks_again(chat: Chat, simulator: RunningSimulator) -> None:
    chat.ask("Try twice", "breaks-once")
    chat.has_ended("failed")
    chat.page.get_by_role("button", name="Retry").click()
    expect(chat.answers).to_have_count(2)
    chat.has_ended()
    assert len(simulator.record()) == 2
    assert simulator.record()[1]["prompt"].endswith("Try twice")


def test_an_over_long_message_comes_back_with_the_reason(chat: Chat, simulator: RunningSimulator) -> None:
    text = "x" * 100_001
    chat.composer.fill(text)
    chat.composer.press("Enter")
    expect(chat.page.get_by_role("alert")).to_contain_text("100,000")
    expect(chat.composer).to_have_value(text)
    expect(chat.answers).to_have_count(0)
    assert simulator.record() == []
    chat.network_fails = True  # the refusal is an HTTP error, which the console tells
    chat.composer.fill("")
