"""All reads for the doors. Rows and rendered text come out; nothing is written."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q

from accounts.models import User
from providers import queries as registry
from threads import access, statuses
from threads.generation import log
from threads.generation.fold import Answer, fold
from threads.generation.questions import Begun
from threads.models import Attempt, Event, Generation, Message, Thread
from threads.render import Rendering, render

_RUNNING = (Generation.State.QUEUED, Generation.State.RUNNING)


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """A line of the list of threads."""

    id: UUID
    title: str
    updated_at: datetime
    running: bool
    model: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A message as it is shown. `blocks` are safe HTML; times are seconds, None where not measured."""

    message: Message
    text: str
    blocks: list[str]
    stable: int = 0
    reasoning: str = ""
    sources: Sequence[dict[str, str]] = ()
    status: dict[str, str] | None = None
    generation: Generation | None = None
    seq: int = 0
    first_token_s: float | None = None
    tokens_per_s: float | None = None
    attempts: Sequence[Attempt] = ()  # of an answer that has ended


@dataclass(frozen=True, slots=True)
class ModelOption:
    name: str
    label: str
    available: bool
    reason: str


def thread_lines(user: User, *, query: str = "", before: datetime | None = None, limit: int = 60) -> list[ThreadLine]:
    """The person's threads, the latest first; with `query`, those whose title or words hold it."""
    rows = access.threads_of(user)
    if query.strip():
        said = Message.objects.filter(thread=OuterRef("pk"), text__icontains=query.strip())
        rows = rows.filter(Q(title__icontains=query.strip()) | Exists(said))
    if before is not None:
        rows = rows.filter(updated_at__lt=before)
    running = Generation.objects.filter(thread=OuterRef("pk"), state__in=_RUNNING)
    rows = rows.annotate(running=Exists(running)).order_by("-updated_at")
    return [ThreadLine(*row) for row in rows.values_list("pk", "title", "updated_at", "running", "model")[:limit]]


def thread_line(user: User, thread_id: UUID) -> ThreadLine | None:
    running = Generation.objects.filter(thread=OuterRef("pk"), state__in=_RUNNING)
    rows = access.threads_of(user).filter(pk=thread_id).annotate(running=Exists(running))
    row = rows.values_list("pk", "title", "updated_at", "running", "model").first()
    return None if row is None else ThreadLine(*row)


def transcript(thread: Thread) -> list[Turn]:
    """The branch on show, first message first."""
    rows = {row.pk: row for row in thread.messages.select_related("generation")}
    chain: list[Message] = []
    at = thread.head_id
    while at is not None and at in rows:
        row = rows.pop(at)
        chain.append(row)
        at = row.parent_id
    answered = [row.generation.pk for row in chain if _has_generation(row)]
    attempts, seqs = _attempts(answered), _last_seqs(answered)
    return [_turn(row, attempts, seqs) for row in reversed(chain)]


def turn_of(generation_id: UUID) -> Turn | None:
    """The answer of a generation, None when it is gone."""
    message = Message.objects.select_related("generation").filter(generation=generation_id).first()
    return None if message is None else _turn(message, _attempts([generation_id]), _last_seqs([generation_id]))


def pair_of(generation_id: UUID) -> tuple[Turn, Turn] | None:
    """A question and its answer, None when they are gone."""
    answer = turn_of(generation_id)
    if answer is None or answer.message.parent is None:
        return None
    return _said(answer.message.parent), answer


def beginning(begun: Begun) -> tuple[Turn, Turn]:
    """The pair of an answer that was begun this moment; nothing is read."""
    answer = fold(begun.entries)
    status = statuses.words(answer.status or {"state": "queued"})
    generation = begun.answer.generation
    return _said(begun.question), Turn(begun.answer, "", [], status=status, generation=generation, seq=answer.seq)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a reader who comes back to a thread has missed. `mine`: of the answers it named, those of this thread."""

    mine: list[UUID]
    newest: UUID | None
    running: list[UUID]
    missed: list[UUID]


def standing(user: User, thread_id: UUID, have: Collection[UUID]) -> Standing:
    """Raises `access.NotFound`. `missed` are the answers begun after the newest it named, the first begun first."""
    thread = access.thread_read(user, thread_id)
    rows = list(thread.generations.order_by("created_at").values_list("pk", "state"))
    known = [at for at, (pk, _) in enumerate(rows) if pk in have]
    return Standing(
        mine=[rows[at][0] for at in known],
        newest=rows[known[-1]][0] if known else None,
        running=[pk for pk, state in rows if state in _RUNNING],
        missed=[pk for pk, _ in rows[known[-1] + 1 if known else 0 :]],
    )


def ending(generation_id: UUID, answer: Answer) -> Turn | None:
    """What the foot of an answer is made of, once it has ended; None when it is gone. Its words stay with `answer`."""
    row = Generation.objects.filter(pk=generation_id, deleted_at=None).first()
    if row is None or row.message_id is None or row.thread_id is None:
        return None
    message = Message(id=row.message_id, thread_id=row.thread_id, role=Message.Role.ASSISTANT)
    blocks = [answer.text] if answer.text else []  # whether there are any is all the foot asks
    figures = _figures(row, list(row.attempts.order_by("number")))
    return Turn(message, answer.text, blocks, generation=row, seq=answer.seq, **figures)


def stored_answer(generation_id: UUID, seq: int) -> Answer:
    """The answer from its message: for readers of an answer whose log is no longer there."""
    row = Generation.objects.select_related("message").filter(pk=generation_id, deleted_at=None).first()
    if row is None or row.message is None:
        return Answer(seq=seq + 1, state="deleted")
    answer = Answer(
        seq=seq + 1,
        state=row.state,
        finish_reason=row.finish_reason,
        reasoning=row.message.reasoning,
        citations=row.message.citations,
        tool_calls=row.message.tool_calls,
    )
    answer.append_text(row.message.text)
    return answer


def models_on_offer() -> list[ModelOption]:
    """What a person can pick, "auto" first; what cannot be used now says why."""
    catalogue = registry.catalogue()
    options = [
        ModelOption(
            row.name,
            row.label or row.name,
            row.usable,
            "" if row.usable else "switched off" if not row.enabled else "no provider is switched on for it",
        )
        for row in catalogue.models.values()
    ]
    anything = any(option.available for option in options)
    auto = ModelOption("auto", "Automatic", anything, "" if anything else "no model is set up")
    return [auto, *sorted(options, key=lambda option: (not option.available, option.label.lower()))]


def generations_after(thread: Thread, known: UUID | None) -> list[UUID]:
    """The thread's generations begun after `known` (None: all), first begun first."""
    rows = thread.generations.order_by("created_at")
    since = thread.generations.filter(pk=known).values_list("created_at", flat=True).first() if known else None
    if since is not None:
        rows = rows.filter(created_at__gt=since)
    return list(rows.values_list("pk", flat=True))


def has_log(generation_id: UUID) -> bool:
    return Event.objects.filter(generation=generation_id).exists()


def _said(message: Message) -> Turn:
    """What a person wrote, which has no log."""
    return Turn(message, message.text, render(message.text))


def _has_generation(message: Message) -> bool:
    return hasattr(message, "generation")


def _attempts(generations: list[UUID]) -> dict[UUID, list[Attempt]]:
    found: dict[UUID, list[Attempt]] = {}
    for row in Attempt.objects.filter(generation__in=generations).order_by("number"):
        found.setdefault(row.generation_id, []).append(row)
    return found


def _last_seqs(generations: list[UUID]) -> dict[UUID, int]:
    rows = Event.objects.filter(generation__in=generations).values_list("generation").annotate(last=Max("seq"))
    return dict(rows)


def _turn(message: Message, attempts: dict[UUID, list[Attempt]], seqs: dict[UUID, int]) -> Turn:
    generation: Generation | None = message.generation if _has_generation(message) else None
    if generation is None:
        return _said(message)
    if not generation.ended:
        return _growing(message, generation)
    turn = Turn(
        message,
        message.text,
        render(message.text),
        reasoning=message.reasoning,
        sources=message.citations,
        generation=generation,
        seq=seqs.get(generation.pk, 1),
    )
    blocks = len(turn.blocks)
    return replace(turn, stable=blocks, **_figures(generation, attempts.get(generation.pk, [])))


def _growing(message: Message, generation: Generation) -> Turn:
    """An answer still being written, as far as its log goes."""
    answer = fold(log.entries(generation.pk))
    rendering = Rendering()
    rendering.append(answer.text)
    return Turn(
        message,
        answer.text,
        rendering.blocks(),
        stable=rendering.stable,
        reasoning=answer.reasoning,
        sources=answer.citations,
        status=statuses.words(answer.status or ({"state": "queued"} if not answer.text else None)),
        generation=generation,
        seq=answer.seq,
    )


def _figures(generation: Generation, attempts: list[Attempt]) -> dict[str, Any]:
    first = generation.first_token_at
    speed = None
    answered = [row for row in attempts if row.state == Attempt.State.COMPLETED]
    attempt = next((rows[-1] for rows in (answered, attempts) if rows), None)
    if attempt is not None and attempt.first_token_at and attempt.last_token_at and attempt.completion_tokens:
        streamed = (attempt.last_token_at - attempt.first_token_at).total_seconds()
        if streamed > 0 and attempt.completion_tokens > 1:
            speed = (attempt.completion_tokens - 1) / streamed
    return {
        "first_token_s": (first - generation.created_at).total_seconds() if first else None,
        "tokens_per_s": speed,
        "attempts": attempts,
    }
