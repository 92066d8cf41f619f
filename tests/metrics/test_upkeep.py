"""What happens by itself: in the engine's process, on a thread of its own; and the targets in the admin."""

import asyncio
from collections.abc import MutableMapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from chatsite import asgi
from metrics import rollups, targets, upkeep
from metrics.models import Progress, Rollup
from tests.fixtures_engine import until
from tests.metrics.made import answer
from threads import database
from threads.generation.runtime import Runtime


@pytest.mark.slow
async def test_a_running_site_adds_up(engine: Runtime, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "FIRST", 0)
    await database.write(answer, user, datetime.now(UTC) - timedelta(hours=2))
    asked, said = asyncio.Queue[dict[str, str]](), asyncio.Queue[MutableMapping[str, Any]]()
    monkeypatch.setattr(asgi, "warm", lambda: None)
    living = asyncio.create_task(asgi.lifespan({}, asked.get, said.put))
    await asked.put({"type": "lifespan.startup"})
    assert await said.get() == {"type": "lifespan.startup.complete"}
    await until(lambda: Rollup.objects.filter(scope="site", period="hour").exists())
    await until(lambda: rollups.rolled_until() is not None)
    upkeep.start(engine)  # again is once
    await asked.put({"type": "lifespan.shutdown"})
    assert await said.get() == {"type": "lifespan.shutdown.complete"}
    await living
    assert "upkeep" not in engine.extras
    assert await database.read(lambda: Progress.objects.get().ran_at) is not None


@pytest.mark.django_db
def test_staff_set_the_targets(admin_client: Client) -> None:
    page = admin_client.get("/admin/metrics/targets/", follow=True)
    assert page.redirect_chain
    form = {"ttft_p95": "2", "latency_p95": "6", "latency_p50": "7", "error_rate": "0.02", "cancel_p95": "0.3"}
    page = admin_client.post("/admin/metrics/targets/1/change/", form)
    assert "Half of the answers cannot be allowed more time" in page.content.decode()
    assert targets.current().ttft_p95 == 1.5
    admin_client.post("/admin/metrics/targets/1/change/", {**form, "latency_p50": "3"})
    assert (targets.current().ttft_p95, targets.current().error_rate) == (2.0, 0.02)
    assert admin_client.post("/admin/metrics/targets/1/delete/").status_code == 403


@pytest.mark.django_db
def test_the_targets_are_for_staff(user: User) -> None:
    client = Client()
    client.force_login(user)
    assert client.get("/admin/metrics/targets/").status_code == 302
    user.is_staff = True  # but with no permission
    user.save()
    assert client.get("/admin/metrics/targets/").status_code == 403
