"""Callers of the API, in the loop of the engine."""

from collections.abc import Callable

import pytest
import pytest_asyncio
from django.test import AsyncClient

from accounts import services
from accounts.models import User
from tests.threads.api.conftest import Caller
from threads import database
from threads.generation.runtime import Runtime


@pytest_asyncio.fixture
async def caller(engine: Runtime, user: User, make_key: Callable[[User], str]) -> Caller:
    """`user`, with a key."""
    return Caller(await database.write(make_key, user))


@pytest_asyncio.fixture
async def stranger(engine: Runtime, other_user: User, make_key: Callable[[User], str]) -> Caller:
    """`other_user`, with a key."""
    return Caller(await database.write(make_key, other_user))


@pytest_asyncio.fixture
async def staff(engine: Runtime, staff_user: User) -> Caller:
    """`staff_user`, with a staff key."""

    def key() -> str:
        organization = services.personal_organization(user=staff_user)
        return services.create_api_key(user=staff_user, organization=organization, name="tests", staff=True)[1]

    return Caller(await database.write(key))


@pytest.fixture
async def tab(transactional_db: None, staff_user: User) -> AsyncClient:
    """`staff_user`'s browser."""
    client = AsyncClient()
    await client.aforce_login(staff_user)
    return client
