"""Storing questions: several at once in one transaction, for many people ask at the same moment and each transaction
has its price. What is refused leaves nothing behind and holds up no other. Runs on a database thread."""

import math
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from providers.dispatch.health import Promised
from providers.snapshot import Snapshots
from threads.generation import asks, context, lease, ledger, log, preparation
from threads.generation.asks import Ask
from threads.generation.entries import Entry
from threads.generation.errors import Refused
from threads.generation.fold import fold
from threads.generation.lease import Claim
from threads.generation.preparation import Opening
from threads.generation.questions import Begun, BegunCompletion, Completion, Question, Started
from threads.inserts import insert_alike, like
from threads.models import Generation, Message, StoredPrompt, Thread
from threads.statements import together

ASK_AGAIN = 0.2  # seconds
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


class TooLate(Exception):
    """Whoever asked has been told that nothing could be stored: so nothing is."""


def begin(
    questions: Sequence[Asked], snapshots: Snapshots, claimant: Claimant, until: float = math.inf
) -> list[Result]:
    """For each question what was begun, what its key began earlier, or why it is refused. Raises `TooLate` where it
    cannot be stored before `until`, by the monotonic clock."""
    results: Sequence[Result | None] = []
    try:
        with transaction.atomic():
            results = _store(questions, _Moment(snapshots, claimant))
            if time.monotonic() > until:
                raise TooLate
    except (OperationalError, InterfaceError):
        if not _was_committed(results, until):
            raise
    except IntegrityError:
        # A key that was used before, or two questions to one thread. One after the other, it shows whose.
        results = [None] if len(questions) == 1 else _singly(questions, snapshots, claimant, until)
    return [result or _clash(question) for question, result in zip(questions, results, strict=True)]


def _singly(questions: Sequence[Asked], snapshots: Snapshots, claimant: Claimant, until: float) -> list[Result | None]:
    return [
        begin([question], snapshots, Claimant(claimant.name, int(at < claimant.room)), until)[0]
        for at, question in enumerate(questions)
    ]


# --- a commit whose answer was lost ------------------------------------------------------------------------------
def _was_committed(results: Sequence[Result | None], until: float) -> bool:
    """Whether a transaction that broke off was committed all the same. `results` is empty where it broke off before
    its commit. Asks until somebody answers: who says no too early has the question asked twice."""
    begun = next((result for result in results if isinstance(result, Stored)), None)
    while begun is not None:
        connection.close()
        try:
            return _is_there(begun.generation)
        except (OperationalError, InterfaceError):
            if time.monotonic() + ASK_AGAIN > until:
                raise
        time.sleep(ASK_AGAIN)
    return False


def _is_there(generation: Generation) -> bool:
    """Decided by storing it once more, in vain: that waits for a transaction which is still under way."""
    try:
        with transaction.atomic():
            _insert_rows([generation], _OF_GENERATION)
            transaction.set_rollback(True)
    except IntegrityError:
        return Generation.objects.filter(pk=generation.pk).exists()
    return False


# --- keys --------------------------------------------------------------------------------------------------------
def earlier(question: Asked) -> Result | None:
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
    if (found := earlier(question)) is not None:
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
class _Moment:
    """What the questions of one transaction share: its time, patterns of their rows, who runs how many of them."""

    def __init__(self, snapshots: Snapshots, claimant: Claimant) -> None:
        self._snapshots, self._claimant = snapshots, claimant
        self._promised: Promised = Counter()
        self._taken = 0
        self.now = now = timezone.now()
        self.thread = Thread(created_at=now, updated_at=now)
        self.question = Message(role=Message.Role.USER, created_at=now)
        self.answer = Message(role=Message.Role.ASSISTANT, created_at=now)
        self.generation = Generation(created_at=now)

    def opening(self, requested: str, ask: Ask) -> Opening:
        """Raises `Refused`."""
        return preparation.opening(self._snapshots, requested, ask, self._promised)

    def worker(self) -> str:
        """Who runs the next one, "" where it has to wait for somebody."""
        self._taken += 1
        return self._claimant.name if self._taken <= self._claimant.room else ""


def _store(questions: Sequence[Asked], moment: _Moment) -> list[Result | None]:
    """None for a question that another of the same moment came before, in the same thread."""
    asked = [one.thread.pk for one in questions if isinstance(one, Question) and one.thread is not None]
    # Asked anew: another tab may have moved on since the door looked, or deleted the thread.
    rows = Thread.objects.select_for_update(no_key=True).filter(pk__in=asked) if asked else []
    threads = {row.pk: row for row in rows}
    said = context.messages(asked)
    taken: set[UUID] = set()  # a thread takes the first of several questions at once
    results: list[Result | None] = []
    for question in questions:
        try:
            results.append(_begin(question, threads, said, taken, moment))
        except Refused as refusal:
            results.append(earlier(question) or refusal)
    _insert([result for result in results if isinstance(result, Stored)], set(threads), moment.now)
    return results


def _begin(
    question: Asked, threads: dict[UUID, Thread], said: dict[UUID, Message], taken: set[UUID], moment: _Moment
) -> Stored | None:
    if isinstance(question, Completion):
        return _completion(question, moment)
    thread = threads.get(question.thread.pk) if question.thread is not None else _thread(question, moment)
    if thread is None:
        raise _deleted()
    if thread.pk in taken:
        return None
    begun = _begun(question, thread, context.branch(said, thread.head_id), moment)
    taken.add(thread.pk)
    return begun


def _thread(question: Question, moment: _Moment) -> Thread:
    return like(
        moment.thread,
        id=uuid4(),
        organization_id=question.organization.pk,
        owner_id=question.user.pk,
        title=question.title,
    )


def _begun(question: Question, thread: Thread, history: list[Message], moment: _Moment) -> Begun:
    asked = like(moment.question, id=uuid4(), thread=thread, parent_id=thread.head_id, text=question.text)
    ask = asks.asking([*history, asked])
    opening = moment.opening(question.model, ask)
    answer = like(moment.answer, id=uuid4(), thread=thread, parent_id=asked.pk)
    generation = like(
        moment.generation,
        id=uuid4(),
        organization_id=question.organization.pk,
        user_id=question.user.pk,
        thread=thread,
        message=answer,
        requested_model=question.model,
        idempotency_key=question.idempotency_key,
        choice=opening.reasons,
    )
    thread.head_id, thread.updated_at, thread.model = answer.pk, moment.now, question.model
    started = Started(generation.pk, thread.pk, answer.pk, asked.pk)
    return Begun(started, thread, asked, answer, *_opened(generation, opening, ask, moment), ask)


def _completion(completion: Completion, moment: _Moment) -> BegunCompletion:
    ask = asks.prompting(completion.prompt)
    opening = moment.opening(completion.model, ask)
    generation = like(
        moment.generation,
        id=uuid4(),
        organization_id=completion.organization.pk,
        user_id=completion.user.pk,
        requested_model=completion.model,
        choice=opening.reasons,
    )
    return BegunCompletion(generation, completion.stored, *_opened(generation, opening, ask, moment))


def _opened(
    generation: Generation, opening: Opening, ask: Ask, moment: _Moment
) -> tuple[tuple[Entry, ...], Claim | None, preparation.Prepared | None]:
    """What its log begins with and, where it is begun for a worker here, its claim and what its runner needs."""
    worker = moment.worker()
    if not worker:
        return _entries(generation), None, None
    generation.state, generation.owner, generation.epoch = Generation.State.RUNNING, worker, 1
    generation.started_at = moment.now
    record = opening.record(ask)
    entries = _entries(generation, *(ledger.announced(record) if record is not None else ()))
    prepared = preparation.Prepared(generation, fold(entries), plan=opening.plan, ask=ask, record=record)
    return entries, Claim(generation.pk, 1, taken_over=False), prepared


def _insert(stored: list[Stored], known: set[UUID], now: datetime) -> None:
    begun = [one for one in stored if isinstance(one, Begun)]
    for one in begun:
        if one.thread.pk in known:
            one.thread.save(update_fields=["head", "updated_at", "model"])
    with together():
        _insert_rows([one.thread for one in begun if one.thread.pk not in known], _OF_THREAD)
        _insert_rows([message for one in begun for message in (one.question, one.answer)], _OF_MESSAGE)
        _insert_generations(stored, now)


def _insert_generations(stored: list[Stored], now: datetime) -> None:
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
