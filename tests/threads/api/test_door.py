"""Who may call the API, and what is said where nothing answers."""

import json
from http.cookies import SimpleCookie
from typing import Any

import pytest
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import connections
from django.test import AsyncClient, Client

from accounts import services
from accounts.middleware import account_exists
from accounts.models import ApiKey, Organization, User
from tests.threads.api.conftest import Caller
from tests.threads.api.reading import error_of
from threads import database
from threads.generation.runtime import Runtime
from threads.models import Thread


async def call(method: str, path: str, *, cookies: SimpleCookie | None = None, **more: Any) -> Any:
    client = AsyncClient(enforce_csrf_checks=True)
    client.cookies = cookies or client.cookies
    async with ThreadSensitiveContext():
        try:
            return await getattr(client, method)(path, **more)
        finally:
            await sync_to_async(connections.close_all)()


async def sign_in(user: User) -> tuple[SimpleCookie, str]:
    """The cookies of a session with a CSRF token, and the token."""

    def sign_in() -> tuple[SimpleCookie, str]:
        client = Client()
        client.force_login(user)
        client.get("/accounts/password/")
        return client.cookies, client.cookies["csrftoken"].value

    return await database.write(sign_in)


# --- keys ------------------------------------------------------------------------------------------------------
CALLS = [
    ("get", "/api/threads"),
    ("post", "/api/threads"),
    ("get", "/api/threads/x"),
    ("patch", "/api/threads/x"),
    ("delete", "/api/threads/x"),
    ("post", "/api/threads/x/messages"),
    ("post", "/api/threads/x/messages/stream"),
    ("get", "/api/generations/x/events"),
    ("post", "/api/threads/cancel/x"),
    ("post", "/api/chat"),
    ("post", "/api/router/choose"),
    ("get", "/api/team/status"),
    ("post", "/v1/chat/completions"),
    ("get", "/v1/models"),
    ("get", "/v1/models/x"),
]


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize("header", ["", "Bearer wrong", "Bearer", "Basic abc", "Bearer cs_é"])
async def test_without_a_key_nothing_is_told(engine: Runtime, user: User, method: str, path: str, header: str) -> None:
    headers = {"Authorization": header} if header else {}
    response = await call(method, path, headers=headers)
    error = error_of(response, 401, "unauthenticated")
    assert "Bearer" in error["message"]
    assert response["X-Request-Id"] == error["request_id"]
    assert response["WWW-Authenticate"] == "Bearer"


async def test_keys_that_no_longer_hold(caller: Caller, user: User) -> None:
    assert (await caller.get("threads")).status_code == 200
    await database.write(lambda: services.revoke_api_key(key=ApiKey.objects.get()))
    error_of(await caller.get("threads"), 401, "unauthenticated")
    await database.write(ApiKey.objects.update, revoked_at=None)
    await database.write(User.objects.filter(pk=user.pk).update, is_active=False)
    error_of(await caller.get("threads"), 401, "unauthenticated")


# --- sessions --------------------------------------------------------------------------------------------------
async def test_a_session_reads_and_writes_with_its_token_alone(engine: Runtime, user: User) -> None:
    cookies, token = await sign_in(user)
    assert (await call("get", "/api/threads", cookies=cookies)).status_code == 200
    make = {"data": {"title": "t"}, "content_type": "application/json", "cookies": cookies}
    for headers in ({}, {"X-CSRFToken": "wrong"}):
        response = await call("post", "/api/threads", **make, headers=headers)
        assert "CSRF" in error_of(response, 403, "forbidden")["message"]
    assert await database.read(Thread.objects.count) == 0
    assert (await call("post", "/api/threads", **make, headers={"X-CSRFToken": token})).status_code == 201
    assert (await database.read(Thread.objects.get)).owner_id == user.pk


async def test_a_form_is_no_json(engine: Runtime, user: User) -> None:
    cookies, token = await sign_in(user)
    response = await call("post", "/api/threads", data={"csrfmiddlewaretoken": token}, cookies=cookies)
    assert "JSON" in error_of(response, 400, "bad_request")["message"]


async def test_a_session_of_a_person_who_was_switched_off(engine: Runtime, user: User) -> None:
    cookies, _ = await sign_in(user)
    await database.write(User.objects.filter(pk=user.pk).update, is_active=False)
    error_of(await call("get", "/api/threads", cookies=cookies), 401, "unauthenticated")


# --- organisations ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("slug", ["unknown", "theirs"])
async def test_an_organization_one_is_no_member_of(caller: Caller, user: User, slug: str) -> None:
    await database.write(Organization.objects.create, name="Theirs", slug="theirs")
    by_key = error_of(await caller.get("threads", headers={"X-Org-Id": slug}), 404, "not_found")
    cookies, _ = await sign_in(user)
    response = await call("get", "/api/threads", headers={"X-Org-Id": slug}, cookies=cookies)
    by_session = error_of(response, 404, "not_found")
    assert by_key["message"] == by_session["message"] == "You belong to no organisation of that name."


async def test_a_key_acts_for_its_organization_unless_told(caller: Caller, user: User) -> None:
    own = await database.read(lambda: Organization.objects.get(personal=True, memberships__user=user))

    async def organization(**more: Any) -> str:
        thread = (await caller.post("threads", {}, **more)).json()["id"]
        return str(
            (await database.read(Thread.objects.select_related("organization").get, pk=thread)).organization.slug
        )

    def second() -> None:
        Organization.objects.create(name="Second", slug="second").memberships.create(user=user)

    await database.write(second)
    assert await organization() == own.slug
    assert await organization(headers={"X-Org-Id": "second"}) == "second"


# --- where nothing answers -------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["nowhere", "threads/x/y/z", "threads/", "generations/x"])
async def test_an_unknown_path_is_told_in_json(caller: Caller, path: str) -> None:
    error_of(await caller.get(path), 404, "not_found")
    error_of(await caller.post(path, {}), 404, "not_found")


async def test_a_method_that_does_nothing_is_told_in_json(caller: Caller) -> None:
    response = await caller.delete("threads")
    assert "DELETE" in error_of(response, 405, "method_not_allowed")["message"]
    assert {method.strip() for method in response["Allow"].split(",")} == {"GET", "POST"}


async def test_a_fault_of_ours_is_told_without_its_insides(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from threads.api import threads as door

    def broken(*_: object) -> None:
        raise RuntimeError("secret insides")

    monkeypatch.setattr(door, "_whole", broken)
    response = await caller.post("threads", {})
    error_of(response, 500, "internal")
    assert b"insides" not in response.content


async def test_before_the_first_account_the_way_is_told(engine: Runtime) -> None:
    account_exists.forget()
    response = await call("get", "/api/threads")
    assert response.status_code == 503
    assert json.loads(response.content)["error"]["type"] == "setup_required"
