"""Writes to threads as such. Keywords in, rows out. The answers in them are `threads.generation.service`'s."""

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Organization, User
from providers.text import storable
from threads.generation.errors import Refused
from threads.models import Event, Generation, Thread

TITLE_LENGTH = 200


def create(*, user: User, organization: Organization, title: str = "", model: str = "auto") -> Thread:
    now = timezone.now()
    return Thread.objects.create(
        organization=organization, owner=user, title=_title(title), model=model, created_at=now, updated_at=now
    )


def rename(*, thread: Thread, title: str) -> Thread:
    """Raises `Refused` (400) for an empty title."""
    thread.title = _title(title)
    if not thread.title:
        raise Refused(400, "empty_title", "A chat needs a title. Write one, or delete the chat.")
    thread.save(update_fields=["title"])
    return thread


def delete(*, thread: Thread) -> list[UUID]:
    """Delete a thread and all that was said in it. Running answers are ended by their epoch: their workers, which
    are fenced from now on, find it at the next commit. Returns those, for the caller to tell the workers at once."""
    now = timezone.now()
    with transaction.atomic():
        mine = Generation.objects.select_for_update(no_key=True).filter(thread=thread)
        running = list(mine.exclude(state__in=Generation.ENDED).values_list("pk", flat=True))
        Generation.objects.filter(pk__in=running).update(
            state=Generation.State.CANCELLED, epoch=F("epoch") + 1, cancel_requested_at=now, finished_at=now
        )
        Generation.objects.filter(thread=thread).update(deleted_at=now)
        Event.objects.filter(generation__thread=thread).delete()
        Thread.objects.filter(pk=thread.pk).update(head=None)
        thread.delete()
    return running


def _title(title: str) -> str:
    return " ".join(storable(title).split())[:TITLE_LENGTH]
