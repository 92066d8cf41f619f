"""`/api/generations`: the events of an answer, from anywhere on, and stopping it."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from threads import access, database, queries
from threads.api import sse
from threads.api.actor import actor_of, caller_of
from threads.api.schemas import Cancelled
from threads.generation import runtime, service
from threads.generation.errors import Refused

router = Router(tags=["generations"])


@router.get("/generations/{request_id}/events", response={200: None}, summary="Read an answer's events")
async def events(request: HttpRequest, request_id: str, after: int | None = None) -> HttpResponse:
    """The events behind `after`, or behind the header Last-Event-ID, and on from there to the end."""
    generation = await database.read(access.generation_read, actor_of(request).user, request_id)
    if generation.ended and generation.thread_id is None and not await database.read(queries.has_log, generation.pk):
        raise access.NotFound("The events of this call were deleted, and no thread keeps its answer.")
    place = _place(request, after)
    runtime.current().quotas.streams.hold(caller_of(request))
    return sse.response(generation.pk, place)  # type: ignore[return-value]


@router.post("/threads/cancel/{request_id}", response=Cancelled, summary="Stop an answer")
async def cancel(request: HttpRequest, request_id: str) -> Cancelled:
    """Stop an answer. What came so far stays. Asked again, it says the same."""
    return Cancelled(state=await service.cancel(user=actor_of(request).user, request_id=request_id))


def _place(request: HttpRequest, after: int | None) -> int:
    if after is not None:
        place: int | None = after
    else:
        header = request.headers.get("Last-Event-ID", "0")
        place = int(header) if header.isascii() and header.isdigit() else None
    if place is None or not 0 <= place < 2**31:
        raise Refused(400, "bad_place", "after and Last-Event-ID are the number of the last event you have, or 0.")
    return place
