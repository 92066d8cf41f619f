"""The admin makes complete accounts, and shows keys without giving them away."""

import pytest
from django.test import Client

from accounts import access, services
from accounts.models import ApiKey, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_client(client: Client, chief: User) -> Client:
    client.force_login(chief)
    return client


def new_user(email: str) -> dict[str, str]:
    password = "correct horse battery"
    return {"email": email, "name": "", "usable_password": "true", "password1": password, "password2": password}


def test_a_new_account_is_complete(admin_client: Client) -> None:
    response = admin_client.post("/admin/accounts/user/add/", new_user("New@Example.org"))
    assert response.status_code == 302
    user = User.objects.get(email="new@example.org")
    assert user.check_password("correct horse battery")
    assert user.organizations.get().personal


def test_an_email_in_another_case_is_taken(admin_client: Client, anna: User) -> None:
    response = admin_client.post("/admin/accounts/user/add/", new_user("ANNA@example.org"))
    assert response.status_code == 200
    assert b"already has an account" in response.content


def test_the_pages_open(admin_client: Client, anna: User) -> None:
    key, _ = services.create_api_key(user=anna, organization=access.default_organization(anna), name="laptop")
    for page in ("user", "organization", "membership", "apikey"):
        assert admin_client.get(f"/admin/accounts/{page}/", {"q": "anna"}).status_code == 200
    assert admin_client.get(f"/admin/accounts/user/{anna.pk}/change/").status_code == 200
    assert admin_client.get(f"/admin/accounts/organization/{key.organization.pk}/change/").status_code == 200
    html = admin_client.get(f"/admin/accounts/apikey/{key.pk}/change/").content.decode()
    assert key.prefix in html
    assert key.digest not in html
    assert 'name="name"' not in html


def test_keys_are_revoked_and_not_made(admin_client: Client, anna: User) -> None:
    key, secret = services.create_api_key(user=anna, organization=access.default_organization(anna), name="laptop")
    assert admin_client.get("/admin/accounts/apikey/add/").status_code == 403
    response = admin_client.post(
        "/admin/accounts/apikey/", {"action": "revoke", "_selected_action": [key.pk]}, follow=True
    )
    assert "Revoked: laptop" in response.content.decode()
    assert services.authenticate_api_key(secret) is None
    assert ApiKey.objects.get().revoked_at is not None


def test_people_with_keys_can_be_deleted(admin_client: Client, anna: User) -> None:
    services.create_api_key(user=anna, organization=access.default_organization(anna), name="laptop")
    assert admin_client.post(f"/admin/accounts/user/{anna.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=anna.pk).exists()
