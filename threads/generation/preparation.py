"""From a claimed generation to what its runner needs. Reads rows; writes none."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

import structlog

from providers.dispatch.health import Promised
from providers.dispatch.plan import Plan
from providers.dispatch.router import AUTO, Choice, ModelUnavailable
from providers.dispatch.targets import AttemptRecord, Target
from providers.registry import ConfigurationError
from providers.snapshot import Snapshots
from threads.generation import asks, context, log, losses, reasons
from threads.generation.asks import Ask
from threads.generation.entries import Entry
from threads.generation.errors import Fenced, Refused
from threads.generation.fold import Answer, fold
from threads.generation.ledger import Spent
from threads.generation.offers import Offer
from threads.generation.prompts import Prompt
from threads.models import Attempt, Event, Generation, StoredPrompt
from threads.statements import Statement, key, marks, uuid

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Prepared:
    """`answer` is what the log holds so far; `attempts` the number of the last call that earlier owners made, `lost`
    what those probably used that they left open. `plan` and `ask` are None, and `refusal` says why, where nothing can
    be called. `record` is of the first call, where it is written down already."""

    generation: Generation
    answer: Answer
    attempts: int = 0
    plan: Plan | None = None
    ask: Ask | None = None
    refusal: Refused | None = None
    record: AttemptRecord | None = None
    lost: Mapping[int, Spent] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opening:
    """How a question begins: what may be called, what is called first, if that can be said now, and why this model, if
    that was left open (threads.generation.reasons)."""

    plan: Plan
    first: Target | None
    reasons: list[dict[str, Any]] | None

    def record(self, ask: Ask) -> AttemptRecord | None:
        """Of the first call, to be written down with the question."""
        return _record(self.first, ask)


def opening(snapshots: Snapshots, requested: str, ask: Ask, promised: Promised) -> Opening:
    """`promised` counts the calls that others of the same moment are about to make. Raises `Refused`."""
    choice, plan = choose(snapshots, requested, ask)
    first = snapshots.board.suggest(plan.candidates[0].targets, promised)
    return Opening(plan, first, reasons.kept(requested, choice))


def first_call(prepared: Prepared, snapshots: Snapshots, promised: Promised) -> AttemptRecord | None:
    """Of an answer that nobody has begun, to be written down with its claim; None where that cannot be said yet."""
    generation, plan, ask = prepared.generation, prepared.plan, prepared.ask
    if plan is None or ask is None or generation.cancel_requested_at is not None:
        return None
    return _record(snapshots.board.suggest(plan.candidates[0].targets, promised), ask)


def _record(first: Target | None, ask: Ask) -> AttemptRecord | None:
    if first is None:
        return None
    return AttemptRecord(number=1, kind="first", target=first, streaming=ask.stream and first.streaming)


def known(generation_id: UUID) -> tuple[Generation, Answer]:
    """The row, and what the log holds so far."""
    generation = Generation.objects.select_related("message").get(pk=generation_id)
    return generation, fold(log.entries(generation_id))


def load(generation_id: UUID, snapshots: Snapshots) -> Prepared:
    """Raises `Fenced` where it has been deleted."""
    known = _Known([generation_id])
    for generation in known.generations:
        return _prepared(generation, known, snapshots)
    raise Fenced(f"{generation_id} is gone")


def load_all(generation_ids: Collection[UUID], snapshots: Snapshots) -> dict[UUID, Prepared]:
    """Several with the queries of one: a worker that takes over what another left takes over many. What cannot be
    prepared is left out."""
    known, prepared = _Known(generation_ids), {}
    for generation in known.generations:
        try:
            prepared[generation.pk] = _prepared(generation, known, snapshots)
        except Exception:  # one must not keep the others from being answered
            logger.exception("not_prepared", generation=str(generation.pk))
    return prepared


def offered(offer: Offer, snapshots: Snapshots) -> Prepared:
    """Of a generation that nobody has begun, without reading it."""
    answer = fold(offer.entries)
    try:
        plan = choose(snapshots, offer.generation.requested_model, offer.ask)[1]
    except Refused as refusal:
        return Prepared(offer.generation, answer, refusal=refusal)
    return Prepared(offer.generation, answer, plan=plan, ask=offer.ask)


class _Known:
    """These generations, and the rows that stand behind them."""

    def __init__(self, generation_ids: Collection[UUID]) -> None:
        keys = [key(Generation, generation_id) for generation_id in generation_ids]
        self.generations = generations = _generations(len(keys)).objects(Generation, *keys)
        self.entries: dict[UUID, list[Entry]] = defaultdict(list)
        for generation_id, seq, type, data in _events(len(keys)).rows(*keys):
            self.entries[uuid(generation_id)].append(Entry(seq, type, data))
        self.calls: dict[UUID, list[Attempt]] = defaultdict(list)
        if begun := [generation.pk for generation in generations if generation.epoch > 1]:
            for row in Attempt.objects.filter(generation__in=begun):
                self.calls[row.generation_id].append(row)
        self._messages = context.messages([one.thread_id for one in generations if one.thread_id is not None])
        for generation in generations:
            if generation.message_id in self._messages:
                generation.message = self._messages[generation.message_id]
        prompts = [generation.pk for generation in generations if generation.message_id is None]
        self._prompts = dict(
            StoredPrompt.objects.filter(generation__in=prompts).values_list("generation", "data") if prompts else ()
        )

    def asked(self, generation: Generation) -> Ask:
        """Raises `Refused` where it is gone."""
        if generation.message is not None:
            return asks.asking(context.branch(self._messages, generation.message.parent_id))
        if generation.pk not in self._prompts:
            raise Refused(404, "not_found", "What was asked has been deleted.")
        return asks.prompting(Prompt.read(self._prompts[generation.pk]))


@lru_cache
def _generations(number: int) -> Statement:
    keys = marks(Generation, number)
    return Statement(Generation.objects.filter(pk__in=keys).query, *keys)


@lru_cache
def _events(number: int) -> Statement:
    keys = marks(Generation, number)
    rows = Event.objects.filter(generation__in=keys).order_by("generation", "seq")
    return Statement(rows.values_list("generation_id", "seq", "type", "data").query, *keys)


def _prepared(generation: Generation, known: _Known, snapshots: Snapshots) -> Prepared:
    entries, calls = known.entries[generation.pk], known.calls[generation.pk]
    answer, attempts = fold(entries), max((row.number for row in calls), default=0)
    try:
        ask = known.asked(generation)
        plan = choose(snapshots, generation.requested_model, ask)[1]
    except Refused as refusal:
        return Prepared(generation, answer, attempts, refusal=refusal)
    return Prepared(generation, answer, attempts, plan, ask, lost=losses.estimated(calls, entries, plan, ask))


def choose(snapshots: Snapshots, requested: str, ask: Ask) -> tuple[Choice, Plan]:
    """What to call, and why. Raises `Refused`, in words, where there is nothing or no row can be used."""
    # A model asked for by name gets as much as it holds: only where the choice is open may a chat's length decide.
    named = requested not in ("", AUTO)
    tokens = None if named and ask.fitted else ask.prompt_tokens
    try:
        return snapshots.choose(ask.question, requested, needs=ask.needs, prompt_tokens=tokens, previous=ask.previous)
    except ModelUnavailable as error:
        raise Refused(422, "model_unavailable", str(error)) from error
    except ConfigurationError as error:
        raise Refused(502, "configuration", f"{error} Staff can mend this in the admin.") from error
