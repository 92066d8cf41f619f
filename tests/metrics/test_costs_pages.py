"""The pages of costs as they come from the server: who may see what of whom, and what they say."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import AsyncClient

from accounts.models import Budget, Membership, Organization, User
from metrics.spans import DAY, floor
from metrics.spending.asked import RANGES
from tests.metrics.made import answer, call
from tests.metrics.pages import PART, section, tile, words
from tests.threads.generation.rows import thread_of
from threads import database
from threads.models import Thread

COSTS, USAGE = "/metrics/costs/", "/metrics/usage/"
BYS = ("day", "model", "provider", "organization", "user", "thread")
OWN_BYS = ("day", "model", "provider", "organization", "thread")


@pytest.fixture
async def own_tab(transactional_db: None, user: User) -> AsyncClient:
    """`user`'s browser."""
    client = AsyncClient()
    await client.aforce_login(user)
    return client


async def shown(client: AsyncClient, page: str, query: str = "", status: int = 200, **headers: str) -> str:
    response = await client.get(page + query, headers=headers)
    assert response.status_code == status
    return response.content.decode()


def rows(html: str) -> dict[str, str]:
    found = re.findall(r'<tr data-key="([^"]+)">(.*?)</tr>', section(html, "table"), re.DOTALL)
    return {key: words(row) for key, row in found}


def _chats(user: User, other_user: User) -> list[Thread]:
    """Ada's cost 1 $ on `fast` and Grace's 3 $ on `smart`, with a retry of 0.50 $ that failed."""
    now = datetime.now(UTC) - timedelta(seconds=1)
    mine, theirs = thread_of(user, title="Ada's secret plan"), thread_of(other_user, title="Grace's secret plan")
    answer(user, now, [call(cost_usd=Decimal(1))], thread=mine)
    cut = call("retry", "failed", error_kind="stream_cut", model="smart", cost_usd=Decimal("0.5"))
    answer(other_user, now, [cut, call("fallback", model="smart", cost_usd=Decimal("2.5"))], thread=theirs)
    return [mine, theirs]


# --- who may ---------------------------------------------------------------------------------------------------
async def test_strangers_are_led_to_sign_in(transactional_db: None, user: User) -> None:
    for page in (COSTS, USAGE):
        response = await AsyncClient().get(page)
        assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={page}")


async def test_everybodys_are_for_staff(own_tab: AsyncClient) -> None:
    for by in BYS:
        await shown(own_tab, COSTS, f"?by={by}", 404)
    page = await shown(own_tab, USAGE)
    assert COSTS not in page
    assert "/metrics/dashboard/" not in page


@pytest.mark.parametrize("by", OWN_BYS)
async def test_ones_own_alone(own_tab: AsyncClient, user: User, other_user: User, by: str) -> None:
    threads = await database.write(_chats, user, other_user)
    for query in (f"?by={by}", f"?by={by}&user={other_user.email}", f"?by={by}&user={other_user.pk}"):
        html = await shown(own_tab, USAGE, query)
        assert tile(html, "Cost") == "Cost $1.00 of 1 call"
        for foreign in (other_user.email, "smart", "Grace", str(threads[1].pk)[:8]):
            assert foreign not in html, foreign
        export = re.search(r'href="/api/metrics/costs([^"]*)"', html)
        assert export
        assert "user=ada%40example.org" in export[1], "also staff's own page exports what is on it"
    assert rows(await shown(own_tab, USAGE, "?by=user")).keys() == rows(await shown(own_tab, USAGE)).keys()


async def test_an_organisation_of_others_is_not_there(own_tab: AsyncClient, other_user: User) -> None:
    await database.write(lambda: Organization.objects.create(name="Team", slug="team"))
    await shown(own_tab, USAGE, "?org=team", 404)
    await shown(own_tab, USAGE, "?org=nobody", 404)


async def test_no_word_of_a_conversation_is_told_to_staff(tab: AsyncClient, user: User, other_user: User) -> None:
    mine, theirs = await database.write(_chats, user, other_user)
    html = await shown(tab, COSTS, "?by=thread")
    assert "secret" not in html
    assert rows(html)[str(theirs.pk)].startswith(f"{str(theirs.pk)[:8]} {other_user.email} $3.00 · 75%")
    assert f"/threads/{mine.pk}/" not in html


async def test_ones_own_chats_by_their_titles(own_tab: AsyncClient, user: User, other_user: User) -> None:
    mine, _ = await database.write(_chats, user, other_user)
    html = await shown(own_tab, USAGE, "?by=thread")
    assert rows(html)[str(mine.pk)].startswith("Ada's secret plan $1.00 · 100%")
    assert f'href="/threads/{mine.pk}/"' in html


async def test_everybody_is_led_there(own_tab: AsyncClient, tab: AsyncClient) -> None:
    for page in ("/", "/accounts/"):
        assert f'href="{USAGE}"' in await shown(own_tab, page)
    assert f'href="{COSTS}"' in await shown(tab, "/metrics/dashboard/")


# --- what they say ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("by", BYS)
async def test_everybodys(tab: AsyncClient, user: User, other_user: User, by: str) -> None:
    await database.write(_chats, user, other_user)
    html = await shown(tab, COSTS, f"?by={by}")
    assert tile(html, "Cost") == "Cost $4.00 of 3 calls"
    assert tile(html, "Came to nothing") == "Came to nothing $0.50 12% of the cost"
    assert tile(html, "Besides first calls") == "Besides first calls $3.00 75% of the cost"
    assert tile(html, "So far") == "So far $4.00"
    assert "before one full day" in tile(html, "Forecast")
    assert len(rows(html)) == (30 if by == "day" else 1 if by == "provider" else 2)
    assert words(section(html, "table")).endswith("Together $4.00 3 300 33 $0.50 $2.50 $0.50")
    assert words(section(html, "split")).startswith(
        "What for calls by their kind, and by how they ended Calls Answered Failed Together"
        " First calls $1.00 – $1.00 Retries – $0.50 $0.50 Fallbacks $2.50 – $2.50 Together $3.50 $0.50 $4.00"
    )
    assert re.search(rf'data-key="{by}"[^>]*aria-current="true"', html)
    assert html.count('aria-current="true"') == 2
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", html)


@pytest.mark.parametrize("key", [key for key, *_ in RANGES])
async def test_nothing_is_told_as_nothing(tab: AsyncClient, key: str) -> None:
    html = await shown(tab, COSTS, f"?range={key}&by=model")
    assert tile(html, "Cost") == "Cost – of 0 calls"
    assert "No calls in these days." in html
    assert 'class="plot"' not in html
    assert 'id="split"' not in html


async def test_what_has_no_price_is_said(tab: AsyncClient, user: User) -> None:
    now = datetime.now(UTC) - timedelta(seconds=1)
    await database.write(answer, user, now, [call(cost_usd=None)])
    html = await shown(tab, COSTS)
    assert "1 call used tokens at no known price: what it cost is in no sum here." in words(html)
    assert tile(html, "Without a price") == "Without a price 1 not in the cost"
    assert tile(html, "Cost") == "Cost – of 1 call"


async def test_whole_days(tab: AsyncClient, user: User) -> None:
    today = floor(datetime.now(UTC), DAY)
    for ago in (6, 7):
        await database.write(answer, user, today - ago * DAY + timedelta(seconds=1))
    assert tile(await shown(tab, COSTS, "?range=7d"), "Cost") == "Cost $0.00100 of 1 call"
    own = f"?range=custom&from={today - 7 * DAY:%Y-%m-%d}&to={today - 7 * DAY:%Y-%m-%d}"
    html = await shown(tab, COSTS, own)
    assert tile(html, "Cost") == "Cost $0.00100 of 1 call"
    assert list(rows(html)) == [f"{today - 7 * DAY:%Y-%m-%d}"]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-05-02", "2026-05-01", "exchange the two"),
        ("2999-01-01", "2999-01-02", "2999-01-01” is no day"),
        ("2199-01-01", "2199-01-02", "in the future"),
        ("2020-01-01", "2026-01-01", "At most 400 days"),
        ("soon", "2026-01-01", "“soon” is no day"),
        ("2026-01-01", "", "need the first one and the last one"),
        ("0001-01-01", "9999-12-31", "is no day"),
    ],
)
async def test_what_is_wrong_is_said(tab: AsyncClient, first: str, last: str, said: str) -> None:
    html = await shown(tab, COSTS, f"?range=custom&from={first}&to={last}", 422)
    [alert] = re.findall(r'role="alert">(.*?)</p>', html)
    assert said in words(alert)
    assert 'aria-current="true"' in html


async def test_in_any_order(tab: AsyncClient, user: User, other_user: User) -> None:
    await database.write(_chats, user, other_user)
    both = [other_user.email, user.email]
    assert list(rows(await shown(tab, COSTS, "?by=user"))) == both
    assert list(rows(await shown(tab, COSTS, "?by=user&order=cost"))) == both[::-1]
    assert list(rows(await shown(tab, COSTS, "?by=user&order=name"))) == both[::-1]
    html = await shown(tab, COSTS, "?by=user&order=retry")
    assert list(rows(html)) == both, "what was not measured is behind, whichever way"
    assert re.search(r'aria-sort="ascending"[^>]*><a href="\?[^"]*order=-retry', html)
    assert list(rows(await shown(tab, COSTS, "?by=user&order=weather"))) == both


async def test_a_line_leads_to_more_of_it(tab: AsyncClient, user: User, other_user: User) -> None:
    await database.write(_chats, user, other_user)
    html = await shown(tab, COSTS, "?by=user&range=7d")
    link = re.search(r'href="(\?[^"]*user=grace[^"]*)"', section(html, "table"))
    assert link
    html = await shown(tab, COSTS, link[1].replace("&amp;", "&"))
    assert list(rows(html)) == ["smart"]
    assert "Only grace@example.org" in html
    await shown(tab, COSTS, "?user=nobody@example.org", 404)
    await shown(tab, COSTS, "?org=nobody", 404)


async def test_a_part_is_the_board_alone(own_tab: AsyncClient) -> None:
    response = await own_tab.get(USAGE, headers=PART)
    html = response.content.decode().strip()
    assert html.startswith('<div id="board"')
    assert (response["Cache-Control"], response["Vary"]) == ("no-store", "HX-Request, Cookie")


# --- budgets ---------------------------------------------------------------------------------------------------
async def test_budgets_that_concern_somebody(
    own_tab: AsyncClient, tab: AsyncClient, user: User, other_user: User
) -> None:
    def rows_of_budgets() -> list[Budget]:
        _chats(user, other_user)
        team = Organization.objects.create(name="Team", slug="team")
        Membership.objects.create(user=user, organization=team)
        return [
            Budget.objects.create(user=user, amount_usd=Decimal("1.25"), hard=True),
            Budget.objects.create(organization=team, amount_usd=Decimal(10)),
            Budget.objects.create(user=other_user, amount_usd=Decimal(3)),
        ]

    mine, teams, theirs = (f"budget-{one.pk}" for one in await database.write(rows_of_budgets))
    html = await shown(own_tab, USAGE)
    assert re.findall(r'data-key="(budget-\d+)"', html) == [mine, teams]
    assert tile_of(html, mine) == (
        "warned", "Budget: You $1.00 of $1.25 80%. Nearly spent; when it is spent, questions are refused. Renews on",
    )  # fmt: skip
    assert tile_of(html, teams)[0] == "ok"
    html = await shown(tab, COSTS, "?by=user")
    assert re.findall(r'data-key="(budget-\d+)"', html) == [theirs, mine, teams]
    assert tile_of(html, theirs)[0] == "reached"
    assert "100% of $3.00 this month" in rows(html)[other_user.email]


def tile_of(html: str, key: str) -> tuple[str, str]:
    [(state, found)] = re.findall(rf'<li class="tile purse (\w+)" data-key="{key}">(.*?)</li>', html, re.DOTALL)
    return state, re.sub(r" \d{4}-\d\d-\d\d\.$", "", words(found))
