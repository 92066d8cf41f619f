"""Stopping: the provider's connection closes, what came stays, whatever the answer was doing."""

from django.utils import timezone

from accounts.models import User
from tests.fixtures_engine import Ask, ended, until
from tests.simulator import RunningSimulator
from threads import database
from threads.generation import log, service
from threads.generation.fold import fold
from threads.generation.runtime import Runtime
from threads.models import Attempt, Event, Generation


async def test_stop_in_the_middle_keeps_the_text(
    engine: Runtime, ask: Ask, user: User, simulator: RunningSimulator
) -> None:
    started = await ask(model="sim:ttft=0ms,rate=100,tokens=5000")
    await until(lambda: Event.objects.filter(generation=started.generation_id, type="delta").count() > 3)
    assert await service.cancel(user=user, request_id=started.generation_id) == "cancelled"
    generation = await ended(started)
    entries = await database.read(log.entries, generation.pk)
    assert generation.message.text == fold(entries).text != ""
    message = str(generation.message_id)
    assert entries[-1].payload == {"state": "cancelled", "finish_reason": None, "message_id": message}
    [request] = await simulator.until(lambda record: record[0]["disconnected_at"] is not None)
    assert request["text"].startswith(generation.message.text)
    attempt = await database.read(Attempt.objects.get)
    assert (attempt.state, attempt.usage_source) == ("cancelled", "estimated")
    assert attempt.completion_tokens > 0


async def test_stop_while_the_provider_is_silent(
    engine: Runtime, ask: Ask, user: User, simulator: RunningSimulator
) -> None:
    started = await ask(model="sim:fault=no-head")
    await simulator.until(lambda record: len(record) == 1)
    assert await service.cancel(user=user, request_id=started.generation_id) == "cancelled"
    await simulator.until(lambda record: record[0]["disconnected_at"] is not None)
    attempt = await database.read(Attempt.objects.get)
    assert (attempt.state, attempt.usage_source, attempt.completion_tokens) == ("cancelled", "unknown", None)


async def test_stop_while_queued_ends_it_and_nothing_is_called(
    engine: Runtime, ask: Ask, user: User, simulator: RunningSimulator
) -> None:
    engine.worker._limit = 0  # type: ignore[union-attr]  # no room: all stays queued
    started = await ask()
    assert await service.cancel(user=user, request_id=started.generation_id) == "cancelled"
    entries = await database.read(log.entries, started.generation_id)
    assert [entry.type for entry in entries] == ["started", "done"]
    engine.worker._limit = 10  # type: ignore[union-attr]
    engine.hub.publish("work")
    await ended(await ask("another"))
    assert [request["prompt"] for request in simulator.record()] == ["another"]


async def test_stop_is_idempotent_and_says_what_was(engine: Runtime, ask: Ask, user: User) -> None:
    started = await ask(model="sim:tokens=3,ttft=0ms,rate=max")
    await ended(started)
    for _ in range(2):
        assert await service.cancel(user=user, request_id=started.generation_id) == "completed"


async def test_a_stop_asked_for_in_another_process_arrives_by_the_database(engine: Runtime, ask: Ask) -> None:
    """No hint: only the row says so, as when Redis is away."""
    started = await ask(model="sim:ttft=0ms,rate=20,tokens=5000")
    await until(lambda: Event.objects.filter(generation=started.generation_id, type="delta").exists())
    await database.write(service._ask_to_stop, started.generation_id)
    assert (await ended(started)).state == "cancelled"


async def test_deleting_a_thread_stops_its_answer(
    engine: Runtime, ask: Ask, user: User, simulator: RunningSimulator
) -> None:
    started = await ask(model="sim:ttft=0ms,rate=50,tokens=5000")
    await until(lambda: Event.objects.filter(generation=started.generation_id, type="delta").exists())
    await service.delete_thread(user=user, thread_id=started.thread_id)
    await simulator.until(lambda record: record[0]["disconnected_at"] is not None)
    await until(lambda: Attempt.objects.filter(state="cancelled").count() == 1)
    generation = await database.read(Generation.objects.get)
    assert (generation.state, generation.thread_id, generation.message_id) == ("cancelled", None, None)
    assert await database.read(Event.objects.count) == 0


async def test_when_a_stop_was_asked_for_is_told_however_quick_it_was(engine: Runtime, ask: Ask, user: User) -> None:
    """The word alone stops what runs in this process: the row must not come too late to say when."""
    started = await ask(model="sim:ttft=0ms,rate=20,tokens=5000")
    await until(lambda: Event.objects.filter(generation=started.generation_id, type="delta").exists())
    before = timezone.now()
    engine.worker.cancel(started.generation_id)  # type: ignore[union-attr]
    await ended(started)
    await database.write(service._ask_to_stop, started.generation_id, before)
    generation = await database.read(Generation.objects.get)
    assert generation.cancel_requested_at == before
    await database.write(service._ask_to_stop, started.generation_id)  # asked again, when it was long over
    assert (await database.read(Generation.objects.get)).cancel_requested_at == before
