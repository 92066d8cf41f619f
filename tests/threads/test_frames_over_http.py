"""Answers where sockets are blocked: the same frames as events and by polling, applied as a reader would apply them."""

import json
from typing import Any

import pytest
from django.http.response import StreamingHttpResponse
from django.test import AsyncClient
from django.urls import reverse

from accounts.models import User
from tests.fixtures_engine import Ask, ended, until
from threads import database, queries
from threads.generation.questions import Started
from threads.generation.runtime import Runtime
from threads.models import Event

LIVELY = "sim:ttft=0ms,rate=400"


@pytest.fixture
async def tab(transactional_db: None, user: User) -> AsyncClient:
    client = AsyncClient()
    await client.aforce_login(user)
    return client


class Page:
    """What a reader has of an answer; it refuses frames out of order, as the script of the page does."""

    def __init__(self) -> None:
        self.seq, self.stable = 0, 0
        self.blocks: list[str] = []
        self.end: dict[str, Any] | None = None

    def apply(self, frame: dict[str, Any]) -> None:
        assert self.end is None, "a frame after the end"
        if frame["type"] == "end":
            self.end = frame
            return
        assert frame["after"] <= self.seq < frame["seq"]
        assert frame["from"] <= len(self.blocks)
        self.blocks[frame["from"] :] = frame["blocks"]
        self.seq, self.stable = frame["seq"], frame["stable"]

    def address(self, started: Started, **more: int) -> str:
        query = {"after": self.seq, "blocks": self.stable} | more
        place = "&".join(f"{name}={value}" for name, value in query.items())
        return f"{reverse('threads:frames', args=[started.generation_id])}?{place}"


async def stored(started: Started) -> list[str]:
    turn = await database.read(queries.turn_of, started.generation_id)
    assert turn is not None
    return turn.blocks


async def read(response: StreamingHttpResponse, page: Page, *, frames: int | None = None) -> None:
    """Apply what comes, to the end or up to a number of frames."""
    assert response["Content-Type"] == "text/event-stream"
    assert response["Cache-Control"] == "no-store"
    async for piece in response.streaming_content:
        text = piece.decode()
        assert text.endswith("\n\n")
        if text.startswith("data: "):
            page.apply(json.loads(text.removeprefix("data: ")))
            frames = None if frames is None else frames - 1
        if frames == 0:
            break
    await response.streaming_content.aclose()


@pytest.mark.slow
async def test_events_bring_the_whole_answer(tab: AsyncClient, engine: Runtime, ask: Ask) -> None:
    started = await ask(model=LIVELY)
    page = Page()
    await read(await tab.get(page.address(started)), page)
    assert page.blocks == await stored(started) != []
    assert page.end is not None
    assert page.end["state"] == "completed"
    assert "tokens" in page.end["footer"]


@pytest.mark.slow
async def test_a_reader_goes_on_where_it_stood(tab: AsyncClient, engine: Runtime, ask: Ask) -> None:
    started = await ask(model=LIVELY)
    page = Page()
    while page.end is None:
        before = page.seq
        await read(await tab.get(page.address(started)), page, frames=2)
        assert page.end or page.seq > before
    assert page.blocks == await stored(started)


@pytest.mark.slow
async def test_polling_needs_no_open_connection(tab: AsyncClient, engine: Runtime, ask: Ask) -> None:
    started = await ask(model=LIVELY)
    page = Page()
    while page.end is None:
        await until(lambda: Event.objects.filter(generation=started.generation_id, seq__gt=page.seq).exists())
        response = await tab.get(page.address(started, poll=1))
        for frame in response.json():
            page.apply(frame)
    assert page.blocks == await stored(started)


async def test_an_answer_that_has_ended_is_told_at_once(tab: AsyncClient, engine: Runtime, ask: Ask) -> None:
    started = await ask(model="sim:tokens=40,ttft=0ms,rate=max")
    await ended(started)
    address = reverse("threads:frames", args=[started.generation_id])
    for query in ("?poll=1", "?poll=1&after=-3&blocks=x", f"?poll=1&after={'9' * 30}"):
        page = Page()
        for frame in (await tab.get(address + query)).json():
            page.apply(frame)
        assert page.end is not None
        assert page.blocks == await stored(started)
