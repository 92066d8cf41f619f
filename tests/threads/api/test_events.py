"""The events of an answer again, from anywhere on: while it is written, after its end, and when its log is gone."""

import asyncio
import random
from typing import Any

import pytest
from django.core.management import call_command

from tests.fixtures_engine import Ask, ended, until
from tests.threads.api.conftest import Caller
from tests.threads.api.reading import error_of, events_of, parse
from threads import database
from threads.api import sse
from threads.generation import log, service
from threads.generation.entries import Entry
from threads.generation.fold import Answer, fold
from threads.models import Event

RICH = "sim:ttft=0ms,rate=500,reasoning=20,citations=2,tokens=120"
SLOW = "sim:ttft=0ms,rate=50,tokens=5000"


async def _events(caller: Caller, started: Any, after: int = 0, header: bool = False) -> list[Entry]:
    path = f"generations/{getattr(started, 'generation_id', None) or started.pk}/events"
    if header:
        return await events_of(await caller.get(path, headers={"Last-Event-ID": str(after)}))
    return await events_of(await caller.get(path, query_params={"after": str(after)}))


async def test_two_readers_of_a_growing_answer_read_the_same(caller: Caller, ask: Ask) -> None:
    started = await ask(model=RICH)
    one, other = await asyncio.gather(_events(caller, started), _events(caller, started))
    assert one == other == await database.read(log.entries, started.generation_id)


@pytest.mark.parametrize("header", [False, True], ids=["after", "Last-Event-ID"])
async def test_after_the_end_every_place_continues(caller: Caller, ask: Ask, header: bool) -> None:
    generation = await ended(await ask(model=RICH))
    whole = await database.read(log.entries, generation.pk)
    assert len(whole) > 10
    for after in range(len(whole) + 1):
        assert await _events(caller, generation, after, header) == whole[after:]
    assert await _events(caller, generation, len(whole) + 100, header) == []


async def test_after_wins_over_the_header(caller: Caller, ask: Ask) -> None:
    generation = await ended(await ask())
    path = f"generations/{generation.pk}/events"
    response = await caller.get(path, query_params={"after": "2"}, headers={"Last-Event-ID": "5"})
    assert (await events_of(response))[0].seq == 3


@pytest.mark.parametrize("seed", range(3))
async def test_cut_anywhere_and_resumed_nothing_is_missing(caller: Caller, ask: Ask, seed: int) -> None:
    chance = random.Random(seed)
    started = await ask(model=RICH)
    read: list[Entry] = []
    while not read or read[-1].type != "done":
        after = {"after": str(read[-1].seq)} if read else {}
        response = await caller.get(f"generations/{started.generation_id}/events", query_params=after)
        pieces = chance.randrange(1, 5)
        stream = aiter(response)
        while pieces and (piece := await anext(stream, None)) is not None:
            read += parse(piece.decode())
            pieces -= 1
        await stream.aclose()
    generation = await ended(started)
    assert [entry.seq for entry in read] == list(range(1, len(read) + 1))
    assert read == await database.read(log.entries, generation.pk)
    assert generation.message is not None
    assert fold(read).text == generation.message.text


async def test_silence_is_bridged_by_comments(caller: Caller, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "KEEP_ALIVE", 0.05)
    started = await ask(model="sim:fault=no-head")
    stream = aiter(await caller.get(f"generations/{started.generation_id}/events"))
    seen = b""
    while b": keep-alive\n\n" not in seen:
        seen += await anext(stream)
    assert seen.startswith(b"id: 1\nevent: started\n")
    assert await service.stop(started.generation_id) == "cancelled"
    while piece := await anext(stream, b""):
        seen += piece
    assert parse(seen.decode())[-1].payload["state"] == "cancelled"


@pytest.mark.parametrize("after", [0, 3, 50_000])
@pytest.mark.parametrize("model", [RICH, "sim:ttft=0ms,rate=500,fault=cut@30", "sim:ttft=0ms,fault=503"])
async def test_when_the_log_is_gone_the_message_answers(caller: Caller, ask: Ask, model: str, after: int) -> None:
    generation = await ended(await ask(model=model))
    before = fold(await database.read(log.entries, generation.pk))
    await database.write(call_command, "prune_events", days=0)
    assert await database.read(Event.objects.count) == 0
    events = await _events(caller, generation, after)
    assert [event.seq for event in events] == list(range(after + 1, after + 1 + len(events)))
    assert events[0].payload == {"keep_chars": 0}  # what a reader has of before, it replaces
    answer = Answer(seq=after)
    answer.append_text("what was known")
    for event in events:
        answer.apply(event)
    assert (answer.text, answer.reasoning, answer.citations) == (before.text, before.reasoning, before.citations)
    assert (answer.state, answer.finish_reason) == (before.state, before.finish_reason)
    assert (answer.error or {}).get("message") == (before.error or {}).get("message")


async def test_what_was_deleted_is_not_there(caller: Caller, ask: Ask) -> None:
    generation = await ended(await ask())
    await caller.delete(f"threads/{generation.thread_id}")
    error_of(await caller.get(f"generations/{generation.pk}/events"), 404, "not_found")
    error_of(await caller.post(f"threads/cancel/{generation.pk}"), 404, "not_found")


@pytest.mark.parametrize("place", ["-1", "x", "1.5", "9" * 30, "²", ""])
async def test_a_place_that_is_none(caller: Caller, ask: Ask, place: str) -> None:
    generation = await ended(await ask())
    path = f"generations/{generation.pk}/events"
    response = await caller.get(path, headers={"Last-Event-ID": place})
    assert "number of the last event" in error_of(response, 400, "bad_place")["message"]
    response = await caller.get(path, query_params={"after": place})
    assert response.status_code in {400, 422}
    error_of(response, response.status_code, "bad_place" if response.status_code == 400 else "invalid")


async def test_a_reader_that_leaves_stops_nothing(caller: Caller, ask: Ask) -> None:
    started = await ask(model=SLOW)
    stream = aiter(await caller.get(f"generations/{started.generation_id}/events"))
    await anext(stream)
    await stream.aclose()
    seen = await database.read(Event.objects.count)
    await until(lambda: Event.objects.count() > seen + 3)
