"""`/api/threads`: threads, and messages sent to them."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Query, Router, Status
from pydantic import AwareDatetime

from accounts.models import Organization, User
from threads import access, database, queries
from threads.api import errors, sse
from threads.api.actor import actor_of, caller_of
from threads.api.schemas import (
    Answer,
    MessageOut,
    NewMessage,
    NewThread,
    ThreadChange,
    ThreadOut,
    ThreadPage,
    ThreadWithMessages,
    Words,
)
from threads.generation import runtime, service
from threads.generation.errors import Refused
from threads.generation.questions import Started
from threads.generation.tail import Tail
from threads.models import Generation, Thread
from threads.services import threads

router = Router(tags=["threads"])

_GOES_ON = (
    "The server restarts, and this answer took longer than it could wait. It is still being written: read it at "
    "/api/generations/{}/events or, once it has ended, in its thread."
)


@router.post("/threads", response={201: ThreadWithMessages}, summary="Make a thread")
async def create(request: HttpRequest, body: NewThread) -> Status[ThreadWithMessages]:
    actor = actor_of(request)
    thread = await database.write(
        threads.create, user=actor.user, organization=actor.organization, title=body.title, model=body.model or "auto"
    )
    return Status(201, await database.read(_whole, thread))


@router.get("/threads", response=ThreadPage, summary="List threads")
async def listing(
    request: HttpRequest,
    q: Words = "",
    before: AwareDatetime | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ThreadPage:
    """The latest first. `q`: those whose title or messages have these words. `before`: `next` of the page before."""
    user = actor_of(request).user
    lines = await database.read(queries.thread_lines, user, query=q, before=before, limit=limit + 1)
    following = lines[limit - 1].updated_at if len(lines) > limit else None
    return ThreadPage(items=[ThreadOut.of(line) for line in lines[:limit]], next=following)


@router.get("/threads/{thread_id}", response=ThreadWithMessages, summary="Read a thread")
async def detail(request: HttpRequest, thread_id: str) -> ThreadWithMessages:
    thread = await database.read(access.thread_read, actor_of(request).user, thread_id)
    return await database.read(_whole, thread)


@router.patch("/threads/{thread_id}", response=ThreadWithMessages, summary="Rename a thread")
async def change(request: HttpRequest, thread_id: str, body: ThreadChange) -> ThreadWithMessages:
    thread = await database.read(access.thread_write, actor_of(request).user, thread_id)
    await database.write(threads.rename, thread=thread, title=body.title)
    return await database.read(_whole, thread)


@router.delete("/threads/{thread_id}", response={204: None}, summary="Delete a thread")
async def delete(request: HttpRequest, thread_id: str) -> Status[None]:
    await service.delete_thread(user=actor_of(request).user, thread_id=thread_id)
    return Status(204, None)


@router.post(
    "/threads/{thread_id}/messages",
    response=Answer,
    summary="Ask, and get the whole answer",
    openapi_extra=errors.MAY_BE_SPENT,
)
async def send(request: HttpRequest, thread_id: str, body: NewMessage) -> HttpResponse:
    """Ask, and wait for the whole answer. Who hangs up stops nothing: the answer is found in the thread."""
    engine = service.open_engine()
    started = await _start(request, thread_id, body)
    tail, failure = Tail(engine.hub, started.generation_id), None
    leave = engine.programs.enter(tail.stop, started.generation_id)
    try:
        async for entries in tail:
            failure = next((entry.payload for entry in entries if entry.type == "error"), failure)
    finally:
        leave()
    answer = await database.read(_answer, started.generation_id)
    if answer is None:
        return errors.error(404, "not_found", "This chat was deleted.", request_id=started.generation_id)
    if answer.state not in Generation.ENDED:
        return errors.error(
            503, "draining", _GOES_ON.format(started.generation_id), retry_after=1, request_id=started.generation_id
        )
    body_ = answer.model_dump(mode="json")
    if answer.message.error is not None:
        failure = failure or {**answer.message.error.model_dump(), **errors.NOT_KNOWN}
        return errors.failed(started.generation_id, failure, body_)
    return JsonResponse(body_, headers={"X-Request-Id": str(started.generation_id)})


@router.post(
    "/threads/{thread_id}/messages/stream",
    response={200: None},
    summary="Ask, and read the stream",
    openapi_extra=errors.MAY_BE_SPENT,
)
async def stream(request: HttpRequest, thread_id: str, body: NewMessage) -> HttpResponse:
    """Ask, and read the answer as server-sent events (docs/api.md lists them)."""
    runtime.current().quotas.streams.hold(caller_of(request))
    started = await _start(request, thread_id, body)
    return sse.response(started.generation_id)  # type: ignore[return-value]


async def _start(request: HttpRequest, thread_id: str, body: NewMessage) -> Started:
    actor = actor_of(request)
    thread, organization = await database.read(_thread_and_organization, actor.user, thread_id)
    for name, value in (("tools", body.tools), ("rag", body.rag)):
        if value:
            raise Refused(422, "not_available", f"{name}: not available in this version. Leave it out.")
    return await service.start(
        user=actor.user,
        organization=organization,
        text=body.text,
        thread=thread,
        model=body.model,
        idempotency_key=body.idempotency_key,
        address=caller_of(request).address,
    )


def _thread_and_organization(user: User, thread_id: str) -> tuple[Thread, Organization]:
    thread = access.thread_write(user, thread_id)
    return thread, thread.organization


def _whole(thread: Thread) -> ThreadWithMessages:
    line = queries.thread_line(thread.owner, thread.pk)
    if line is None:
        raise access.NotFound("There is no such thread.")
    messages = [MessageOut.of(turn) for turn in queries.transcript(thread)]
    return ThreadWithMessages(**ThreadOut.of(line).model_dump(), messages=messages)


def _answer(generation_id: UUID) -> Answer | None:
    turn = queries.turn_of(generation_id)
    if turn is None or turn.generation is None:
        return None
    return Answer(
        request_id=generation_id,
        thread_id=turn.message.thread_id,
        state=turn.generation.state,
        message=MessageOut.of(turn),
    )
