"""Sending a message: a form that leads to the conversation's page, or JSON for the page's script."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import default_organization
from accounts.models import Organization, User
from threads import access, database, fragments, queries
from threads.generation import service
from threads.generation.errors import Refused
from threads.generation.questions import Started
from threads.models import Thread
from threads.views import chat
from threads.views.entrance import refusal, signed_in, wants_json


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent. `text` comes from the composer, a suggestion, or the question of the answer to try again."""

    text: str
    model: str
    key: str


def _form(request: HttpRequest, thread: Thread | None) -> Form:
    fields = request.POST
    text = next((text for text in fields.getlist("text") if text.strip()), "")
    if thread is not None and fields.get("retry"):
        text = _question(thread, fields["retry"])
    return Form(text.replace("\r\n", "\n"), fields.get("model", ""), fields.get("key", ""))


def _question(thread: Thread, answer_id: str) -> str:
    """The text that an answer of this thread was asked with."""
    try:
        answer = thread.messages.select_related("parent").filter(pk=UUID(answer_id)).first()
    except ValueError:
        answer = None
    if answer is None or answer.parent is None:
        raise access.NotFound("There is no such message.")
    return answer.parent.text


def _read(request: HttpRequest, user: User, thread_id: UUID | None) -> tuple[Thread | None, Organization, Form]:
    thread = access.thread_write(user, thread_id) if thread_id is not None else None
    organization = thread.organization if thread is not None else default_organization(user)
    return thread, organization, _form(request, thread)


@require_POST
@signed_in
async def send(request: HttpRequest, user: User, thread_id: UUID | None = None) -> HttpResponseBase:
    """Form: text, model, key (idempotency), or retry (the answer whose question is sent again)."""
    thread, organization, form = await database.read(_read, request, user, thread_id)
    try:
        started = await service.start(
            user=user,
            organization=organization,
            text=form.text,
            thread=thread,
            model=form.model,
            idempotency_key=form.key,
            address=request.META.get("REMOTE_ADDR", ""),
        )
    except Refused as refused:
        return await _refused(request, user, thread_id, form, refused)
    if wants_json(request):
        return await _begun(started)
    page = reverse("threads:thread", args=[started.thread_id])
    return HttpResponseRedirect(f"{page}#latest", status=303)


async def _begun(started: Started) -> JsonResponse:
    return JsonResponse(
        {
            "thread": str(started.thread_id),
            "request_id": str(started.generation_id),
            "message_id": str(started.message_id),
            "repeated": started.repeated,
            "html": await database.read(_turn, started.generation_id),
        }
    )


def _turn(generation_id: UUID) -> str:
    pair = queries.pair_of(generation_id)
    return fragments.turn(*pair) if pair is not None else ""  # "": deleted already


async def _refused(
    request: HttpRequest, user: User, thread_id: UUID | None, form: Form, refused: Refused
) -> HttpResponse:
    if wants_json(request):
        return refusal(refused)
    text = form.text if len(form.text) <= 1_000_000 else ""  # a page of several megabytes helps nobody
    composer = chat.Composer(text=text, refusal=refused.message, model=form.model, status=refused.status)
    response = await chat.show(request, user, thread_id, composer)
    if refused.retry_after is not None:
        response["Retry-After"] = str(max(1, round(refused.retry_after)))
    return response
