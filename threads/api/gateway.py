"""`/v1`: the API as OpenAI's clients know it, for any model that is registered here.

A call is an answer outside any thread. It is logged, measured and accounted for like every other one, and stops when
whoever asked hangs up.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router

from threads import database
from threads.api import errors, gateway_answer, gateway_errors, gateway_models, gateway_request, sse
from threads.api.actor import actor_of, caller_of
from threads.api.gateway_answer import Chunks
from threads.api.gateway_request import Call
from threads.generation import attendance, runtime, service
from threads.generation.errors import Refused
from threads.generation.prompts import Prompt
from threads.generation.questions import BegunCompletion, Completion

router = Router(tags=["OpenAI-compatible"])

LOOK = 5.0  # seconds after which it is looked whether a comment is due
AT_ONCE = 64 * 1024  # bytes that are read and understood so quickly that nobody notices


@router.post(
    "/chat/completions",
    response={200: None},
    summary="Answer messages",
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}},
        **errors.MAY_BE_SPENT,
    },
)
async def complete(request: HttpRequest) -> HttpResponse:
    """OpenAI's chat completions, whole or as a stream (docs/api.md tells what is honoured)."""
    actor = actor_of(request)
    call, prompt, stored = await _read(request)
    caller = caller_of(request)
    if call.stream:
        runtime.current().quotas.streams.hold(caller)
    completion = Completion(actor.user, actor.organization, prompt, stored, call.model or "auto", caller.address)
    begun = await service.complete(completion)
    return await (_stream(begun, call) if call.stream else _whole(begun))


@router.get("/models", summary="List models")
async def models(request: HttpRequest) -> dict[str, Any]:
    """The models that can be asked now; `auto` chooses among them."""
    return {"object": "list", "data": await database.read(gateway_models.listed)}


@router.get("/models/{path:model_id}", summary="Look a model up")
async def model(request: HttpRequest, model_id: str) -> dict[str, Any]:
    listed = await database.read(gateway_models.listed)
    found = next((one for one in listed if one["id"] == model_id), None)
    if found is None:
        raise Refused(404, "model_unavailable", f'No model that can be used is called "{model_id}".')
    return found


# --- what is asked -----------------------------------------------------------------------------------------------
async def _read(request: HttpRequest) -> tuple[Call, Prompt, str]:
    """The body, up to this call's own bound, which is higher than others': pictures travel in it."""
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) <= AT_ONCE:
        return _understand(request.read())
    return await asyncio.to_thread(_read_all, request)


def _read_all(request: HttpRequest) -> tuple[Call, Prompt, str]:
    most: int = settings.MAX_REQUEST_BYTES
    raw = request.read(most + 1)
    if len(raw) > most:
        raise Refused(413, "too_large", f"A request has at most {most:,} bytes.")
    return _understand(raw)


def _understand(raw: bytes) -> tuple[Call, Prompt, str]:
    call = gateway_request.read(raw)
    prompt = call.prompt()
    return call, prompt, prompt.stored()


# --- what is answered --------------------------------------------------------------------------------------------
async def _whole(begun: BegunCompletion) -> HttpResponse:
    request_id, answer = begun.generation.pk, await attendance.whole(begun)
    body = gateway_answer.completion(answer, request_id, _created(begun))
    reason = gateway_answer.failure(answer)
    if reason is None:
        return JsonResponse(body, headers=_headers(begun))
    return errors.failed(request_id, reason, body if answer.begun else None, say=gateway_errors.say)


async def _stream(begun: BegunCompletion, call: Call) -> HttpResponse:
    """The response begins with the model's first words: until then, a failure has a status of its own."""
    request_id = begun.generation.pk
    chunks = Chunks(request_id, _created(begun), include_usage=call.include_usage)
    try:
        response = await sse.attended(request_id, _frames(begun, chunks))
    except _NotBegun as failure:
        return errors.failed(request_id, failure.event, None, say=gateway_errors.say)
    for name, value in _headers(begun).items():
        response[name] = value
    return response  # type: ignore[return-value]


async def _frames(begun: BegunCompletion, chunks: Chunks) -> AsyncGenerator[bytes, None]:
    """Raises `_NotBegun` for a failure before the first frame."""
    said, said_at = False, time.monotonic()
    async with aclosing(attendance.entries(begun, idle=LOOK)) as batches:
        async for batch in batches:
            frame = b"".join(map(chunks.take, batch))
            if chunks.failure is not None:
                if not (said or frame):
                    raise _NotBegun(chunks.failure)
                frame += gateway_answer.frame(gateway_errors.in_band(chunks.failure, begun.generation.pk))
            elif not frame and time.monotonic() - said_at >= sse.KEEP_ALIVE:
                frame = sse.COMMENT
            if frame:
                said, said_at = True, time.monotonic()
                yield frame
            if chunks.over:
                return
    cut = gateway_answer.RESTARTING  # the process ends before the answer
    if not said:
        raise _NotBegun(cut)
    yield gateway_answer.frame(gateway_errors.in_band(cut, begun.generation.pk))


class _NotBegun(Exception):
    """The call failed before it said anything; `event` is the payload of its `error` event."""

    def __init__(self, event: dict[str, Any]) -> None:
        super().__init__(event["message"])
        self.event = event


def _created(begun: BegunCompletion) -> int:
    return int(begun.generation.created_at.timestamp())


def _headers(begun: BegunCompletion) -> dict[str, str]:
    """The second name is for those who look for it under that of a field."""
    request_id = str(begun.generation.pk)
    return {"X-Request-Id": request_id, "x_request_id": request_id}
