"""Every protocol, read in the browser: an answer, one after a rate limit, one that another model had to give.

The provider is the simulator, which speaks all of them; what the page shows while it waits is watched as it changes.
"""

import pytest
from playwright.sync_api import expect

from providers.registry import ADAPTERS
from tests.e2e.chat import Chat
from tests.e2e.site import Site
from tests.simulator import RunningSimulator
from threads.render import render

pytestmark = pytest.mark.browser

WATCH = """() => {
  window.statuses = [];
  const look = () => {
    const text = [...document.querySelectorAll('article.answer .status')].at(-1)?.textContent.trim() ?? '';
    if (text && window.statuses.at(-1) !== text) window.statuses.push(text);
  };
  new MutationObserver(look).observe(document.getElementById('transcript'),
    { childList: true, subtree: true, characterData: true });
}"""


@pytest.fixture(scope="module")
def protocols(site: Site, running_simulator: RunningSimulator) -> None:
    """A provider of each protocol, each with a model that answers, one that is limited once, one that never answers."""
    tables = []
    for adapter in ADAPTERS:
        tables.append(f'[[provider]]\nname = "by-{adapter}"\npreset = "simulator"\nadapter = "{adapter}"')
        tables.append(f'base_url = "{running_simulator.origin}"')
        for name, upstream, more in (
            ("answers", "sim:ttft=50ms,rate=200,tokens=90,text=unicode", ""),
            ("limited", "sim-fast:tokens=40,fault=429,retry-after=1,times=1", ""),
            ("spare", "sim-fast:ttft=1s,tokens=40", ""),  # so late that what is told meanwhile is seen
            ("refused", "sim-fast:fault=401", f'fallbacks = ["{adapter}-spare"]'),
        ):
            deployment = f'{{ provider = "by-{adapter}", upstream = "{upstream}" }}'
            tables.append(f'[[model]]\nname = "{adapter}-{name}"\ndeployments = [{deployment}]\n{more}')
    site.load_registry("\n".join(tables))


def _watching(chat: Chat) -> Chat:
    chat.page.reload()  # the models are new
    chat.page.evaluate(WATCH)
    return chat.ready()


def _statuses(chat: Chat) -> list[str]:
    return [str(one) for one in chat.page.evaluate("window.statuses")]


def _calls_were(chat: Chat, *outcomes: str) -> None:
    chat.answer.get_by_text(f"{len(outcomes)} calls to providers").click()
    expect(chat.answer.locator(".attempts").get_by_role("row")).to_contain_text(["Outcome", *outcomes])


@pytest.mark.parametrize("adapter", ADAPTERS)
@pytest.mark.usefixtures("protocols")
def test_an_answer_is_read(adapter: str, chat: Chat, simulator: RunningSimulator) -> None:
    _watching(chat).ask(f"Speak {adapter}", f"{adapter}-answers")
    chat.grown()
    chat.has_ended()
    [said] = simulator.record()
    assert chat.blocks() == chat.as_written(render(said["text"]))
    figures = chat.answer.get_by_role("list", name="Figures of this answer")
    expect(figures).to_contain_text("90")  # tokens, as the provider counted them


@pytest.mark.parametrize("adapter", ADAPTERS)
@pytest.mark.usefixtures("protocols")
def test_a_rate_limit_is_told_and_waited_out(adapter: str, chat: Chat, simulator: RunningSimulator) -> None:
    _watching(chat).ask(f"Wait for {adapter}", f"{adapter}-limited")
    expect(chat.answer.locator(".status")).to_contain_text("Rate-limited, trying again in")
    chat.has_ended()
    assert [one["status"] for one in simulator.record()] == [429, 200]
    _calls_were(chat, "Rate-limited", "Answered")


@pytest.mark.parametrize("adapter", ADAPTERS)
@pytest.mark.usefixtures("protocols")
def test_another_model_is_asked_and_that_is_told(adapter: str, chat: Chat, simulator: RunningSimulator) -> None:
    _watching(chat).ask(f"Fall back from {adapter}", f"{adapter}-refused")
    chat.has_ended()
    refused, answered = simulator.record()
    assert refused["status"] in {400, 401}  # of Gemini, a wrong key is a bad request
    assert answered["status"] == 200
    passed_on = f"{adapter}-refused does not accept its key, asking {adapter}-spare…"
    assert passed_on in _statuses(chat)
    chat.page.reload()
    _calls_were(chat, "Wrong key", "Answered")
