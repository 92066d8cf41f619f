"""One owner: claims, fences, takeovers."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from providers.dispatch.plan import Plan
from providers.dispatch.router import Choice
from providers.snapshot import Snapshots
from tests.fixtures_engine import Ask, ended, until
from tests.simulator import RunningSimulator
from threads import database
from threads.generation import lease, log, runtime
from threads.generation.book import Book
from threads.generation.fold import fold
from threads.generation.runtime import Runtime
from threads.generation.service import Started
from threads.models import Attempt, Event, Generation

pytestmark = pytest.mark.slow  # leases run out in their own time


async def _orphan(ask: Ask, engine: Runtime, model: str, **columns: object) -> Started:
    """An answer left running by a worker that is dead: its tasks are gone, its lease has run out."""
    started = await ask(model=model)
    await until(lambda: Event.objects.filter(generation=started.generation_id, type="delta").count() > 2)
    worker = engine.worker
    assert worker is not None
    runner = worker.runners.pop(started.generation_id)
    runner._log._writer = _Nowhere()  # type: ignore[assignment]
    runner._book = Book(started.generation_id)
    runner._hand_over = lambda _: None  # type: ignore[method-assign]
    runner._work.cancel()  # type: ignore[union-attr]
    runner.task.cancel()  # type: ignore[union-attr]
    gone = timezone.now() - timedelta(seconds=1)
    rows = Generation.objects.filter(pk=started.generation_id)
    await database.write(rows.update, owner="dead", lease_expires_at=gone, **columns)
    return started


class _Nowhere:
    """A writer that died with its process."""

    committing: frozenset[object] = frozenset()
    backlog = 0

    def mark(self, *_: object, **__: object) -> None: ...


async def test_a_claim_is_won_once(transactional_db: None, engine: Runtime, ask: Ask) -> None:
    engine.worker._limit = 0  # type: ignore[union-attr]
    started = await ask()
    claims = await asyncio.gather(*(database.write(lease.claim, f"worker-{n}", 5) for n in range(8)))
    assert [claim.generation_id for claims_ in claims for claim in claims_] == [started.generation_id]


async def test_who_is_fenced_appends_nothing(engine: Runtime, ask: Ask) -> None:
    started = await ask(model="sim:ttft=0ms,rate=50,tokens=5000")
    await until(lambda: Event.objects.filter(generation=started.generation_id, type="delta").exists())
    rows = Generation.objects.filter(pk=started.generation_id)
    await database.write(rows.update, epoch=99, owner="another", lease_expires_at=timezone.now() + timedelta(hours=1))
    before = await database.read(Event.objects.count)
    await until(lambda: not engine.worker.runners)  # type: ignore[union-attr]
    assert await database.read(Event.objects.count) == before
    generation = await database.read(rows.get)
    assert (generation.state, generation.message_id is not None, generation.epoch) == ("running", True, 99)
    assert (await database.read(Attempt.objects.get)).state == "cancelled"


async def test_a_model_that_continues_goes_on_where_it_was_cut(
    engine: Runtime, ask: Ask, simulator: RunningSimulator
) -> None:
    model = "sim:ttft=0ms,rate=100,tokens=150"
    started = await _orphan(ask, engine, model)
    engine.hub.publish("work")
    generation = await ended(started)
    whole = await ended(await ask(model=model))
    assert generation.state == "completed"
    assert generation.message.text == whole.message.text
    entries = await database.read(log.entries, generation.pk)
    assert {"state": "taken_over"} in [entry.payload for entry in entries]
    # At most the white space at its end is taken back: the model writes its own.
    kept = [entry.payload["keep_chars"] for entry in entries if entry.type == "reset"]
    assert 0 not in kept
    assert fold(entries).text == generation.message.text
    attempts = await database.read(lambda: list(generation.attempts.order_by("number").values_list("kind", "state")))
    assert attempts == [("first", "lost"), ("takeover", "completed")]


class _NobodyContinues(Snapshots):
    """The registry, with models of which it is not known that they continue a prefix."""

    def choose(self, text: str, requested: str, **more: frozenset[str]) -> tuple[Choice, Plan]:
        choice, plan = super().choose(text, requested, **more)
        [candidate] = plan.candidates
        targets = tuple(replace(target, continues_prefix=False) for target in candidate.targets)
        return choice, replace(plan, candidates=(replace(candidate, targets=targets),))


async def test_a_model_that_cannot_continue_begins_anew(engine: Runtime, ask: Ask, simulator: RunningSimulator) -> None:
    started = await _orphan(ask, engine, "sim:ttft=0ms,rate=100,tokens=150")
    engine.worker._tools = replace(engine.worker._tools, snapshots=_NobodyContinues())  # type: ignore[union-attr]
    engine.hub.publish("work")
    generation = await ended(started)
    entries = await database.read(log.entries, generation.pk)
    assert {"keep_chars": 0} in [entry.payload for entry in entries if entry.type == "reset"]
    assert generation.state == "completed"
    assert generation.message.text == simulator.record()[-1]["text"] == fold(entries).text


async def test_after_too_many_takeovers_the_text_is_kept(engine: Runtime, ask: Ask) -> None:
    started = await _orphan(ask, engine, "sim:ttft=0ms,rate=50,tokens=5000", takeovers=lease.TAKEOVERS)
    engine.hub.publish("work")
    generation = await ended(started)
    assert (generation.state, generation.error_kind) == ("failed", "interrupted")
    assert generation.message.text


async def test_a_new_process_takes_over_what_a_dead_one_left(engine: Runtime, ask: Ask) -> None:
    started = await _orphan(ask, engine, "sim:ttft=0ms,rate=100,tokens=150")
    await runtime.stop()
    await database.write(
        Generation.objects.filter(pk=started.generation_id).update,
        lease_expires_at=timezone.now() - timedelta(seconds=1),
    )
    runtime.start(work=True)
    assert (await ended(started)).state == "completed"


async def test_a_worker_that_stops_hands_over(engine: Runtime, ask: Ask) -> None:
    model = "sim:ttft=0ms,rate=100,tokens=200"
    started = await ask(model=model)
    await until(lambda: Event.objects.filter(generation=started.generation_id, type="delta").count() > 2)
    await runtime.stop()
    runtime.start(work=True)
    generation = await ended(started)
    whole = await ended(await ask(model=model))
    assert (generation.state, generation.epoch, generation.takeovers) == ("completed", 2, 0)
    assert generation.message.text == whole.message.text


async def test_a_cancelled_orphan_ends_cancelled(engine: Runtime, ask: Ask, simulator: RunningSimulator) -> None:
    model = "sim:ttft=0ms,rate=50,tokens=5000"
    started = await _orphan(ask, engine, model, cancel_requested_at=timezone.now())
    engine.hub.publish("work")
    generation = await ended(started)
    assert generation.state == "cancelled"
    assert generation.message.text
    assert len(simulator.record()) == 1
