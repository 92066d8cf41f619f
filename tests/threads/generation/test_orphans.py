"""Answers whose worker is dead, and nobody there to take them over: a stop ends them all the same; and calls whose
answers have ended without them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from providers.models import Model
from tests.fixtures_engine import until
from tests.threads.generation.rows import generation_in, store, thread_of
from threads import database
from threads.generation import lease, ledger, log, runtime, service
from threads.generation.context import estimate_tokens
from threads.generation.entries import Entry
from threads.generation.fold import fold
from threads.generation.runtime import Runtime
from threads.models import Attempt, Generation

_MODEL, _TEXT = "sim:tokens=5", "so far it went well"


@pytest_asyncio.fixture
async def web(transactional_db: None) -> AsyncIterator[Runtime]:
    running = runtime.start(work=False)
    yield running
    await runtime.stop()


@pytest.fixture
def orphan(registry: Callable[[str], Model], user: User) -> Callable[[timedelta], Generation]:
    """An answer whose worker has died in mid-sentence; its lease ends after the given time."""

    def make(left: timedelta) -> Generation:
        [deployment] = registry(_MODEL).deployments.all()
        row = generation_in(thread_of(user), requested_model=_MODEL, owner="dead")
        Generation.objects.filter(pk=row.pk).update(lease_expires_at=Now() + left)
        store(row.pk, [Entry.of(2, "attempt", {"number": 1}), Entry.of(3, "delta", {"text": _TEXT})])
        Attempt.objects.create(
            generation=row, number=1, epoch=1, kind="first", deployment=deployment, sent_at=timezone.now()
        )
        return row

    return make


@pytest.mark.parametrize(
    "left", [timedelta(seconds=-1), pytest.param(lease.LEASE, marks=pytest.mark.slow)], ids=["over", "not over yet"]
)
async def test_a_stop_ends_it(web: Runtime, orphan: Callable[..., Generation], user: User, left: timedelta) -> None:
    row = await database.write(orphan, left)
    heard: list[Entry] = []
    web.hub.subscribe(f"generation:{row.pk}", heard.extend)
    state = await service.cancel(user=user, request_id=row.pk)
    assert state == ("cancelled" if left < timedelta(0) else "running")
    await until(lambda: Generation.objects.get().ended)
    generation = await database.read(Generation.objects.select_related("message").get)
    assert generation.message is not None
    entries = await database.read(log.entries, row.pk)
    assert (generation.state, generation.message.text) == ("cancelled", _TEXT)
    assert fold(entries).state == "cancelled"
    assert generation.first_token_at is not None, "its owner could not write that down, but the log holds a word"
    [attempt] = await database.read(lambda: list(generation.attempts.all()))
    assert (attempt.state, attempt.usage_source, attempt.finished_at is not None) == ("lost", "estimated", True)
    assert generation.completion_tokens == attempt.completion_tokens == estimate_tokens(len(_TEXT))
    while len(heard) < 2:
        await asyncio.sleep(0.01)
    assert heard == entries[-2:]


@pytest.mark.slow
async def test_who_is_only_slow_is_left_alone(web: Runtime, orphan: Callable[..., Generation], user: User) -> None:
    row = await database.write(orphan, timedelta(hours=1))
    assert await service.cancel(user=user, request_id=row.pk) == "running"
    row = await database.read(Generation.objects.get)
    assert (row.state, row.epoch, row.cancel_requested_at is not None) == ("running", 1, True)


_LONG_AGO = timedelta(hours=1)


@pytest.mark.parametrize(
    ("columns", "ended_before", "state"),
    [
        ({"state": "cancelled"}, _LONG_AGO, "lost"),
        ({"state": "failed"}, _LONG_AGO, "lost"),
        ({"state": "cancelled"}, timedelta(0), "running"),  # its worker is settling it
        ({"state": "running"}, None, "running"),
    ],
)
def test_calls_that_outlive_their_answers_are_settled(
    user: User, columns: dict[str, Any], ended_before: timedelta | None, state: str
) -> None:
    finished = None if ended_before is None else timezone.now() - ended_before
    row = generation_in(thread_of(user), finished_at=finished, **columns)
    Attempt.objects.create(generation=row, number=1, epoch=1, kind="first", sent_at=timezone.now())
    ledger.sweep()
    attempt = row.attempts.get()
    assert (attempt.state, attempt.usage_source) == (state, "unknown")
    assert (attempt.finished_at is None) == (state == "running")


async def test_a_worker_sweeps(transactional_db: None, user: User) -> None:
    row = await database.write(
        lambda: generation_in(thread_of(user), state="cancelled", finished_at=timezone.now() - _LONG_AGO)
    )
    await database.write(
        Attempt.objects.create, generation=row, number=1, epoch=1, kind="first", sent_at=timezone.now()
    )
    runtime.start(work=True)
    try:
        while await database.read(Attempt.objects.filter(state="running").exists):
            await asyncio.sleep(0.01)
    finally:
        await runtime.stop()
