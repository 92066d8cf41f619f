"""Who may see or change what. The only way from an id to a thread or a generation; every door goes through here.

An id that does not exist, is malformed, or belongs to somebody else is the same `NotFound`.
"""

import uuid

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import User
from threads.models import Generation, Thread


class NotFound(Http404):
    """Nothing there that this person may see. As an `Http404` it is a 404 in any view."""


def _uuid(value: object, what: str) -> uuid.UUID:
    if isinstance(value, uuid.UUID):
        return value
    try:
        return uuid.UUID(str(value))
    except ValueError:
        raise NotFound(f"There is no such {what}.") from None


def threads_of(user: User) -> QuerySet[Thread]:
    return Thread.objects.filter(owner=user)


def generations_of(user: User) -> QuerySet[Generation]:
    return Generation.objects.filter(user=user, deleted_at=None)


def thread_read(user: User, thread_id: object) -> Thread:
    thread = threads_of(user).filter(pk=_uuid(thread_id, "thread")).first()
    if thread is None:
        raise NotFound("There is no such thread.")
    return thread


def find_thread(user: User, thread_id: uuid.UUID) -> Thread | None:
    """For those who watch a thread that may go meanwhile."""
    return threads_of(user).filter(pk=thread_id).first()


def thread_write(user: User, thread_id: object) -> Thread:
    """Today who may read may write; shared threads will tell the two apart."""
    return thread_read(user, thread_id)


def generation_read(user: User, request_id: object) -> Generation:
    generation = generations_of(user).filter(pk=_uuid(request_id, "request")).first()
    if generation is None:
        raise NotFound("There is no such request.")
    return generation


def generation_write(user: User, request_id: object) -> Generation:
    return generation_read(user, request_id)
