"""Accounts to test with. Every test starts as a process does: it knows of no account yet."""

from collections.abc import AsyncIterator, Iterator

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import Client

from accounts import services
from accounts.middleware import account_exists
from accounts.models import User

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def as_a_new_process() -> Iterator[None]:
    account_exists.forget()
    yield
    account_exists.forget()


@pytest.fixture
async def async_db(transactional_db: None) -> AsyncIterator[None]:
    """A database for tests that await it. Its connection lives in a thread of its own and would outlast the test."""
    yield
    await sync_to_async(connections.close_all)()


@pytest.fixture
def password() -> str:
    return PASSWORD


@pytest.fixture
def anna(db: None) -> User:
    return services.create_account(email="anna@example.org", password=PASSWORD)


@pytest.fixture
def ben(db: None) -> User:
    return services.create_account(email="ben@example.org", password=PASSWORD)


@pytest.fixture
def chief(db: None) -> User:
    """The first account: staff, and owner of "default"."""
    return services.create_first_account(email="chief@example.org", password=PASSWORD)


@pytest.fixture
def signed_in(client: Client, anna: User) -> Client:
    client.force_login(anna)
    return client
