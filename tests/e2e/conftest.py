"""Fixtures for tests in a browser: one site for all of them, a signed-in browser, tabs whose console is watched."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, StorageState, expect

from tests.e2e.chat import Chat
from tests.e2e.chat import signed_in as cookies_of
from tests.e2e.site import EMAIL, PASSWORD, Site, registry
from tests.simulator import RunningSimulator

PATIENCE = 15_000  # milliseconds until a condition that does not come is a failure
# A browser that talks to nobody of its own accord.
QUIET = [
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    "--disable-quic",
]  # fmt: skip

OpenTab = Callable[..., Chat]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    program = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
    return {**browser_type_launch_args, "executable_path": program, "args": [*QUIET, *root]}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, running_simulator: RunningSimulator) -> Iterator[Site]:
    """With one account, EMAIL, and the models of tests.e2e.site at the simulator."""
    account = {"SETUP_EMAIL": EMAIL, "SETUP_PASSWORD": PASSWORD}
    with Site(tmp_path_factory.mktemp("site"), account) as running:
        running.load_registry(registry(running_simulator.url))
        yield running


@pytest.fixture(scope="session")
def base_url(site: Site) -> str:
    return site.origin


@pytest.fixture(scope="session")
def signed_in(browser: Browser, site: Site) -> StorageState:
    """The cookies of a person who has signed in."""
    return cookies_of(browser, site.origin, EMAIL, PASSWORD)


@pytest.fixture(scope="session")
def browser_context_args(
    browser_context_args: dict[str, Any], base_url: str, signed_in: StorageState
) -> dict[str, Any]:
    screen = {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light", "locale": "en"}
    return {**browser_context_args, **screen, "base_url": base_url, "storage_state": signed_in}


@pytest.fixture
def open_tab(context: BrowserContext) -> Iterator[OpenTab]:
    """`open_tab("/")`: another tab of one browser. No tab's console may hold anything against it in the end."""
    expect.set_options(timeout=PATIENCE)
    context.set_default_timeout(PATIENCE)
    tabs: list[Chat] = []

    def open_one(address: str = "/", inside: BrowserContext = context) -> Chat:
        tab = Chat(inside.new_page())
        tabs.append(tab)
        return tab.open(address)

    yield open_one
    assert [tab.problems for tab in tabs] == [[] for _ in tabs]


@pytest.fixture
def chat(open_tab: OpenTab) -> Chat:
    """The empty chat in one tab."""
    return open_tab("/").ready()
