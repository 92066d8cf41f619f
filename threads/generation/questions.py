"""A question on its way to becoming an answer: what came in, checked, and what was begun. Values only.

A `Question` stands in a thread; a `Completion` is a program's, outside any.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from django.conf import settings

from accounts.models import Organization, User
from providers.text import storable
from threads.generation.asks import Asking
from threads.generation.entries import Entry
from threads.generation.errors import Refused
from threads.generation.lease import Claim
from threads.generation.preparation import Prepared
from threads.generation.prompts import Prompt
from threads.models import Generation, Message, Thread

TITLE_LENGTH = 60
KEY_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Question:
    """`thread` None asks for a new one; `model` "" means the thread's; `address`: where it comes from, if known."""

    user: User
    organization: Organization
    text: str
    thread: Thread | None = None
    model: str = ""
    idempotency_key: str = ""
    address: str = ""

    def checked(self) -> "Question":
        """Fit to be stored, or `Refused` (400, 413)."""
        text = storable(self.text)
        if not text.strip():
            raise Refused(400, "empty_message", "The message is empty. Write something first.")
        if len(text) > (most := settings.MAX_MESSAGE_CHARS):
            raise Refused(
                413, "message_too_long", f"The message has {len(text):,} characters, and at most {most:,} can be sent."
            )
        key = storable(self.idempotency_key)
        if len(key) > KEY_LENGTH:
            raise Refused(400, "bad_idempotency_key", f"An idempotency key has at most {KEY_LENGTH} characters.")
        model = self.model or (self.thread.model if self.thread is not None else "auto")
        return replace(self, text=text, model=model, idempotency_key=key)

    @property
    def needs(self) -> frozenset[str]:
        return frozenset()

    @property
    def title(self) -> str:
        """The beginning of the text, cut at a word."""
        line = " ".join(self.text.split())
        if len(line) <= TITLE_LENGTH:
            return line
        return line[:TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(",.;:") + "…"


@dataclass(frozen=True, slots=True)
class Completion:
    """Bounded by its door. `stored` is `prompt.stored()`, which may take its time; `text` what the routes go by."""

    user: User
    organization: Organization
    prompt: Prompt
    stored: str
    model: str = "auto"
    address: str = ""

    @property
    def text(self) -> str:
        return self.prompt.question

    @property
    def needs(self) -> frozenset[str]:
        return self.prompt.needs


@dataclass(frozen=True, slots=True)
class Started:
    """`repeated`: the idempotency key was known; this is what it began then, and nothing new was begun."""

    generation_id: UUID
    thread_id: UUID
    message_id: UUID
    user_message_id: UUID
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """Rows that are stored now, and all the log holds. `claim` and `prepared` are set when it was begun for a worker
    of this process; otherwise `ask` is what others are offered."""

    started: Started
    thread: Thread
    question: Message
    answer: Message  # its `generation` is set
    entries: tuple[Entry, ...]
    claim: Claim | None = None
    prepared: Prepared | None = None
    ask: Asking | None = None

    @property
    def generation(self) -> Generation:
        return self.answer.generation


@dataclass(frozen=True, slots=True)
class BegunCompletion:
    """The same for a `Completion`, which has no rows beside its generation's."""

    generation: Generation
    stored: str
    entries: tuple[Entry, ...]
    claim: Claim | None = None
    prepared: Prepared | None = None
