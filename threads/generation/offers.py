"""What the hint of a question brings along: all that its runner needs, so that whoever takes it up need not read again
what was stored a moment ago. It is never the truth: without it, or where another version wrote it, rows are read.
"""

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings

from providers.types import Message as Turn
from threads.generation.asks import Asking
from threads.generation.entries import Entry
from threads.models import Generation

LARGEST = 32 * 1024  # characters of a conversation that travels with a hint
KEPT = 64  # offers that a worker keeps: others take up most of what it hears
VERSION = 1
_COLUMNS = ("pk", "organization_id", "user_id", "thread_id", "message_id")


@dataclass(frozen=True, slots=True)
class Offer:
    """A generation as it is once it was claimed for the first time, its log so far, and what is asked."""

    generation: Generation
    entries: tuple[Entry, ...]
    ask: Asking


def pack(generation: Generation, entries: Sequence[Entry], ask: Asking) -> str:
    """As a hint carries it; "" where it is too long for that."""
    if sum(len(turn.content) for turn in ask.turns) > LARGEST:
        return ""
    said = {
        "version": VERSION,
        "columns": [str(getattr(generation, column)) for column in _COLUMNS],
        "model": generation.requested_model,
        "entries": [[entry.seq, entry.type, entry.data] for entry in entries],
        "turns": [[turn.role, turn.content] for turn in ask.turns],
        "question": ask.question,
        "previous": ask.previous,
    }
    return f"{generation.pk} {json.dumps(said, separators=(',', ':'))}"


def _unpack(text: str) -> Offer | None:
    said: dict[str, Any] = json.loads(text)
    if said.get("version") != VERSION:
        return None
    pk, organization, user, thread, message = said["columns"]
    generation = Generation(
        pk=UUID(pk),
        organization_id=int(organization),
        user_id=int(user),
        thread_id=UUID(thread),
        message_id=UUID(message),
        requested_model=said["model"],
        state=Generation.State.RUNNING,
        epoch=1,
    )
    entries = tuple(Entry(*entry) for entry in said["entries"])
    turns = tuple(Turn(role, content) for role, content in said["turns"])
    return Offer(generation, entries, Asking(turns, settings.STREAMING, said["question"], said["previous"]))


class Offers:
    """Those that were heard last. Heard on the event loop, taken on any thread."""

    def __init__(self) -> None:
        self._heard: OrderedDict[str, str] = OrderedDict()

    def hear(self, message: object) -> None:
        """Whatever a hint of work says; most that say nothing come from elsewhere."""
        pk, _, said = message.partition(" ") if isinstance(message, str) else ("", "", "")
        if said:
            self._heard[pk] = said
        while len(self._heard) > KEPT:
            self._heard.popitem(last=False)

    def take(self, generation_id: UUID) -> Offer | None:
        said = self._heard.pop(str(generation_id), None)
        return _unpack(said) if said is not None else None
