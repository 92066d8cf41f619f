"""The JSON that goes in and out of the thread API."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, PlainSerializer

from providers.text import storable
from threads.models import Generation
from threads.queries import ThreadLine, Turn

Words = Annotated[str, AfterValidator(storable)]  # without what no database stores
Name = Annotated[Words, Field(max_length=200)]
# To the microsecond: Ninja's own way of writing it cuts, and a page of threads begins where another ended.
Moment = Annotated[datetime, PlainSerializer(datetime.isoformat, return_type=str)]


class _Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class NewThread(_Strict):
    title: Name = ""
    model: Name = "auto"


class ThreadChange(_Strict):
    title: Name


class NewMessage(_Strict):
    """`tools` and `rag` are kept for later versions: today they must be absent, null, false or empty."""

    text: str
    model: Name = ""
    idempotency_key: Name = ""
    tools: Any = None
    rag: Any = None


class Usage(Schema):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    cost_usd: float | None
    estimated: bool

    @classmethod
    def of(cls, generation: Generation) -> Self | None:
        if generation.total_tokens is None:
            return None
        return cls(
            prompt_tokens=generation.prompt_tokens or 0,
            completion_tokens=generation.completion_tokens or 0,
            total_tokens=generation.total_tokens,
            cost_usd=None if generation.cost_usd is None else float(generation.cost_usd),
            estimated=generation.usage_estimated,
        )


class Failure(Schema):
    type: str
    message: str


class Spoken(Schema):
    """`text` of an answer still being written is what there is so far; its `state` tells. `html` is safe HTML."""

    role: str
    text: str
    html: str
    reasoning: str = ""
    citations: list[dict[str, str]] = []
    tool_calls: list[dict[str, Any]] = []
    request_id: UUID | None = None
    state: str | None = None
    finish_reason: str | None = None
    model: str | None = None
    provider: str | None = None
    usage: Usage | None = None
    error: Failure | None = None

    def tell(self, generation: Generation) -> Self:
        """Take over what the row of an answer has."""
        self.request_id, self.state = generation.pk, generation.state
        self.finish_reason = generation.finish_reason or None
        self.model, self.provider = generation.model or None, generation.provider or None
        self.usage = Usage.of(generation)
        if generation.error_kind:
            self.error = Failure(type=generation.error_kind, message=generation.error_message)
        return self


class Considered(Schema):
    model: str
    reason: str
    cost_usd: float | None = None
    passed_over: str | None = None


class MessageOut(Spoken):
    """`choice`: the models considered where the model was "auto", the chosen one first."""

    id: UUID
    created_at: Moment
    choice: list[Considered] | None = None

    @classmethod
    def of(cls, turn: Turn) -> Self:
        message, generation = turn.message, turn.generation
        out = cls(
            id=message.pk,
            role=message.role,
            text=turn.text,
            html="\n".join(turn.blocks),
            created_at=message.created_at,
            reasoning=turn.reasoning,
            citations=list(turn.sources),
            tool_calls=message.tool_calls,
        )
        if generation is None:
            return out
        if generation.choice:
            out.choice = [Considered(**one) for one in generation.choice]
        return out.tell(generation)


class ThreadOut(Schema):
    id: UUID
    title: str
    model: str
    updated_at: Moment
    running: bool

    @classmethod
    def of(cls, line: ThreadLine) -> Self:
        return cls(id=line.id, title=line.title, model=line.model, updated_at=line.updated_at, running=line.running)


class ThreadWithMessages(ThreadOut):
    messages: list[MessageOut]


class ThreadPage(Schema):
    """`next` is the `before` of the following page, null on the last."""

    items: list[ThreadOut]
    next: Moment | None


class Answer(Schema):
    request_id: UUID
    thread_id: UUID
    state: str
    message: MessageOut


class Cancelled(Schema):
    state: str
