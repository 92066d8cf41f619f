"""Signing in and out: one answer for every failure, a limit on guessing, and no way off the site."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.limits import ATTEMPTS, WINDOW
from accounts.models import SignInAttempt, User

LOGIN = "/accounts/login/"

pytestmark = pytest.mark.django_db


def signed_in_as(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def attempt(client: Client, email: str, password: str, **extra: str) -> "object":
    return client.post(LOGIN, {"email": email, "password": password}, **extra)


def test_the_form_helps_the_browser_and_the_reader(client: Client, anna: User) -> None:
    html = client.get(LOGIN).content.decode()
    assert 'autocomplete="username"' in html
    assert 'autocomplete="current-password"' in html
    assert html.count("autofocus") == 1
    assert "style=" not in html
    assert "<script" not in html


def test_by_email_in_any_case(client: Client, anna: User, password: str) -> None:
    response = attempt(client, " Anna@EXAMPLE.org", password)
    assert (response.status_code, response["Location"]) == (302, reverse("threads:home"))
    assert signed_in_as(client) == str(anna.pk)


def test_the_session_is_a_new_one(client: Client, anna: User, password: str) -> None:
    client.session["planted"] = True
    client.session.save()
    before = client.session.session_key
    attempt(client, anna.email, password)
    assert client.session.session_key != before


def test_nobody_learns_who_has_an_account(client: Client, anna: User, ben: User, password: str) -> None:
    User.objects.filter(pk=ben.pk).update(is_active=False)
    pages = set()
    for email, secret in [(anna.email, "wrong one"), ("nobody@example.org", password), (ben.email, password)]:
        response = attempt(client, email, secret)
        assert response.status_code == 422
        assert signed_in_as(client) is None
        html = response.content.decode()
        token = response.context["csrf_token"]
        pages.add(html.replace(email, "EMAIL").replace(str(token), "TOKEN"))
    assert len(pages) == 1
    assert "The e-mail or the password is not right" in pages.pop()


def test_the_password_is_never_sent_back(client: Client, anna: User) -> None:
    html = attempt(client, anna.email, "wrong-and-secret").content.decode()
    assert "wrong-and-secret" not in html
    assert anna.email in html


def test_empty_fields_are_told_at_the_field(client: Client, anna: User) -> None:
    response = client.post(LOGIN, {})
    html = response.content.decode()
    assert response.status_code == 422
    assert 'aria-describedby="id_email_error"' in html
    assert 'id="id_email_error"' in html
    assert "Enter your e-mail address." in html


def test_a_token_is_needed(anna: User, password: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert attempt(strict, anna.email, password).status_code == 403
    assert signed_in_as(strict) is None


@pytest.mark.parametrize("goal", ["/threads/1/?a=b", "/"])
def test_one_is_led_where_one_wanted_to_go(client: Client, anna: User, password: str, goal: str) -> None:
    assert f'name="next" value="{goal}"' in client.get(LOGIN, {"next": goal}).content.decode()
    response = client.post(LOGIN, {"email": anna.email, "password": password, "next": goal})
    assert response["Location"] == goal
    assert client.get(LOGIN, {"next": goal})["Location"] == goal


@pytest.mark.parametrize(
    "goal",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        " //evil.example",
    ],
)
def test_but_never_to_another_site(client: Client, anna: User, password: str, goal: str) -> None:
    assert "evil" not in client.get(LOGIN, {"next": goal}).content.decode()
    response = client.post(LOGIN, {"email": anna.email, "password": password, "next": goal})
    assert response["Location"] == reverse("threads:home")
    assert client.get(LOGIN, {"next": goal})["Location"] == reverse("threads:home")


def test_signing_out(signed_in: Client) -> None:
    assert signed_in.get("/accounts/logout/").status_code == 405
    assert signed_in_as(signed_in) is not None
    assert signed_in.post("/accounts/logout/")["Location"] == LOGIN
    assert signed_in_as(signed_in) is None


class TestLimit:
    @pytest.fixture
    def exhausted(self, client: Client, anna: User) -> Client:
        for _ in range(ATTEMPTS):
            assert attempt(client, anna.email, "wrong").status_code == 422
        return client

    def test_after_ten_failures_even_the_right_password_waits(
        self, exhausted: Client, anna: User, password: str
    ) -> None:
        response = attempt(exhausted, anna.email.upper(), password)
        assert response.status_code == 429
        assert 0 < int(response["Retry-After"]) <= WINDOW.total_seconds()
        assert "Try again in 5 minutes" in response.content.decode()
        assert signed_in_as(exhausted) is None

    def test_the_wait_ends_with_the_oldest_failure(self, exhausted: Client, anna: User, password: str) -> None:
        oldest = SignInAttempt.objects.earliest("at")
        oldest.at -= WINDOW - timedelta(seconds=30)
        oldest.save()
        assert 1 <= int(attempt(exhausted, anna.email, password)["Retry-After"]) <= 30
        oldest.at -= timedelta(seconds=31)
        oldest.save()
        assert attempt(exhausted, anna.email, password).status_code == 302
        assert not SignInAttempt.objects.exists()

    def test_being_refused_does_not_lengthen_the_wait(self, exhausted: Client, anna: User) -> None:
        attempt(exhausted, anna.email, "wrong")
        assert SignInAttempt.objects.count() == ATTEMPTS

    def test_others_and_other_addresses_are_free(self, exhausted: Client, anna: User, ben: User, password: str) -> None:
        assert attempt(exhausted, anna.email, password, REMOTE_ADDR="10.0.0.9").status_code == 302
        assert attempt(Client(), ben.email, password).status_code == 302
        assert attempt(Client(), anna.email, password).status_code == 429

    @pytest.mark.usefixtures("anna")
    def test_unknown_people_are_limited_just_so(self, client: Client) -> None:
        for _ in range(ATTEMPTS):
            assert attempt(client, "nobody@example.org", "wrong").status_code == 422
        assert attempt(client, "nobody@example.org", "wrong").status_code == 429

    def test_success_wipes_the_slate(self, client: Client, anna: User, password: str) -> None:
        for _ in range(ATTEMPTS - 1):
            attempt(client, anna.email, "wrong")
        assert attempt(client, anna.email, password).status_code == 302
        assert attempt(Client(), anna.email, "wrong").status_code == 422

    def test_neither_email_nor_address_is_kept(self, client: Client, anna: User) -> None:
        attempt(client, anna.email, "wrong", REMOTE_ADDR="10.1.2.3")
        kept = str(SignInAttempt.objects.values().get())
        assert anna.email not in kept
        assert "10.1.2.3" not in kept

    def test_the_admin_has_the_same_limit(self, client: Client, chief: User, password: str) -> None:
        form = {"username": chief.email, "password": "wrong"}
        for _ in range(ATTEMPTS):
            assert b"Too many attempts" not in client.post("/admin/login/", form).content
        assert b"Too many attempts" in client.post("/admin/login/", {**form, "password": password}).content
        assert signed_in_as(client) is None
        SignInAttempt.objects.all().delete()
        assert client.post("/admin/login/?next=/admin/", {**form, "password": password}).status_code == 302
        assert signed_in_as(client) == str(chief.pk)
        assert not SignInAttempt.objects.exists()
