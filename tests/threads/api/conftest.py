"""Clients of the API, in the loop of the engine."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import connections
from django.test import AsyncClient

from accounts.models import User
from providers.models import Model
from threads import database
from threads.generation.runtime import Runtime


@dataclass
class Caller:
    """Speaks JSON, with a key. Paths are below /api/."""

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
                return await getattr(AsyncClient(), method)(f"/api/{path}", headers=with_key, **more)
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


@pytest.fixture
def model(registry: Callable[[str], Model]) -> Callable[[str], Awaitable[str]]:
    """`await model("sim:tokens=5")`: makes it, and returns its name."""

    async def make(upstream: str) -> str:
        return (await database.write(registry, upstream)).name

    return make
