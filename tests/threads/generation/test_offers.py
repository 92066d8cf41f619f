"""What a question's hint brings along is what reading would have found, and nothing depends on it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organization, User
from providers.models import Model
from providers.snapshot import Snapshots
from tests.fixtures_engine import Ask, ended
from tests.threads.generation.apart import apart, worker_of
from threads import database
from threads.generation import beginning, offers, preparation, taking
from threads.generation.beginning import Claimant
from threads.generation.offers import Offers
from threads.generation.preparation import Prepared
from threads.generation.questions import Begun, Question
from threads.models import Attempt, Event, Generation, Message, Thread

MODEL = "sim:tokens=3"
NOBODY = Claimant("", 0)
_COLUMNS = ("pk", "organization_id", "user_id", "thread_id", "message_id", "requested_model", "epoch", "state")


@pytest.fixture
def begin(user: User, organization: Organization, registry: Callable[[str], Model]) -> Callable[..., Begun]:
    """Store a question for whoever takes it up."""
    registry(MODEL)

    def begin(text: str = "hello", thread: Thread | None = None) -> Begun:
        question = Question(user, organization, text, thread, MODEL)
        [begun] = beginning.begin([question], Snapshots(), NOBODY)
        assert isinstance(begun, Begun)
        return begun

    return begin


def _heard(*all_: Begun) -> Offers:
    heard = Offers()
    for begun in all_:
        assert begun.ask is not None
        heard.hear(offers.pack(begun.generation, begun.entries, begun.ask))
    return heard


def _take(heard: Offers) -> Prepared:
    [taken] = taking.take("w", 5, Snapshots(), heard, dead=True)
    assert taken.prepared is not None
    return taken.prepared


def test_it_is_what_reading_finds(begin: Callable[..., Begun]) -> None:
    first = begin("What is «ß»? \U0001f600")
    Generation.objects.update(state="completed", model="earlier-1")
    Message.objects.filter(pk=first.answer.pk).update(text="A letter.")
    begun = begin("And \u2028 this?", first.thread)
    heard = _heard(begun).take(begun.generation.pk)
    assert heard is not None
    snapshots = Snapshots()
    offered = preparation.offered(heard, snapshots)
    Generation.objects.filter(pk=begun.generation.pk).update(epoch=1, state="running")
    read = preparation.load(begun.generation.pk, snapshots)
    assert (offered.ask, offered.plan, offered.answer) == (read.ask, read.plan, read.answer)
    assert [getattr(offered.generation, name) for name in _COLUMNS] == [
        getattr(read.generation, name) for name in _COLUMNS
    ]


def test_it_saves_the_reading(begin: Callable[..., Begun]) -> None:
    begun, heard = begin(), Offers()
    with CaptureQueriesContext(connection) as plain:
        assert _take(heard).record is not None
    Generation.objects.update(state="queued", epoch=0)
    Attempt.objects.all().delete()
    Event.objects.filter(seq__gt=1).delete()
    heard = _heard(begun)
    with CaptureQueriesContext(connection) as spared:
        assert _take(heard).record is not None
    assert _read(plain) >= {"threads_message", "threads_event"}
    assert not _read(spared) & {"threads_message", "threads_event"}
    assert Attempt.objects.count() == 1


def _read(queries: CaptureQueriesContext) -> set[str]:
    """From which tables."""
    selects = [query["sql"] for query in queries.captured_queries if query["sql"].startswith("SELECT")]
    return {table for sql in selects for table in ("threads_message", "threads_event") if f'FROM "{table}"' in sql}


def test_a_stop_that_was_asked_for_is_not_overlooked(begin: Callable[..., Begun]) -> None:
    begun = begin()
    Generation.objects.update(cancel_requested_at=timezone.now())
    prepared = _take(_heard(begun))
    assert prepared.record is None
    assert prepared.generation.cancel_requested_at is not None


@pytest.mark.parametrize("spoil", ["too long", "another version"])
def test_without_it_rows_are_read(begin: Callable[..., Begun], monkeypatch: pytest.MonkeyPatch, spoil: str) -> None:
    begun = begin("x" * (offers.LARGEST + 1) if spoil == "too long" else "hello")
    heard = _heard(begun)
    if spoil == "another version":
        monkeypatch.setattr(offers, "VERSION", offers.VERSION + 1)
    prepared = _take(heard)
    assert prepared.ask is not None
    assert prepared.ask.question == begun.question.text


def test_what_nobody_here_takes_up_is_forgotten(begin: Callable[..., Begun]) -> None:
    begun = begin()
    assert begun.ask is not None
    said, heard = offers.pack(begun.generation, begun.entries, begun.ask), Offers()
    for message in (said, None, "", *(f"{number} {{}}" for number in range(offers.KEPT))):
        heard.hear(message)
    assert heard.take(begun.generation.pk) is None


@pytest.mark.redis
@pytest.mark.usefixtures("transactional_db")
async def test_a_question_of_another_process_is_answered_without_being_read(
    ask: Ask, registry: Callable[[str], Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    await database.write(registry, MODEL)

    def must_not(*_: Any) -> None:
        raise AssertionError("It was read.")

    async with apart() as (web, other):
        async with asyncio.timeout(10):
            while not worker_of(other)._offers._heard:  # until hints get through
                web.hub.publish("work", "nobody {}")
                await asyncio.sleep(0.05)
        monkeypatch.setattr(preparation, "load_all", must_not)
        generation = await ended(await ask(model=MODEL))
        assert (generation.state, generation.epoch) == ("completed", 1)
