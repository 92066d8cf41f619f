"""What is sent to the model: the branch that leads to the question, as much of it as its window holds."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from uuid import UUID

from django.db.models import F

from providers.types import Message as Turn
from providers.types import Role
from threads.models import Message, Thread
from threads.statements import Statement, key, marks

CHARS_PER_TOKEN = 3.5  # a cautious mean over languages and tokenisers; the provider's own count comes with the answer
ANSWER_SHARE = 0.25  # of the window is left to the answer
UNKNOWN_WINDOW = 32_000  # tokens assumed where a model's window is not known
_ROLES: dict[str, Role] = {"system": "system", "user": "user", "assistant": "assistant"}


def messages(threads: Collection[UUID]) -> dict[UUID, Message]:
    """All of these threads, each with the model that wrote it, for `previous_model`."""
    if not threads:
        return {}
    keys = {key(Thread, thread) for thread in threads}
    return {row.pk: row for row in _messages(len(keys)).objects(Message, *keys)}


@lru_cache
def _messages(number: int) -> Statement:
    keys = marks(Thread, number)
    rows = Message.objects.filter(thread__in=keys).annotate(written_by=F("generation__model"))
    return Statement(rows.query, *keys)


def previous_model(history: Sequence[Message]) -> str:
    """The model of the last answer, "" where there is none."""
    return next((name for row in reversed(history) if (name := getattr(row, "written_by", None))), "")


def branch(rows: Mapping[UUID, Message], last: UUID | None) -> list[Message]:
    """The messages from the first to `last`, along their parents; `rows` are the thread's."""
    chain: list[Message] = []
    while last is not None and len(chain) <= len(rows):  # a circle, which no code makes, must not hang
        chain.append(rows[last])
        last = chain[-1].parent_id
    return chain[::-1]


def turns(messages: Iterable[Message]) -> list[Turn]:
    """As the model gets them. An answer without text (failed, or stopped before its first word) is left out, and
    neighbours of one role, which some providers refuse, are joined."""
    joined: list[Turn] = []
    for message in messages:
        if message.role not in _ROLES or not message.text.strip():
            continue
        role = _ROLES[message.role]
        if joined and joined[-1].role == role:
            joined[-1] = Turn(role, f"{joined[-1].content}\n\n{message.text}")
        else:
            joined.append(Turn(role, message.text))
    return joined


def fit(history: list[Turn], window: int | None) -> tuple[Turn, ...]:
    """The latest turns that fit, always with the last one, and beginning with a person's."""
    budget = (window or UNKNOWN_WINDOW) * (1 - ANSWER_SHARE) * CHARS_PER_TOKEN
    system = [turn for turn in history if turn.role == "system"]
    budget -= sum(len(turn.content) for turn in system)
    kept: list[Turn] = []
    for turn in reversed([turn for turn in history if turn.role != "system"]):
        budget -= len(turn.content)
        if kept and budget < 0:
            break
        kept.append(turn)
    kept.reverse()
    while len(kept) > 1 and kept[0].role != "user":
        del kept[0]
    return (*system, *kept)


def estimate_tokens(characters: int) -> int:
    return round(characters / CHARS_PER_TOKEN + 0.5) if characters else 0
