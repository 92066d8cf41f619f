"""Staff in the admin, and a provider with its key."""

import pytest
from django.test import Client

from accounts.models import User
from providers.models import Provider


@pytest.fixture
def staff(client: Client, staff_user: User) -> Client:
    User.objects.filter(pk=staff_user.pk).update(is_superuser=True)
    client.force_login(staff_user)
    return client


@pytest.fixture
def openai() -> Provider:
    row = Provider(name="openai", preset="openai")
    row.set_api_key("sk-very-secret", "env:OPENAI_API_KEY")
    row.save()
    return row
