"""Single answers on staff's pages: what fails, what runs and can be stopped, what happened to one."""

import re
from datetime import UTC, datetime, timedelta

from django.test import AsyncClient

from accounts.models import User
from providers.models import Deployment, DeploymentHealth, Model, Provider
from tests.fixtures_engine import Ask, ended, until
from tests.metrics.made import FAILED, call
from tests.metrics.pages import PAGE, PART, made, names, section, shown, words
from threads import database
from threads.generation.runtime import Runtime
from threads.models import Attempt, Event, Generation

ENDLESS = "sim:ttft=0ms,rate=50,tokens=5000"


# --- failures and what runs --------------------------------------------------------------------------------------
async def test_failures_lead_to_their_attempts(tab: AsyncClient, user: User) -> None:
    why = {"state": "failed", "error_kind": "overloaded", "error_message": "Nobody <answered>."}
    failed = await made(user, timedelta(minutes=5), call(**FAILED), call("fallback", **FAILED, provider="two"), **why)
    rescued = await made(user, timedelta(minutes=4), call(**FAILED), call("retry"))
    html = await shown(tab)
    lines = section(html, "failures")
    assert f'href="/metrics/generations/{failed.pk}/"' in lines
    assert str(rescued.pk) not in lines
    assert "Overloaded Nobody <answered>. fast at two 2 Its attempts" in words(lines)
    kinds = section(html, "errors")
    assert f'href="/metrics/generations/{rescued.pk}/"' in kinds
    assert "Overloaded fast at one 503 2 " in words(kinds)
    assert str(failed.pk) not in section(await shown(tab, "?provider=elsewhere"), "failures")


async def test_health_stands_beside_the_figures(tab: AsyncClient, user: User) -> None:
    def ill() -> None:
        provider = Provider.objects.create(name="one", preset="openai-compatible", base_url="http://127.0.0.1:9/v1")
        model = Model.objects.create(name="fast")
        deployments = [Deployment.objects.create(model=model, provider=provider, upstream=name) for name in ("f", "g")]
        now = datetime.now(UTC)
        for deployment, state in zip(deployments, ("open", "closed"), strict=True):
            DeploymentHealth.objects.create(
                process="p", deployment=deployment, breaker=state, in_flight=2, updated_at=now,
                open_until=now + timedelta(seconds=600) if state == "open" else None,
            )  # fmt: skip

    await database.write(ill)
    html = section(await shown(tab), "providers")
    assert re.search(r'class="state open"><span>1 of 2: resting, next trial in \d+ s</span>', html)
    assert "4 now" in words(html)
    assert names(await shown(tab), "models") == ["fast"], "also where it was not called in this range"


async def test_what_runs_is_listed_and_can_be_stopped(tab: AsyncClient, engine: Runtime, ask: Ask) -> None:
    started = await ask("a secret question", model=ENDLESS)
    await until(lambda: Event.objects.filter(type="delta").exists())
    html = (await tab.get(f"{PAGE}now", headers=PART)).content.decode()
    assert "Now 1 running, 0 in line" in words(html)
    assert f"Writing {ENDLESS} at simulator ada@example.org" in words(html)
    assert "secret" not in html
    assert "No answer is being written of what the filters leave" in words(
        (await tab.get(f"{PAGE}now?provider=elsewhere")).content.decode()
    )
    response = await tab.post(f"/metrics/generations/{started.generation_id}/stop", headers=PART)
    assert (response.status_code, str(started.generation_id) in response.content.decode()) == (200, False)
    await ended(started)
    row = await database.read(Generation.objects.get)
    assert (row.state, row.cancel_requested_at is not None) == ("cancelled", True)
    plain = await tab.post(f"/metrics/generations/{row.pk}/stop")  # again, and by a plain form
    assert (plain.status_code, plain["Location"]) == (303, f"/metrics/generations/{row.pk}/")


async def test_a_stop_needs_the_forms_token(transactional_db: None, staff_user: User, user: User) -> None:
    client, generation = AsyncClient(enforce_csrf_checks=True), await made(user)
    await client.aforce_login(staff_user)
    assert (await client.post(f"/metrics/generations/{generation.pk}/stop")).status_code == 403


# --- one answer --------------------------------------------------------------------------------------------------
async def test_one_answer_with_all_its_calls(tab: AsyncClient, user: User) -> None:
    calls = [
        call(**FAILED | {"error_message": "Come back later."}, finished_at=0.2),
        call(
            "fallback", provider="two", sent=0.25, opened_at=0.4, first_token_at=0.9, last_token_at=1.9, finished_at=2.0
        ),
    ]
    generation = await made(user, timedelta(minutes=5), *calls, first_token_at=0.95)

    def log() -> None:
        for seq, (kind, data) in enumerate(
            [
                ("status", '{"state":"falling_back","reason":"overloaded","from_provider":"one","provider":"two"}'),
                ("delta", '{"text":"a secret answer"}'),
                ("done", '{"state":"completed"}'),
            ],
            start=1,
        ):
            at = generation.created_at + timedelta(seconds=seq / 4)
            Event.objects.create(generation=generation, seq=seq, type=kind, data=data, created_at=at)

    await database.write(log)
    html = (await tab.get(f"/metrics/generations/{generation.pk}/")).content.decode()
    told = words(html)
    assert "Asked fast at one (f) Overloaded" in told
    assert "Come back later." in told
    assert "Asked instead fast at two (f) Answered" in told
    assert "First token after 950 ms: the upright line." in told
    assert "250 ms one is overloaded, asking two… 750 ms Ended: completed" in told
    assert "secret" not in html
    assert 'aria-label="Connecting: 150 ms, To the first token: 500 ms, Streaming: 1.00 s"' in html
    assert "hx-trigger" not in html, "nothing more can happen to it"


async def test_one_answer_that_runs(tab: AsyncClient, engine: Runtime, ask: Ask) -> None:
    started = await ask(model=ENDLESS)
    await until(Attempt.objects.exists)
    html = (await tab.get(f"/metrics/generations/{started.generation_id}/")).content.decode()
    assert 'hx-trigger="every 2s, refresh"' in html
    response = await tab.post(
        f"/metrics/generations/{started.generation_id}/stop", headers=PART | {"HX-Target": "inspected"}
    )
    assert "Cancelled" in words(response.content.decode())
    await ended(started)


async def test_a_log_that_is_gone_is_told(tab: AsyncClient, user: User) -> None:
    generation = await made(user)
    html = (await tab.get(f"/metrics/generations/{generation.pk}/", headers=PART)).content.decode()
    assert "The log of this answer is gone" in html
