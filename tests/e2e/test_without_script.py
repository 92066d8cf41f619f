"""Without JavaScript: plain pages and forms ask, show how far the answer is, and stop it."""

import pytest
from playwright.sync_api import expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from tests.e2e.chat import Chat
from tests.simulator import RunningSimulator
from threads.render import render

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(new_context: CreateContextCallback) -> Chat:
    context = new_context(java_script_enabled=False)
    expect.set_options(timeout=15_000)
    return Chat(context.new_page()).open("/")


def choose(chat: Chat, text: str, model: str) -> None:
    chat.page.get_by_label("Model").select_option(model)
    chat.composer.fill(text)
    chat.send_button.click()


def test_asking_reading_on(plain: Chat, simulator: RunningSimulator) -> None:
    choose(plain, "No script,\ntwo lines", "readme")
    expect(plain.question("No script,\ntwo lines")).to_be_visible()
    expect(plain.stop_button).to_be_visible()
    expect(plain.send_button).to_be_hidden()
    plain.has_ended()  # the page reads itself again until then
    (request,) = simulator.record()
    assert request["prompt"] == "No script,\ntwo lines"
    shown = plain.page.content()
    assert all(plain_block in shown for plain_block in render(request["text"])[1:4])
    choose(plain, "   ", "quick")
    expect(plain.page.get_by_role("alert")).to_be_visible()
    expect(plain.answers).to_have_count(1)
    choose(plain, "And again", "quick")
    expect(plain.answers).to_have_count(2)
    plain.has_ended()


def test_stopping(plain: Chat, simulator: RunningSimulator) -> None:
    choose(plain, "Stop by a form", "endless")
    expect(plain.answer.locator(".blocks")).not_to_be_empty()
    plain.stop_button.click()
    plain.has_ended("cancelled")
    expect(plain.answer.get_by_text("Stopped")).to_be_visible()
    expect(plain.answer.locator(".blocks")).not_to_be_empty()
    simulator.wait_until(lambda requests: requests[0]["disconnected"])


def test_retrying_renaming_deleting(plain: Chat, simulator: RunningSimulator) -> None:
    choose(plain, "Fail first", "breaks-once")
    plain.has_ended("failed")
    plain.page.get_by_role("button", name="Retry").click()
    expect(plain.answers).to_have_count(2)
    plain.has_ended()
    assert [one["prompt"].split("\n")[0] for one in simulator.record()] == ["Fail first", "Fail first"]
    plain.page.get_by_role("link", name="Rename this conversation").click()
    plain.page.get_by_label("Title").fill("Named without a script")
    plain.page.get_by_role("button", name="Rename").click()
    expect(plain.page.get_by_role("heading", level=1)).to_have_text("Named without a script")
    plain.page.get_by_role("link", name="Delete this conversation").click()
    plain.page.get_by_role("button", name="Delete").click()
    expect(plain.entry("Named without a script")).to_have_count(0)
