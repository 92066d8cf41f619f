"""Tabs for tests of the doors."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest_asyncio
from asgiref.sync import sync_to_async
from django.db import connections

from accounts.models import User
from tests.threads.tab import Tab, session_of
from threads.generation.runtime import Runtime

OpenTab = Callable[..., Awaitable[Tab]]


@pytest_asyncio.fixture
async def open_tab(engine: Runtime) -> AsyncIterator[OpenTab]:
    """`await open_tab(user)`: a connected tab that has been greeted. All are left after the test."""
    tabs: list[Tab] = []

    async def open_(user: User, *, cookie: str = "") -> Tab:
        tab = Tab(cookie or await session_of(user), "http://localhost")
        assert await tab.connect()
        tabs.append(tab)
        assert (await tab.hear("hello"))["user"] == str(user.pk)
        return tab

    yield open_
    for tab in tabs:
        with contextlib.suppress(TimeoutError):
            await tab.leave()
    await sync_to_async(connections.close_all)()  # the sign-in's, on a thread of its own
