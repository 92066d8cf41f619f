"""The only door to the engine for those who want an answer: start, cancel. Doors authorise first, by `access`."""

import asyncio
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from accounts.models import Organization, User
from threads import access, database
from threads.generation import beginning, ending, lease, orphans, runtime
from threads.generation.entries import Entry
from threads.generation.errors import Refused
from threads.generation.questions import Begun, BegunCompletion, Completion, Question, Started
from threads.models import Event, Generation, StoredPrompt, Thread
from threads.quotas import Caller
from threads.services import threads

Result = Begun | Started
STOP_WAIT = 2.0  # seconds a stop is waited for, where another process has to carry it out


async def start(
    *,
    user: User,
    organization: Organization,
    text: str,
    thread: Thread | None = None,
    model: str = "",
    idempotency_key: str = "",
    address: str = "",
) -> Started:
    """Store a question and ask for its answer; without a thread a new one is made. Returns when it is durable.

    `model` "" means the thread's. Raises `Refused`: 400 empty, 413 too long, 422 unknown model, 409 when an answer is
    still being written there or the key was used for another text, 429 for too many questions, 402 where a hard budget
    is reached, 503 while shutting down or nothing can be stored.
    """
    begun = await begin(Question(user, organization, text, thread, model, idempotency_key, address))
    return begun.started if isinstance(begun, Begun) else begun


async def begin(question: Question) -> Result:
    """`start` for doors that go on with the rows themselves. `Started`: its key had begun it earlier."""
    engine = runtime.current()
    if engine.stopped:
        raise restarting()
    checked = question.checked()
    try:
        await _admit(engine, question)
    except Refused as refusal:
        return await _begun_earlier(checked, refusal)
    return await engine.starter.begin(checked)


async def complete(completion: Completion) -> BegunCompletion:
    """Ask for an answer outside any thread. Returns when the question is durable. Raises `Refused` as `start` does.

    Cancelled, it stops what it began: nobody else can know of it.
    """
    engine = open_engine()
    await _admit(engine, completion)
    begun = asyncio.create_task(engine.starter.begin(completion))
    try:
        return await asyncio.shield(begun)
    except asyncio.CancelledError:
        begun.add_done_callback(lambda task: _forsake(task, engine))
        raise


async def _admit(engine: runtime.Runtime, asking: Question | Completion) -> None:
    """Whether whoever asks may ask now: every question comes by here. Waits for nothing but, in the first moments of a
    process, for what it has to know. Raises `Refused`: 429, 402."""
    engine.quotas.questions.spend(Caller(asking.user.pk, asking.address))
    await engine.purse.ready()
    engine.purse.allow(asking.user.pk, asking.organization.pk)


async def _begun_earlier(question: Question, refusal: Refused) -> Started:
    """What is sent again, because the answer to it was lost, costs nothing more. Raises the refusal otherwise."""
    known = await database.read(beginning.earlier, question) if refusal.status == 402 else None
    if isinstance(known, Started):
        return known
    raise refusal


def open_engine() -> runtime.Runtime:
    """The engine, where it takes what has to be answered by this very process. Raises `Refused`."""
    engine = runtime.current()
    if engine.closing:
        raise restarting()
    return engine


def restarting() -> Refused:
    return Refused(503, "draining", "The server is restarting. Try again in a few seconds.", retry_after=1)


def _forsake(begun: asyncio.Task[BegunCompletion], engine: runtime.Runtime) -> None:
    if not begun.cancelled() and begun.exception() is None:
        forsake(begun.result().generation.pk, engine)


def forsake(generation_id: UUID, engine: runtime.Runtime) -> None:
    """Stop an answer that nobody waits for any more. Not while the server goes down: its reader may come back for it
    to the next one."""
    if not engine.closing:
        engine.see_to(stop(generation_id))


async def cancel(*, user: User, request_id: object) -> str:
    """Stop an answer; what came so far stays. Returns its state: cancelled, or completed or failed if it was quicker;
    running only when its worker cannot be reached within `STOP_WAIT` (it will stop as soon as it can). Idempotent.

    Raises `access.NotFound`.
    """
    generation = await database.read(access.generation_write, user, request_id)
    return await stop(generation.pk)


async def stop(generation_id: UUID) -> str:
    """`cancel` for callers that have looked at who is asking."""
    engine, asked_at = runtime.current(), timezone.now()
    here = engine.worker.runners.get(generation_id) if engine.worker is not None else None
    if here is not None:
        here.cancel()  # first of all: what follows may wait for the database, the provider's socket need not
    entry = await database.write(_ask_to_stop, generation_id, asked_at)
    if entry is not None:
        engine.hub.publish(f"generation:{generation_id}", [entry])
    engine.hub.publish("cancel", str(generation_id))
    if here is None:
        await _end_orphan(generation_id, engine)
    elif here.task is not None:
        await asyncio.wait([here.task], timeout=STOP_WAIT)
    state = await _state(generation_id)
    if state not in Generation.ENDED:  # its owner may be dead without its lease being over
        engine.see_to(_end_orphan(generation_id, engine, behind=lease.LEASE.total_seconds() - STOP_WAIT + 0.1))
    return state


async def _end_orphan(generation_id: UUID, engine: runtime.Runtime, *, behind: float = 0.0) -> None:
    """End it here if nobody else can."""
    await asyncio.sleep(behind)
    entries = await database.write_again(orphans.end, generation_id, engine.snapshots)
    if entries:
        engine.hub.publish(f"generation:{generation_id}", entries)


async def _state(generation_id: UUID) -> str:
    """The state once it has ended, or after `STOP_WAIT`."""
    deadline = asyncio.get_running_loop().time() + STOP_WAIT
    while True:
        state = await database.read(_read_state, generation_id)
        if state in Generation.ENDED or asyncio.get_running_loop().time() > deadline:
            return state
        await asyncio.sleep(0.05)


def _read_state(generation_id: UUID) -> str:
    state = Generation.objects.filter(pk=generation_id).values_list("state", flat=True).first()
    return state or Generation.State.CANCELLED  # its row is gone, and with it all that could go on


def _ask_to_stop(generation_id: UUID, asked_at: datetime | None = None) -> Entry | None:
    """Ask whoever runs it. What nobody runs yet ends here; its last entry is returned."""
    now = timezone.now()
    asked_at = asked_at or now
    with transaction.atomic():
        mine = Generation.objects.filter(pk=generation_id)
        # In this order: a worker that claims it between the two statements leaves it running, never queued.
        queued = mine.filter(state=Generation.State.QUEUED)
        if not queued.update(state=Generation.State.CANCELLED, cancel_requested_at=asked_at, finished_at=now):
            # It may have stopped already, by the word alone: when that was asked is told all the same.
            stopped = Q(state=Generation.State.CANCELLED, finished_at__gte=asked_at)
            mine.filter(Q(state=Generation.State.RUNNING) | stopped, cancel_requested_at=None).update(
                cancel_requested_at=asked_at
            )
            return None
        last = Event.objects.filter(generation=generation_id).aggregate(last=Max("seq"))["last"] or 0
        StoredPrompt.objects.filter(generation=generation_id).delete()
        done = Entry.of(last + 1, "done", ending.done(ending.CANCELLED, mine.get()))
        Event.objects.create(generation_id=generation_id, seq=done.seq, type=done.type, data=done.data, created_at=now)
        return done


async def delete_thread(*, user: User, thread_id: object) -> None:
    """Delete a thread; an answer being written there is stopped. Raises `access.NotFound`."""
    engine = runtime.current()
    thread = await database.read(access.thread_write, user, thread_id)
    thread_pk = thread.pk
    running = await database.write(threads.delete, thread=thread)
    for generation_id in running:
        engine.hub.publish("cancel", str(generation_id))
        engine.hub.publish(f"generation:{generation_id}", [])
    engine.hub.publish(f"thread:{thread_pk}", "")
    engine.hub.publish(f"user:{user.pk}", str(thread_pk))
