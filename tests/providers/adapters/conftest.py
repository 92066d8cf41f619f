"""A client for the tests of adapters."""

from collections.abc import AsyncIterator

import httpx
import pytest

from providers.adapters.http import make_client


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with make_client() as client:
        yield client
