"""Many answers through one writer, with whatever may come between: slow and failing commits, restarts, fences."""

import asyncio
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

import pytest
from django.db import OperationalError

from accounts.models import User
from tests.threads.generation.held import database_held, impatient_log
from tests.threads.generation.rows import generation_in, thread_of
from threads import database
from threads.generation import ending, log
from threads.generation.appender import Appender
from threads.generation.book import Book
from threads.generation.entries import Entry
from threads.generation.errors import Fenced
from threads.generation.fold import fold
from threads.generation.log import Writer
from threads.generation.wakeup import Hub
from threads.models import Generation, Message

_WORDS = ["one ", "two\n", "drei ", "四", "😀", "é", "", "a longer piece of text, as a provider may send it. "]


@dataclass
class Story:
    """One answer: who may write it now, and what every reader has been told."""

    row: Generation
    random: Random
    epoch: int = 1
    told: list[Entry] = field(default_factory=list)
    appender: Appender | None = None

    def open(self, writer: Writer, entries: list[Entry]) -> Appender:
        self.appender = writer.appender(self.row.pk, self.epoch, fold(entries))
        return self.appender

    async def go_on(self, steps: int) -> None:
        """Say random things, as a runner does, until somebody else owns it."""
        assert self.appender is not None
        try:
            for _ in range(steps):
                self._say(self.appender)
                if self.random.random() < 0.1:
                    await self.appender.flush()
                await asyncio.sleep(self.random.choice([0, 0, 0, 0.001, 0.004]))
        except Fenced:
            return

    def _say(self, appender: Appender) -> None:
        draw, urgent = self.random.random(), self.random.random() < 0.2
        if draw < 0.7:
            appender.text(
                self.random.choice(["delta", "delta", "reasoning"]), self.random.choice(_WORDS), urgent=urgent
            )
        elif draw < 0.8:
            url = f"https://{self.random.randrange(4)}.example/"
            appender.append("citation", {"url": url, "title": "t"}, urgent=urgent)
        elif draw < 0.9:
            payload = {"index": self.random.randrange(2), "id": "", "name": "f", "arguments": "{"}
            appender.append("tool_call", payload, urgent=urgent)
        elif draw < 0.93:
            appender.append("reset", {"keep_chars": self.random.choice([0, 0, 10])}, urgent=urgent)
        else:
            appender.append("status", {"state": "thinking"}, urgent=urgent)

    async def end(self) -> None:
        assert self.appender is not None
        ended = ending.Ended(self.row, ending.Outcome("completed", "stop"), Book(self.row.pk), None, None)
        row = partial(ending.write, ended, self.appender.answer)
        self.appender.append("done", {"state": "completed", "finish_reason": "stop"}, row=row)
        await self.appender.flush()


async def _trouble(random: Random) -> None:
    """The database is slow for a moment, and its first commit then fails."""
    await asyncio.sleep(random.random() * 0.03)
    await impatient_log()  # before it is held: on SQLite one thread writes all, and it may be waiting then
    async with database_held():
        await asyncio.sleep(random.random() * 0.05)


async def _fence(story: Story) -> int:
    """Give it to another owner; how much of it is stored at that moment."""
    await asyncio.sleep(story.random.random() * 0.03)
    story.epoch += 1
    rows = Generation.objects.filter(pk=story.row.pk)
    try:
        await database.write(rows.update, epoch=story.epoch)
    except OperationalError:  # on SQLite it may meet the impatient connection; the next one waits
        await database.write(rows.update, epoch=story.epoch)
    return len(await database.read(log.entries, story.row.pk))


@pytest.mark.parametrize("seed", range(3))
async def test_the_log_has_no_gaps_and_folds_to_the_message(pools: None, user: User, seed: int) -> None:
    random = Random(seed)
    hub = Hub(asyncio.get_running_loop())
    rows = await database.write(lambda: [generation_in(thread_of(user)) for _ in range(6)])
    stories = [Story(row, Random(seed * 100 + n)) for n, row in enumerate(rows)]
    looks: list[asyncio.Task[None]] = []
    for story in stories:
        hub.subscribe(f"generation:{story.row.pk}", partial(_told, story, looks))
    for _ in range(3):  # lives of a process
        writer = Writer(hub)
        writer.start()
        for story in stories:
            story.open(writer, await database.read(log.entries, story.row.pk))
        fenced = random.sample(stories, 2)
        at_fence, *_ = await asyncio.gather(
            asyncio.gather(*map(_fence, fenced)),
            _trouble(random),
            *(story.go_on(40) for story in stories),
        )
        await writer.stop()
        for story, stored in zip(fenced, at_fence, strict=True):
            assert len(await database.read(log.entries, story.row.pk)) == stored, "the fenced owner went on"
    writer = Writer(hub)
    writer.start()
    for story in stories:
        story.open(writer, await database.read(log.entries, story.row.pk))
    await asyncio.gather(*(story.end() for story in stories))
    await writer.stop()
    await asyncio.gather(*looks)
    for story in stories:
        await _check(story)


def _told(story: Story, looks: list[asyncio.Task[None]], entries: list[Entry]) -> None:
    story.told.extend(entries)
    looks.append(asyncio.create_task(_is_stored(story, list(entries))))


async def _is_stored(story: Story, entries: list[Entry]) -> None:
    stored = await database.read(log.entries, story.row.pk, entries[0].seq - 1, len(entries))
    assert stored == entries, "published before it was committed"


async def _check(story: Story) -> None:
    entries = await database.read(log.entries, story.row.pk)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert story.told == entries[1:]
    answer, message = fold(entries), await database.read(Message.objects.get, generation=story.row.pk)
    stored: tuple[Any, ...] = (message.text, message.reasoning, message.citations, message.tool_calls)
    assert stored == (answer.text, answer.reasoning, answer.citations, answer.tool_calls)
    assert answer.state == "completed"
    assert len(entries) > 2
