"""Storing questions: several at once in one transaction, for many people ask at the same moment and each transaction
has its price. What is refused leaves nothing behind and holds up no other. Runs on a database thread."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone

from providers.dispatch.health import Promised
from providers.snapshot import Snapshots
from threads.generation import context, lease, ledger, log, preparation
from threads.generation.entries import Entry
from threads.generation.errors import Refused
from threads.generation.fold import fold
from threads.generation.lease import Claim
from threads.generation.preparation import Ask, Opening
from threads.generation.questions import Begun, BegunCompletion, Completion, Question, Started
from threads.inserts import insert_alike
from threads.models import Generation, Message, StoredPrompt, Thread

Asked = Question | Completion
Stored = Begun | BegunCompletion
Result = Stored | Started | Refused
# In which columns the rows of one batch differ.
_OF_THREAD = ("id", "organization_id", "owner_id", "title", "model", "head_id")
_OF_MESSAGE = ("id", "thread_id", "parent_id", "role", "text")
_OF_GENERATION = (
    *("id", "organization_id", "user_id", "thread_id", "message_id", "requested_model", "idempotency_key"),
    *("state", "owner", "epoch", "started_at", "choice"),
)
_OF_PROMPT = ("generation_id", "data")


@dataclass(frozen=True, slots=True)
class Claimant:
    """The worker in this process, and for how many more answers it has room."""

    name: str
    room: int


def begin(questions: Sequence[Asked], snapshots: Snapshots, claimant: Claimant) -> list[Result]:
    """For each question what was begun, what its key began earlier, or why it is refused."""
    results: list[Result | None] = [None] * len(questions)
    fresh: dict[int, tuple[Asked, Opening]] = {}
    promised: Promised = Counter()
    for at, question in enumerate(questions):
        try:
            opening = preparation.opening(snapshots, question.model, question.text, question.needs, promised)
            fresh[at] = question, opening
        except Refused as refusal:
            results[at] = _known(question) or refusal
    stored: Sequence[Result | None]
    try:
        with transaction.atomic():
            stored = _store(list(fresh.values()), claimant) if fresh else []
    except IntegrityError:
        # A key that was used before, or two questions to one thread. One after the other, it shows whose.
        stored = (
            [_clash(next(iter(fresh.values()))[0])] if len(fresh) == 1 else _singly(fresh.values(), snapshots, claimant)
        )
    for at, result in zip(fresh, stored, strict=True):
        results[at] = result or _clash(questions[at])
    return [result for result in results if result is not None]


def _singly(fresh: Iterable[tuple[Asked, Opening]], snapshots: Snapshots, claimant: Claimant) -> list[Result]:
    return [
        begin([question], snapshots, Claimant(claimant.name, int(at < claimant.room)))[0]
        for at, (question, _) in enumerate(fresh)
    ]


# --- keys --------------------------------------------------------------------------------------------------------
def _known(question: Asked) -> Result | None:
    """What this key began earlier. A key stands for one message: with another text it is a mistake of the caller's."""
    if isinstance(question, Completion) or not question.idempotency_key:
        return None
    rows = Generation.objects.select_related("message__parent")
    row = rows.filter(user=question.user, idempotency_key=question.idempotency_key).first()
    if row is None:
        return None
    if row.message is None or row.message.parent is None or row.thread_id is None:
        return Refused(409, "key_used", "This idempotency key was used for a chat that has been deleted.")
    if row.message.parent.text != question.text:
        return Refused(409, "key_used", "This idempotency key was used for another message. Use a new one.")
    return Started(row.pk, row.thread_id, row.message.pk, row.message.parent.pk, repeated=True)


def _clash(question: Asked) -> Result:
    if isinstance(question, Completion):
        return Refused(404, "not_found", "This account or organisation was deleted.")
    if (found := _known(question)) is not None:
        return found
    if question.thread is not None and not Thread.objects.filter(pk=question.thread.pk).exists():
        return _deleted()
    return _running()


def _running() -> Refused:
    return Refused(
        409, "already_running", "An answer is still being written in this chat. Wait for it, or stop it first."
    )


def _deleted() -> Refused:
    return Refused(404, "not_found", "This chat was deleted.")


# --- rows --------------------------------------------------------------------------------------------------------
def _store(fresh: list[tuple[Asked, Opening]], claimant: Claimant) -> list[Result | None]:
    """None for a question that another of the same moment came before, in the same thread."""
    now = timezone.now()
    asked = [one.thread.pk for one, _ in fresh if isinstance(one, Question) and one.thread is not None]
    # Asked anew: another tab may have moved on since the door looked, or deleted the thread.
    rows = Thread.objects.select_for_update(no_key=True).filter(pk__in=asked) if asked else []
    threads = {row.pk: row for row in rows}
    said = _messages(asked)
    results: list[Result | None] = []
    taken: set[UUID] = set()  # a thread takes the first of several questions at once
    for at, (question, opening) in enumerate(fresh):
        worker = claimant.name if at < claimant.room else ""
        if isinstance(question, Completion):
            results.append(_completion(question, opening, worker, now))
            continue
        thread = threads.get(question.thread.pk) if question.thread is not None else _thread(question, now)
        if thread is None:
            results.append(_deleted())
        elif thread.pk in taken:
            results.append(None)
        else:
            taken.add(thread.pk)
            results.append(_begun(question, opening, thread, said, worker, now))
    _insert([result for result in results if isinstance(result, Stored)], set(threads), now)
    return results


def _messages(threads: list[UUID]) -> dict[UUID, Message]:
    return {row.pk: row for row in Message.objects.filter(thread__in=threads)} if threads else {}


def _thread(question: Question, now: datetime) -> Thread:
    return Thread(
        organization_id=question.organization.pk,
        owner_id=question.user.pk,
        title=question.title,
        created_at=now,
        updated_at=now,
    )


def _begun(
    question: Question, opening: Opening, thread: Thread, said: dict[UUID, Message], worker: str, now: datetime
) -> Begun:
    asked = Message(id=uuid4(), thread=thread, role="user", text=question.text, created_at=now)
    asked.parent_id = thread.head_id
    answer = Message(id=uuid4(), thread=thread, role="assistant", created_at=now)
    answer.parent_id = asked.pk
    generation = Generation(
        organization_id=question.organization.pk,
        user_id=question.user.pk,
        thread=thread,
        message=answer,
        requested_model=question.model,
        idempotency_key=question.idempotency_key,
        choice=opening.reasons,
        created_at=now,
    )
    history = [*context.branch(said, thread.head_id), asked]
    thread.head_id, thread.updated_at, thread.model = answer.pk, now, question.model
    started = Started(generation.pk, thread.pk, answer.pk, asked.pk)
    if not worker:
        return Begun(started, thread, asked, answer, _entries(generation))
    taken = _taken(generation, opening, preparation.asking(history), worker, now)
    return Begun(started, thread, asked, answer, *taken)


def _completion(completion: Completion, opening: Opening, worker: str, now: datetime) -> BegunCompletion:
    generation = Generation(
        organization_id=completion.organization.pk,
        user_id=completion.user.pk,
        requested_model=completion.model,
        choice=opening.reasons,
        created_at=now,
    )
    if not worker:
        return BegunCompletion(generation, completion.stored, _entries(generation))
    taken = _taken(generation, opening, preparation.prompting(completion.prompt), worker, now)
    return BegunCompletion(generation, completion.stored, *taken)


def _taken(
    generation: Generation, opening: Opening, ask: Ask, worker: str, now: datetime
) -> tuple[tuple[Entry, ...], Claim, preparation.Prepared]:
    """It is begun for `worker`: what its log begins with, its claim, and what its runner needs."""
    generation.state, generation.owner, generation.epoch = Generation.State.RUNNING, worker, 1
    generation.started_at = now
    record = opening.record(ask)
    entries = _entries(generation, *(ledger.announced(record) if record is not None else ()))
    prepared = preparation.Prepared(generation, fold(entries), plan=opening.plan, ask=ask, record=record)
    return entries, Claim(generation.pk, 1, taken_over=False), prepared


def _insert(stored: list[Stored], known: set[UUID], now: datetime) -> None:
    begun = [one for one in stored if isinstance(one, Begun)]
    _insert_rows([one.thread for one in begun if one.thread.pk not in known], _OF_THREAD)
    for one in begun:
        if one.thread.pk in known:
            one.thread.save(update_fields=["head", "updated_at", "model"])
    _insert_rows([message for one in begun for message in (one.question, one.answer)], _OF_MESSAGE)
    _insert_rows([one.generation for one in stored], _OF_GENERATION)
    prompts = [one for one in stored if isinstance(one, BegunCompletion)]
    _insert_rows([StoredPrompt(generation=one.generation, data=one.stored) for one in prompts], _OF_PROMPT)
    lease.begin([one.claim.generation_id for one in stored if one.claim])
    claimed = [(one.claim, one.prepared.record) for one in stored if one.claim and one.prepared and one.prepared.record]
    ledger.insert([(claim.generation_id, claim.epoch, record) for claim, record in claimed])
    log.insert([(one.generation.pk, one.entries) for one in stored], now)


def _insert_rows(rows: Sequence[Model], varying: Sequence[str]) -> None:
    if rows:
        insert_alike(rows[0], varying, map(attrgetter(*varying), rows))


def _entries(generation: Generation, *more: tuple[str, dict[str, Any]]) -> tuple[Entry, ...]:
    ids = {
        "request_id": str(generation.pk),
        "thread_id": str(generation.thread_id) if generation.thread_id else None,
        "message_id": str(generation.message_id) if generation.message_id else None,
    }
    return tuple(Entry.of(at, kind, payload) for at, (kind, payload) in enumerate([("started", ids), *more], start=1))
