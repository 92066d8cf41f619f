"""The setup, the account page, its keys and the password."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import access, services
from accounts.models import ApiKey, User

pytestmark = pytest.mark.django_db


def key_in(html: str) -> str:
    found = re.search(r'id="new-key"[^>]*>(cs_[\w-]+)<', html)
    assert found, html
    return found.group(1)


class TestSetup:
    def form(self, password: str) -> dict[str, str]:
        return {"email": "Chief@example.org", "password": password, "password_again": password}

    def test_every_page_leads_here_first(self, client: Client) -> None:
        response = client.get("/", follow=True)
        assert response.redirect_chain == [("/setup/", 302)]
        html = response.content.decode()
        assert html.count('autocomplete="new-password"') == 2
        assert html.count("autofocus") == 1
        assert "style=" not in html

    def test_it_makes_the_account_and_signs_in(self, client: Client, password: str) -> None:
        response = client.post("/setup/", self.form(password))
        assert (response.status_code, response["Location"]) == (302, reverse("threads:home"))
        user = User.objects.get()
        assert (user.email, user.is_superuser) == ("chief@example.org", True)
        assert client.session["_auth_user_id"] == str(user.pk)

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"email": ""}, "Enter your e-mail address."),
            ({"email": "chief"}, "Enter an e-mail address like"),
            ({"password": ""}, "Choose a password."),
            ({"password_again": "different one"}, "The two passwords are not the same."),
            ({"password": "abc", "password_again": "abc"}, "too short"),
            ({"password": "12345678", "password_again": "12345678"}, "too common"),
            ({"password": "chief@example.org", "password_again": "chief@example.org"}, "too similar"),
            ({"password": "x" * 1025, "password_again": "x" * 1025}, "at most 1024"),
        ],
    )
    def test_what_is_wrong_is_told_at_the_field(
        self, client: Client, password: str, change: dict[str, str], words: str
    ) -> None:
        response = client.post("/setup/", {**self.form(password), **change})
        html = response.content.decode()
        assert response.status_code == 422
        assert words in html
        field = "password_again" if "two passwords" in words else next(iter(change))
        assert f'id="id_{field}_error"' in html
        assert re.search(rf'aria-describedby="[^"]*id_{field}_error"', html)
        assert not User.objects.exists()

    def test_it_is_shut_afterwards(self, client: Client, chief: User, password: str) -> None:
        assert client.get("/setup/")["Location"] == reverse("accounts:login")
        assert client.post("/setup/", self.form(password))["Location"] == reverse("accounts:login")
        assert list(User.objects.all()) == [chief]


class TestAccountPage:
    @pytest.mark.usefixtures("anna")
    @pytest.mark.parametrize("path", ["/accounts/", "/accounts/password/"])
    def test_it_is_for_people_who_signed_in(self, client: Client, path: str) -> None:
        assert client.get(path)["Location"] == f"/accounts/login/?next={path}"

    @pytest.mark.usefixtures("anna")
    @pytest.mark.parametrize("path", ["/accounts/keys/", "/accounts/keys/1/revoke/"])
    def test_so_are_the_keys(self, client: Client, path: str) -> None:
        assert client.post(path)["Location"].startswith("/accounts/login/")

    def test_it_shows_the_persons_own(self, signed_in: Client, anna: User, ben: User) -> None:
        for user in (anna, ben):
            organization = access.default_organization(user)
            services.create_api_key(user=user, organization=organization, name=f"key of {user.pk}")
        html = signed_in.get("/accounts/").content.decode()
        assert f"key of {anna.pk}" in html
        assert f"key of {ben.pk}" not in html
        assert ben.email not in html
        assert "no-store" in signed_in.get("/accounts/")["Cache-Control"]


class TestKeys:
    def test_a_new_key_is_shown_once_and_works(self, signed_in: Client, anna: User) -> None:
        response = signed_in.post("/accounts/keys/", {"name": "laptop"})
        html = response.content.decode()
        secret = key_in(html)
        key = services.authenticate_api_key(secret)
        assert key is not None
        assert (key.user, key.name, key.staff, key.expires_at) == (anna, "laptop", False, None)
        assert 'data-copy="#new-key"' in html
        assert "no-store" in response["Cache-Control"]
        page = signed_in.get("/accounts/").content.decode()
        assert secret not in page
        assert key.prefix in page

    def test_it_may_expire(self, signed_in: Client) -> None:
        signed_in.post("/accounts/keys/", {"name": "laptop", "lifetime": "30"})
        expires = ApiKey.objects.get().expires_at
        assert expires is not None
        assert timedelta(days=29) < expires - timezone.now() <= timedelta(days=30)

    @pytest.mark.parametrize("change", [{"name": " "}, {"name": "n" * 101}, {"name": "a\x00b"}, {"lifetime": "9999"}])
    def test_bad_input_makes_no_key(self, signed_in: Client, change: dict[str, str]) -> None:
        response = signed_in.post("/accounts/keys/", {"name": "laptop", **change})
        assert response.status_code == 422
        assert b"field-error" in response.content
        assert not ApiKey.objects.exists()

    def test_names_are_text(self, signed_in: Client) -> None:
        html = signed_in.post("/accounts/keys/", {"name": "<b>&"}).content.decode()
        assert "<b>&" not in html
        assert "&lt;b&gt;&amp;" in html

    def test_one_chooses_among_ones_organisations(self, client: Client, chief: User, anna: User) -> None:
        client.force_login(chief)
        shared, foreign = access.organization_for(chief, "default"), access.default_organization(anna)
        client.post("/accounts/keys/", {"name": "shared", "organization": shared.pk, "staff": "on"})
        key = ApiKey.objects.get()
        assert (key.organization, key.staff) == (shared, True)
        assert client.post("/accounts/keys/", {"name": "x", "organization": foreign.pk}).status_code == 422
        assert ApiKey.objects.count() == 1

    def test_who_is_not_staff_gets_no_staff_key(self, signed_in: Client) -> None:
        assert 'name="staff"' not in signed_in.get("/accounts/").content.decode()
        signed_in.post("/accounts/keys/", {"name": "laptop", "staff": "on"})
        assert not ApiKey.objects.get().staff

    def test_a_revoked_key_is_gone(self, signed_in: Client) -> None:
        secret = key_in(signed_in.post("/accounts/keys/", {"name": "laptop"}).content.decode())
        path = f"/accounts/keys/{ApiKey.objects.get().pk}/revoke/"
        assert signed_in.get(path).status_code == 405
        response = signed_in.post(path, follow=True)
        assert "The key laptop is revoked" in response.content.decode()
        assert services.authenticate_api_key(secret) is None
        assert "<table" not in signed_in.get("/accounts/").content.decode()

    def test_nobody_revokes_anothers(self, signed_in: Client, ben: User) -> None:
        key, secret = services.create_api_key(user=ben, organization=access.default_organization(ben), name="his")
        foreign = signed_in.post(f"/accounts/keys/{key.pk}/revoke/")
        unknown = signed_in.post("/accounts/keys/99999999/revoke/")
        assert (foreign.status_code, unknown.status_code) == (404, 404)
        assert services.authenticate_api_key(secret) == key


class TestPassword:
    def change(self, client: Client, old: str, new: str, again: str | None = None) -> "object":
        form = {"old_password": old, "password": new, "password_again": new if again is None else again}
        return client.post("/accounts/password/", form)

    def test_this_session_stays_and_others_end(self, signed_in: Client, anna: User, password: str) -> None:
        other = Client()
        other.force_login(anna)
        assert self.change(signed_in, password, "another fine password")["Location"] == "/accounts/"
        assert signed_in.get("/accounts/").status_code == 200
        assert other.get("/accounts/").status_code == 302
        anna.refresh_from_db()
        assert anna.check_password("another fine password")

    @pytest.mark.parametrize(
        ("old", "new", "again", "field"),
        [
            ("wrong", "another fine password", None, "old_password"),
            ("correct horse battery", "short", None, "password"),
            ("correct horse battery", "another fine password", "yet another", "password_again"),
            ("", "another fine password", None, "old_password"),
        ],
    )
    def test_what_is_wrong_is_told(
        self, signed_in: Client, anna: User, password: str, old: str, new: str, again: str | None, field: str
    ) -> None:
        response = self.change(signed_in, old, new, again)
        assert response.status_code == 422
        assert f'id="id_{field}_error"' in response.content.decode()
        anna.refresh_from_db()
        assert anna.check_password(password)
