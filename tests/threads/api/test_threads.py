"""Threads over the API: made, listed, searched, read, renamed, deleted."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import User
from tests.fixtures_engine import Ask, ended
from tests.threads.api.conftest import Caller
from tests.threads.api.reading import error_of
from threads import database
from threads.generation import service
from threads.models import Message, Thread

QUICK = "sim:ttft=0ms,rate=1000,tokens=12"


async def test_a_thread_is_made_read_renamed_and_deleted(caller: Caller) -> None:
    made = await caller.post("threads", {"title": "  A  title ", "model": "auto"})
    assert made.status_code == 201
    body = made.json()
    assert (body["title"], body["model"], body["running"], body["messages"]) == ("A title", "auto", False, [])
    path = f"threads/{body['id']}"
    assert (await caller.get(path)).json() == body
    changed = await caller.patch(path, {"title": "Another"})
    assert (changed.status_code, changed.json()["title"]) == (200, "Another")
    assert (await caller.get(path)).json()["title"] == "Another"
    gone = await caller.delete(path)
    assert (gone.status_code, gone.content) == (204, b"")
    error_of(await caller.get(path), 404, "not_found")
    error_of(await caller.delete(path), 404, "not_found")
    assert await database.read(Thread.objects.count) == 0


async def test_an_empty_body_makes_a_thread(caller: Caller, user: User) -> None:
    thread = await database.read(Thread.objects.get, pk=await caller.thread())
    assert (thread.owner_id, thread.title, thread.model) == (user.pk, "", "auto")


async def test_an_empty_title_is_refused(caller: Caller) -> None:
    path = f"threads/{await caller.thread(title='Kept')}"
    error_of(await caller.patch(path, {"title": " \n"}), 400, "empty_title")
    assert (await caller.get(path)).json()["title"] == "Kept"


async def test_characters_that_cannot_be_stored_are_replaced(caller: Caller) -> None:
    thread = await caller.thread(title="a\x00b", model="m\x00")
    assert (await caller.get(f"threads/{thread}")).json()["title"] == "a\ufffdb"
    assert (await caller.get("threads", query_params={"q": "a\x00"})).status_code == 200


async def test_messages_are_read_as_they_are_shown(caller: Caller, ask: Ask) -> None:
    generation = await ended(await ask("What is **this**?", model="sim:ttft=0ms,rate=max,reasoning=5,citations=2"))
    body = (await caller.get(f"threads/{generation.thread_id}")).json()
    asked, answered = body["messages"]
    assert (asked["role"], asked["text"], asked["request_id"]) == ("user", "What is **this**?", None)
    assert "<strong>this</strong>" in asked["html"]
    assert generation.message is not None
    assert (answered["role"], answered["text"]) == ("assistant", generation.message.text)
    assert (answered["request_id"], answered["state"], answered["finish_reason"]) == (
        str(generation.pk),
        "completed",
        "stop",
    )
    assert answered["reasoning"] == generation.message.reasoning != ""
    assert answered["citations"] == generation.message.citations
    assert answered["provider"] == "simulator"
    assert answered["error"] is None
    usage = answered["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 0
    assert usage["estimated"] is False


async def test_an_answer_under_way_is_read_as_far_as_it_goes(caller: Caller, ask: Ask) -> None:
    started = await ask(model="sim:ttft=0ms,rate=50,tokens=5000")
    text = ""
    while not text:
        body = (await caller.get(f"threads/{started.thread_id}")).json()
        text = body["messages"][-1]["text"]
    assert body["running"] is True
    assert body["messages"][-1]["state"] == "running"
    await service.stop(started.generation_id)


# --- the list --------------------------------------------------------------------------------------------------
async def _pages(caller: Caller, **query: Any) -> list[list[str]]:
    pages, place = [], {}
    while place is not None:
        page = (await caller.get("threads", query_params={**query, **place})).json()
        pages.append([thread["title"] for thread in page["items"]])
        place = {"before": page["next"]} if page["next"] else None
    return pages


async def test_pages_have_each_thread_once_the_latest_first(caller: Caller, stranger: Caller) -> None:
    for number in range(7):
        await caller.thread(title=f"t{number}")
        await stranger.thread(title="not yours")
    assert await _pages(caller, limit=3) == [["t6", "t5", "t4"], ["t3", "t2", "t1"], ["t0"]]
    assert await _pages(caller, limit=7) == [[f"t{n}" for n in range(6, -1, -1)]]
    assert await _pages(caller) == [[f"t{n}" for n in range(6, -1, -1)]]


async def test_a_search_finds_titles_and_words(caller: Caller, stranger: Caller, ask: Ask) -> None:
    await caller.thread(title="About ÖRESUND")
    generation = await ended(await ask("Where is the needle?", model=QUICK))
    await stranger.thread(title="needle")
    found = (await caller.get("threads", query_params={"q": "NEEDLE"})).json()["items"]
    assert [thread["id"] for thread in found] == [str(generation.thread_id)]
    assert await _pages(caller, q="About") == [["About ÖRESUND"]]
    assert await _pages(caller, q="nowhere") == [[]]
    assert await _pages(caller, q="100%") == [[]]


@pytest.mark.parametrize(
    "query",
    [{"before": "yesterday"}, {"before": "2026-01-01T00:00:00"}, {"limit": "0"}, {"limit": "201"}, {"limit": "many"}],
    ids=str,
)
async def test_a_query_that_makes_no_sense_is_told(caller: Caller, query: dict[str, str]) -> None:
    error = error_of(await caller.get("threads", query_params=query), 422, "invalid")
    assert [problem["field"] for problem in error["problems"]] == list(query)


async def test_threads_of_one_millisecond_are_all_listed(caller: Caller) -> None:
    for number in range(5):
        thread = await caller.thread(title=f"t{number}")
        at = datetime(2026, 1, 1, 12, 0, 0, 500_000 + number, tzinfo=UTC)
        await database.write(Thread.objects.filter(pk=thread).update, updated_at=at)
    assert await _pages(caller, limit=2) == [["t4", "t3"], ["t2", "t1"], ["t0"]]


# --- what is another's -----------------------------------------------------------------------------------------
async def test_what_is_anothers_looks_like_what_is_not_there(caller: Caller, stranger: Caller, ask: Ask) -> None:
    generation = await ended(await ask("mine", model=QUICK))
    text = {"text": "yours?", "model": QUICK}

    async def refusals(thread: object, request: object) -> list[dict[str, Any]]:
        responses = [
            await stranger.get(f"threads/{thread}"),
            await stranger.patch(f"threads/{thread}", {"title": "taken"}),
            await stranger.delete(f"threads/{thread}"),
            await stranger.post(f"threads/{thread}/messages", text),
            await stranger.post(f"threads/{thread}/messages/stream", text),
            await stranger.get(f"generations/{request}/events"),
            await stranger.post(f"threads/cancel/{request}"),
        ]
        errors = [error_of(response, 404, "not_found") for response in responses]
        return [{**error, "request_id": None} for error in errors]

    foreign = await refusals(generation.thread_id, generation.pk)
    assert foreign == await refusals(uuid.uuid4(), uuid.uuid4())
    assert foreign == await refusals("no-uuid", "0")
    assert foreign == await refusals(generation.pk, generation.thread_id)
    thread = await database.read(Thread.objects.get, pk=generation.thread_id)
    assert thread.title == "mine"
    assert await database.read(Message.objects.count) == 2
