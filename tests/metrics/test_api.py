"""`/api/metrics/…`: the contract's form, whose figures they are, and what is refused in words."""

import csv
import io
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Organization, User
from accounts.services import personal_organization
from tests.metrics.made import FAILED, answer, call
from tests.threads.api.conftest import Caller
from threads import database

FIGURES = {
    *("ttft", "latency", "cancel", "errors", "retries", "fallbacks", "hedges", "tokens", "cost_usd"),
    "tokens_per_second",
}
COMPLIANCE = {"ttft_p95": 1.5, "latency_p95": 6.0, "latency_p50": 3.5, "error_rate": 0.01, "cancel_p95": 0.3}


def _ago(seconds: float) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=seconds)


async def _get(caller: Caller, path: str, status: int = 200, **parameters: str) -> Any:
    response = await caller.get(f"metrics/{path}", data=None, query_params=parameters)
    assert response.status_code == status, response.content
    return response.json()


async def test_the_form_is_the_contracts(caller: Caller, user: User) -> None:
    await database.write(answer, user, _ago(60), [call(**FAILED, provider="two"), call("fallback", sent=0.2)])
    body = await _get(caller, "performance")
    assert body.keys() == FIGURES | {"window", "by_provider", "by_model", "phase1_compliance"}
    assert body["window"].keys() == {"last_n", "count", "from", "to"}
    assert (body["window"]["last_n"], body["window"]["count"]) == (100, 1)
    assert body["ttft"] == dict.fromkeys(("p50", "p95", "p99"), pytest.approx(0.51))
    assert body["latency"]["p50"] == pytest.approx(2.0)
    assert body["cancel"] == {"p50": None, "p95": None, "p99": None, "count": 0}
    assert body["errors"] == {"rate": 0.0, "count": 0, "by_type": {}}
    assert (body["retries"], body["fallbacks"], body["hedges"]) == (0, 1, 0)
    assert body["tokens"] == {"prompt": 100, "completion": 11, "total": 111}
    assert body["cost_usd"] == 0.001
    assert body["tokens_per_second"] == {"p50": pytest.approx(10)}
    assert body["by_provider"].keys() == {"one", "two"}
    for figures in (*body["by_provider"].values(), *body["by_model"].values()):
        assert figures.keys() == FIGURES
    assert body["by_provider"]["two"]["errors"] == {"rate": 1.0, "count": 1, "by_type": {"overloaded": 1}}
    verdicts = body["phase1_compliance"]
    assert not verdicts.pop("overall_passing"), "nobody stopped anything: that is not known to be well"
    assert {name: verdict["target"] for name, verdict in verdicts.items()} == COMPLIANCE
    assert {name for name, verdict in verdicts.items() if verdict["passing"]} == COMPLIANCE.keys() - {"cancel_p95"}


async def test_where_nothing_was_measured_is_null(caller: Caller) -> None:
    body = await _get(caller, "performance", last_n="5")
    assert body["window"] == {"last_n": 5, "count": 0, "from": None, "to": None}
    assert body["errors"] == {"rate": None, "count": 0, "by_type": {}}
    assert (body["cost_usd"], body["tokens"]["total"], body["ttft"]["p95"]) == (None, None, None)
    verdicts = body["phase1_compliance"]
    assert not verdicts.pop("overall_passing")
    assert [verdict["passing"] for verdict in verdicts.values()] == [False] * 5


async def test_staff_see_all_and_others_their_own(
    caller: Caller, stranger: Caller, staff: Caller, user: User, other_user: User, organization: Organization
) -> None:
    for number in range(3):
        await database.write(answer, user, _ago(60 + number))
    await database.write(answer, other_user, _ago(90), [call(**FAILED, error_message="host-7")], state="failed")

    async def count(who: Caller, **parameters: str) -> int:
        found: int = (await _get(who, "performance", **parameters))["window"]["count"]
        return found

    assert [await count(who) for who in (caller, stranger, staff)] == [3, 1, 4]
    assert await count(staff, org=organization.slug) == 3
    assert await count(caller, org=organization.slug) == 3
    foreign = await _get(stranger, "performance", 404, org=organization.slug)
    unknown = await _get(stranger, "performance", 404, org="no-such")
    assert foreign["error"]["message"] == unknown["error"]["message"]
    await _get(staff, "performance", 404, org="no-such")
    points = (await _get(stranger, "series", range="15m"))["points"]
    assert sum(point["answers"]["count"] for point in points) == 1
    [line] = (await _get(stranger, "errors"))["items"]
    assert (line["type"], line["count"], line["http_status"], line["message"]) == ("overloaded", 1, 503, None)
    assert (await _get(staff, "errors"))["items"][0]["message"] == "host-7"
    assert (await _get(caller, "errors"))["items"] == []


async def test_without_a_key_there_is_nothing(caller: Caller) -> None:
    nobody = Caller("wrong")
    for path in ("performance", "series", "errors", "export"):
        await _get(nobody, path, 401)


async def test_a_window_and_filters(caller: Caller, user: User) -> None:
    await database.write(answer, user, _ago(600))
    await database.write(answer, user, _ago(60), [call(provider="two", model="smart")])
    start, end = _ago(300), _ago(0)
    body = await _get(caller, "performance", **{"from": start.isoformat(), "to": end.isoformat()})
    assert (body["window"]["last_n"], body["window"]["count"]) == (None, 1)
    assert datetime.fromisoformat(body["window"]["from"]) == start
    # As a person types it: the + of a zone is a space then, and without `to` it is until now.
    typed = start.astimezone(UTC).isoformat().replace("+", " ")
    assert (await _get(caller, "performance", **{"from": typed}))["window"]["count"] == 1
    for parameters in ({"provider": "two"}, {"model": "smart"}, {"last_n": "1"}):
        assert (await _get(caller, "performance", **parameters))["by_provider"].keys() == {"two"}
    assert (await _get(caller, "performance", provider="\x00?"))["window"]["count"] == 0


@pytest.mark.parametrize(
    ("path", "parameters", "words"),
    [
        ("performance", {"last_n": "0"}, "1 to 10,000"),
        ("performance", {"last_n": "many"}, "whole number"),
        ("performance", {"last_n": "-5"}, "whole number"),
        ("performance", {"last_n": "10001"}, "1 to 10,000"),
        ("performance", {"last_n": "5", "from": "2026-01-01"}, "either"),
        ("performance", {"to": "2026-01-01"}, "give from"),
        ("performance", {"from": "yesterday"}, "a moment like"),
        ("performance", {"from": "2026-01-02", "to": "2026-01-01"}, "before to"),
        ("performance", {"from": "0001-01-01", "to": "2026-01-01"}, "2000 to 2200"),
        ("performance", {"from": "2010-01-01", "to": "2026-01-01"}, "at most 1100 days"),
        ("series", {"range": "2h"}, "use one of 15m"),
        ("series", {"range": "1h", "from": "2026-01-01"}, "either"),
        ("series", {"bucket": "7"}, "divide a day"),
        ("series", {"range": "90d", "bucket": "3600"}, "500 points"),
        ("series", {"range": "7d", "bucket": "1800"}, "Buckets below an hour"),
        ("errors", {"range": "?"}, "use one of"),
        ("export", {"by": "weather"}, "use one of time"),
    ],
)
async def test_what_is_wrong_is_said(caller: Caller, path: str, parameters: dict[str, str], words: str) -> None:
    error = (await _get(caller, path, 400, **parameters))["error"]
    assert error["type"] == "bad_parameter"
    assert words in error["message"]


async def test_a_series(caller: Caller, user: User) -> None:
    await database.write(answer, user, _ago(60))
    body = await _get(caller, "series", range="1h", bucket="300")
    assert (body["bucket_s"], body["exact"]) == (300, True)
    points = body["points"]
    starts = [datetime.fromisoformat(point["start"]) for point in points]
    assert {later - earlier for earlier, later in itertools.pairwise(starts)} == {timedelta(minutes=5)}
    assert len(points) in (12, 13)
    [full] = [point for point in points if point["answers"]["count"]]
    assert (full["calls"]["count"], full["answers"]["queue"]["p50"]) == (1, pytest.approx(0.01))
    assert points[0]["answers"]["ttft"]["p50"] is None
    assert len((await _get(caller, "series", range="90d"))["points"]) in (90, 91)


async def test_tables(caller: Caller, staff: Caller, user: User, organization: Organization) -> None:
    await database.write(answer, user, _ago(60), [call(provider="=cmd()", model="m")])

    async def table(who: Caller, **parameters: str) -> list[dict[str, str]]:
        response = await who.get("metrics/export", data=None, query_params={"range": "1h", **parameters})
        assert response.status_code == 200, response.content
        assert response["Content-Type"].startswith("text/csv")
        assert "attachment" in response["Content-Disposition"]
        return list(csv.DictReader(io.StringIO(response.content.decode())))

    lines = await table(caller)
    assert sum(int(line["count"]) for line in lines) == 1
    assert lines[0]["ttft_p95"] == "", "empty, not 0"
    [line] = await table(caller, by="provider")
    assert (line["provider"], line["count"], line["cost_usd"], line["completion_tokens"]) == (
        *("'=cmd()", "1", "0.001", "11"),
    )
    assert [line["user"] for line in await table(staff, by="user")] == [user.email]
    assert [line["organization"] for line in await table(staff, by="organization")] == [organization.slug]
    assert [line["model"] for line in await table(staff, by="deployment")] == ["m"]
    assert len(await table(staff, by="day")) == 1


async def test_another_organisation_of_ones_own(caller: Caller, user: User) -> None:
    def second() -> Organization:
        return Organization.objects.create(name="Team", slug="team")

    team = await database.write(second)
    await database.write(team.members.add, user)
    await database.write(lambda: answer(user, _ago(60), organization=team))
    own = await database.read(lambda: personal_organization(user=user).slug)
    assert (await _get(caller, "performance", org="team"))["window"]["count"] == 1
    assert (await _get(caller, "performance", org=own))["window"]["count"] == 0
