"""A reader's cursor: nothing lost, nothing twice, whatever becomes of the hints."""

import asyncio
from contextlib import aclosing
from random import Random

import pytest
from django.utils import timezone

from accounts.models import User
from tests.threads.generation.rows import generation_in, store, thread_of
from threads import database
from threads.generation import log, tail
from threads.generation.entries import Entry
from threads.generation.tail import Tail
from threads.generation.wakeup import Hub
from threads.models import Event, Generation

PATIENCE = 10.0


class Log:
    """A generation's log as its writer sees it. Entry 1 is there."""

    def __init__(self, hub: Hub, generation: Generation) -> None:
        self.hub, self.id, self.seq = hub, generation.pk, 1

    def next(self, number: int = 1, *, done: bool = False) -> list[Entry]:
        entries = [Entry.of(self.seq + n, "delta", {"text": f"{self.seq + n} "}) for n in range(1, number + 1)]
        if done:
            entries.append(Entry.of(self.seq + number + 1, "done", {"state": "completed"}))
        self.seq += len(entries)
        return entries

    def commit(self, entries: list[Entry]) -> None:
        store(self.id, entries)
        if entries[-1].type == "done":
            Generation.objects.filter(pk=self.id).update(state="completed")

    def publish(self, entries: list[Entry]) -> None:
        self.hub.publish(f"generation:{self.id}", entries)

    async def add(self, number: int = 1, *, done: bool = False, publish: bool = True) -> None:
        entries = self.next(number, done=done)
        await database.write(self.commit, entries)
        if publish:
            self.publish(entries)


async def _log(user: User) -> Log:
    hub = Hub(asyncio.get_running_loop())
    return Log(hub, await database.write(lambda: generation_in(thread_of(user))))


async def _read(reader: Tail) -> list[int]:
    """All seqs it gives until it ends."""
    seqs = []
    async with asyncio.timeout(PATIENCE):
        async for batch in reader:
            seqs += [entry.seq for entry in batch]
    return seqs


@pytest.fixture
def polls_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """What then arrives in time came by a hint."""
    monkeypatch.setattr(tail, "POLL", 3600.0)


async def test_an_ended_log_is_read_at_once(pools: None, user: User, polls_seldom: None) -> None:
    written = await _log(user)
    await written.add(5, done=True)
    assert await _read(Tail(written.hub, written.id)) == [1, 2, 3, 4, 5, 6, 7]
    assert await _read(Tail(written.hub, written.id, 4)) == [5, 6, 7]


@pytest.mark.parametrize("before_the_read", [True, False], ids=["before the read", "after the read"])
async def test_what_is_committed_while_a_reader_begins(
    pools: None, user: User, monkeypatch: pytest.MonkeyPatch, polls_seldom: None, before_the_read: bool
) -> None:
    """Between subscribing and reading: in the log and among the hints. Just after reading: among the hints alone."""
    written = await _log(user)
    await written.add(2)
    look = log.look

    def interrupted(*args: object) -> tuple[list[Entry], bool]:
        if written.seq > 3:
            return look(*args)  # type: ignore[arg-type]
        entries = written.next(2)
        result = None if before_the_read else look(*args)  # type: ignore[arg-type]
        written.commit(entries)
        written.publish(entries)
        return result or look(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(log, "look", interrupted)
    seqs = []
    async with asyncio.timeout(PATIENCE), aclosing(aiter(Tail(written.hub, written.id))) as batches:
        async for batch in batches:
            seqs += [entry.seq for entry in batch]
            if seqs[-1] == 5:
                await written.add(1, done=True)
    assert seqs == [1, 2, 3, 4, 5, 6, 7]


async def test_without_any_hint_all_is_read(pools: None, user: User) -> None:
    """On real time: the poll alone."""
    written = await _log(user)
    reading = asyncio.create_task(_read(Tail(written.hub, written.id)))
    await written.add(3, publish=False)
    await asyncio.sleep(0.05)
    await written.add(3, done=True, publish=False)
    assert await reading == list(range(1, 9))


async def test_a_gap_sends_the_reader_to_the_log(pools: None, user: User, polls_seldom: None) -> None:
    written = await _log(user)
    reader = Tail(written.hub, written.id)
    reading = asyncio.create_task(_read(reader))
    while reader.seq < 1:
        await asyncio.sleep(0.005)
    await written.add(3, publish=False)
    await written.add(1, publish=True)
    while reader.seq < 5:
        await asyncio.sleep(0.005)
    await written.add(1, done=True)
    assert await reading == list(range(1, 8))


@pytest.mark.parametrize("seed", range(4))
async def test_doubled_late_and_lost_hints(pools: None, user: User, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "POLL", 0.05)
    random, written = Random(seed), await _log(user)
    reading = [asyncio.create_task(_read(Tail(written.hub, written.id, after))) for after in (0, 0, 1, 7)]
    late: list[list[Entry]] = []
    for _ in range(25):
        entries = written.next(random.randint(1, 4))
        await database.write(written.commit, entries)
        late += [entries] * random.choice([0, 1, 1, 2])
        random.shuffle(late)
        while late and random.random() < 0.6:
            written.publish(late.pop())
        if random.random() < 0.1:
            written.publish([])
        await asyncio.sleep(random.choice([0, 0.002]))
    await written.add(1, done=True, publish=False)
    results = await asyncio.gather(*reading)
    for seqs, after in zip(results, (0, 0, 1, 7), strict=True):
        assert seqs == list(range(after + 1, written.seq + 1))


async def test_a_busy_reader_is_not_sent_everything(pools: None, user: User, polls_seldom: None) -> None:
    """It holds a bounded number of hints and reads the log instead."""
    written = await _log(user)
    reader, seqs = Tail(written.hub, written.id), []
    async with asyncio.timeout(PATIENCE), aclosing(aiter(reader)) as batches:
        async for batch in batches:
            seqs += [entry.seq for entry in batch]
            if len(seqs) == 1:
                entries = written.next(tail.HELD * 3)
                await database.write(written.commit, entries)
                for entry in entries:
                    written.publish([entry])
                assert len(reader._hints) == tail.HELD
            if seqs[-1] == tail.HELD * 3 + 1:
                await written.add(1, done=True)
    assert seqs == list(range(1, written.seq + 1))


async def test_a_long_log_is_read_in_pages(
    pools: None, user: User, monkeypatch: pytest.MonkeyPatch, polls_seldom: None
) -> None:
    monkeypatch.setattr(tail, "PAGE", 7)
    written = await _log(user)
    await written.add(20, done=False)
    reading = asyncio.create_task(_read(Tail(written.hub, written.id)))
    while not written.hub.topics():
        await asyncio.sleep(0)
    await written.add(7, done=True)
    assert await reading == list(range(1, written.seq + 1))


async def test_a_cursor_beyond_the_end_of_a_log_that_ended(pools: None, user: User, polls_seldom: None) -> None:
    written = await _log(user)
    await written.add(2, done=True)
    assert await _read(Tail(written.hub, written.id, 4)) == []
    assert await _read(Tail(written.hub, written.id, 4000)) == []


async def test_a_cursor_beyond_the_end_waits_for_it(pools: None, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "POLL", 0.05)
    written = await _log(user)
    reading = asyncio.create_task(_read(Tail(written.hub, written.id, 5)))
    await written.add(3)
    await written.add(3, done=True)
    assert await reading == [6, 7, 8]


async def test_a_pruned_log_ends_without_a_word(pools: None, user: User, polls_seldom: None) -> None:
    written = await _log(user)
    await written.add(3, done=True)
    await database.write(Event.objects.all().delete)
    assert await _read(Tail(written.hub, written.id)) == []


async def test_an_unknown_answer_ends_at_once(pools: None, user: User, polls_seldom: None) -> None:
    written = await _log(user)
    await database.write(Generation.objects.all().delete)
    assert await _read(Tail(written.hub, written.id)) == []


@pytest.mark.parametrize("hinted", [True, False], ids=["hint", "poll"])
async def test_a_deleted_answer_ends_its_readers(
    pools: None, user: User, hinted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "POLL", 3600.0 if hinted else 0.05)
    written = await _log(user)
    await written.add(2)
    reader = Tail(written.hub, written.id)
    reading = asyncio.create_task(_read(reader))
    while reader.seq < 3:
        await asyncio.sleep(0.005)
    await database.write(Generation.objects.update, deleted_at=timezone.now(), state="cancelled")
    await database.write(Event.objects.all().delete)
    if hinted:
        written.publish([])
    assert await reading == [1, 2, 3]


async def test_stop_ends_a_waiting_reader(pools: None, user: User, polls_seldom: None) -> None:
    written = await _log(user)
    reader = Tail(written.hub, written.id)
    reading = asyncio.create_task(_read(reader))
    while reader.seq < 1:
        await asyncio.sleep(0.005)
    reader.stop()
    assert await reading == [1]
    assert written.hub.topics() == []


async def test_an_idle_reader_is_told_so(pools: None, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "POLL", 0.01)
    written = await _log(user)
    batches = []
    async with asyncio.timeout(PATIENCE):
        async for batch in Tail(written.hub, written.id, idle=0.05):
            batches.append(len(batch))
            if len(batches) == 3:
                await written.add(1, done=True)
    assert batches[:3] == [1, 0, 0]
    assert sum(batches) == 3
