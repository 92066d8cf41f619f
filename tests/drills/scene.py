"""What a drill works with: the cluster, readers who ask and read, the judge. One scene a cluster."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

import aiohttp

from tests.bench.world import client
from tests.drills import judge
from tests.drills.balancer import Balancer
from tests.drills.cluster import ANEW, Cluster, Node
from tests.drills.drill import Size
from tests.drills.judge import Case
from tests.drills.reader import Reader

BEGIN_WITHIN = 60.0  # seconds
ASKS_AT_ONCE = 50  # a crowd comes within a second or two, not within a millisecond
Written = dict[tuple[str, int], str]


def continues(size: Size) -> dict[str, str]:
    """A model that goes on from the beginning of its answer: name -> the simulator's name."""
    return {f"on-{size.rate:g}-{size.tokens}": _upstream(size)}


def begins_anew(size: Size) -> dict[str, str]:
    """The same, of which nobody knows that it could: what stands behind a slash is taken for its family."""
    return {f"anew-{size.rate:g}-{size.tokens}": f"{_upstream(size)},key={ANEW}"}


def both(size: Size) -> dict[str, str]:
    return continues(size) | begins_anew(size)


def _upstream(size: Size) -> str:
    return f"sim:ttft=50ms,rate={size.rate:g},tokens={size.tokens},text=lorem"


class Scene:
    def __init__(self, cluster: Cluster, http: aiohttp.ClientSession, balancer: Balancer, models: Mapping[str, str]):
        self.cluster, self.http, self.balancer, self._models = cluster, http, balancer, models
        self._people = itertools.count()
        self._readers: list[Reader] = []

    # --- readers ---------------------------------------------------------------------------------------------
    def next_person(self) -> dict[str, str]:
        """Whom to ask as: a request's headers."""
        return self.cluster.cookies(next(self._people))

    def reader(self, headers: dict[str, str], word: str, model: str) -> Reader:
        reader = Reader(self.http, self.balancer, headers, f"{word} at {time.time():.3f}", model)
        self._readers.append(reader)
        return reader

    async def ask(self, word: str, models: Sequence[str], number: int) -> list[Reader]:
        """Readers, each a person's own, who have asked in turn for these models' answers."""
        readers = [self.reader(self.next_person(), f"{word} {n}", models[n % len(models)]) for n in range(number)]
        for first in range(0, number, ASKS_AT_ONCE):
            together = readers[first : first + ASKS_AT_ONCE]
            for reader in together:
                reader.start()
            await self.all_of(together, "begun")
        return readers

    async def keep_asking(self, word: str, models: Sequence[str], number: int, readers: list[Reader]) -> None:
        """So many answers at any time, until cancelled: who has read his to the end is followed by another."""
        for turn in itertools.count():
            running = sum(not reader.ended.is_set() for reader in readers)
            if wanted := number - running:
                readers += await self.ask(f"{word}, {turn}", models, wanted)
            await asyncio.sleep(0.25)

    async def all_of(self, readers: Sequence[Reader], what: str, seconds: float = BEGIN_WITHIN) -> bool:
        """Wait until all have `begun`, are `speaking` or have `ended`; False when that does not come in time."""
        waiting = [asyncio.create_task(getattr(reader, what).wait()) for reader in readers]
        _, late = await asyncio.wait(waiting, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return not late

    async def leave(self, readers: Sequence[Reader]) -> None:
        await asyncio.gather(*(reader.leave() for reader in readers))
        left = set(readers)
        self._readers = [reader for reader in self._readers if reader not in left]

    async def clear(self) -> None:
        """Nobody reads any more."""
        await self.leave(self._readers)

    # --- the cluster, from within ----------------------------------------------------------------------------
    async def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        async with await self.cluster.connect() as database:
            return list(await (await database.execute(query, values)).fetchall())

    async def busiest(self) -> tuple[Node, int]:
        """The worker that runs most answers, and how many."""
        rows = await self.rows("select owner, count(*) from threads_generation where state = 'running' group by owner")
        counts = {int(owner.split("-")[-2]): number for owner, number in rows if owner}
        return max(((node, counts.get(node.pid, 0)) for node in self.cluster.of("worker")), key=lambda pair: pair[1])

    async def written(self) -> Written:
        """What is committed at this moment."""
        rows = await self.rows("select generation_id::text, seq, md5(data) from threads_event")
        return {(generation, seq): digest for generation, seq, digest in rows}

    # --- the simulator ---------------------------------------------------------------------------------------
    async def record(self, prompts: set[str] | None = None) -> list[dict[str, Any]]:
        async with self.http.get(f"{self.cluster.simulator}/_simulator/record") as response:
            requests = list((await response.json())["requests"])
        return [one for one in requests if not one["tag"] and (prompts is None or one["prompt"] in prompts)]

    async def record_when(
        self, holds: Callable[[list[dict[str, Any]]], bool], prompts: set[str], seconds: float = 10.0
    ) -> list[dict[str, Any]]:
        """The record as soon as `holds` of it, or as it is after `seconds`."""
        deadline = time.monotonic() + seconds
        while not holds(record := await self.record(prompts)) and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
        return record

    async def _says(self, reader: Reader, turns: asyncio.Semaphore) -> str:
        """What the model says when nothing disturbs it."""
        options = self._models[reader.model].partition(":")[2].split(",")
        kept = [option for option in options if option.partition("=")[0] in {"tokens", "text"}]
        body = {
            "model": f"sim-instant:{','.join(kept)}",
            "messages": [{"role": "user", "content": reader.prompt}],
        }
        url = f"{self.cluster.simulator}/v1/chat/completions"
        async with turns, self.http.post(url, json=body, headers={"x-simulator-tag": "undisturbed"}) as response:
            response.raise_for_status()
            return str((await response.json())["choices"][0]["message"]["content"])

    # --- the end ---------------------------------------------------------------------------------------------
    async def evidence(self, readers: Sequence[Reader]) -> list[Case]:
        record = await self.record({reader.prompt for reader in readers})
        turns = asyncio.Semaphore(20)
        told = await asyncio.gather(*(self._says(reader, turns) for reader in readers))
        said = {reader.prompt: text for reader, text in zip(readers, told, strict=True)}
        async with await self.cluster.connect() as database:
            return await judge.gather(database, readers, record, said)


@contextlib.asynccontextmanager
async def scene(cluster: Cluster, models: Mapping[str, str]) -> AsyncIterator[Scene]:
    async with client() as http:
        balancer = Balancer(http, cluster.origins)
        await balancer.look()
        looking = asyncio.create_task(balancer.run())
        made = Scene(cluster, http, balancer, models)
        try:
            yield made
        finally:
            await made.clear()
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
