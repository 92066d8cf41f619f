"""From a claimed generation to what its runner needs. Reads rows; writes none."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from providers.dispatch.router import ModelUnavailable
from providers.dispatch.targets import AttemptRecord, Target
from providers.encryption import EncryptionError
from providers.registry import ConfigurationError
from providers.snapshot import Snapshots
from providers.types import ChatRequest
from providers.types import Message as Said
from threads.generation import context, log
from threads.generation.errors import Refused
from threads.generation.fold import Answer, fold
from threads.models import Generation, Message


@dataclass(frozen=True, slots=True)
class Prepared:
    """`answer` is what the log holds so far; `attempts` how many calls earlier owners made. `target` and `request`
    are None, and `refusal` says why, where nothing can be called. `continues`: the request ends with the answer's
    beginning, and what comes belongs behind it. `record` is of the first call, where it is written down already."""

    generation: Generation
    answer: Answer
    attempts: int
    target: Target | None = None
    request: ChatRequest | None = None
    refusal: Refused | None = None
    record: AttemptRecord | None = None
    continues: bool = False


def known(generation_id: UUID) -> tuple[Generation, Answer]:
    """The row, and what the log holds so far."""
    generation = Generation.objects.select_related("message").get(pk=generation_id)
    return generation, fold(log.entries(generation_id))


def load(generation_id: UUID, snapshots: Snapshots) -> Prepared:
    generation, answer = known(generation_id)
    history = _history(generation.message)
    attempts = 0 if generation.epoch == 1 else generation.attempts.count()
    try:
        target = choose_target(snapshots, generation.requested_model, history[-1].text if history else "")
    except Refused as refusal:
        return Prepared(generation, answer, attempts, refusal=refusal)
    # Pieces of a tool's call cannot be continued: asked for anew, they come whole.
    continues = target.continues_prefix and answer.text != "" and not answer.tool_calls
    prefix = (Said("assistant", answer.text),) if continues else ()
    request = ChatRequest(
        model=target.upstream,
        messages=(*context.fit(context.turns(history), target.context_tokens), *prefix),
        stream=settings.STREAMING,
    )
    return Prepared(generation, answer, attempts, target, request, continues=continues)


def _history(answer: Message | None) -> list[Message]:
    if answer is None:
        return []
    rows = {row.pk: row for row in Message.objects.filter(thread=answer.thread_id)}
    return context.branch(rows, answer.parent_id)


def choose_target(snapshots: Snapshots, requested: str, question: str) -> Target:
    """The deployment to call. Raises `Refused`, in words, where there is none or its row cannot be used."""
    try:
        return snapshots.choose(question, requested)[1]
    except ModelUnavailable as error:
        raise Refused(422, "model_unavailable", str(error)) from error
    except (ConfigurationError, EncryptionError) as error:
        raise Refused(502, "configuration", f"{error} Staff can mend this in the admin.") from error
