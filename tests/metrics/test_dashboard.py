"""The dashboard's page as it comes from the server: who may see it, its ranges, filters, tables, and what it says."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.test import AsyncClient

from accounts import services
from accounts.models import User
from metrics import rollups
from metrics.dashboard.asked import RANGES
from metrics.models import Targets
from tests.metrics.made import call
from tests.metrics.pages import PAGE, PART, made, names, section, shown, tile, words
from threads import database


# --- who may ---------------------------------------------------------------------------------------------------
def doors(generation: uuid.UUID) -> list[tuple[str, str]]:
    one = f"/metrics/generations/{generation}/"
    return [("GET", PAGE), ("GET", f"{PAGE}now"), ("GET", one), ("POST", f"{one}stop")]


async def test_strangers_are_led_to_sign_in(transactional_db: None, user: User) -> None:
    generation = await made(user)
    for method, door in doors(generation.pk):
        response = await AsyncClient().generic(method, door)
        assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={door}")


async def test_who_is_not_staff_finds_nothing(transactional_db: None, user: User) -> None:
    """Not even of their own answers: what they may not see looks like what is not there."""
    client, generation = AsyncClient(), await made(user)
    await client.aforce_login(user)
    for method, door in doors(generation.pk):
        assert (await client.generic(method, door)).status_code == 404, door
    assert PAGE not in (await client.get("/")).content.decode()


async def test_what_does_not_exist_is_404_for_staff_too(tab: AsyncClient) -> None:
    for method, door in doors(uuid.uuid4())[2:]:
        assert (await tab.generic(method, door)).status_code == 404, door
    await shown(tab, "?org=nobody", status=404)


async def test_staff_are_led_here(tab: AsyncClient, staff_user: User) -> None:
    def superuser() -> None:
        User.objects.filter(pk=staff_user.pk).update(is_superuser=True)

    await database.write(superuser)
    for page in ("/", "/admin/"):
        assert f'href="{PAGE}"' in (await tab.get(page)).content.decode()


# --- the page --------------------------------------------------------------------------------------------------
@pytest.mark.slow
@pytest.mark.parametrize("key", [key for key, *_ in RANGES])
async def test_every_range(tab: AsyncClient, user: User, key: str) -> None:
    await made(user)
    html = await shown(tab, f"?range={key}")
    assert re.search(rf'data-key="{key}"[^>]*aria-current="true"', html)
    assert html.count('aria-current="true"') == 1
    assert tile(html, "Answers").startswith("Answers 1 ")
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", html)


@pytest.mark.parametrize("key", [key for key, *_ in RANGES])
async def test_nothing_is_told_as_nothing(tab: AsyncClient, key: str) -> None:
    html = await shown(tab, f"?range={key}")
    assert section(html, "targets").count("Nothing measured") == 5
    assert tile(html, "First token, p50") == "First token, p50 – nothing to compare with"
    assert tile(html, "Answers") == "Answers 0 as before (0)"
    assert html.count("Nothing measured in this range") + html.count("None in this range") == 10
    assert 'class="plot"' not in html
    assert words(section(html, "providers")) == "Providers of calls No calls in this range."
    assert "No answer is being written" in words(html)


async def test_a_part_is_the_board_alone(tab: AsyncClient) -> None:
    response = await tab.get(PAGE, headers=PART)
    html = response.content.decode().strip()
    assert html.startswith('<div id="board"')
    assert html.endswith("</div>")
    assert response["Cache-Control"] == "no-store"
    assert "csrfmiddlewaretoken" not in html


async def test_targets_and_the_worst_of_each(tab: AsyncClient, user: User) -> None:
    await database.write(Targets(ttft_p95=0.4).save)
    for _ in range(5):
        await made(user, timedelta(minutes=5), call(provider="quick", first_token_at=0.2), first_token_at=0.3)
        await made(user, timedelta(minutes=5), call(provider="slow", first_token_at=2.0), first_token_at=2.1)
    html = section(await shown(tab), "targets")
    first, *others = re.findall(r'<li class="verdict (\w+)" data-key="(\w+)">(.*?)</li>', html, re.DOTALL)
    assert first[:2] == ("missed", "ttft_p95")
    assert words(first[2]) == "First token, p95 2.10 s Missed Target: at most 0.4 s Slowest: fast at slow, 1.99 s"
    assert [(state, name) for state, name, _ in others] == [
        ("met", "latency_p95"), ("met", "latency_p50"), ("met", "error_rate"), ("unknown", "cancel_p95"),
    ]  # fmt: skip


async def test_compared_with_the_period_before(tab: AsyncClient, user: User) -> None:
    for minutes in (5, 10, 20):
        await made(user, timedelta(minutes=minutes), took=4.0 if minutes < 15 else 2.0)
    html = await shown(tab, "?range=15m")
    assert "compared with the 15 minutes before" in html
    assert tile(html, "Answers") == "Answers 2 100% more (1 before)"
    assert tile(html, "Whole answer, p95") == "Whole answer, p95 4.00 s 100% slower (2.00 s before)"


async def test_gaps_stay_gaps(tab: AsyncClient, user: User) -> None:
    """A cell without a value is what the script leaves out of its lines."""
    await made(user)
    html = await shown(tab, "?range=15m")
    [table] = re.findall(r'<table id="table-ttft".*?</table>', html, re.DOTALL)
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", table)
    assert len(rows) in (30, 31)
    assert sum("data-value" in row for row in rows) == 1
    assert all(row.count("<td>–</td>") == 3 for row in rows if "data-value" not in row)


# --- filters, order, ranges of one's own -------------------------------------------------------------------------
async def test_filters(tab: AsyncClient, user: User, other_user: User) -> None:
    await made(user, timedelta(minutes=5), call(provider="one", model="fast"))
    await made(user, timedelta(minutes=5), call(provider="two", model="fast"))
    await made(other_user, timedelta(minutes=5), call(provider="two", model="smart"))
    own = await database.read(services.personal_organization, user=user)
    for query, count, providers in (
        ("?", "3", ["two", "one"]),
        ("?provider=one", "1", ["one"]),
        ("?model=fast", "2", ["one", "two"]),
        (f"?org={own.slug}", "2", ["one", "two"]),
        (f"?org={own.slug}&provider=two", "1", ["two"]),
        ("?provider=unheard-of", "0", []),
    ):
        html = await shown(tab, query)
        assert tile(html, "Answers").split()[1] == count, query
        assert names(html, "providers") == providers, query
    assert '<option value="unheard-of" selected>' in html, "what is picked can be seen, whatever it is"
    assert 'href="?range=1h"' in html.split("Show all")[0]


async def test_the_order_is_kept_by_links(tab: AsyncClient, user: User) -> None:
    for provider, first, number in (("a", 0.3, 1), ("b", 0.1, 3), ("c", None, 2)):
        for _ in range(number):
            await made(user, timedelta(minutes=5), call(provider=provider, first_token_at=first))
    assert names(await shown(tab), "providers") == ["b", "c", "a"]  # most calls first
    html = await shown(tab, "?providers=ttft_p95")
    assert names(html, "providers") == ["b", "a", "c"], "what was not measured comes last"
    assert names(await shown(tab, "?providers=-ttft_p95"), "providers") == ["a", "b", "c"]
    assert names(await shown(tab, "?providers=-name"), "providers") == ["c", "b", "a"]
    assert names(await shown(tab, "?providers=nonsense"), "providers") == ["b", "c", "a"]
    heading = re.search(r'aria-sort="ascending"><a href="([^"]+)"', section(html, "providers"))
    assert heading is not None
    assert heading[1] == "?range=1h&amp;providers=-ttft_p95#providers"
    assert re.search(r'href="\?range=24h&amp;providers=ttft_p95"', html), "other links keep the order"


async def test_a_range_of_ones_own(tab: AsyncClient, user: User) -> None:
    now = datetime.now(UTC)
    await made(user, timedelta(days=2))
    await made(user)
    start, end = (f"{now - timedelta(days=days):%Y-%m-%dT%H:%M}" for days in (3, 1))
    html = await shown(tab, f"?range=custom&from={start}&to={end}")
    assert tile(html, "Answers").startswith("Answers 1 ")
    assert "every" not in re.findall(r'hx-trigger="([^"]*)"', html)[0], "nothing new can come"
    assert "by=time" in html
    assert f'name="from" value="{start}"' in html


@pytest.mark.parametrize(
    ("start", "end", "complaint"),
    [
        ("", "2026-01-02T00:00", "needs its beginning and its end"),
        ("yesterday", "2026-01-02T00:00", "“yesterday” is no moment: write one like"),
        ("2026-01-03T00:00", "2026-01-02T00:00", "ends before it begins"),
        ("2999-01-01T00:00", "2999-01-02T00:00", "lies in the future"),
        ("2020-01-01T00:00", "2026-01-02T00:00", "a minute to 400 days long"),
        ("2026-01-01T00:00:00", "2026-01-01T00:00:30", "a minute to 400 days long"),
        ("2026-01-01\x00", "2026-01-02", "is no moment"),
    ],
)
async def test_a_range_that_is_none_is_told_in_words(tab: AsyncClient, start: str, end: str, complaint: str) -> None:
    response = await tab.get(PAGE, {"range": "custom", "from": start, "to": end}, headers=PART)
    html = response.content.decode()
    assert response.status_code == 422
    [said] = re.findall(r'role="alert">(.*?)</p>', html)
    assert complaint in unescape(said)
    assert re.search(r'data-key="1h"[^>]*aria-current="true"', html), "the usual range is shown meanwhile"
    assert '<details id="own-range" class="own-range" open>' in html


@pytest.mark.slow
async def test_sums_of_hours_make_the_same_page(tab: AsyncClient, user: User) -> None:
    for hours in (1, 5, 30, 200):
        await made(user, timedelta(hours=hours))
    before = [await shown(tab, f"?range={key}") for key in ("24h", "7d", "30d")]
    await database.write(rollups.roll_up, datetime.now(UTC))
    after = [await shown(tab, f"?range={key}") for key in ("24h", "7d", "30d")]
    for old, new in zip(before, after, strict=True):
        assert tile(new, "Answers") == tile(old, "Answers")
        assert names(new, "models") == names(old, "models")
