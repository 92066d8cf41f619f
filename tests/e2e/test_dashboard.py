"""The dashboard in a browser, over a year of invented answers: it follows what happens and disturbs nobody."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, StorageState, expect

from tests.e2e.chat import Chat, signed_in
from tests.e2e.site import EMAIL, PASSWORD, Site, registry
from tests.e2e.test_health import HIDE
from tests.e2e.test_looks import FAINT, LEAST_CONTRAST, NAMELESS, OVERFLOW, SMALL, SMALLEST_TARGET, found
from tests.simulator import RunningSimulator

pytestmark = pytest.mark.browser
PAGE = "/metrics/dashboard/"
MODELS = {
    "quick": "sim-instant:tokens=40",
    "endless": "sim:ttft=50ms,rate=80,tokens=50000",
    "no-credit": "sim:fault=402",
}
PATIENCE = 15_000
SMALLEST_LINK = 24  # CSS pixels, of a link among words and figures
Open = Callable[..., Chat]


@pytest.fixture(scope="module")
def figures_site(
    site: Site, tmp_path_factory: pytest.TempPathFactory, running_simulator: RunningSimulator
) -> Iterator[Site]:
    seeded = Site(tmp_path_factory.mktemp("figures"), {"SETUP_EMAIL": EMAIL, "SETUP_PASSWORD": PASSWORD})
    seeded.copy_static_from(site)
    until = datetime.now(UTC) - timedelta(hours=2)  # what is younger was asked here
    seeded.seed("--days", "365", "--per-day", "6", "--until", until.isoformat())
    seeded.load_registry(registry(running_simulator.url, MODELS))
    with seeded:
        yield seeded


@pytest.fixture(scope="module")
def staff(figures_site: Site, browser: Browser) -> StorageState:
    return signed_in(browser, figures_site.origin, EMAIL, PASSWORD)


@pytest.fixture
def start(figures_site: Site, staff: StorageState, browser: Browser) -> Iterator[Open]:
    """`start(PAGE, viewport=…)`: a tab in a browser of its own. No console may hold anything against it in the end."""
    expect.set_options(timeout=PATIENCE)
    contexts: list[BrowserContext] = []
    tabs: list[Chat] = []

    def open_one(address: str = PAGE, **options: object) -> Chat:
        screen = {"viewport": {"width": 1280, "height": 800}, "locale": "en", **options}
        context = browser.new_context(base_url=figures_site.origin, storage_state=staff, **screen)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        tabs.append(Chat(context.new_page()))
        return tabs[-1].open(address)

    yield open_one
    problems = [tab.problems for tab in tabs]
    for context in contexts:
        context.close()
    assert problems == [[] for _ in tabs]


def part(page: Page, heading: str) -> Locator:
    return page.get_by_role("region", name=heading, exact=True)


def names(page: Page, table: str) -> list[str]:
    return [text.strip() for text in page.locator(f"#calls-{table} tbody th").all_text_contents()]


def tile(page: Page, label: str) -> Locator:
    return page.locator(f'.tile[data-key="{label}"] strong')


def is_drawn(page: Page) -> None:
    expect(page.locator("figure", has=page.get_by_role("heading", name="Requests")).locator("canvas")).to_be_visible()


def test_ranges_are_chosen_and_gone_back_from(start: Open, figures_site: Site) -> None:
    page = start().page
    expect(page.get_by_role("link", name="1 h", exact=True)).to_have_attribute("aria-current", "true")
    for label, key in (("24 h", "24h"), ("90 d", "90d")):
        page.get_by_role("link", name=label, exact=True).click()
        expect(page).to_have_url(f"{figures_site.origin}{PAGE}?range={key}")
        expect(page.get_by_role("link", name=label, exact=True)).to_have_attribute("aria-current", "true")
        expect(page.locator("[aria-current]")).to_have_count(1)
        is_drawn(page)
    expect(page.locator("#table-ttft tbody tr")).to_have_count(91)
    page.go_back()
    expect(page.get_by_role("link", name="24 h", exact=True)).to_have_attribute("aria-current", "true")
    is_drawn(page)


def test_another_range_by_the_keyboard(start: Open) -> None:
    tab = start(f"{PAGE}?range=90d")
    page = tab.page
    page.get_by_text("Another range", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_label("To (UTC)").fill("2020-01-01T00:00")
    page.get_by_label("From (UTC)").fill("2020-01-02T00:00")
    page.get_by_role("button", name="Show").focus()
    tab.network_fails = True  # the browser reports the 422
    with page.expect_response(re.compile("range=custom")) as answered:
        page.keyboard.press("Enter")
    assert answered.value.status == 422
    expect(page.get_by_role("alert")).to_have_text("This range ends before it begins: exchange the two.")
    expect(page.get_by_role("button", name="Show")).to_be_focused()
    expect(page.get_by_label("From (UTC)")).to_have_value("2020-01-02T00:00")
    page.get_by_label("To (UTC)").fill("2020-01-03T00:00")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_text("From 2020-01-02 00:00 to 2020-01-03 00:00 UTC")).to_be_visible()
    expect(tile(page, "Answers")).to_have_text("0")


def test_tables_are_sorted_where_they_stand(start: Open) -> None:
    page = start(f"{PAGE}?range=90d").page
    assert names(page, "models")[0] == "fast"
    heading = page.locator("#calls-models").get_by_role("link", name="First token p95")
    heading.focus()
    page.keyboard.press("Enter")
    header = page.locator("#calls-models th:has(a)").filter(has_text="First token p95")
    expect(header).to_have_attribute("aria-sort", "descending")
    expect(heading).to_be_focused()
    page.keyboard.press("Enter")
    expect(header).to_have_attribute("aria-sort", "ascending")
    expect(heading).to_be_focused()
    page.locator("#calls-models").get_by_role("link", name="Name").click()
    expect(page.locator("#calls-models th").first).to_have_attribute("aria-sort", "ascending")
    assert names(page, "models") == sorted(names(page, "models"))
    assert names(page, "providers")[0] == "openai", "the other table keeps its own order"


def test_filters(start: Open) -> None:
    page = start(f"{PAGE}?range=90d").page
    everything = tile(page, "Answers").text_content()
    page.locator("select[name=model]").select_option("local")
    expect(page.locator("#calls-models tbody tr")).to_have_count(1)
    expect(tile(page, "Answers")).not_to_have_text(everything or "")
    page.get_by_role("link", name="Show all").click()
    expect(tile(page, "Answers")).to_have_text(everything or "")
    expect(page.locator("select[name=model]")).to_have_value("")
    page.locator("#calls-providers").get_by_role("link", name="gemini").click()
    expect(page).to_have_url(re.compile("range=90d&provider=gemini"))
    expect(page.locator("#calls-providers tbody tr")).to_have_count(1)
    expect(page.locator("select[name=provider]")).to_have_value("gemini")
    is_drawn(page)


def test_it_follows_without_disturbing_anybody(start: Open) -> None:
    chat = start("/").ready()
    page = start(f"{PAGE}?range=15m").page
    before = int(tile(page, "Answers").text_content() or "")
    drawer = page.locator("#details-ttft")
    drawer.locator("summary").click()
    drawer.locator("summary").focus()
    page.evaluate("document.getElementById('details-ttft').isTheSame = true; scrollTo(0, 400)")
    place = page.evaluate("scrollY")
    chat.ask("Hello", "quick")
    chat.has_ended()
    expect(tile(page, "Answers")).to_have_text(str(before + 1))
    is_drawn(page)
    expect(drawer).to_have_attribute("open", "")
    expect(drawer.locator("summary")).to_be_focused()
    assert page.evaluate("document.getElementById('details-ttft').isTheSame")
    assert page.evaluate("scrollY") == place
    page.evaluate("document.querySelector('.plot canvas').isTheSame = true")
    chat.ask("Hello again", "quick")
    chat.has_ended()
    expect(tile(page, "Answers")).to_have_text(str(before + 2))
    assert page.evaluate("document.querySelector('.plot canvas').isTheSame"), "drawn anew inside, not put there anew"


def test_stopping_an_answer(start: Open) -> None:
    chat = start("/").ready()
    chat.ask("Go on", "endless")
    chat.grown()
    page = start().page
    row = part(page, "Answers that run").get_by_role("row").filter(has_text="endless at simulator")
    expect(row).to_contain_text("Writing")
    stop = row.get_by_role("button", name="Stop answer")
    stop.focus()
    page.keyboard.press("Enter")
    chat.has_ended("cancelled")
    expect(row).to_have_count(0)
    expect(page.locator("#said")).to_have_text("The answer is stopped.")
    expect(page.get_by_role("heading", name="Now")).to_be_focused()
    expect(tile(page, "Stops")).not_to_have_text("0")


def test_why_an_answer_failed(start: Open) -> None:
    chat = start("/").ready()
    chat.ask("Pay", "no-credit")
    chat.has_ended("failed")
    page = start(f"{PAGE}?range=15m").page
    row = part(page, "Failed answers").get_by_role("row").filter(has_text="no-credit at simulator").first
    expect(row).to_contain_text("Out of credit")
    row.get_by_role("link", name="Its attempts").click()
    expect(page.get_by_role("heading", name="What happened to one answer")).to_be_visible()
    expect(page.locator(".bar").last).to_contain_text("Asked no-credit at simulator")
    expect(page.locator(".bar").last).to_contain_text("Out of credit")
    expect(page.get_by_role("img", name=re.compile("Nothing came: "))).to_be_visible()
    expect(part(page, "What was told")).to_contain_text("Connecting to simulator…")
    expect(page.get_by_text("Pay", exact=True)).to_have_count(0)


def test_one_that_runs_is_followed_until_its_end(start: Open) -> None:
    chat = start("/").ready()
    chat.ask("Go on", "endless")
    chat.grown()
    page = start().page
    part(page, "Answers that run").get_by_role("row").filter(has_text="endless").get_by_role("link").click()
    expect(page.locator(".outcome-word")).to_have_text("Running")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".outcome-word")).to_have_text("Cancelled")
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    expect(page.locator(".bar").last).to_contain_text("Stopped")
    chat.has_ended("cancelled")


def test_nothing_is_asked_while_nobody_looks(start: Open) -> None:
    page = start("/accounts/").page
    page.clock.install()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if PAGE in request.url else None)
    page.goto(PAGE)
    with page.expect_response(f"**{PAGE}now*"):
        page.clock.run_for(2_100)
    page.evaluate(HIDE, True)
    before = len(asked)
    page.clock.run_for(60_000)
    assert len(asked) == before
    with page.expect_response(re.compile(rf"{PAGE}\?")):
        page.evaluate(HIDE, False)


def test_who_is_signed_out_is_told(start: Open) -> None:
    page = start(f"{PAGE}?range=custom&from=2020-01-01&to=2020-01-02").page
    shown = page.locator("#board").inner_text()
    expect(page.get_by_text("These figures are not up to date")).to_be_hidden()
    page.context.clear_cookies()
    expect(page.get_by_text("These figures are not up to date")).to_be_visible()
    assert page.locator("#board").inner_text() == shown


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read_and_has_a_name(scheme: str, start: Open) -> None:
    page = start(f"{PAGE}?range=90d", color_scheme=scheme, reduced_motion="reduce").page
    is_drawn(page)
    for summary in page.locator("summary").all():
        summary.click()
    assert found(page, FAINT, LEAST_CONTRAST) + found(page, NAMELESS) == []
    part(page, "Failed calls").get_by_role("link").first.click()
    expect(page.locator(".bar").first).to_be_visible()
    assert found(page, FAINT, LEAST_CONTRAST) + found(page, NAMELESS) == []


def test_a_phone(start: Open) -> None:
    phone = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True}
    page = start(f"{PAGE}?range=90d", **phone).page
    is_drawn(page)
    assert page.evaluate(OVERFLOW) == 0
    small = found(page, SMALL, SMALLEST_TARGET)
    assert [one for one in small if 'class="button' in one or "summary" in one or "#providers" in one] == []
    assert found(page, SMALL, SMALLEST_LINK) == []
    page.locator("#details-errors summary").click()
    assert page.evaluate(OVERFLOW) == 0
    part(page, "Failed calls").get_by_role("link").first.click()
    expect(page.locator(".bar").first).to_be_visible()
    assert page.evaluate(OVERFLOW) == 0


def test_without_script_it_is_a_plain_page(start: Open) -> None:
    chat = start("/").ready()
    chat.ask("Go on", "endless")
    chat.grown()
    page = start(f"{PAGE}?range=90d", java_script_enabled=False).page
    page.locator("#calls-providers").get_by_role("link", name="Name").click()
    expect(page.locator("#calls-providers tbody th").first).to_have_text("anthropic")
    assert names(page, "providers")[:2] == ["anthropic", "gemini"]
    page.locator("select[name=provider]").select_option("gemini")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#calls-providers tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Show all").click()
    page.locator("#details-ttft summary").click()
    expect(page.locator("#table-ttft")).to_be_visible()
    page.get_by_role("button", name="Stop answer").click()
    expect(page.locator(".outcome-word")).to_have_text("Cancelled")
    chat.has_ended("cancelled")
