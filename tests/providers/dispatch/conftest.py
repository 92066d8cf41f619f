"""Fixtures for tests of dispatch."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from providers.adapters.http import make_client
from providers.dispatch.health import Board
from tests.providers.dispatch.plans import Clock


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with make_client() as client:
        yield client


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def board(clock: Clock) -> Board:
    """On that clock: its pauses take no time."""
    return clock.board()
