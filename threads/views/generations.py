"""An answer under way: stopping it, and reading it where sockets are blocked."""

from collections.abc import AsyncIterator
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from threads import access, database, live
from threads.generation import runtime, service
from threads.generation.errors import Refused
from threads.quotas import Caller
from threads.views.entrance import refusal, signed_in, wants_json

LIVE = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # no proxy may hold a frame back


@require_POST
@signed_in
async def cancel(request: HttpRequest, user: User, request_id: UUID) -> HttpResponseBase:
    state = await service.cancel(user=user, request_id=request_id)
    if wants_json(request):
        return JsonResponse({"state": state})
    generation = await database.read(access.generation_read, user, request_id)
    page = reverse("threads:thread", args=[generation.thread_id]) if generation.thread_id else reverse("threads:home")
    return HttpResponseRedirect(f"{page}#latest", status=303)


@require_safe
@signed_in
async def frames(request: HttpRequest, user: User, request_id: UUID) -> HttpResponseBase:
    """The frames of `threads.frames` from where the reader stands: events until the end; `poll=1`: those of now."""
    generation = await database.read(access.generation_read, user, request_id)
    after, blocks = _number(request, "after"), _number(request, "blocks")
    if request.GET.get("poll"):
        now = await live.frames_now(generation.pk, after, blocks)
        return HttpResponse(f"[{','.join(now)}]", content_type="application/json", headers=LIVE)
    try:
        runtime.current().quotas.streams.hold(Caller(user.pk, request.META.get("REMOTE_ADDR", "")))
    except Refused as refused:
        return refusal(refused)
    events = _events(live.frames(generation.pk, after, blocks))
    return StreamingHttpResponse(events, content_type="text/event-stream", headers=LIVE)


async def _events(frames_: AsyncIterator[str]) -> AsyncIterator[str]:
    yield ": hello\n\n"  # opens the stream, also through servers that wait for a first byte
    async for frame in frames_:
        yield f"data: {frame}\n\n" if frame else ": still here\n\n"


def _number(request: HttpRequest, name: str) -> int:
    """A count from the query; 0, which means from the beginning, where it is none."""
    value = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
