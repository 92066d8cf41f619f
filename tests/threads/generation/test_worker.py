"""Workers: several share one queue and what the dead left behind, each keeps or leaves its own."""

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models.functions import Now

from providers.models import Model
from tests.fixtures_engine import Ask, ended, until
from tests.simulator import RunningSimulator
from tests.threads.generation.apart import worker_of
from tests.threads.generation.rows import Make
from threads import database
from threads.generation import lease
from threads.generation import worker as worker_module
from threads.generation.runtime import Runtime
from threads.generation.worker import AT_ONCE, Worker
from threads.models import Event, Generation

Registry = Callable[[str], Model]
_HOUR = timedelta(hours=1)
_ENDLESS = "sim:ttft=0ms,rate=1,tokens=9000"


async def test_two_workers_share_a_queue(engine: Runtime, ask: Ask, simulator: RunningSimulator) -> None:
    """Each answer is written once, and neither worker runs more than it may."""
    first = engine.worker
    assert first is not None
    first._limit = 0  # nothing is begun before both are there
    questions = [await ask(f"q{n}", model="sim:ttft=30ms,rate=500,tokens=20") for n in range(12)]
    second = Worker(engine.hub, first._tools, 2)
    most = {first.name: 0, second.name: 0}

    def count(_: object) -> None:
        for worker in (first, second):
            most[worker.name] = max(most[worker.name], len(worker.runners))

    for question in questions:
        engine.hub.subscribe(f"generation:{question.generation_id}", count)
    first._limit = 2
    second.start()
    engine.hub.publish("work")
    try:
        rows = await asyncio.gather(*map(ended, questions))
    finally:
        await second.stop()
    assert {(row.state, row.epoch, row.takeovers) for row in rows} == {("completed", 1, 0)}
    assert {row.owner for row in rows} == {first.name, second.name}
    assert sorted(request["prompt"] for request in simulator.record()) == sorted(f"q{n}" for n in range(12))
    assert most == {first.name: 2, second.name: 2}


async def test_a_full_worker_waits_for_room(
    engine: Runtime, ask: Ask, simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not ask the database again and again meanwhile."""
    asked = []
    claim = lease.claim
    monkeypatch.setattr(lease, "claim", lambda name, limit, **how: (asked.append(limit), claim(name, limit, **how))[1])
    assert engine.worker is not None
    engine.worker._limit = 1
    questions = [await ask(f"q{n}", model="sim:ttft=300ms,tokens=2") for n in range(2)]
    rows = [await ended(question) for question in questions]
    assert [row.state for row in rows] == ["completed", "completed"]
    requests = simulator.record()
    assert requests[1]["received_at"] >= requests[0]["finished_at"]
    assert len(asked) < 20


async def test_a_claim_under_way_while_the_worker_stops_is_handed_over(
    engine: Runtime, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way, go_on = threading.Event(), threading.Event()
    claim = lease.claim

    def slow(name: str, limit: int, *, dead: bool) -> list[lease.Claim]:
        under_way.set()
        go_on.wait(5)
        return claim(name, limit, dead=dead)

    worker = engine.worker
    assert worker is not None
    worker._limit = 0
    started = await ask()
    monkeypatch.setattr(lease, "claim", slow)
    worker._limit = 5
    engine.hub.publish("work")
    await asyncio.to_thread(under_way.wait, 5)
    stopping = asyncio.create_task(worker.stop())
    await asyncio.sleep(0)
    go_on.set()
    await stopping
    row = await database.read(Generation.objects.get)
    assert row.epoch == 1  # it was claimed all the same
    assert [one.generation_id for one in await database.write(claim, "next", 5)] == [started.generation_id]


async def test_what_a_dead_worker_left_is_shared_out(
    engine: Runtime, make: Make, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody takes it all in one look: who looks in the same moment gets a share."""
    worker = worker_of(engine)
    worker._limit = 0

    def leave() -> None:
        registry(_ENDLESS)
        for _ in range(3 * AT_ONCE):
            make("running", expires=-_HOUR, owner="dead", epoch=1, requested_model=_ENDLESS)

    await database.write(leave)
    taken: list[int] = []
    claim = lease.claim

    def count(*known: Any, **how: Any) -> list[lease.Claim]:
        claims = claim(*known, **how)
        taken.extend([len(claims)] if claims else [])
        return claims

    monkeypatch.setattr(lease, "claim", count)
    worker._limit = 100
    engine.hub.publish("work")
    await until(lambda: not Generation.objects.filter(owner="dead").exists())
    assert taken == [AT_ONCE] * 3


async def _that_never_polls(engine: Runtime, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """Nor is a look of it under way, which would put off the next one when it ends."""
    worker = worker_of(engine)
    monkeypatch.setattr(worker_module, "POLL", 3600.0)
    await until(lambda: worker._peek_at > time.monotonic() + 1800.0)
    return worker


async def test_it_is_looked_at_when_the_next_lease_runs_out(
    engine: Runtime, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not only with the next poll, which here never comes."""
    worker = await _that_never_polls(engine, monkeypatch)
    row = await database.write(lambda: make("running", expires=timedelta(seconds=0.5), owner="dead", epoch=1))
    worker._peek_at = 0.0
    engine.hub.publish("work")
    await until(lambda: Generation.objects.filter(pk=row.pk, epoch=2).exists())


async def test_who_was_out_of_touch_does_not_judge(
    engine: Runtime, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind an outage of the database all leases are over. Those who live are given time to say so."""
    worker = await _that_never_polls(engine, monkeypatch)
    worker._looked -= 10
    dead, handed_over = await database.write(
        lambda: [make("running", expires=-_HOUR, owner=owner, epoch=1) for owner in ("dead", "")]
    )
    engine.hub.publish("work")
    await until(lambda: Generation.objects.filter(pk=handed_over.pk, epoch=2).exists())
    assert await database.read(Generation.objects.filter(pk=dead.pk, epoch=1).exists)
    worker._trusts_from = 0.0
    engine.hub.publish("work")
    await until(lambda: Generation.objects.filter(pk=dead.pk, epoch=2).exists())


@pytest.mark.slow
async def test_who_cannot_renew_stops_before_its_lease_ends(
    engine: Runtime, ask: Ask, simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its own clock. And since the answer is not to blame, it goes on as soon as that is possible, uncounted."""
    started = await ask(model="sim:ttft=0ms,rate=50,tokens=400")
    await until(lambda: Event.objects.filter(type="delta").exists())
    renew = lease.renew

    def away(*_: object) -> lease.Renewal:
        raise OperationalError("the database is away")

    monkeypatch.setattr(lease, "renew", away)
    monkeypatch.setattr(lease, "claim", lambda *_, **__: [])
    monkeypatch.setattr(lease, "release", lambda *_: away())
    await simulator.until(lambda record: record[0]["disconnected"])
    assert await database.read(Generation.objects.filter(lease_expires_at__gt=Now()).exists), "too late"
    monkeypatch.undo()
    assert lease.renew is renew
    generation = await ended(started)
    assert (generation.state, generation.epoch, generation.takeovers) == ("completed", 2, 0)
    second = simulator.record()[1]
    assert generation.message.text == second["prefix"] + second["text"]
    assert second["prefix"]


@pytest.mark.slow
async def test_what_is_left_unrenewed_is_taken_over(engine: Runtime, ask: Ask) -> None:
    """Real leases on real time: the first worker loses its heart, the second finds out by itself."""
    first = engine.worker
    assert first is not None
    started = await ask(model="sim:ttft=0ms,rate=20,tokens=110")
    await until(lambda: Generation.objects.filter(pk=started.generation_id, first_token_at=None, epoch=1).exists())
    first._tasks[1].cancel()  # no renewal any more,
    first._tasks[2].cancel()  # and it does not notice
    first._limit = 0
    second = Worker(engine.hub, first._tools, 5)
    second.start()
    try:
        generation = await ended(started)
    finally:
        await second.stop()
    assert (generation.state, generation.takeovers, generation.owner) == ("completed", 1, second.name)
