"""Clients of the API, in the loop of the engine."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import connections
from django.test import AsyncClient
from openai import AsyncOpenAI

from accounts.models import User
from providers.models import Model
from tests.threads.api.live import serving
from threads import database
from threads.generation.runtime import Runtime


@dataclass
class Caller:
    """Speaks JSON, with a key. Paths are below /api/, or absolute."""

    key: str

    async def get(self, path: str, **more: Any) -> Any:
        return await self._call("get", path, **more)

    async def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return await self._call("post", path, data={} if body is None else body, **more)

    async def patch(self, path: str, body: Any, **more: Any) -> Any:
        return await self._call("patch", path, data=body, **more)

    async def delete(self, path: str, **more: Any) -> Any:
        return await self._call("delete", path, **more)

    async def _call(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> Any:
        if "data" in more:
            more["content_type"] = "application/json"
        with_key = {"Authorization": f"Bearer {self.key}", **(headers or {})}
        async with ThreadSensitiveContext():  # as a server does it: requests do not wait for each other
            try:
                where = path if path.startswith("/") else f"/api/{path}"
                return await getattr(AsyncClient(), method)(where, headers=with_key, **more)
            finally:
                await sync_to_async(connections.close_all)()

    async def thread(self, **fields: Any) -> str:
        """The id of a new thread."""
        response = await self.post("threads", fields)
        assert response.status_code == 201, response.content
        return str(response.json()["id"])


@pytest_asyncio.fixture
async def caller(engine: Runtime, user: User, make_key: Callable[[User], str]) -> Caller:
    """`user`, with a key."""
    return Caller(await database.write(make_key, user))


@pytest_asyncio.fixture
async def stranger(engine: Runtime, other_user: User, make_key: Callable[[User], str]) -> Caller:
    """`other_user`, with a key."""
    return Caller(await database.write(make_key, other_user))


@pytest_asyncio.fixture
async def origin(engine: Runtime) -> AsyncIterator[str]:
    """The site on a real socket."""
    async with serving() as address:
        yield address


@pytest_asyncio.fixture
async def openai(origin: str, caller: Caller) -> AsyncIterator[AsyncOpenAI]:
    """The official client, as `user`. It asks once: the tests see every failure."""
    async with AsyncOpenAI(api_key=caller.key, base_url=f"{origin}/v1", max_retries=0) as client:
        yield client


@pytest.fixture
def model(registry: Callable[[str], Model]) -> Callable[[str], Awaitable[str]]:
    """`await model("sim:tokens=5")`: makes it, and returns its name."""

    async def make(upstream: str) -> str:
        return (await database.write(registry, upstream)).name

    return make
