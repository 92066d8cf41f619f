"""Asking over the API: whole answers, streams, and what is refused or fails."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from accounts.models import Organization, User
from providers.models import Model
from tests.fixtures_engine import until
from tests.simulator import RunningSimulator
from tests.threads.api.conftest import Caller
from tests.threads.api.reading import error_of, events_of
from tests.threads.generation import candidates
from threads import database, render
from threads.generation import log
from threads.generation.fold import fold
from threads.models import Event, Generation, Message

MakeModel = Callable[[str], Awaitable[str]]
QUICK = "sim:ttft=0ms,rate=1000,tokens=30"
SLOW = "sim:ttft=0ms,rate=50,tokens=5000"


async def test_a_whole_answer(caller: Caller, model: MakeModel, simulator: RunningSimulator) -> None:
    thread = await caller.thread()
    response = await caller.post(f"threads/{thread}/messages", {"text": "hello", "model": await model(QUICK)})
    assert response.status_code == 200, response.content
    body = response.json()
    assert (body["thread_id"], body["state"]) == (thread, "completed")
    assert body["message"]["text"] == simulator.record()[0]["text"]
    assert body["message"]["html"] == render.render_html(body["message"]["text"])
    assert body["message"]["request_id"] == body["request_id"] == response["X-Request-Id"]
    again = await caller.post(f"threads/{thread}/messages", {"text": "and then?"})  # of the thread's model
    assert again.status_code == 200
    assert (await database.read(Generation.objects.get, pk=again.json()["request_id"])).requested_model == QUICK
    assert simulator.record()[1]["prompt"] == "and then?"


async def test_a_stream_is_the_log(caller: Caller, model: MakeModel) -> None:
    thread = await caller.thread()
    name = await model("sim:ttft=0ms,rate=1000,reasoning=10,citations=2")
    response = await caller.post(f"threads/{thread}/messages/stream", {"text": "hello", "model": name})
    assert response["X-Accel-Buffering"] == "no"
    events = await events_of(response)
    generation = await database.read(Generation.objects.select_related("message").get)
    assert response["X-Request-Id"] == str(generation.pk)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert events == await database.read(log.entries, generation.pk)
    assert events[0].type == "started"
    assert events[0].payload == {
        "request_id": str(generation.pk),
        "thread_id": thread,
        "message_id": str(generation.message_id),
    }
    assert {"attempt", "status", "reasoning", "delta", "citation", "usage"} <= {event.type for event in events}
    assert events[-1].type == "done"
    assert events[-1].payload["state"] == "completed"
    answer = fold(events)
    assert generation.message is not None
    assert answer.text == generation.message.text != ""
    assert answer.reasoning == generation.message.reasoning != ""
    assert answer.citations == generation.message.citations != []


# --- keys, and two at once -------------------------------------------------------------------------------------
async def test_the_same_key_twice_is_asked_once(caller: Caller, model: MakeModel, simulator: RunningSimulator) -> None:
    thread = await caller.thread()
    body = {"text": "hello", "model": await model(QUICK), "idempotency_key": "k1"}
    answers = await asyncio.gather(*(caller.post(f"threads/{thread}/messages", body) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len({json.dumps(answer.json()) for answer in answers}) == 1
    assert len(simulator.record()) == 1
    again = await events_of(await caller.post(f"threads/{thread}/messages/stream", body))
    assert fold(again).text == answers[0].json()["message"]["text"]
    error_of(await caller.post(f"threads/{thread}/messages", {**body, "text": "other"}), 409, "key_used")
    assert await database.read(Message.objects.count) == 2


async def test_while_one_answer_is_written_another_is_refused(caller: Caller, model: MakeModel) -> None:
    thread = await caller.thread()
    first = asyncio.create_task(caller.post(f"threads/{thread}/messages", {"text": "one", "model": await model(SLOW)}))
    await until(lambda: Event.objects.filter(type="delta").exists())
    for path in ("messages", "messages/stream"):
        error_of(await caller.post(f"threads/{thread}/{path}", {"text": "two"}), 409, "already_running")
    generation = await database.read(Generation.objects.get)
    for _ in range(2):
        response = await caller.post(f"threads/cancel/{generation.pk}")
        assert (response.status_code, response.json()) == (200, {"state": "cancelled"})
    answer = (await first).json()
    assert answer["state"] == "cancelled"
    assert answer["message"]["text"]
    third = await caller.post(f"threads/{thread}/messages", {"text": "three", "model": await model(QUICK)})
    assert third.status_code == 200
    assert (await caller.post(f"threads/cancel/{third.json()['request_id']}")).json() == {"state": "completed"}


async def test_a_thread_deleted_while_its_answer_is_awaited(caller: Caller, model: MakeModel) -> None:
    thread = await caller.thread()
    body = {"text": "one", "model": await model(SLOW)}
    waiting = asyncio.create_task(caller.post(f"threads/{thread}/messages", body))
    await until(lambda: Event.objects.filter(type="delta").exists())
    generation = await database.read(Generation.objects.get)
    reading = asyncio.create_task(events_of(await caller.get(f"generations/{generation.pk}/events")))
    assert (await caller.delete(f"threads/{thread}")).status_code == 204
    assert error_of(await waiting, 404, "not_found")["message"] == "This chat was deleted."
    assert (await reading)[-1].payload["state"] == "deleted"


# --- what cannot be asked --------------------------------------------------------------------------------------
REFUSED: list[tuple[Any, int, str]] = [
    ({"text": ""}, 400, "empty_message"),
    ({"text": " \n\t"}, 400, "empty_message"),
    ({"text": "x" * 100_001}, 413, "message_too_long"),
    ({"text": "x" * 5_000_000}, 413, "too_large"),
    ({}, 422, "invalid"),
    ({"text": None}, 422, "invalid"),
    ({"text": ["a"]}, 422, "invalid"),
    ({"text": "a", "colour": "red"}, 422, "invalid"),
    ({"text": "a", "idempotency_key": "k" * 201}, 422, "invalid"),
    ({"text": "a", "model": "m" * 201}, 422, "invalid"),
    ({"text": "a", "model": "gpt-0"}, 422, "model_unavailable"),
    ({"text": "a", "model": "m\x00"}, 422, "model_unavailable"),
    ({"text": "a", "tools": ["search"]}, 422, "not_available"),
    ({"text": "a", "tools": True}, 422, "not_available"),
    ({"text": "a", "rag": {"collection": "x"}}, 422, "not_available"),
    ([], 422, "invalid"),
    ("text", 422, "invalid"),
    (b"{", 400, "bad_json"),
    (b"text=hello", 400, "bad_json"),
    (b'{"text": "\xff\xfe"}', 400, "bad_json"),
    (b"[" * 200_000, 400, "bad_json"),
    (b"", 422, "invalid"),
]


@pytest.mark.parametrize(("body", "status", "kind"), REFUSED, ids=[f"{str(b)[:40]}-{k}" for b, _, k in REFUSED])
async def test_what_cannot_be_asked_is_told(
    caller: Caller, model: MakeModel, body: Any, status: int, kind: str
) -> None:
    await model(QUICK)
    thread = await caller.thread()
    for path in ("messages", "messages/stream"):
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        error = error_of(await caller.post(f"threads/{thread}/{path}", sent), status, kind)
        assert len(error["message"]) < 300
    assert await database.read(Generation.objects.count) == 0


async def test_absent_tools_and_rag_are_no_matter(caller: Caller, model: MakeModel) -> None:
    thread = await caller.thread()
    body = {"text": "a", "model": await model(QUICK), "tools": [], "rag": False}
    assert (await caller.post(f"threads/{thread}/messages", body)).status_code == 200


# --- what fails ------------------------------------------------------------------------------------------------
FAILURES = [
    ("cut@20", 502, "stream_cut", True),
    ("error@20", 502, "upstream", True),
    ("500", 502, "upstream", False),
    ("401", 502, "authentication", False),
    ("html", 502, "malformed", False),
    ("429,retry-after=7", 429, "rate_limit", False),
    ("503", 503, "overloaded", False),
    ("504", 504, "timeout", False),
    ("context", 413, "context_length", False),
]


@pytest.mark.parametrize(("fault", "status", "kind", "partial"), FAILURES, ids=[fault for fault, *_ in FAILURES])
async def test_a_provider_that_fails(
    caller: Caller, model: MakeModel, fault: str, status: int, kind: str, partial: bool
) -> None:
    thread = await caller.thread()
    body = {"text": "hello", "model": await model(f"sim:ttft=0ms,rate=1000,fault={fault}")}
    error = error_of(await caller.post(f"threads/{thread}/messages", body), status, kind)
    generation = await database.read(Generation.objects.select_related("message").get)
    assert error["request_id"] == str(generation.pk)
    assert error["retry_after"] == 7 if "retry-after" in fault else True
    answer = error["answer"]
    assert (answer["state"], answer["message"]["error"]["type"]) == ("failed", kind)
    assert generation.message is not None
    assert answer["message"]["text"] == generation.message.text
    assert bool(generation.message.text) is partial
    kept = (await caller.get(f"threads/{thread}")).json()["messages"][-1]
    assert kept == answer["message"]
    events = await events_of(await caller.get(f"generations/{generation.pk}/events"))
    assert [event.type for event in events[-2:]] == ["error", "done"]
    assert events[-2].payload["type"] == kind
    assert events[-2].payload["message"] == error["message"]
    assert events[-1].payload["state"] == "failed"


async def test_a_provider_that_keeps_silent(caller: Caller, model: MakeModel) -> None:
    thread = await caller.thread()
    name = await model("sim:ttft=0ms,fault=silent")
    await database.write(Model.objects.filter(name=name).update, timeout_first_token=0.2)
    error = error_of(await caller.post(f"threads/{thread}/messages", {"text": "hello", "model": name}), 504, "timeout")
    assert error["answer"]["state"] == "failed"


@pytest.mark.parametrize(
    ("faults", "status", "kind", "wait"),
    [
        (("429,retry-after=70", "429,retry-after=50"), 429, "rate_limit", "50"),
        (("silent", "no-head"), 504, "timeout", None),
        (("429,retry-after=70", "silent"), 502, "all_failed", "70"),
        (("401", "402"), 502, "all_failed", None),
    ],
)
async def test_when_every_candidate_fails(
    caller: Caller, simulator: RunningSimulator, faults: tuple[str, ...], status: int, kind: str, wait: str | None
) -> None:
    models = {f"m{at}": [f"sim:ttft=0ms,fault={fault}"] for at, fault in enumerate(faults)}
    await database.write(candidates.make, simulator, models, timeout_first_token=0.2)
    thread = await caller.thread()
    response = await caller.post(f"threads/{thread}/messages", {"text": "hello", "model": "m0"})
    error = error_of(response, status, kind)
    assert all(f"m{at} at m{at}-1: " in error["message"] for at in range(len(faults)))
    assert response.headers.get("Retry-After") == wait


async def test_half_characters_are_mended(caller: Caller, model: MakeModel) -> None:
    thread = await caller.thread()
    body = b'{"text": "half \\ud83d, nul \\u0000", "model": "%s"}' % (await model(QUICK)).encode()
    assert (await caller.post(f"threads/{thread}/messages", body)).status_code == 200
    asked = (await caller.get(f"threads/{thread}")).json()["messages"][0]
    assert asked["text"] == "half \ufffd, nul \ufffd"


async def test_a_failure_told_again_after_its_log_is_gone(caller: Caller, model: MakeModel) -> None:
    thread = await caller.thread()
    body = {"text": "hello", "model": await model("sim:ttft=0ms,fault=503"), "idempotency_key": "k"}
    first = error_of(await caller.post(f"threads/{thread}/messages", body), 503, "overloaded")
    await database.write(Event.objects.all().delete)
    again = error_of(await caller.post(f"threads/{thread}/messages", body), 503, "overloaded")
    assert again["message"] == first["message"]
    assert again["answer"] == first["answer"]


async def test_an_answer_is_of_its_threads_organization(caller: Caller, model: MakeModel, user: User) -> None:
    """Also where the call itself acts for another."""

    def prepare() -> str:
        second = Organization.objects.create(name="Second", slug="second")
        second.memberships.create(user=user)
        return second.slug

    slug = await database.write(prepare)
    response = await caller.post("threads", {"title": "of the second"}, headers={"X-Org-Id": slug})
    thread = response.json()["id"]
    body = {"text": "hello", "model": await model(QUICK)}
    assert (await caller.post(f"threads/{thread}/messages", body)).status_code == 200
    generation = await database.read(Generation.objects.select_related("organization").get)
    assert generation.organization.slug == slug


async def test_who_hangs_up_stops_nothing(caller: Caller, model: MakeModel) -> None:
    thread = await caller.thread()
    body = {"text": "hello", "model": await model("sim:ttft=50ms,rate=200,tokens=40")}
    waiting = asyncio.create_task(caller.post(f"threads/{thread}/messages", body))
    await until(lambda: Generation.objects.filter(state="running").exists())
    waiting.cancel()
    await asyncio.wait([waiting])
    await until(lambda: Generation.objects.filter(state="completed").exists())
    assert (await caller.get(f"threads/{thread}")).json()["messages"][-1]["text"]


async def test_while_shutting_down_nothing_is_begun(caller: Caller, model: MakeModel, engine: Any) -> None:
    thread = await caller.thread()
    await engine.close()
    error = error_of(await caller.post(f"threads/{thread}/messages", {"text": "hello"}), 503, "draining")
    assert error["retry_after"] > 0
