"""The chat page in one tab, in the words of a person who uses it. Knows the page, not what stands behind it."""

from collections.abc import Iterable
from typing import cast
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, StorageState, expect

POLL = 25  # milliseconds between looks at a condition; hidden tabs draw no frames to wait for
_LENGTH = """least => {
  const shown = [...document.querySelectorAll('article.answer .blocks')].at(-1)?.textContent.length ?? 0;
  return shown > least ? shown : 0;
}"""
# As the browser itself would write the same HTML.
_AS_WRITTEN = """blocks => blocks.map(html => {
  const holder = document.createElement('template');
  holder.innerHTML = html;
  return holder.innerHTML;
})"""
_MESSAGES = """[...document.querySelectorAll('#transcript > article')].map(one =>
  [one.innerText, one.querySelector('.blocks')?.innerHTML ?? ''])"""
_NETWORK = ("Failed to load resource: ", "WebSocket connection to")


def signed_in(browser: Browser, origin: str, email: str, password: str) -> StorageState:
    """The cookies of a person who has signed in."""
    context = browser.new_context(base_url=origin)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{origin}/")
    state = context.storage_state()
    context.close()
    return state


class Chat:
    """`network_fails` is set by tests in which it does: the browser's own reports of that are no problems then."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.network_fails = False
        self._problems: list[str] = []
        self._requests: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._problems.append(f"script: {error}"))
        page.on("request", self._see)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._problems.append(f"{message.type}: {message.text}")

    def _see(self, request: Request) -> None:
        self._requests.append(request.url)

    @property
    def problems(self) -> list[str]:
        """What the console holds against the page so far."""
        return [one for one in self._problems if not (self.network_fails and any(known in one for known in _NETWORK))]

    def forget_problems(self) -> None:
        """Those so far were meant."""
        self._problems.clear()

    @property
    def origins(self) -> set[str]:
        """Everybody the page has asked for anything."""
        parts = [urlsplit(url) for url in self._requests]
        return {f"{part.scheme}://{part.netloc}" for part in parts if part.scheme not in {"data", "blob"}}

    # --- what a person does ----------------------------------------------------------------------------------
    def open(self, address: str = "/") -> "Chat":
        self.page.goto(address)
        return self

    def ready(self) -> "Chat":
        """Wait until the tab has its line to the server, by whatever way."""
        expect(self.page.locator("body")).to_have_attribute("data-line", "socket")
        return self

    def ask(self, text: str, model: str = "") -> None:
        if model:
            self.page.get_by_label("Model").select_option(model)
        self.composer.fill(text)
        self.composer.press("Enter")

    # --- what a person sees ----------------------------------------------------------------------------------
    @property
    def composer(self) -> Locator:
        return self.page.get_by_label("Your message")

    @property
    def send_button(self) -> Locator:
        return self.page.get_by_role("button", name="Send")

    @property
    def stop_button(self) -> Locator:
        return self.page.get_by_role("button", name="Stop the answer")

    @property
    def answers(self) -> Locator:
        return self.page.locator("article.answer")

    @property
    def answer(self) -> Locator:
        """The last one."""
        return self.answers.last

    @property
    def banner(self) -> Locator:
        return self.page.locator("#banner")

    def question(self, text: str) -> Locator:
        """The bubbles with exactly this text."""
        return self.page.locator(".bubble").get_by_text(text, exact=True)

    def entry(self, text: str) -> Locator:
        """The line of a conversation in the list, by its title."""
        return self.page.locator("#threads .entry-link").filter(has=self.page.get_by_text(text, exact=True))

    def grown(self, beyond: int = 0) -> int:
        """Wait until the last answer shows more than `beyond` characters; how many it shows."""
        shown = self.page.wait_for_function(_LENGTH, arg=beyond, polling=POLL)
        return int(cast("int", shown.json_value()))

    def is_writing(self) -> None:
        expect(self.answer).to_have_attribute("aria-busy", "true")

    def has_ended(self, state: str = "completed") -> None:
        expect(self.answer).to_have_attribute("aria-busy", "false", timeout=30_000)
        expect(self.answer).to_have_attribute("data-state", state)
        expect(self.stop_button).to_be_hidden()

    def blocks(self) -> list[str]:
        """The HTML of the last answer, block by block."""
        found = self.page.evaluate(
            "[...[...document.querySelectorAll('article.answer .blocks')].at(-1).children].map(one => one.outerHTML)"
        )
        return cast("list[str]", found)

    def text(self) -> str:
        return self.answer.locator(".blocks").text_content() or ""

    def as_written(self, blocks: Iterable[str]) -> list[str]:
        """HTML blocks as this browser would write them."""
        return cast("list[str]", self.page.evaluate(_AS_WRITTEN, list(blocks)))

    def transcript(self) -> list[list[str]]:
        """All messages on show: of each what can be read, and the HTML of its blocks."""
        return cast("list[list[str]]", self.page.evaluate(_MESSAGES))
