"""An answer as it grows is folded and rendered once, for however many readers; and survives what goes wrong below."""

import asyncio
import json
from typing import Any

import pytest
from django.db import connection
from structlog.testing import capture_logs

from tests.fixtures_engine import Ask, ended, until
from threads import database, live, render
from threads.generation.runtime import Runtime
from threads.models import Event

SLOW = "sim:ttft=0ms,rate=50,tokens=5000"
QUICK = "sim:ttft=0ms,rate=1000,tokens=80"


async def _frames(generation_id: Any, **where: Any) -> list[dict[str, Any]]:
    return [json.loads(frame) async for frame in live.frames(generation_id, **where) if frame]


async def test_readers_at_one_place_share_one_patch(engine: Runtime, ask: Ask) -> None:
    started = await ask(model=SLOW)
    woken = asyncio.Event()
    readers = [live.current().attach(started.generation_id, lambda _: woken.set()) for _ in range(3)]
    assert len({id(reader.view) for reader in readers}) == 1
    seen = 0
    while seen < 4:
        await woken.wait()
        woken.clear()
        one, *others = [reader.frames() for reader in readers]
        seen += len(one)
        assert all(other == one and other[:1] == one[:1] for other in others)
        assert all(other[0] is one[0] for other in others if one)  # the very same text: encoded once
    for reader in readers:
        reader.leave()


async def test_nobody_looking_nothing_is_kept(engine: Runtime, ask: Ask) -> None:
    started = await ask(model=SLOW)
    views = live.current()
    reader = views.attach(started.generation_id, lambda _: None)
    await reader.view.ready.wait()
    task = reader.view._task
    reader.leave()
    reader.leave()  # twice does no harm
    assert views._views == {}
    await asyncio.wait([task])
    assert f"generation:{started.generation_id}" not in engine.hub.topics()


async def test_a_reader_that_is_ahead_waits_and_is_not_thrown_back(engine: Runtime, ask: Ask) -> None:
    """Told more by another process than has come to this one."""
    started = await ask(model=SLOW)
    first = live.current().attach(started.generation_id, lambda _: None)
    await until(lambda: Event.objects.count() > 6)
    await first.view.ready.wait()
    ahead = first.view._answer.seq + 5
    reader = live.current().attach(started.generation_id, lambda _: None, ahead, 0)
    while not (frames := reader.frames()):
        assert first.view._answer.seq <= ahead
        await asyncio.sleep(0.01)
    patch = json.loads(frames[0])
    assert patch["after"] == ahead < patch["seq"]
    for one in (first, reader):
        one.leave()


async def test_frames_end_with_the_end(engine: Runtime, ask: Ask) -> None:
    started = await ask(model=QUICK)
    frames = await _frames(started.generation_id)
    blocks: list[str] = []
    for patch in frames[:-1]:
        blocks[patch["from"] :] = patch["blocks"]
    generation = await ended(started)
    assert generation.message is not None
    assert blocks == render.render(generation.message.text)
    assert (frames[-1]["type"], frames[-1]["state"]) == ("end", "completed")
    again = await _frames(started.generation_id, after=frames[0]["seq"], blocks=frames[0]["stable"])
    assert [frame["type"] for frame in again] == ["patch", "end"]
    assert blocks[: again[0]["from"]] + again[0]["blocks"] == blocks


async def test_frames_of_now_do_not_wait(engine: Runtime, ask: Ask) -> None:
    started = await ask(model=SLOW)
    await until(lambda: Event.objects.filter(type="delta").exists())
    [now] = await live.frames_now(started.generation_id)
    patch = json.loads(now)
    assert patch["type"] == "patch"
    assert patch["blocks"]
    assert await live.frames_now(started.generation_id, 10**6) == []
    assert live.current()._views == {}


async def test_silence_is_told(engine: Runtime, ask: Ask) -> None:
    started = await ask(model="sim:fault=no-head")
    frames = live.frames(started.generation_id, idle=0.05)
    seen = [await anext(frames) for _ in range(8)]
    assert "" in seen
    await frames.aclose()  # type: ignore[attr-defined]
    assert live.current()._views == {}


def _rename(old: str, new: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {old} RENAME TO {new}")


async def test_a_database_that_fails_for_a_while_loses_no_reader(
    engine: Runtime, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "AGAIN", 0.05)
    generation = await ended(await ask(model=QUICK))
    await database.write(_rename, "threads_attempt", "threads_attempt_away")  # which the end's footer needs
    try:
        reading = asyncio.create_task(_frames(generation.pk))
        with capture_logs() as logs:
            while "view_broke" not in [log["event"] for log in logs]:
                await asyncio.sleep(0.01)
    finally:
        await database.write(_rename, "threads_attempt_away", "threads_attempt")
    frames = await asyncio.wait_for(reading, 10)
    blocks: list[str] = []
    for patch in frames[:-1]:
        blocks[patch["from"] :] = patch["blocks"]
    assert generation.message is not None
    assert blocks == render.render(generation.message.text)
    assert frames[-1]["type"] == "end"
