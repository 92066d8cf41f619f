"""What is another's, what is unknown and what is no id at all are the same: not there."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from tests.threads.generation.rows import generation_in, thread_of
from threads import access
from threads.models import Generation, Thread

_NO_IDS = ["", "nonsense", "1", "0" * 31, "'; --", "\x00", "💥", None, 7, 1.5, [], b"x"]


@pytest.fixture
def mine(user: User) -> Generation:
    return generation_in(thread_of(user))


@pytest.fixture
def foreign(other_user: User) -> Generation:
    return generation_in(thread_of(other_user))


@pytest.mark.parametrize("door", [access.thread_read, access.thread_write])
def test_ones_own_thread(user: User, mine: Generation, door: Callable[[User, object], Thread]) -> None:
    assert door(user, mine.thread_id).pk == mine.thread_id
    assert door(user, str(mine.thread_id)).pk == mine.thread_id


@pytest.mark.parametrize("door", [access.generation_read, access.generation_write])
def test_ones_own_generation(user: User, mine: Generation, door: Callable[[User, object], Generation]) -> None:
    assert door(user, mine.pk) == door(user, str(mine.pk)) == mine


@pytest.mark.parametrize("door", [access.thread_read, access.thread_write])
def test_threads_that_are_not_there(
    user: User, mine: Generation, foreign: Generation, door: Callable[[User, object], Thread]
) -> None:
    assert _refusals(door, user, [foreign.thread_id, str(foreign.thread_id), uuid4(), mine.pk, *_NO_IDS]) == {
        "There is no such thread."
    }


@pytest.mark.parametrize("door", [access.generation_read, access.generation_write])
def test_generations_that_are_not_there(
    user: User, mine: Generation, foreign: Generation, door: Callable[[User, object], Generation]
) -> None:
    assert _refusals(door, user, [foreign.pk, str(foreign.pk), uuid4(), mine.thread_id, *_NO_IDS]) == {
        "There is no such request."
    }


def _refusals(door: Callable[[User, object], object], user: User, ids: list[object]) -> set[str]:
    words = set()
    for one in ids:
        with pytest.raises(access.NotFound) as refusal:
            door(user, one)
        assert isinstance(refusal.value, Http404)
        words.add(str(refusal.value))
    return words


def test_staff_has_no_key_to_others_threads(staff_user: User, mine: Generation) -> None:
    with pytest.raises(access.NotFound):
        access.thread_read(staff_user, mine.thread_id)


def test_a_deleted_answer_is_not_there_and_stays_in_the_ledger(user: User, mine: Generation) -> None:
    Generation.objects.update(deleted_at=timezone.now())
    with pytest.raises(access.NotFound):
        access.generation_read(user, mine.pk)
    assert Generation.objects.count() == 1


def test_lists_hold_ones_own(user: User, other_user: User, mine: Generation, foreign: Generation) -> None:
    assert [row.pk for row in access.threads_of(user)] == [mine.thread_id]
    assert list(access.generations_of(other_user)) == [foreign]
    assert access.find_thread(user, foreign.thread_id) is None  # type: ignore[arg-type]
    assert access.find_thread(user, mine.thread_id) is not None  # type: ignore[arg-type]
