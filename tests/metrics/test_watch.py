"""`/health` and `/metrics`: what they tell, and to whom."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import ThreadSensitiveContext
from django.conf import LazySettings
from django.test import AsyncClient
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import User
from metrics import rollups, views
from providers.models import Deployment, DeploymentHealth, Model, Provider
from tests.metrics.made import FAILED, answer, call
from threads import database
from threads.generation.runtime import Runtime

TOKEN = "a-token-for-tests"


@pytest.fixture(autouse=True)
def _always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "FRESH", -1)


async def _get(path: str, **headers: str) -> Any:
    async with ThreadSensitiveContext():
        return await AsyncClient().get(path, headers=headers)


async def _health() -> dict[str, Any]:
    response = await _get("/health")
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    told: dict[str, Any] = json.loads(response.content)
    return told


async def _samples() -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    response = await _get("/metrics", Authorization=f"Bearer {TOKEN}")
    assert response.status_code == 200
    families = text_string_to_metric_families(response.content.decode())
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


def _of(samples: dict[tuple[str, frozenset[tuple[str, str]]], float], name: str, **labels: str) -> float:
    [found] = [value for (one, told), value in samples.items() if one == name and set(labels.items()) <= told]
    return found


def _ago(seconds: float) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=seconds)


async def test_a_quiet_site_is_well(engine: Runtime) -> None:
    told = await _health()
    assert (told["status"], told["problems"], told["answers"], told["error_rate"]) == ("ok", [], 0, None)


async def test_a_missed_target_degrades(engine: Runtime, user: User) -> None:
    for number in range(4):
        await database.write(answer, user, _ago(60 + number), [call(**FAILED)], state="failed")
    assert (await _health())["status"] == "ok", "too few to judge by"
    await database.write(answer, user, _ago(60), took=9.0)
    told = await _health()
    assert (told["status"], told["answers"], told["error_rate"]) == ("degraded", 5, 0.8)
    assert told["latency"]["p95"] == pytest.approx(9.0)
    assert any("80.0% of the answers failed" in problem for problem in told["problems"])
    assert any("9.00 s at p95" in problem for problem in told["problems"])
    assert not any("top" in problem for problem in told["problems"]), "nothing was stopped: nothing is wrong with that"


async def test_a_resting_deployment_degrades(engine: Runtime) -> None:
    def rest() -> None:
        provider = Provider.objects.create(name="one", preset="openai-compatible", base_url="http://127.0.0.1:1/v1")
        model = Model.objects.create(name="fast")
        row = Deployment.objects.create(model=model, provider=provider, upstream="f")
        soon = _ago(-60)
        DeploymentHealth.objects.create(
            process="p", deployment=row, breaker="open", open_until=soon, updated_at=_ago(0)
        )

    await database.write(rest)
    told = await _health()
    assert (told["status"], told["resting"], len(told["problems"])) == ("degraded", 1, 1)


async def test_prometheus_is_let_in_by_its_token(engine: Runtime, settings: LazySettings) -> None:
    settings.METRICS_TOKEN = ""
    assert (await _get("/metrics")).status_code == 404
    assert (await _get("/metrics", Authorization="Bearer ")).status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert (await _get("/metrics")).status_code == 403
    assert (await _get("/metrics", Authorization="Bearer wrong-é")).status_code == 403
    response = await _get("/metrics", Authorization=f"Bearer {TOKEN}")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain; version=0.0.4")


async def test_what_prometheus_reads(engine: Runtime, user: User, settings: LazySettings) -> None:
    settings.METRICS_TOKEN = TOKEN
    for days in (3, 1, 0):
        calls = [call(**FAILED, provider='t"wo'), call("fallback")]
        await database.write(answer, user, _ago(60 + days * 86_400), calls)
    before = await _samples()
    await database.write(rollups.roll_up, datetime.now(UTC))
    after = await _samples()
    assert before == after, "where it is read from does not show"
    names = {"gen_ai_provider_name": "one", "gen_ai_request_model": "fast", "gen_ai_operation_name": "chat"}
    duration = "gen_ai_client_operation_duration_seconds"
    assert _of(after, f"{duration}_count", **names) == 3
    assert _of(after, f"{duration}_sum", **names) == pytest.approx(3 * 1.59)
    assert _of(after, f"{duration}_bucket", le="1.28", **names) == 0
    assert _of(after, f"{duration}_bucket", le="2.56", **names) == 3
    first = "gen_ai_client_operation_time_to_first_chunk_seconds_bucket"
    assert (_of(after, first, le="0.25", **names), _of(after, first, le="0.75", **names)) == (0, 3)
    assert _of(after, "gen_ai_client_token_usage_sum", gen_ai_token_type="output", **names) == 33
    assert _of(after, "chatsite_calls_total", gen_ai_provider_name="one", state="completed") == 3
    assert _of(after, "chatsite_call_errors_total", gen_ai_provider_name='t"wo', error_type="overloaded") == 3
    assert _of(after, "chatsite_cost_usd_total", gen_ai_provider_name="one") == pytest.approx(0.003)
    assert _of(after, "chatsite_answers_total", state="completed") == 3
    assert _of(after, "chatsite_fallbacks_total") == 3
    assert _of(after, "chatsite_answers_running") == 0
    await database.write(answer, user, _ago(1))
    assert _of(await _samples(), "chatsite_answers_total", state="completed") == 4
