"""A process that works writes down how the deployments are, and takes that away when it ends."""

import asyncio

import pytest

from providers import health_table
from providers.models import DeploymentHealth
from tests.fixtures_engine import Ask, ended, until
from threads import database
from threads.generation import runtime


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_table, "PAUSE", 0.02)


async def test_a_process_writes_what_it_saw_and_takes_it_away(transactional_db: None, ask: Ask) -> None:
    engine = runtime.start(work=True)
    try:
        await ended(await ask(model="sim:ttft=0ms,rate=max,tokens=2"))
        known = DeploymentHealth.objects.filter(
            in_flight=0, first_token_s__gt=0, deployment__provider__name="simulator"
        )
        await until(known.exists)
        assert engine.worker is not None
        assert [row.process for row in await database.read(list, known)] == [engine.worker.name]
    finally:
        await runtime.stop()
    assert await database.read(DeploymentHealth.objects.count) == 0
    await asyncio.to_thread(database.close)


async def test_a_report_that_cannot_be_written_is_tried_again(
    transactional_db: None, ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    engine = runtime.start(work=True)
    try:
        monkeypatch.setattr(engine.health, "process", None)  # what no row takes
        await ended(await ask(model="sim:ttft=0ms,rate=max,tokens=2"))
        await until(lambda: "health_not_written" in caplog.text)
        assert not await database.read(DeploymentHealth.objects.exists)
        monkeypatch.setattr(engine.health, "process", "well-again")
        await until(DeploymentHealth.objects.filter(process="well-again").exists)
    finally:
        await runtime.stop()
        await asyncio.to_thread(database.close)
