"""Readers that lose their connection again and again all end with the same text, nothing missing, nothing twice."""

import asyncio
from contextlib import aclosing
from random import Random

import pytest

from tests.fixtures_engine import Ask, ended
from threads import database
from threads.generation import log
from threads.generation.fold import Answer
from threads.generation.runtime import Runtime
from threads.generation.service import Started
from threads.generation.tail import Tail
from threads.generation.wakeup import Hub

READERS, ANSWERS = 8, 5
MODEL = "sim:ttft=20ms,rate=250,tokens=300,text=unicode,reasoning=20,citations=2"


class _Deaf(Hub):
    """A process to which no hint ever comes."""

    def publish(self, topic: str, message: object = None) -> None: ...


async def _read(hub: Hub, started: Started, random: Random) -> tuple[Answer, int]:
    """Reads to the end, cutting itself off at random; what it has read, and how often it connected."""
    answer, connections = Answer(), 0
    while not answer.ended:
        connections += 1
        batches_left = random.choice([1, 1, 2, 5])
        async with aclosing(aiter(Tail(hub, started.generation_id, answer.seq))) as batches:
            async for batch in batches:
                cut = random.randrange(1, len(batch) + 1) if random.random() < 0.3 else len(batch)
                for entry in batch[:cut]:
                    answer.apply(entry)  # raises unless it is the next one
                batches_left -= 1
                if cut < len(batch) or batches_left == 0:
                    break
        await asyncio.sleep(random.choice([0, 0, 0.01, 0.05]))
    return answer, connections


@pytest.mark.slow
async def test_every_reader_ends_with_the_identical_text(engine: Runtime, ask: Ask) -> None:
    answers = [await ask(f"q{n}", model=MODEL) for n in range(ANSWERS)]
    deaf = _Deaf(asyncio.get_running_loop())
    reading = [
        asyncio.create_task(_read(deaf if reader == 0 else engine.hub, started, Random(number * 100 + reader)))
        for number, started in enumerate(answers)
        for reader in range(READERS)
    ]
    async with asyncio.timeout(30):
        results = await asyncio.gather(*reading)
    for number, started in enumerate(answers):
        generation = await ended(started)
        last = (await database.read(log.entries, generation.pk))[-1]
        assert generation.state == "completed"
        for answer, _ in results[number * READERS : (number + 1) * READERS]:
            assert (answer.text, answer.reasoning) == (generation.message.text, generation.message.reasoning)
            assert (answer.citations, answer.seq) == (generation.message.citations, last.seq)
    assert sum(connections for _, connections in results) > 100  # they did come back again and again
