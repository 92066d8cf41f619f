"""`/api/metrics/costs`: its form, whose costs they are, and what is refused in words."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Organization, User
from metrics.spans import DAY, floor
from tests.metrics.made import answer, call
from tests.threads.api.conftest import Caller
from tests.threads.generation.rows import thread_of
from threads import database
from threads.models import Thread

SUM = {"calls", "cost_usd", "wasted_usd", "unpriced", "tokens", "spent"}
TOKENS = {"prompt", "cached", "completion", "reasoning", "reported", "estimated", "unknown"}


async def _get(caller: Caller, status: int = 200, **parameters: str) -> Any:
    response = await caller.get("metrics/costs", data=None, query_params=parameters)
    assert response.status_code == status, response.content
    return response.json()


async def _keys(caller: Caller, **parameters: str) -> list[tuple[str | None, float | None]]:
    return [(line["key"] or line["rest"], line["cost_usd"]) for line in (await _get(caller, **parameters))["items"]]


def _two(user: User, other_user: User) -> list[Thread]:
    """Each has one chat, named after them; the other's cost five times as much."""
    now, made = datetime.now(UTC), []
    for owner, usd in ((user, "0.001"), (other_user, "0.005")):
        made.append(thread_of(owner, title=f"Chat of {owner.name}"))
        answer(owner, now - timedelta(seconds=1), [call(cost_usd=Decimal(usd))], thread=made[-1])
    return made


async def test_the_form(caller: Caller, user: User) -> None:
    lost = call(state="lost", error_kind="lost", cost_usd=Decimal("0.002"), usage_source="estimated")
    calls = [lost, call("takeover", cached_tokens=50), call("hedge", "cancelled", cost_usd=None)]
    await database.write(lambda: answer(user, datetime.now(UTC) - timedelta(seconds=1), calls))
    body = await _get(caller, range="24h", by="model")
    assert body.keys() == {"by", "window", "total", "items", "month"}
    assert (body["by"], body["window"].keys()) == ("model", {"from", "to"})
    assert body["month"].keys() == {"from", "to", "spent_usd", "forecast_usd", "way", "days"}
    assert (body["month"]["forecast_usd"], body["month"]["way"], body["month"]["days"]) == (None, "none", 0)
    assert body["total"].keys() == SUM
    [line] = body["items"]
    assert line.keys() == SUM | {"key", "rest", "user", "title"}
    assert (line["key"], line["rest"], line["calls"], line["unpriced"]) == ("fast", None, 3, 1)
    assert (line["cost_usd"], line["wasted_usd"]) == (0.003, 0.002)
    assert line["spent"] == [
        {"kind": "first", "state": "lost", "cost_usd": 0.002},
        {"kind": "takeover", "state": "completed", "cost_usd": 0.001},
    ]
    assert line["tokens"].keys() == TOKENS
    assert (line["tokens"]["prompt"], line["tokens"]["cached"], line["tokens"]["reasoning"]) == (300, 50, None)
    assert (line["tokens"]["reported"], line["tokens"]["estimated"]) == (2, 1)


async def test_staff_see_all_and_others_their_own(
    caller: Caller, stranger: Caller, staff: Caller, user: User, other_user: User, organization: Organization
) -> None:
    threads = await database.write(_two, user, other_user)
    everybody = [(other_user.email, 0.005), (user.email, 0.001)]
    assert await _keys(staff, by="user") == everybody
    assert await _keys(caller, by="user") == everybody[1:]
    assert await _keys(stranger, by="user") == everybody[:1]
    assert await _keys(caller, by="organization") == [(organization.slug, 0.001)]
    assert await _keys(staff, by="user", user=user.email.upper()) == everybody[1:]
    assert await _keys(caller, by="user", user=user.email) == everybody[1:]
    for by in ("day", "model", "provider", "organization", "user", "thread"):
        body = await _get(caller, by=by)
        assert body["total"]["cost_usd"] == body["month"]["spent_usd"] == 0.001
        assert other_user.email not in str(body)
        assert str(threads[1].pk) not in str(body)
    foreign = await _get(caller, 404, user=other_user.email)
    unknown = await _get(caller, 404, user="nobody@example.org")
    assert foreign["error"]["message"] == unknown["error"]["message"]
    await _get(staff, 404, user="nobody@example.org")
    await _get(stranger, 404, org=organization.slug)
    await _get(Caller("wrong"), 401)


async def test_a_title_is_its_owners(caller: Caller, staff: Caller, user: User, other_user: User) -> None:
    own, foreign = await database.write(_two, user, other_user)
    [line] = (await _get(caller, by="thread"))["items"]
    assert (line["key"], line["title"], line["user"]) == (str(own.pk), "Chat of Ada", user.email)
    body = await _get(staff, by="thread")
    assert [(line["key"], line["title"], line["user"]) for line in body["items"]] == [
        (str(foreign.pk), None, other_user.email), (str(own.pk), None, user.email),
    ]  # fmt: skip
    assert "Chat of" not in str(body)


async def test_the_dearest_and_the_rest(staff: Caller, user: User, other_user: User) -> None:
    await database.write(_two, user, other_user)
    assert await _keys(staff, by="user", limit="1") == [(other_user.email, 0.005), ("others", 0.001)]


async def test_days_are_without_a_gap_and_within_the_window(caller: Caller, user: User) -> None:
    noon = floor(datetime.now(UTC), DAY) - timedelta(days=9.5)
    for hours in (-1, 1, 47):
        await database.write(answer, user, noon + timedelta(hours=hours))
    window = {"from": noon.isoformat(), "to": (noon + timedelta(days=2)).isoformat()}
    days = [f"{noon + day * DAY:%Y-%m-%d}" for day in range(3)]
    assert await _keys(caller, **window) == list(zip(days, (0.001, None, 0.001), strict=True))
    assert (await _get(caller, by="model", **window))["total"]["calls"] == 2


async def test_as_a_table(caller: Caller, staff: Caller, user: User, other_user: User) -> None:
    def rows() -> None:
        now = datetime.now(UTC) - timedelta(seconds=1)
        retried = call("first", "failed", error_kind="stream_cut", model="=cmd()", cost_usd=Decimal("0.0000005"))
        answer(user, now, [retried, call("retry", model="=cmd()")], thread=thread_of(user, title="+1 idea"))
        answer(other_user, now, [call(cost_usd=None)])

    await database.write(rows)

    async def table(who: Caller, **parameters: str) -> list[dict[str, str]]:
        response = await who.get("metrics/costs", data=None, query_params={"format": "csv", **parameters})
        assert response["Content-Type"].startswith("text/csv")
        assert f'filename="chatsite-costs-{parameters["by"]}.csv"' in response["Content-Disposition"]
        return list(csv.DictReader(io.StringIO(response.content.decode())))

    first, second = await table(staff, by="model")
    assert (first["model"], first["calls"], first["cost_usd"]) == ("'=cmd()", "2", "0.0010005")
    assert (first["first_usd"], first["retry_usd"], first["hedge_usd"]) == ("0.0000005", "0.001", "")
    assert (first["completed_usd"], first["failed_usd"], first["lost_usd"]) == ("0.001", "0.0000005", "")
    assert (second["cost_usd"], second["unpriced_calls"], second["prompt_tokens"]) == ("", "1", "100")
    chat, outside = await table(staff, by="thread")
    assert (chat["user"], chat["title"], outside["thread"]) == (user.email, "", "(outside)")
    [own] = await table(caller, by="thread")
    assert own["title"] == "'+1 idea"


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"by": "weather"}, "use one of day, model, provider, organization, user, thread"),
        ({"format": "xml"}, "use one of json, csv"),
        ({"limit": "0"}, "1 to 1,000"),
        ({"limit": "all"}, "whole number"),
        ({"range": "2h"}, "use one of 15m"),
        ({"from": "2026-01-02", "to": "2026-01-01"}, "before to"),
    ],
)
async def test_what_is_wrong_is_said(caller: Caller, parameters: dict[str, str], words: str) -> None:
    error = (await _get(caller, 400, **parameters))["error"]
    assert error["type"] == "bad_parameter"
    assert words in error["message"]
