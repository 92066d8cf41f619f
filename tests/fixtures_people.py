"""Accounts for tests, and clients that speak for them. A pytest plugin, loaded by conftest."""

from collections.abc import Awaitable, Callable

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient, Client

from accounts import services
from accounts.models import Organization, User

PASSWORD = "correct horse battery staple"


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    """`make_user("ada@example.org", staff=False)`: a complete account, whose password is PASSWORD."""

    def make(email: str, *, name: str = "", staff: bool = False) -> User:
        return services.create_account(email=email, password=PASSWORD, name=name, staff=staff)

    return make


@pytest.fixture
def user(make_user: Callable[..., User]) -> User:
    return make_user("ada@example.org", name="Ada")


@pytest.fixture
def other_user(make_user: Callable[..., User]) -> User:
    return make_user("grace@example.org", name="Grace")


@pytest.fixture
def staff_user(make_user: Callable[..., User]) -> User:
    return make_user("staff@example.org", name="Staff", staff=True)


@pytest.fixture
def organization(user: User) -> Organization:
    """The personal organisation of `user`."""
    return services.personal_organization(user=user)


@pytest.fixture
def make_key(db: None) -> Callable[[User], str]:
    """`make_key(user)`: the secret of a new API key in the user's own organisation."""

    def make(owner: User) -> str:
        organization = services.personal_organization(user=owner)
        return services.create_api_key(user=owner, organization=organization, name="tests")[1]

    return make


@pytest.fixture
def api(make_key: Callable[[User], str]) -> Callable[[User], Client]:
    """`api(user)`: Django's test client with an API key of the user's."""
    return lambda owner: Client(headers={"Authorization": f"Bearer {make_key(owner)}"})


@pytest.fixture
def async_api(make_key: Callable[[User], str]) -> Callable[[User], Awaitable[AsyncClient]]:
    """`await async_api(user)`: the same, asynchronous."""

    async def make(owner: User) -> AsyncClient:
        return AsyncClient(headers={"Authorization": f"Bearer {await sync_to_async(make_key)(owner)}"})

    return make
