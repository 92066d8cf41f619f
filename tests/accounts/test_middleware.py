"""Before the first account every page leads to the setup; afterwards the middleware costs nothing."""

import json

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.middleware import first_run
from accounts.models import User


def page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("a page")


async def async_page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("a page")


def get(path: str) -> HttpResponse:
    return first_run(page)(RequestFactory().get(path))


async def aget(path: str) -> HttpResponse:
    return await first_run(async_page)(RequestFactory().get(path))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/", "/threads/1/", "/accounts/login/", "/admin/", "/metrics/dashboard/", "/apis", "/healthz/x"]
)
def test_pages_lead_to_the_setup(path: str) -> None:
    response = get(path)
    assert (response.status_code, response["Location"]) == (302, "/setup/")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/setup/", "/static/css/base.css", "/healthz", "/readyz", "/health", "/metrics"])
def test_what_is_needed_before_stays_open(path: str) -> None:
    assert get(path).content == b"a page"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/threads", "/v1/models", "/v1/chat/completions"])
def test_programs_are_told_in_json(path: str) -> None:
    response = get(path)
    error = json.loads(response.content)["error"]
    assert response.status_code == 503
    assert error["type"] == "setup_required"
    assert "/setup/" in error["message"]


@pytest.mark.django_db
def test_an_account_opens_the_site_and_is_never_asked_for_again(anna: User) -> None:
    assert get("/").content == b"a page"
    with CaptureQueriesContext(connection) as queries:
        assert get("/").content == b"a page"
        assert get("/api/threads").content == b"a page"
    assert len(queries) == 0


@pytest.mark.django_db
def test_no_account_is_asked_for_each_time(django_user_model: type[User]) -> None:
    assert get("/").status_code == 302
    django_user_model.objects.create_user("anna@example.org", "x")
    assert get("/").content == b"a page"


async def test_it_runs_without_blocking_as_well(async_db: None) -> None:
    assert (await aget("/"))["Location"] == "/setup/"
    assert (await aget("/api/threads")).status_code == 503
    assert (await aget("/healthz")).content == b"a page"
    await User.objects.acreate(email="anna@example.org")
    assert (await aget("/")).content == b"a page"
    await User.objects.all().adelete()
    assert (await aget("/")).content == b"a page"
