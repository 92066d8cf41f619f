"""API keys: shown once, stored as a digest, refused whenever their ground is gone."""

import hashlib
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import access, services
from accounts.errors import AccountInactive, NotAMember, StaffOnly
from accounts.models import ApiKey, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(anna: User) -> tuple[ApiKey, str]:
    return services.create_api_key(user=anna, organization=access.default_organization(anna), name=" laptop ")


def test_a_key_opens_the_door(made: tuple[ApiKey, str], anna: User) -> None:
    key, secret = made
    assert secret.startswith("cs_")
    assert len(secret) >= 40
    assert key.name == "laptop"
    found = services.authenticate_api_key(secret)
    assert found == key
    assert (found.user, found.organization) == (anna, access.default_organization(anna))


def test_the_secret_is_stored_nowhere(made: tuple[ApiKey, str]) -> None:
    key, secret = made
    row = ApiKey.objects.filter(pk=key.pk).values().get()
    assert secret not in str(row)
    assert row["digest"] == hashlib.sha256(secret.encode()).hexdigest()
    assert secret.startswith(row["prefix"])
    assert 8 <= len(row["prefix"]) < 16


@pytest.mark.parametrize("secret", ["", "cs_", "cs_unknown", "x" * 100_000, "\x00", "\ud800", "ключ"])
def test_an_unknown_key_is_refused(made: tuple[ApiKey, str], secret: str) -> None:
    assert services.authenticate_api_key(secret) is None


def test_prefix_and_digest_are_no_keys(made: tuple[ApiKey, str]) -> None:
    assert services.authenticate_api_key(made[0].prefix) is None
    assert services.authenticate_api_key(made[0].digest) is None


def test_a_revoked_key_is_refused(made: tuple[ApiKey, str]) -> None:
    key, secret = made
    services.revoke_api_key(key=key)
    assert services.authenticate_api_key(secret) is None
    first = key.revoked_at
    services.revoke_api_key(key=key)
    assert key.revoked_at == first


def test_an_expired_key_is_refused(anna: User) -> None:
    _, secret = services.create_api_key(
        user=anna, organization=access.default_organization(anna), name="old", expires_at=timezone.now()
    )
    assert services.authenticate_api_key(secret) is None


def test_a_switched_off_account_has_no_keys(made: tuple[ApiKey, str], anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(is_active=False)
    assert services.authenticate_api_key(made[1]) is None


def test_who_left_the_organisation_has_no_key_to_it(made: tuple[ApiKey, str], anna: User) -> None:
    anna.memberships.all().delete()
    assert services.authenticate_api_key(made[1]) is None


def test_a_staff_key_ends_with_the_office(chief: User) -> None:
    organization = access.default_organization(chief)
    key, secret = services.create_api_key(user=chief, organization=organization, name="cron", staff=True)
    assert key.staff
    assert services.authenticate_api_key(secret) == key
    User.objects.filter(pk=chief.pk).update(is_staff=False)
    assert services.authenticate_api_key(secret) is None


def test_use_is_noted_at_most_once_a_minute(made: tuple[ApiKey, str]) -> None:
    key, secret = made
    assert key.last_used_at is None
    services.authenticate_api_key(secret)
    key.refresh_from_db()
    first = key.last_used_at
    assert first is not None
    services.authenticate_api_key(secret)
    key.refresh_from_db()
    assert key.last_used_at == first
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=first - timedelta(seconds=61))
    services.authenticate_api_key(secret)
    key.refresh_from_db()
    assert key.last_used_at is not None
    assert key.last_used_at >= first


def test_every_key_costs_the_same_look_up(made: tuple[ApiKey, str]) -> None:
    _, secret = made
    services.authenticate_api_key(secret)  # its use is noted now
    counts = []
    for sent in (secret, "cs_unknown", ""):
        with CaptureQueriesContext(connection) as queries:
            services.authenticate_api_key(sent)
        counts.append(len(queries))
    assert counts == [1, 1, 1]


def test_a_key_is_for_ones_own_organisation(anna: User, ben: User) -> None:
    with pytest.raises(NotAMember, match=r"ben@example\.org is not a member"):
        services.create_api_key(user=ben, organization=access.default_organization(anna), name="x")


def test_only_staff_has_staff_keys(anna: User) -> None:
    with pytest.raises(StaffOnly, match="not staff"):
        services.create_api_key(user=anna, organization=access.default_organization(anna), name="x", staff=True)


def test_a_switched_off_account_gets_no_key(anna: User) -> None:
    anna.is_active = False
    with pytest.raises(AccountInactive, match="switched off"):
        services.create_api_key(user=anna, organization=access.default_organization(anna), name="x")


@pytest.mark.parametrize("name", ["", "  ", "n" * 101])
def test_a_key_has_a_name(anna: User, name: str) -> None:
    with pytest.raises(ValidationError) as told:
        services.create_api_key(user=anna, organization=access.default_organization(anna), name=name)
    assert list(told.value.message_dict) == ["name"]
    assert not ApiKey.objects.exists()
