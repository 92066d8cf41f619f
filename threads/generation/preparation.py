"""From a claimed generation to what its runner needs. Reads rows; writes none."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Max

from providers.dispatch.health import Promised
from providers.dispatch.plan import Plan
from providers.dispatch.router import AUTO, Choice, ModelUnavailable
from providers.dispatch.targets import AttemptRecord, Target
from providers.registry import ConfigurationError
from providers.snapshot import Snapshots
from threads.generation import asks, context, ledger, log, reasons
from threads.generation.asks import Ask
from threads.generation.errors import Refused
from threads.generation.fold import Answer, fold
from threads.generation.ledger import Spent
from threads.generation.prompts import Prompt
from threads.models import Generation, Message, StoredPrompt


@dataclass(frozen=True, slots=True)
class Prepared:
    """`answer` is what the log holds so far; `attempts` the number of the last call that earlier owners made, `spent`
    what those used. `plan` and `ask` are None, and `refusal` says why, where nothing can be called. `record` is of the
    first call, where it is written down already."""

    generation: Generation
    answer: Answer
    attempts: int = 0
    plan: Plan | None = None
    ask: Ask | None = None
    refusal: Refused | None = None
    record: AttemptRecord | None = None
    spent: Spent | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """How a question begins: what may be called, what is called first, if that can be said now, and why this model, if
    that was left open (threads.generation.reasons)."""

    plan: Plan
    first: Target | None
    reasons: list[dict[str, Any]] | None

    def record(self, ask: Ask) -> AttemptRecord | None:
        """Of the first call, to be written down with the question."""
        if self.first is None:
            return None
        return AttemptRecord(number=1, kind="first", target=self.first, streaming=ask.stream and self.first.streaming)


def opening(snapshots: Snapshots, requested: str, ask: Ask, promised: Promised) -> Opening:
    """`promised` counts the calls that others of the same moment are about to make. Raises `Refused`."""
    choice, plan = choose(snapshots, requested, ask)
    first = snapshots.board.suggest(plan.candidates[0].targets, promised)
    return Opening(plan, first, reasons.kept(requested, choice))


def known(generation_id: UUID) -> tuple[Generation, Answer]:
    """The row, and what the log holds so far."""
    generation = Generation.objects.select_related("message").get(pk=generation_id)
    return generation, fold(log.entries(generation_id))


def load(generation_id: UUID, snapshots: Snapshots) -> Prepared:
    generation, answer = known(generation_id)
    attempts, spent = 0, None
    if generation.epoch > 1:
        attempts = generation.attempts.aggregate(last=Max("number"))["last"] or 0
        spent = ledger.spent_before(generation_id)
    try:
        ask = _asked(generation)
        plan = choose(snapshots, generation.requested_model, ask)[1]
    except Refused as refusal:
        return Prepared(generation, answer, attempts, refusal=refusal, spent=spent)
    return Prepared(generation, answer, attempts, plan, ask, spent=spent)


def _asked(generation: Generation) -> Ask:
    """Raises `Refused` where it is gone."""
    if generation.message is not None:
        return asks.asking(_history(generation.message))
    stored = StoredPrompt.objects.filter(generation=generation.pk).first()
    if stored is None:
        raise Refused(404, "not_found", "What was asked has been deleted.")
    return asks.prompting(Prompt.read(stored.data))


def _history(answer: Message) -> list[Message]:
    return context.branch(context.messages([answer.thread_id]), answer.parent_id)


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
