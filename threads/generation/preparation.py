"""From a claimed generation to what its runner needs. Reads rows; writes none."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Max

from providers.dispatch.health import Promised
from providers.dispatch.plan import Plan
from providers.dispatch.router import Choice, ModelUnavailable
from providers.dispatch.targets import AttemptRecord, Target
from providers.registry import ConfigurationError
from providers.snapshot import Snapshots
from providers.types import ChatRequest
from providers.types import Message as Turn
from threads.generation import context, ledger, log, reasons
from threads.generation.errors import Refused
from threads.generation.fold import Answer, fold
from threads.generation.ledger import Spent
from threads.generation.prompts import Prompt
from threads.models import Generation, Message, StoredPrompt


@dataclass(frozen=True, slots=True)
class Asking:
    """Makes the request for a target: as much of the conversation as its window holds, and `prefix`, the beginning of
    the answer that it is to go on from."""

    turns: tuple[Turn, ...]
    stream: bool

    def __call__(self, target: Target, prefix: str) -> ChatRequest:
        messages = context.fit(list(self.turns), target.context_tokens)
        if prefix:
            messages = (*messages, Turn("assistant", prefix))
        return ChatRequest(
            model=target.upstream,
            messages=messages,
            stream=self.stream,
            search=target.searches,
            keep_alive=target.keep_alive,
        )


@dataclass(frozen=True, slots=True)
class Prompting:
    """The same for what a program asks: its messages go out as they are, whatever the window holds."""

    prompt: Prompt
    stream: bool

    def __call__(self, target: Target, prefix: str) -> ChatRequest:
        prompt = self.prompt
        return ChatRequest(
            model=target.upstream,
            messages=prompt.with_prefix(prefix),
            stream=self.stream,
            max_output_tokens=prompt.max_output_tokens,
            temperature=prompt.temperature,
            tools=prompt.tools,
            search=target.searches,
            keep_alive=target.keep_alive,
        )


Ask = Asking | Prompting


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


def opening(snapshots: Snapshots, requested: str, question: str, needs: frozenset[str], promised: Promised) -> Opening:
    """`promised` counts the calls that others of the same moment are about to make. Raises `Refused`."""
    choice, plan = choose(snapshots, requested, question, needs)
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
        ask, question, needs = _asked(generation)
        plan = choose(snapshots, generation.requested_model, question, needs)[1]
    except Refused as refusal:
        return Prepared(generation, answer, attempts, refusal=refusal, spent=spent)
    return Prepared(generation, answer, attempts, plan, ask, spent=spent)


def asking(history: list[Message]) -> Asking:
    """From the branch that ends with the question."""
    return Asking(tuple(context.turns(history)), settings.STREAMING)


def prompting(prompt: Prompt) -> Prompting:
    return Prompting(prompt, settings.STREAMING)


def _asked(generation: Generation) -> tuple[Ask, str, frozenset[str]]:
    """And the question in it, and what that needs. Raises `Refused` where it is gone."""
    if generation.message is not None:
        history = _history(generation.message)
        return asking(history), history[-1].text if history else "", frozenset()
    stored = StoredPrompt.objects.filter(generation=generation.pk).first()
    if stored is None:
        raise Refused(404, "not_found", "What was asked has been deleted.")
    prompt = Prompt.read(stored.data)
    return prompting(prompt), prompt.question, prompt.needs


def _history(answer: Message) -> list[Message]:
    rows = {row.pk: row for row in Message.objects.filter(thread=answer.thread_id)}
    return context.branch(rows, answer.parent_id)


def choose(
    snapshots: Snapshots, requested: str, question: str, needs: frozenset[str] = frozenset()
) -> tuple[Choice, Plan]:
    """What to call, and why. Raises `Refused`, in words, where there is nothing or no row can be used."""
    try:
        return snapshots.choose(question, requested, needs=needs)
    except ModelUnavailable as error:
        raise Refused(422, "model_unavailable", str(error)) from error
    except ConfigurationError as error:
        raise Refused(502, "configuration", f"{error} Staff can mend this in the admin.") from error
