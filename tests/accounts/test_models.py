"""The rows hold what the code promises, also when written past it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import ApiKey, Membership, User, normalise_email

pytestmark = pytest.mark.django_db


def test_an_email_has_one_form() -> None:
    assert normalise_email("  Anna@EXAMPLE.org ") == "anna@example.org"
    assert normalise_email("Zoe\u0308@example.org") == normalise_email("zo\u00eb@example.org")
    assert User.objects.create_user("Anna@Example.ORG", "x").email == "anna@example.org"


def test_a_superuser_is_staff() -> None:
    user = User.objects.create_superuser("root@example.org", "x")
    assert (user.is_staff, user.is_superuser) == (True, True)


def test_an_account_needs_an_email() -> None:
    with pytest.raises(ValueError, match="needs an e-mail"):
        User.objects.create_user(" ", "x")


def test_the_database_refuses_the_same_email_in_another_case(anna: User) -> None:
    with pytest.raises(IntegrityError):
        User.objects.bulk_create([User(email=anna.email.upper())])


def test_a_form_finds_the_same_email_in_another_case(anna: User) -> None:
    with pytest.raises(ValidationError, match="already has an account"):
        User(email=anna.email.title(), password="x").full_clean()


def test_people_are_found_in_any_case(anna: User) -> None:
    assert User.objects.get_by_natural_key("ANNA@example.ORG") == anna


async def test_people_are_found_in_any_case_without_blocking(async_db: None) -> None:
    user = await User.objects.acreate(email="anna@example.org")
    assert await User.objects.aget_by_natural_key("Anna@Example.org") == user


def test_nobody_is_a_member_twice(anna: User) -> None:
    with pytest.raises(IntegrityError):
        Membership.objects.create(user=anna, organization=anna.organizations.get())


def test_a_key_lives_until_it_expires_or_is_revoked() -> None:
    now = timezone.now()
    assert ApiKey().is_live(now)
    assert ApiKey(expires_at=now + timedelta(seconds=1)).is_live(now)
    assert not ApiKey(expires_at=now).is_live(now)
    assert not ApiKey(revoked_at=now).is_live(now)
