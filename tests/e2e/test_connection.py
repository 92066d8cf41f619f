"""The connection breaks, or sockets are blocked: the page goes on by itself, and nothing is lost or doubled."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e import proxy
from tests.e2e.chat import Chat
from tests.e2e.conftest import OpenTab
from tests.e2e.proxy import Proxy
from tests.e2e.site import Site
from tests.simulator import RunningSimulator
from threads.render import render

pytestmark = pytest.mark.browser


@pytest.fixture
def network(site: Site) -> Iterator[Proxy]:
    """A network of the test's own between browser and site."""
    with Proxy(site.port) as between:
        yield between


@pytest.fixture
def distant(network: Proxy, open_tab: OpenTab) -> Chat:
    """The empty chat, at the far end of that network."""
    tab = open_tab(f"{network.origin}/").ready()
    tab.network_fails = True
    return tab


def in_full(chat: Chat, simulator: RunningSimulator) -> None:
    """The last answer shows exactly what the provider said, live and after a reload."""
    chat.has_ended()
    whole = chat.as_written(render(simulator.record()[-1]["text"]))
    assert chat.blocks() == whole
    chat.page.reload()
    assert chat.blocks() == whole


def test_a_cut_connection_is_taken_up_again(distant: Chat, network: Proxy, simulator: RunningSimulator) -> None:
    distant.ask("Cut me off", "readme")
    seen = distant.grown(beyond=100)
    network.cut()
    expect(distant.banner).to_be_visible()
    expect(distant.banner).to_contain_text("Connection lost")
    distant.is_writing()
    network.restore()
    expect(distant.banner).to_be_hidden()
    distant.grown(beyond=seen)
    in_full(distant, simulator)
    assert len(simulator.record()) == 1


def test_offline_and_online_again(chat: Chat, simulator: RunningSimulator) -> None:
    chat.network_fails = True
    chat.ask("Go offline", "readme")
    seen = chat.grown(beyond=100)
    chat.page.context.set_offline(True)
    expect(chat.banner).to_be_visible()
    stopped_at = chat.grown()
    simulator.wait_until(lambda requests: len(requests[0]["text"]) > 2 * max(seen, stopped_at))
    assert chat.grown() == stopped_at
    chat.page.context.set_offline(False)
    expect(chat.banner).to_be_hidden()
    in_full(chat, simulator)


def test_an_answer_that_ended_meanwhile_is_shown(distant: Chat, network: Proxy, simulator: RunningSimulator) -> None:
    distant.ask("End without me", "readme")
    distant.grown()
    network.cut()
    simulator.wait_until(lambda requests: requests[0]["finished_at"] is not None)
    network.restore()
    in_full(distant, simulator)


def test_a_message_sent_while_away_arrives_once(distant: Chat, network: Proxy, simulator: RunningSimulator) -> None:
    distant.ask("Before", "quick")
    distant.has_ended()
    network.cut()
    distant.ask("Sent while away", "quick")
    expect(distant.page.locator(".pending").get_by_text("Waiting for the connection…")).to_be_visible()
    assert len(simulator.record()) == 1
    network.restore()
    expect(distant.answers).to_have_count(2)
    in_full(distant, simulator)
    expect(distant.question("Sent while away")).to_have_count(1)
    assert [one["prompt"] for one in simulator.record()] == ["Before", "Sent while away"]


def test_a_message_whose_receipt_is_lost_arrives_once(
    distant: Chat, network: Proxy, simulator: RunningSimulator
) -> None:
    distant.ask("Before", "quick")
    distant.has_ended()
    network.swallow_answers_to(b"/send HTTP", times=2)
    distant.ask("Heard but not confirmed", "quick")
    expect(distant.answers).to_have_count(2)
    assert distant.question("Heard but not confirmed").count() == 1  # not beside the bubble that stands for it
    in_full(distant, simulator)
    expect(distant.send_button).to_be_visible()  # by now the message is known to have arrived
    assert network.swallowed_all
    expect(distant.question("Heard but not confirmed")).to_have_count(1)
    assert [one["prompt"] for one in simulator.record()] == ["Before", "Heard but not confirmed"]


def test_a_message_on_its_way_survives_a_reload(distant: Chat, network: Proxy, simulator: RunningSimulator) -> None:
    distant.ask("Before", "quick")
    distant.has_ended()
    network.cut()
    distant.ask("Reload while it waits", "quick")
    expect(distant.page.locator(".pending").get_by_text("Waiting for the connection…")).to_be_visible()
    network.restore()
    distant.page.reload()
    expect(distant.answers).to_have_count(2)
    in_full(distant, simulator)
    expect(distant.question("Reload while it waits")).to_have_count(1)
    assert [one["prompt"] for one in simulator.record()] == ["Before", "Reload while it waits"]


def test_a_message_that_waits_can_be_stopped(distant: Chat, network: Proxy, simulator: RunningSimulator) -> None:
    network.cut()
    distant.ask("Never mind", "endless")
    expect(distant.page.locator(".pending").get_by_text("Waiting for the connection…")).to_be_visible()
    distant.page.keyboard.press("Escape")
    network.restore()
    distant.has_ended("cancelled")
    assert all(request["tokens"] < 50_000 for request in simulator.record())


@pytest.mark.parametrize(
    "refused",
    [(proxy.SOCKETS,), (proxy.SOCKETS, proxy.EVENTS)],
    ids=["sockets blocked", "sockets and event streams blocked"],
)
def test_it_works_without_sockets(
    refused: tuple[bytes, ...], site: Site, open_tab: OpenTab, simulator: RunningSimulator
) -> None:
    with Proxy(site.port, refused) as between:
        chat = open_tab(f"{between.origin}/")
        chat.network_fails = True
        expect(chat.page.locator("body")).to_have_attribute("data-line", "fallback")
        expect(chat.banner).to_be_hidden()
        chat.ask("Without sockets", "readme")
        lengths = [chat.grown()]
        lengths.append(chat.grown(beyond=lengths[-1]))
        chat.is_writing()
        in_full(chat, simulator)
        expect(chat.page.locator("body")).to_have_attribute("data-line", "fallback")

        chat.ask("And stop", "endless")
        expect(chat.answers).to_have_count(2)
        chat.grown()
        chat.page.keyboard.press("Escape")
        chat.has_ended("cancelled")
        simulator.wait_until(lambda requests: requests[-1]["disconnected"])
