"""The only door to the engine for those who want an answer: start, cancel. Doors authorise first, by `access`."""

import asyncio
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import Organization, User
from threads import access, database
from threads.generation import ending, runtime
from threads.generation.entries import Entry
from threads.generation.errors import Refused
from threads.generation.questions import Begun, BegunCompletion, Completion, Question, Started
from threads.models import Event, Generation, StoredPrompt, Thread
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
) -> Started:
    """Store a question and ask for its answer; without a thread a new one is made. Returns when it is durable.

    `model` "" means the thread's. Raises `Refused`: 400 empty, 413 too long, 422 unknown model, 409 when an answer is
    still being written there or the key was used for another text, 503 while shutting down or nothing can be stored.
    """
    begun = await begin(Question(user, organization, text, thread, model, idempotency_key))
    return begun.started if isinstance(begun, Begun) else begun


async def begin(question: Question) -> Result:
    """`start` for doors that go on with the rows themselves. `Started`: its key had begun it earlier."""
    return await _open().starter.begin(question.checked())


async def complete(completion: Completion) -> BegunCompletion:
    """Ask for an answer outside any thread. Returns when the question is durable. Raises `Refused` as `start` does.

    Cancelled, it stops what it began: nobody else can know of it.
    """
    engine = _open()
    begun = asyncio.create_task(engine.starter.begin(completion))
    try:
        return await asyncio.shield(begun)
    except asyncio.CancelledError:
        begun.add_done_callback(lambda task: _forsake(task, engine))
        raise


def _open() -> runtime.Runtime:
    """The engine, where it takes questions. Raises `Refused`."""
    engine = runtime.current()
    if engine.draining:
        raise Refused(503, "draining", "The server is restarting. Try again in a few seconds.", retry_after=5)
    return engine


def _forsake(begun: asyncio.Task[BegunCompletion], engine: runtime.Runtime) -> None:
    if not begun.cancelled() and begun.exception() is None:
        forsake(begun.result().generation.pk, engine)


def forsake(generation_id: UUID, engine: runtime.Runtime) -> None:
    """Stop an answer that nobody waits for any more. Not while the server goes down: its reader may come back for it
    to the next one."""
    if not engine.draining:
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
    engine = runtime.current()
    here = engine.worker.runners.get(generation_id) if engine.worker is not None else None
    if here is not None:
        here.cancel()  # first of all: what follows may wait for the database, the provider's socket need not
    entry = await database.write(_ask_to_stop, generation_id)
    if entry is not None:
        engine.hub.publish(f"generation:{generation_id}", [entry])
    engine.hub.publish("cancel", str(generation_id))
    if here is not None and here.task is not None:
        await asyncio.wait([here.task], timeout=STOP_WAIT)
    return await _state(generation_id)


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


def _ask_to_stop(generation_id: UUID) -> Entry | None:
    """Ask whoever runs it. What nobody runs yet ends here; its last entry is returned."""
    now = timezone.now()
    with transaction.atomic():
        mine = Generation.objects.filter(pk=generation_id)
        # In this order: a worker that claims it between the two statements leaves it running, never queued.
        queued = mine.filter(state=Generation.State.QUEUED)
        if not queued.update(state=Generation.State.CANCELLED, cancel_requested_at=now, finished_at=now):
            mine.filter(state=Generation.State.RUNNING, cancel_requested_at=None).update(cancel_requested_at=now)
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
