"""The pages of costs in a browser, over a season of invented answers: staff's of everybody, and a person's own."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect

from tests.e2e.chat import Chat, signed_in
from tests.e2e.site import EMAIL, PASSWORD, Site, registry
from tests.e2e.test_looks import FAINT, LEAST_CONTRAST, NAMELESS, OVERFLOW, SMALL, SMALLEST_TARGET, found
from tests.simulator import RunningSimulator

pytestmark = pytest.mark.browser
COSTS, USAGE = "/metrics/costs/", "/metrics/usage/"
PERSON = "person-0@seed.example"
PATIENCE = 15_000
PHONE = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True}
Open = Callable[..., Chat]
# The person may sign in, has a chat and a budget that is nearly spent.
PREPARE = f"""
from django.utils import timezone
from accounts.models import Budget, User
from threads.models import Generation, Thread
person = User.objects.get(email={PERSON!r})
person.set_password({PASSWORD!r})
person.save()
answers = Generation.objects.filter(user=person)
now, where = timezone.now(), answers.first().organization_id
chat = Thread(owner=person, organization_id=where, title="Trip to Lisbon", created_at=now, updated_at=now)
chat.save()
answers.filter(pk__in=list(answers.order_by("-created_at").values_list("pk", flat=True)[:20])).update(thread=chat)
Budget.objects.create(user=person, amount_usd="1000.00", warn_at=0)
"""


@pytest.fixture(scope="module")
def costs_site(
    site: Site, tmp_path_factory: pytest.TempPathFactory, running_simulator: RunningSimulator
) -> Iterator[Site]:
    seeded = Site(tmp_path_factory.mktemp("costs"), {"SETUP_EMAIL": EMAIL, "SETUP_PASSWORD": PASSWORD})
    seeded.copy_static_from(site)
    until = datetime.now(UTC) - timedelta(hours=2)
    seeded.seed("--days", "40", "--per-day", "12", "--until", until.isoformat())
    seeded.load_registry(registry(running_simulator.url, {"quick": "sim-instant:tokens=40"}))
    seeded.manage("shell", "--verbosity", "0", "--command", PREPARE)
    with seeded:
        yield seeded


@pytest.fixture(scope="module")
def cookies(costs_site: Site, browser: Browser) -> dict[str, StorageState]:
    """By who signed in: EMAIL, who is staff, and PERSON."""
    return {who: signed_in(browser, costs_site.origin, who, PASSWORD) for who in (EMAIL, PERSON)}


@pytest.fixture
def start(costs_site: Site, cookies: dict[str, StorageState], browser: Browser) -> Iterator[Open]:
    """`start(COSTS, EMAIL, viewport=…)`: a tab in a browser of its own. No console may hold anything against it."""
    expect.set_options(timeout=PATIENCE)
    contexts: list[BrowserContext] = []
    tabs: list[Chat] = []

    def open_one(address: str = COSTS, who: str = EMAIL, **options: object) -> Chat:
        screen = {"viewport": {"width": 1280, "height": 800}, "locale": "en", **options}
        context = browser.new_context(base_url=costs_site.origin, storage_state=cookies[who], **screen)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        tabs.append(Chat(context.new_page()))
        return tabs[-1].open(address)

    yield open_one
    problems = [tab.problems for tab in tabs]
    for context in contexts:
        context.close()
    assert problems == [[] for _ in tabs]


def names(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("#spent-table tbody th").all_text_contents()]


def chosen(page: Page, label: str) -> None:
    expect(page.get_by_role("link", name=label, exact=True)).to_have_attribute("aria-current", "true")


def is_drawn(page: Page) -> None:
    expect(page.locator("figure canvas")).to_be_visible()


def test_by_what_and_when_with_the_keyboard(start: Open, costs_site: Site) -> None:
    page = start().page
    chosen(page, "30 d")
    page.get_by_role("link", name="By Model", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{costs_site.origin}{COSTS}?range=30d&by=model")
    expect(page.get_by_role("link", name="By Model", exact=True)).to_be_focused()
    chosen(page, "By Model")
    is_drawn(page)
    page.keyboard.press("Shift+Tab")
    page.get_by_role("link", name="7 d", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{costs_site.origin}{COSTS}?range=7d&by=model")
    expect(page.locator("#table-cost tbody tr")).to_have_count(7)
    page.go_back()
    chosen(page, "30 d")
    expect(page.locator("#table-cost tbody tr")).to_have_count(30)
    page.reload()
    chosen(page, "By Model")


def test_other_days_with_the_keyboard(start: Open) -> None:
    tab = start(f"{COSTS}?by=model")
    page = tab.page
    page.get_by_text("Other days", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_label("First day (UTC)").fill("2020-01-02")
    page.get_by_label("Last day (UTC)").fill("2020-01-01")
    page.get_by_role("button", name="Show").focus()
    tab.network_fails = True  # the browser reports the 422
    with page.expect_response(re.compile("range=custom")) as answered:
        page.keyboard.press("Enter")
    assert answered.value.status == 422
    expect(page.get_by_role("alert")).to_have_text("The last day is before the first: exchange the two.")
    expect(page.get_by_role("button", name="Show")).to_be_focused()
    page.get_by_label("Last day (UTC)").fill("2020-01-02")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_text("From 2020-01-02 to 2020-01-02")).to_be_visible()
    expect(page.get_by_text("No calls in these days.")).to_be_visible()


def test_sorted_where_it_stands(start: Open) -> None:
    page = start(f"{COSTS}?by=user").page
    assert len(names(page)) == 8
    heading = page.locator("#spent-table").get_by_role("link", name="Calls")
    heading.focus()
    page.keyboard.press("Enter")
    header = page.locator("#spent-table th:has(a)").filter(has_text="Calls")
    expect(header).to_have_attribute("aria-sort", "descending")
    expect(heading).to_be_focused()
    page.keyboard.press("Enter")
    expect(header).to_have_attribute("aria-sort", "ascending")
    page.locator("#spent-table").get_by_role("link", name="Person", exact=True).click()
    expect(page.locator("#spent-table th").first).to_have_attribute("aria-sort", "ascending")
    assert [name.split("@")[0] for name in names(page)] == [f"person-{number}" for number in range(8)]


def test_from_an_organisation_to_its_people_and_their_models(start: Open) -> None:
    page = start(f"{COSTS}?by=organization").page
    page.locator("#spent-table").get_by_role("link", name="seed-team").click()
    chosen(page, "By Person")
    expect(page.locator("select[name=org]")).to_have_value("seed-team")
    expect(page.locator("#spent-table tbody tr")).to_have_count(6)
    expect(page.locator("#spent-table tbody tr").filter(has_text=PERSON)).to_contain_text("of $1,000.00 this month")
    page.locator("#spent-table").get_by_role("link", name=PERSON).click()
    chosen(page, "By Model")
    expect(page.get_by_text(f"Only {PERSON}")).to_be_visible()
    page.locator("select[name=provider]").select_option("openai")
    expect(page.locator("#spent-table tbody th")).to_have_count(2)
    expect(page.get_by_text(f"Only {PERSON}")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("#spent-table tbody th")).to_have_count(5)
    is_drawn(page)


def test_chats_are_told_by_their_owners_to_staff(start: Open) -> None:
    page = start(f"{COSTS}?by=thread").page
    expect(page.locator("#spent-table")).to_contain_text(PERSON)
    expect(page.get_by_text("Lisbon")).to_have_count(0)


def test_ones_own_usage(start: Open) -> None:
    chat = start("/", PERSON)
    page = chat.page
    page.get_by_role("link", name="Your usage and costs").click()
    expect(page.get_by_role("heading", name="Your usage", level=1)).to_be_visible()
    expect(page.get_by_role("progressbar", name="Budget of You")).to_be_visible()
    expect(page.get_by_role("link", name="Dashboard")).to_have_count(0)
    page.get_by_role("link", name="By Chat", exact=True).click()
    page.locator("#spent-table").get_by_role("link", name="Trip to Lisbon").click()
    expect(page).to_have_title("Trip to Lisbon · chatsite")


def test_the_table_to_take_away(start: Open) -> None:
    page = start(f"{USAGE}?by=thread", PERSON).page
    with page.expect_download() as download:
        page.get_by_role("link", name="as CSV").click()
    text = download.value.path().read_text("utf-8")
    assert download.value.suggested_filename == "chatsite-costs-thread.csv"
    assert "Trip to Lisbon" in text
    assert len(text.splitlines()) == 1 + len(names(page))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("address", "who"), [(f"{COSTS}?by=user", EMAIL), (f"{USAGE}?by=thread", PERSON)])
def test_everything_can_be_read_and_has_a_name(scheme: str, address: str, who: str, start: Open) -> None:
    page = start(address, who, color_scheme=scheme, reduced_motion="reduce").page
    is_drawn(page)
    for summary in page.locator("summary").all():
        summary.click()
    assert found(page, FAINT, LEAST_CONTRAST) + found(page, NAMELESS) == []
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)


@pytest.mark.parametrize(("address", "who"), [(f"{COSTS}?by=user", EMAIL), (USAGE, PERSON)])
def test_a_phone(address: str, who: str, start: Open) -> None:
    page = start(address, who, **PHONE).page
    is_drawn(page)
    assert page.evaluate(OVERFLOW) == 0
    assert [one for one in found(page, SMALL, SMALLEST_TARGET) if 'class="button' in one or "summary" in one] == []
    region = page.locator(".table-scroll", has=page.locator("#spent-table"))
    assert region.evaluate("region => { region.scrollTo(9999, 0); return region.scrollLeft; }") > 0
    first = page.locator("#spent-table tbody th").first.bounding_box()
    assert first is not None
    assert first["x"] >= 0, "whose row it is stays in sight"


def test_without_script_it_is_a_plain_page(start: Open) -> None:
    page = start(f"{COSTS}?by=model", java_script_enabled=False).page
    page.locator("#spent-table").get_by_role("link", name="Model").click()
    assert names(page) == sorted(names(page))
    page.locator("select[name=provider]").select_option("gemini")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#spent-table tbody th")).to_have_count(1)
    page.get_by_role("link", name="By Day", exact=True).click()
    expect(page.locator("#spent-table tbody tr")).to_have_count(30)
    page.locator("#details-cost summary").click()
    expect(page.locator("#table-cost")).to_be_visible()
