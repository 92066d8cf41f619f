"""Pages to read: a new conversation, one that exists, the list, the text of a message."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.models import User
from threads import access, database
from threads.views import chat
from threads.views.entrance import page, signed_in


@require_safe
@signed_in
async def home(request: HttpRequest, user: User) -> HttpResponse:
    return await chat.show(request, user, None)


@require_safe
@signed_in
async def thread(request: HttpRequest, user: User, thread_id: UUID) -> HttpResponse:
    return await chat.show(request, user, thread_id)


@require_safe
@signed_in
async def lines(request: HttpRequest, user: User) -> HttpResponse:
    """The lines of the list alone, for the search and for older ones."""
    found = await database.read(chat.lines, user, request.GET.get("q", "")[:200], chat.moment(request))
    return await page(request, "threads/_entries.html", found | {"current_id": None})


def _text(user: User, thread_id: UUID, message_id: UUID) -> str:
    message = access.thread_read(user, thread_id).messages.filter(pk=message_id).first()
    if message is None:
        raise access.NotFound("There is no such message.")
    return message.text


@require_safe
@signed_in
async def text(_request: HttpRequest, user: User, thread_id: UUID, message_id: UUID) -> HttpResponse:
    """A message as it was written: markdown, as plain text."""
    words = await database.read(_text, user, thread_id, message_id)
    return HttpResponse(words, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})
