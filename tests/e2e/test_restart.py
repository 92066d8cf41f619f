"""The server ends in the middle of an answer, in good order or not: the page comes back by itself, the answer whole."""

import signal

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.chat import Chat
from tests.e2e.site import MODELS, Site
from tests.simulator import RunningSimulator
from threads.render import render

pytestmark = pytest.mark.browser


def undisturbed(simulator: RunningSimulator, question: str, model: str) -> str:
    """What the provider says to this question when nothing happens."""
    body = {"model": MODELS[model], "messages": [{"role": "user", "content": question}]}
    answer = httpx.post(f"{simulator.url}/chat/completions", json=body, timeout=30)
    return str(answer.json()["choices"][0]["message"]["content"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["SIGTERM", "SIGKILL"])
def test_the_answer_is_finished(number: signal.Signals, chat: Chat, site: Site, simulator: RunningSimulator) -> None:
    question = f"Survive {number.name}"
    chat.network_fails = True
    chat.ask(question, "readme")
    seen = chat.grown(beyond=200)
    site.end(number)
    expect(chat.banner).to_be_visible()
    assert chat.grown() >= seen
    site.start()
    expect(chat.banner).to_be_hidden(timeout=30_000)
    chat.has_ended()
    assert len(simulator.record()) == 2
    whole = chat.as_written(render(undisturbed(simulator, question, "readme")))
    assert chat.blocks() == whole
    chat.page.reload()
    assert chat.blocks() == whole
    expect(chat.question(question)).to_have_count(1)
