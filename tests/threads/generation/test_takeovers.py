"""What a new owner makes of what the last one left, and a stop that comes before anything was read."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from providers.models import Model
from tests.fixtures_engine import ended
from tests.simulator import RunningSimulator
from tests.threads.generation.rows import generation_in, store, thread_of
from threads import database
from threads.generation import lease, log, runtime, service
from threads.generation.entries import Entry
from threads.generation.fold import fold
from threads.generation.lease import Claim
from threads.generation.runtime import Runtime
from threads.generation.service import Started
from threads.models import Attempt, Event, Generation

Left = Callable[..., Awaitable[Started]]
Beside = Callable[[Generation], object]  # makes the rows beside a generation's own
_STEPS = tuple[str, dict[str, Any]]
_CONTINUES, _BEGINS_ANEW = "sim:ttft=0ms,rate=max,tokens=30,text=lorem", "other"


@pytest_asyncio.fixture
async def left(engine: Runtime, registry: Callable[[str], Model], user: User) -> Left:
    """`await left(("delta", {"text": "a"}))`: an answer whose owner died when its log held this, now taken over."""

    def make(
        steps: tuple[_STEPS, ...], model: str, question: str, beside: Beside, columns: dict[str, Any]
    ) -> Generation:
        registry(model)
        gone = timezone.now() - timedelta(hours=1)
        columns = {"owner": "dead", "requested_model": model, **columns}
        gone = columns.pop("lease_expires_at", gone)
        row = generation_in(thread_of(user), question, **columns)
        store(row.pk, [Entry.of(seq, kind, payload) for seq, (kind, payload) in enumerate(steps, 2)])
        beside(row)
        Generation.objects.filter(pk=row.pk).update(lease_expires_at=gone)
        return row

    async def leave(
        *steps: _STEPS,
        model: str = _CONTINUES,
        question: str = "hello",
        beside: Beside = lambda _: None,
        **columns: Any,
    ) -> Started:
        row = await database.write(make, steps, model, question, beside, columns)
        engine.hub.publish("work")
        return Started(row.pk, row.thread_id, row.message_id, row.message.parent_id)

    return leave


async def _entries(started: Started) -> list[Entry]:
    entries = await database.read(log.entries, started.generation_id)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    return entries


async def _whole(simulator: RunningSimulator, left: Left, **columns: Any) -> str:
    """What the simulator says when it is not interrupted."""
    generation = await ended(await left(**columns))
    assert generation.state == "completed"
    return generation.message.text


@pytest.mark.parametrize("said", [("delta", {"text": "The first "}), ("reasoning", {"text": "Thinking "})])
async def test_the_first_word_stays_the_first(left: Left, said: _STEPS, simulator: RunningSimulator) -> None:
    """Whoever wrote it: it is when the person who waits saw something, also where it was taken back."""
    earlier = timezone.now() - timedelta(minutes=5)

    def seen(row: Generation) -> None:
        Event.objects.filter(generation=row, type=said[0]).update(created_at=earlier)

    generation = await ended(await left(("attempt", {"number": 1}), said, beside=seen))
    assert (generation.state, generation.first_token_at) == ("completed", earlier)


async def test_without_a_word_so_far_it_is_the_new_owner_s(left: Left, simulator: RunningSimulator) -> None:
    begun = timezone.now()
    generation = await ended(await left(("attempt", {"number": 1})))
    assert generation.first_token_at is not None
    assert generation.first_token_at > begun


async def test_reasoning_without_text_begins_anew(left: Left, simulator: RunningSimulator) -> None:
    model = "sim:ttft=0ms,rate=max,tokens=20,reasoning=15"
    generation = await ended(await left(("reasoning", {"text": "Thinking of the beginning "}), model=model))
    [request] = simulator.record()
    assert (generation.state, generation.message.text, request["prefix"]) == ("completed", request["text"], "")
    assert "Thinking of the beginning" not in generation.message.reasoning
    assert generation.message.reasoning


async def test_pieces_of_a_tools_call_are_not_doubled(left: Left, simulator: RunningSimulator) -> None:
    model = "sim:ttft=0ms,rate=max,tools=1"
    piece = {"index": 0, "id": "call-1", "name": "lookup", "arguments": '{"que'}
    generation = await ended(await left(("delta", {"text": "Let me see."}), ("tool_call", piece), model=model))
    [call] = generation.message.tool_calls
    assert call["id"] != "call-1"
    assert call["arguments"].count("{") == 1


async def test_a_long_question_is_still_asked(left: Left, simulator: RunningSimulator) -> None:
    """It may fill the whole window: the beginning of the answer must not push it out."""
    question = "x" * 95_000
    model = "sim:ttft=0ms,rate=max,tokens=30,text=lorem"
    whole = await _whole(simulator, left, model=model, question=question)
    generation = await ended(await left(("delta", {"text": whole[:20]}), model=_other(model), question=question))
    assert simulator.record()[-1]["prompt"] == question
    assert simulator.record()[-1]["prefix"] == whole[:20]
    assert generation.message.text == whole


def _other(model: str) -> str:
    """Says the same and is another row."""
    return f"{model},head=0ms"


@pytest.mark.parametrize("model", [_CONTINUES, "gpt-oss"], ids=["continues", "cannot continue"])
async def test_a_stop_asked_for_meanwhile_keeps_the_text(left: Left, simulator: RunningSimulator, model: str) -> None:
    started = await left(("delta", {"text": "kept"}), model=model, cancel_requested_at=timezone.now())
    generation = await ended(started)
    assert (generation.state, generation.message.text) == ("cancelled", "kept")
    assert simulator.record() == []


async def test_a_model_that_is_gone_meanwhile_keeps_the_text(
    engine: Runtime, left: Left, simulator: RunningSimulator
) -> None:
    engine.worker._limit = 0  # type: ignore[union-attr]
    started = await left(("delta", {"text": "kept"}), model="gpt-oss")
    await database.write(Model.objects.update, enabled=False)
    engine.snapshots.current = lambda **_: type(engine.snapshots)().current()  # type: ignore[method-assign]
    engine.worker._limit = 5  # type: ignore[union-attr]
    engine.hub.publish("work")
    generation = await ended(started)
    assert (generation.state, generation.error_kind) == ("failed", "model_unavailable")
    assert generation.message.text == "kept"


async def test_a_call_that_fails_before_its_first_token_keeps_the_text(left: Left, simulator: RunningSimulator) -> None:
    """The upstream cannot continue; what there is goes only when something comes in its place."""
    started = await left(("delta", {"text": "kept"}), model="no-sim:of-this-name")
    generation = await ended(started)
    assert (generation.state, generation.error_kind) == ("failed", "model_not_found")
    assert generation.message.text == fold(await _entries(started)).text == "kept"


async def test_taken_over_too_often_the_text_is_kept(left: Left, simulator: RunningSimulator) -> None:
    started = await left(("delta", {"text": "kept"}), model="gpt-oss", takeovers=lease.TAKEOVERS)
    generation = await ended(started)
    assert (generation.state, generation.error_kind, generation.message.text) == ("failed", "interrupted", "kept")
    assert simulator.record() == []


# --- whatever it was doing when its owner died ------------------------------------------------------------------------
_CALLED = ("attempt", {"number": 1})
_MOMENTS: dict[str, tuple[_STEPS, ...]] = {
    "before any call": (),
    "before the first token": (_CALLED, ("status", {"state": "connecting"})),
    "thinking": (_CALLED, ("status", {"state": "thinking"})),
    "backing off": (_CALLED, ("status", {"state": "retrying", "reason": "rate_limit", "retry_in_s": 8})),
    "between attempts": (_CALLED, ("status", {"state": "falling_back", "reason": "upstream"})),
    "asked for as a whole": (_CALLED,),
    "in its text": (_CALLED, ("delta", {"text": "%.18s"})),
    "behind its last token": (_CALLED, ("delta", {"text": "%s"})),
}


@pytest.mark.parametrize("moment", _MOMENTS)
async def test_it_ends_as_if_nothing_had_happened(left: Left, simulator: RunningSimulator, moment: str) -> None:
    whole = await _whole(simulator, left)
    steps = [
        (kind, {**data, **({"text": data["text"] % whole} if "text" in data else {})})
        for kind, data in _MOMENTS[moment]
    ]
    so_far = "".join(data["text"] for kind, data in steps if kind == "delta")
    model = _other(_CONTINUES)

    def call(row: Generation) -> None:
        Model.objects.filter(name=model).update(streaming=moment != "asked for as a whole")
        deployment = Model.objects.get(name=model).deployments.get()
        at = {"deployment": deployment, "sent_at": timezone.now(), "kind": "first"}
        if steps:
            Attempt.objects.create(generation=row, number=1, epoch=1, **at)

    generation = await ended(await left(*steps, model=model, beside=call))
    assert (generation.state, generation.message.text) == ("completed", whole)
    assert simulator.record()[-1]["prefix"] == so_far
    kinds = [entry.type for entry in await database.read(log.entries, generation.pk)]
    assert "reset" not in kinds
    *lost, last = await database.read(lambda: list(generation.attempts.order_by("number")))
    assert (last.state, last.kind) == ("completed", "takeover")
    assert [(row.state, row.usage_source) for row in lost] == [
        ("lost", "estimated" if so_far else "unknown") for _ in steps[:1]
    ]
    assert generation.completion_tokens == sum(row.completion_tokens or 0 for row in (*lost, last))
    assert generation.usage_estimated == bool(so_far)


# --- stopped before the log was read --------------------------------------------------------------------------------
@pytest.mark.parametrize("taken_over", [False, True])
async def test_a_stop_before_the_log_was_read(
    engine: Runtime, left: Left, simulator: RunningSimulator, taken_over: bool
) -> None:
    worker = engine.worker
    assert worker is not None
    worker._limit = 0
    steps = (("delta", {"text": "kept"}),) if taken_over else ()
    started = await left(*steps, epoch=2 if taken_over else 1, lease_expires_at=timezone.now() + timedelta(hours=1))
    await database.write(
        lambda: (
            Attempt.objects.create(
                generation_id=started.generation_id, number=1, epoch=1, sent_at=timezone.now(), kind="first"
            )
            if taken_over
            else None
        )
    )
    worker.run(Claim(started.generation_id, 2 if taken_over else 1, taken_over))
    worker.cancel(started.generation_id)
    generation = await ended(started)
    assert (generation.state, generation.message.text) == ("cancelled", "kept" if taken_over else "")
    assert (await _entries(started))[-1].payload["state"] == "cancelled"
    lost = await database.read(lambda: list(Attempt.objects.values_list("state", flat=True)))
    assert lost == (["lost"] if taken_over else [])
    assert simulator.record() == []


@pytest.mark.postgres
async def test_a_stop_while_another_worker_claims_it(engine: Runtime, left: Left, user: User) -> None:
    """The stop finds it neither queued nor, yet, running; it must not fall between the two."""
    engine.worker._limit = 0  # type: ignore[union-attr]
    started = await left(state="queued", epoch=0, owner="", lease_expires_at=None)
    claimed, go_on = threading.Event(), threading.Event()

    def claim() -> None:
        with transaction.atomic():
            assert lease.claim("another", 1)
            claimed.set()
            go_on.wait(5)

    claiming = asyncio.create_task(database.write(claim))
    await asyncio.to_thread(claimed.wait, 5)
    stopping = asyncio.create_task(database.write(service._ask_to_stop, started.generation_id))
    await asyncio.sleep(0.1)
    go_on.set()
    await asyncio.gather(claiming, stopping)
    row = await database.read(Generation.objects.get)
    assert (row.state, row.cancel_requested_at is not None) == ("running", True)


async def test_a_process_that_stops_leaves_nothing_claimed(pools: None, engine: Runtime, left: Left) -> None:
    started = await left(model="sim:ttft=5s")
    while started.generation_id not in engine.worker.runners:  # type: ignore[union-attr]
        await asyncio.sleep(0.005)
    await runtime.stop()
    assert [claim.generation_id for claim in await database.write(lease.claim, "next", 5)] == [started.generation_id]
