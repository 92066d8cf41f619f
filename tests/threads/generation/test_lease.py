"""Leases: who may claim what, in which order, for how long; and two workers that share one queue."""

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from tests.fixtures_engine import Ask, ended, until
from tests.simulator import RunningSimulator
from tests.threads.generation.rows import generation_in, thread_of
from threads import database
from threads.generation import lease
from threads.generation.runtime import Runtime
from threads.generation.worker import Worker
from threads.models import Generation

Make = Callable[..., Generation]
_HOUR = timedelta(hours=1)


@pytest.fixture
def make(user: User) -> Make:
    """`make("running", expires=-HOUR)`: a generation in a thread of its own, each made later than the one before."""
    born = timezone.now()

    def one(state: str, *, expires: timedelta | None = None, **columns: object) -> Generation:
        nonlocal born
        born += timedelta(seconds=1)
        generation = generation_in(thread_of(user), **{"state": state, "epoch": 0, "owner": "", **columns})
        rows = Generation.objects.filter(pk=generation.pk)
        rows.update(created_at=born, lease_expires_at=None if expires is None else Now() + expires)
        return generation

    return one


def test_the_abandoned_come_first_then_the_oldest(make: Make) -> None:
    young, abandoned = [make("queued") for _ in range(3)], [make("running", expires=-_HOUR, epoch=4) for _ in range(2)]
    claims = lease.claim("w", 4)
    assert [claim.generation_id for claim in claims] == [row.pk for row in (*abandoned, *young[:2])]
    assert [(claim.epoch, claim.taken_over) for claim in claims] == [(5, True), (5, True), (1, False), (1, False)]
    assert [claim.generation_id for claim in lease.claim("w", 4)] == [young[2].pk]
    assert lease.claim("w", 4) == []


@pytest.mark.parametrize("limit", [0, -3])
def test_without_room_nothing_is_claimed(make: Make, limit: int) -> None:
    make("queued")
    assert lease.claim("w", limit) == []
    assert Generation.objects.get().state == "queued"


@pytest.mark.parametrize("state", Generation.ENDED)
def test_what_has_ended_is_nobodys(make: Make, state: str) -> None:
    make(state, expires=-_HOUR)
    assert lease.claim("w", 5) == []


def test_what_somebody_holds_is_his(make: Make) -> None:
    held = make("running", expires=_HOUR, owner="another", epoch=1)
    assert lease.claim("w", 5) == []
    held.refresh_from_db()
    assert (held.owner, held.epoch, held.takeovers) == ("another", 1, 0)


def test_a_claim_writes_down_whose_it_is(make: Make) -> None:
    row = make("queued")
    lease.claim("first", 1)
    row.refresh_from_db()
    assert (row.state, row.owner, row.epoch, row.takeovers) == ("running", "first", 1, 0)
    assert row.lease_expires_at is not None
    begun = row.started_at
    Generation.objects.update(lease_expires_at=Now() - _HOUR)
    lease.claim("second", 1)
    row.refresh_from_db()
    assert (row.owner, row.epoch, row.takeovers, row.started_at) == ("second", 2, 1, begun)


def test_a_lease_runs_by_the_clock_of_the_database(make: Make) -> None:
    """It ends `LEASE` after the database's own now, whatever this process thinks the time is."""
    make("queued")
    lease.claim("w", 1)
    mine = Generation.objects.all()
    assert mine.filter(lease_expires_at__gt=Now() + lease.LEASE - timedelta(seconds=2)).exists()
    assert mine.filter(lease_expires_at__lte=Now() + lease.LEASE).exists()
    mine.update(lease_expires_at=Now() - _HOUR)
    lease.renew("w", [mine.get().pk])
    assert mine.filter(lease_expires_at__gt=Now() + lease.LEASE - timedelta(seconds=2)).exists()


def test_renewing_keeps_ones_own_and_tells_of_stops(make: Make) -> None:
    mine, stopped = make("running", expires=_HOUR, owner="w"), make("running", expires=_HOUR, owner="w")
    Generation.objects.filter(pk=stopped.pk).update(cancel_requested_at=timezone.now())
    others, done = make("running", expires=_HOUR, owner="x"), make("completed", owner="w")
    unasked = make("running", expires=-_HOUR, owner="w")
    renewal = lease.renew("w", [mine.pk, stopped.pk, others.pk, done.pk])
    assert renewal.held == {mine.pk, stopped.pk}
    assert renewal.cancelled == {stopped.pk}
    assert Generation.objects.filter(pk=unasked.pk, lease_expires_at__lt=Now()).exists()


def test_released_it_can_be_claimed_at_once(make: Make) -> None:
    mine, kept = (make("running", expires=_HOUR, owner="w", epoch=1) for _ in range(2))
    others = make("running", expires=_HOUR, owner="x", epoch=1)
    lease.release("w", [mine.pk, others.pk])
    assert [claim.generation_id for claim in lease.claim("next", 5)] == [mine.pk]
    assert lease.renew("w", [mine.pk, kept.pk]).held == {kept.pk}


# --- workers -----------------------------------------------------------------------------------------------------
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
    monkeypatch.setattr(lease, "claim", lambda name, limit: (asked.append(limit), claim(name, limit))[1])
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

    def slow(name: str, limit: int) -> list[lease.Claim]:
        if limit > 0:
            under_way.set()
            go_on.wait(5)
        return claim(name, limit)

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


@pytest.mark.slow
async def test_what_is_left_unrenewed_is_taken_over(engine: Runtime, ask: Ask) -> None:
    """Real leases on real time: the first worker loses its heart, the second finds out by itself."""
    first = engine.worker
    assert first is not None
    started = await ask(model="sim:ttft=0ms,rate=20,tokens=110")
    await until(lambda: Generation.objects.filter(pk=started.generation_id, first_token_at=None, epoch=1).exists())
    first._tasks[1].cancel()  # no renewal any more
    first._limit = 0
    second = Worker(engine.hub, first._tools, 5)
    second.start()
    try:
        generation = await ended(started)
    finally:
        await second.stop()
    assert (generation.state, generation.takeovers, generation.owner) == ("completed", 1, second.name)
