"""Rows of threads and answers, made directly, for tests of the parts. To be called on a database thread."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import Organization, User
from accounts.services import personal_organization
from threads.generation.entries import Entry
from threads.models import Event, Generation, Message, Thread

Make = Callable[..., Generation]


def thread_of(user: User, organization: Organization | None = None, **columns: Any) -> Thread:
    columns = {"created_at": timezone.now(), "updated_at": timezone.now(), "title": "A chat", **columns}
    return Thread.objects.create(owner=user, organization=organization or personal_organization(user=user), **columns)


def message_in(thread: Thread, role: str, text: str, *, parent: Message | None = None, **columns: Any) -> Message:
    """A message, by default behind the thread's head, which it becomes."""
    message = Message.objects.create(
        thread=thread,
        parent_id=parent.pk if parent is not None else thread.head_id,
        role=role,
        text=text,
        created_at=timezone.now(),
        **columns,
    )
    thread.head = message
    thread.save(update_fields=["head"])
    return message


def generation_in(thread: Thread, question: str = "hello", *, answer: str = "", **columns: Any) -> Generation:
    """A question and its answer's generation (by default running under epoch 1) with `started` in its log."""
    message_in(thread, "user", question)
    message = message_in(thread, "assistant", answer)
    generation = Generation.objects.create(
        organization_id=thread.organization_id,
        user_id=thread.owner_id,
        thread=thread,
        message=message,
        created_at=timezone.now(),
        **{"requested_model": "auto", "state": "running", "epoch": 1, "owner": "test", **columns},
    )
    store(generation.pk, [Entry.of(1, "started", {"request_id": str(generation.pk)})])
    return generation


def store(generation_id: UUID, entries: Iterable[Entry]) -> None:
    now = timezone.now()
    Event.objects.bulk_create(
        [
            Event(generation_id=generation_id, seq=entry.seq, type=entry.type, data=entry.data, created_at=now)
            for entry in entries
        ]
    )
