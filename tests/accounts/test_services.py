"""Accounts are complete when made, and the first one is made once."""

import threading
from collections.abc import Callable

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404

from accounts import access, services
from accounts.errors import AlreadySetUp
from accounts.models import Membership, Organization, User


@pytest.mark.django_db
class TestCreateAccount:
    def test_everybody_owns_a_personal_organisation(self, anna: User) -> None:
        membership = anna.memberships.get()
        assert membership.role == Membership.Role.OWNER
        assert membership.organization.personal
        assert membership.organization.slug.startswith("anna-")

    def test_namesakes_get_organisations_of_their_own(self, anna: User) -> None:
        other = services.create_account(email="anna@example.com", password="correct horse battery")
        assert access.default_organization(other) != access.default_organization(anna)

    def test_the_account_can_sign_in_in_any_case(self, anna: User, password: str) -> None:
        assert authenticate(username="ANNA@example.org", password=password) == anna
        assert password not in anna.password

    def test_staff_is_not_superuser(self) -> None:
        user = services.create_account(email="s@example.org", password="correct horse battery", staff=True)
        assert (user.is_staff, user.is_superuser) == (True, False)

    @pytest.mark.parametrize(
        ("email", "password", "field"),
        [
            ("", "correct horse battery", "email"),
            ("no address", "correct horse battery", "email"),
            ("x" * 250 + "@example.org", "correct horse battery", "email"),
            ("nul\x00@example.org", "correct horse battery", "email"),
            ("ANNA@example.org", "correct horse battery", "email"),
            ("new@example.org", "short", "password"),
            ("new@example.org", "password123", "password"),
            ("somebody@example.org", "somebody@example", "password"),
        ],
    )
    def test_bad_input_is_told_by_field(self, anna: User, email: str, password: str, field: str) -> None:
        with pytest.raises(ValidationError) as told:
            services.create_account(email=email, password=password)
        assert list(told.value.message_dict) == [field]
        assert list(User.objects.all()) == [anna]
        assert Organization.objects.count() == 1


@pytest.mark.django_db
class TestOrganizations:
    def test_an_account_made_elsewhere_gets_its_organisation_once(self) -> None:
        user = User.objects.create_superuser("root@example.org", "x")
        first = access.default_organization(user)
        assert first.personal
        assert access.default_organization(user) == first
        assert user.memberships.count() == 1

    def test_no_name_means_the_persons_own(self, chief: User) -> None:
        assert access.organization_for(chief, None) == access.organization_for(chief, "")
        assert access.organization_for(chief, None).personal

    def test_members_find_theirs_by_its_slug(self, chief: User) -> None:
        assert access.organization_for(chief, "default").slug == "default"

    def test_a_foreign_organisation_looks_like_none(self, anna: User, ben: User) -> None:
        theirs = access.default_organization(ben)
        with pytest.raises(Http404) as foreign:
            access.organization_for(anna, theirs.slug)
        with pytest.raises(access.NoSuchOrganization) as unknown:
            access.organization_for(anna, "never-heard-of")
        assert str(foreign.value) == str(unknown.value)


@pytest.mark.django_db
class TestChangePassword:
    def test_the_old_password_must_be_right(self, anna: User, password: str) -> None:
        with pytest.raises(ValidationError) as told:
            services.change_password(user=anna, old="wrong", new="another fine password")
        assert "old_password" in told.value.message_dict
        assert authenticate(username=anna.email, password=password) == anna

    def test_the_new_password_must_be_good(self, anna: User, password: str) -> None:
        with pytest.raises(ValidationError) as told:
            services.change_password(user=anna, old=password, new="12345678")
        assert "password" in told.value.message_dict


@pytest.mark.django_db
class TestFirstAccount:
    def test_it_rules_the_site_and_owns_default(self, chief: User) -> None:
        assert (chief.is_staff, chief.is_superuser) == (True, True)
        roles = dict(chief.memberships.values_list("organization__slug", "role"))
        assert roles.pop("default") == Membership.Role.OWNER
        assert list(roles.values()) == [Membership.Role.OWNER]

    def test_there_is_no_second_first_account(self, chief: User) -> None:
        with pytest.raises(AlreadySetUp, match="Sign in"):
            services.create_first_account(email="late@example.org", password="correct horse battery")
        assert list(User.objects.all()) == [chief]

    def test_a_refused_one_leaves_nothing(self) -> None:
        with pytest.raises(ValidationError):
            services.create_first_account(email="a@example.org", password="short")
        assert not User.objects.exists()
        assert not Organization.objects.exists()

    def test_a_default_organisation_left_over_is_taken(self) -> None:
        Organization.objects.create(slug="default", name="Kept")
        user = services.create_first_account(email="a@example.org", password="correct horse battery")
        assert user.organizations.get(slug="default").name == "Kept"


def at_once(count: int, act: Callable[[int], object]) -> list[object]:
    """What `act(0)` … `act(count - 1)` give or raise, run at the same time with a database connection each."""
    ready, results = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            ready.wait(timeout=10)
            results[number] = act(number)
        except Exception as error:  # noqa: BLE001 - handed to the test, which looks at each
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return list(results)


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    def test_one_of_many_setups_wins(self) -> None:
        for _ in range(3):
            results = at_once(
                4,
                lambda number: services.create_first_account(
                    email=f"chief{number}@example.org", password="correct horse battery"
                ),
            )
            winners = [result for result in results if isinstance(result, User)]
            assert len(winners) == 1
            assert [type(result) for result in results if result not in winners] == [AlreadySetUp] * 3
            assert list(User.objects.all()) == winners
            assert Membership.objects.filter(organization__slug="default").count() == 1
            User.objects.all().delete()
            Organization.objects.filter(personal=True).delete()

    def test_one_email_gets_one_account(self) -> None:
        results = at_once(
            3, lambda _: services.create_account(email="anna@example.org", password="correct horse battery")
        )
        assert sorted(type(result).__name__ for result in results) == ["User", "ValidationError", "ValidationError"]
        assert Organization.objects.count() == 1

    def test_one_person_gets_one_personal_organisation(self) -> None:
        for number in range(5):
            user = User.objects.create_superuser(f"root{number}@example.org", "x")
            results = at_once(4, lambda _, user=user: access.default_organization(user))
            assert {type(result) for result in results} == {Organization}
            assert len(set(results)) == 1
            assert user.memberships.count() == 1
