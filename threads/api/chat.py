"""`/api/chat`: one message and its answer, outside any thread. Whoever hangs up stops it."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router, Schema

from providers.types import Message
from threads import access, database
from threads.api import errors, sse
from threads.api.actor import Actor, actor_of, caller_of
from threads.api.schemas import Name, Spoken, Words
from threads.generation import attendance, runtime, service
from threads.generation.fold import Answer
from threads.generation.prompts import Prompt
from threads.generation.questions import BegunCompletion, Completion, Question
from threads.models import Generation
from threads.render import render_html

router = Router(tags=["chat"])


class OneMessage(Schema):
    message: Words
    stream: bool = False
    model: Name = ""


class OneAnswer(Schema):
    request_id: UUID
    state: str
    message: Spoken


@router.post("/chat", response=OneAnswer, summary="Ask once", openapi_extra=errors.MAY_BE_SPENT)
async def chat(request: HttpRequest, body: OneMessage) -> HttpResponse:
    """Ask without a thread, and get the whole answer, or with `stream` its events (docs/api.md lists them)."""
    actor = actor_of(request)
    question = Question(actor.user, actor.organization, body.message, model=body.model).checked()
    prompt = Prompt((Message("user", question.text),))
    caller = caller_of(request)
    if body.stream:
        runtime.current().quotas.streams.hold(caller)
    begun = await service.complete(
        Completion(actor.user, actor.organization, prompt, prompt.stored(), question.model, caller.address)
    )
    if body.stream:
        return await sse.attended(begun.generation.pk, _frames(begun))  # type: ignore[return-value]
    return await _whole(actor, begun)


async def _frames(begun: BegunCompletion) -> AsyncGenerator[bytes, None]:
    ended = False
    async with aclosing(attendance.entries(begun, idle=sse.KEEP_ALIVE)) as batches:
        async for batch in batches:
            yield b"".join(map(sse.frame, batch)) or sse.COMMENT
            ended = bool(batch) and batch[-1].type == "done"
    if not ended:
        yield sse.come_back()


async def _whole(actor: Actor, begun: BegunCompletion) -> HttpResponse:
    answer = await attendance.whole(begun)
    generation = await database.read(access.generation_read, actor.user, begun.generation.pk)
    body = _told(answer, generation).model_dump(mode="json")
    if answer.error is not None:
        return errors.failed(generation.pk, answer.error, body)
    return JsonResponse(body, headers={"X-Request-Id": str(generation.pk)})


def _told(answer: Answer, generation: Generation) -> OneAnswer:
    said = Spoken(
        role="assistant",
        text=answer.text,
        html=render_html(answer.text),
        reasoning=answer.reasoning,
        citations=answer.citations,
        tool_calls=answer.tool_calls,
    )
    return OneAnswer(request_id=generation.pk, state=generation.state, message=said.tell(generation))
