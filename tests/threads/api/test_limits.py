"""Limits over every door: what is too much gets 429 with Retry-After, in the form of the door, and begins nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx
import pytest
import pytest_asyncio
from django.conf import settings as site
from django.test import Client
from django.utils import timezone

from accounts.models import Budget, User
from tests.fixtures_engine import PATIENCE, until
from tests.metrics import made
from tests.threads.api.conftest import Caller as Program
from tests.threads.raw import Raw
from threads import database
from threads.generation.runtime import Runtime
from threads.models import Generation
from threads.quotas import Quotas

LONG = "sim:ttft=0ms,rate=50,tokens=5000"
QUICK = "sim:ttft=0ms,tokens=3"
ELSEWHERE = {"X-Forwarded-For": "203.0.113.7"}
Limit = Callable[..., Awaitable[None]]


@dataclass
class Person:
    """Knows all doors: `key` for programs, `page` for the page's session."""

    origin: str
    key: dict[str, str]
    page: dict[str, str]
    thread: str
    running: str = ""  # an answer under way

    async def ask(self, door: str, **headers: str) -> httpx.Response:
        path, body, more = _ASK[door]
        async with httpx.AsyncClient(base_url=self.origin, timeout=PATIENCE) as http:
            sent = {"data": body} if more else {"json": body}
            own = {**self.page, **more} if more else self.key
            return await http.post(path.format(thread=self.thread), headers={**own, **headers}, **sent)

    def open(self, door: str) -> Raw:
        """A stream that is opened and not read."""
        path, body = _STREAM[door]
        raw = Raw(self.origin)
        own = self.page if door == "frames" else self.key
        raw.request("POST" if body else "GET", path.format(thread=self.thread, running=self.running), body, **own)
        return raw


_QUESTION = {"text": "hello", "model": QUICK}
_ONE = {"message": "hello", "model": QUICK}
_MESSAGES = {"messages": [{"role": "user", "content": "hello"}], "model": QUICK}
# The path, what is sent, and for doors of the page what a browser accepts.
_ASK: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "thread": ("/api/threads/{thread}/messages", _QUESTION, {}),
    "thread, streamed": ("/api/threads/{thread}/messages/stream", _QUESTION, {}),
    "chat": ("/api/chat", _ONE, {}),
    "chat, streamed": ("/api/chat", {**_ONE, "stream": True}, {}),
    "gateway": ("/v1/chat/completions", _MESSAGES, {}),
    "gateway, streamed": ("/v1/chat/completions", {**_MESSAGES, "stream": True}, {}),
    "page's script": ("/threads/send", _QUESTION, {"Accept": "application/json"}),
    "form": ("/threads/send", _QUESTION, {"Accept": "text/html"}),
}
_STREAM: dict[str, tuple[str, dict[str, Any] | None]] = {
    "thread": ("/api/threads/{thread}/messages/stream", {**_QUESTION, "model": LONG}),
    "chat": ("/api/chat", {**_ONE, "model": LONG, "stream": True}),
    "gateway": ("/v1/chat/completions", {**_MESSAGES, "model": LONG, "stream": True}),
    "events": ("/api/generations/{running}/events", None),
    "frames": ("/generations/{running}/frames", None),
}


@pytest_asyncio.fixture
async def limit(engine: Runtime, settings: Any) -> AsyncIterator[Limit]:
    """`await limit(LIMIT_QUESTIONS=(1, 0))`, from now on."""

    async def change(**limits: tuple[int, int]) -> None:
        await engine.quotas.stop()
        settings.REDIS_URL = ""  # what other tests ask is not counted
        for name, most in limits.items():
            setattr(settings, name, most)
        engine.quotas = Quotas()

    yield change


@pytest.fixture
def person(
    origin: str, caller: Program, user: User, model: Callable[[str], Awaitable[str]]
) -> Callable[..., Awaitable[Person]]:
    async def make(owner: User = user, program: Program = caller) -> Person:
        for name in (LONG, QUICK):
            if program is caller:
                await model(name)
        page = await database.write(_sign_in, owner, origin)
        return Person(origin, {"Authorization": f"Bearer {program.key}"}, page, await program.thread())

    return make


def _sign_in(owner: User, origin: str) -> dict[str, str]:
    client = Client()
    client.force_login(owner)
    token = "t" * 32
    cookies = {site.SESSION_COOKIE_NAME: client.cookies[site.SESSION_COOKIE_NAME].value, site.CSRF_COOKIE_NAME: token}
    return {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": token,
        "Origin": origin,
    }


# --- questions -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("door", _ASK)
async def test_too_many_questions_of_one_person(
    limit: Limit, person: Callable[..., Awaitable[Person]], door: str
) -> None:
    ada = await person()
    await limit(LIMIT_QUESTIONS=(1, 0))
    first = await ada.ask(door)
    assert first.status_code in (200, 303), first.text
    second = await ada.ask(door)
    assert second.status_code == 429
    assert 1 <= int(second.headers["Retry-After"]) <= 60
    if door == "form":
        assert "Too many questions within a minute from you." in second.text
        assert "hello" in second.text  # what was written is not lost
    else:
        error = second.json()["error"]
        assert error["type"] == "rate_limited"
        assert error["message"].startswith("Too many questions within a minute from you.")
        assert 1 <= error["retry_after"] <= 60
    if door.startswith("gateway"):
        assert second.json()["error"]["code"] == "rate_limit_exceeded"
    assert await database.read(Generation.objects.count) == 1


@pytest.mark.parametrize("door", _ASK)
async def test_too_many_questions_from_one_address(
    limit: Limit,
    person: Callable[..., Awaitable[Person]],
    other_user: User,
    stranger: Program,
    door: str,
) -> None:
    """As a proxy on this machine tells it."""
    ada, grace = await person(), await person(other_user, stranger)
    await limit(LIMIT_QUESTIONS=(0, 1))
    assert (await ada.ask(door, **ELSEWHERE)).status_code in (200, 303)
    assert (await grace.ask(door, **ELSEWHERE)).status_code == 429
    assert (await grace.ask(door, **{"X-Forwarded-For": "198.51.100.1"})).status_code in (200, 303)


# --- budgets ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("door", _ASK)
async def test_a_budget_that_is_used_up(
    engine: Runtime, person: Callable[..., Awaitable[Person]], user: User, door: str
) -> None:
    ada = await person()
    await database.write(lambda: Budget.objects.create(user=user, amount_usd=4, hard=True))
    await database.write(lambda: made.answer(user, timezone.now(), [made.call(sent=2, cost_usd=Decimal("4.5"))]))
    await engine.purse._look()
    refused = await ada.ask(door)
    assert refused.status_code == 402
    assert "Retry-After" not in refused.headers
    words = "Your budget for this month is used up: $4.50 of $4.00 is spent."
    if door == "form":
        assert words in refused.text
        assert "hello</textarea>" in refused.text  # what was written is not lost
    else:
        error = refused.json()["error"]
        assert error["message"].startswith(words)
        assert error["message"].endswith("or when staff of this site raise it.")
        kind = "insufficient_quota" if door.startswith("gateway") else "budget_reached"
        assert (error["type"], error.get("code", kind)) == (kind, kind)
    assert await database.read(Generation.objects.count) == 1


# --- streams ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("door", _STREAM)
async def test_too_many_streams_at_once(
    limit: Limit, person: Callable[..., Awaitable[Person]], engine: Runtime, caller: Program, door: str
) -> None:
    ada = await person()
    ada.running = await asyncio.to_thread(_begin, ada)
    ada.thread = await caller.thread()
    await limit(LIMIT_STREAMS=(1, 0))
    first = await asyncio.to_thread(ada.open, door)
    assert " 200 " in await asyncio.to_thread(first.head)
    ada.thread = await caller.thread()  # one answers there already
    second = await asyncio.to_thread(ada.open, door)
    head = await asyncio.to_thread(second.head)
    assert " 429 " in head.splitlines()[0]
    assert "retry-after" in head.lower()
    assert b'"rate_limited"' in second.unread or b'"rate_limited"' in await asyncio.to_thread(second.socket.recv, 4096)
    first.close()
    await until(lambda: engine.quotas.streams._taken == {})
    third = await asyncio.to_thread(ada.open, door)
    assert " 200 " in await asyncio.to_thread(third.head)
    for one in (second, third):
        one.close()
    await until(lambda: engine.quotas.streams._taken == {})


def _begin(ada: Person) -> str:
    """The id of an answer under way."""
    raw = ada.open("thread")
    head = raw.head()
    raw.close()
    return next(line.partition(": ")[2] for line in head.splitlines() if line.lower().startswith("x-request-id"))
