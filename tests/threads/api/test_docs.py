"""The API's documentation: the page for staff, the schema and docs/api.md tell of the calls there are, and of all."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from accounts.models import User
from chatsite.urls import urlpatterns
from tests.project_files import read
from threads.api import errors
from threads.api.app import api
from threads.generation import fold

HEALTH = {("GET", path) for path in ("/health", "/healthz", "/readyz", "/metrics")}


def _calls() -> set[tuple[str, str]]:
    """(method, path) of every call of the API."""
    paths: dict[str, dict[str, Any]] = api.get_openapi_schema()["paths"]
    return {(method.upper(), path) for path, methods in paths.items() for method in methods}


def _told() -> set[tuple[str, str]]:
    return set(re.findall(r"^\| `(GET|POST|PATCH|PUT|DELETE) (/\S+)` \|", read("docs/api.md"), re.MULTILINE))


def test_the_calls_are_found() -> None:
    assert {("POST", "/api/threads/{thread_id}/messages/stream"), ("POST", "/v1/chat/completions")} <= _calls()
    assert len(_calls()) >= 15


def test_docs_tell_of_every_call_and_of_no_other() -> None:
    assert _told() == _calls() | HEALTH


def test_the_schema_has_every_route() -> None:
    """No call is hidden from the schema, which the two tests above go by."""
    routes = {
        f"/{found.pattern}{pattern.pattern}"
        for found in urlpatterns
        if str(found.pattern) in {"api/", "v1/"}
        for pattern in found.url_patterns
    }
    named = {path.replace("{", "<").replace("}", ">") for _, path in _calls()}
    besides = {"/api/", "/api/docs", "/api/openapi.json", "/api/<path:rest>", "/v1/", "/v1/<path:rest>"}
    assert {route.replace("<path:model_id>", "<model_id>") for route in routes} - named == besides


@pytest.mark.parametrize("path", ["/health", "/healthz", "/readyz", "/metrics", "/api/docs", "/api/openapi.json"])
def test_named_pages_exist(path: str) -> None:
    assert path in read("docs/api.md")
    assert get_resolver().resolve(path)


def test_docs_tell_of_every_event_and_error() -> None:
    page = read("docs/api.md")
    events = set(re.findall(r"^\| `([a-z_]+)` \| ", page.split("## Events")[1].split("###")[0], re.MULTILINE))
    assert events == {"started", *fold._STEPS}
    statuses = {int(status) for status in re.findall(r"^\| (\d{3}) \|", page, re.MULTILINE)}
    assert set(errors._STATUS.values()) - {500} | set(errors._TYPES) <= statuses


@pytest.mark.django_db
def test_the_page_is_for_staff(user: User, staff_user: User) -> None:
    for path in ("/api/docs", "/api/openapi.json"):
        client = Client()
        assert client.get(path).status_code == 302
        client.force_login(user)
        assert client.get(path).status_code == 302
        client.force_login(staff_user)
        assert client.get(path).status_code == 200


@pytest.mark.django_db
def test_the_page_keeps_to_the_policy(staff_user: User) -> None:
    """No script or style stands in the page itself, which the policy would refuse; none comes from elsewhere."""
    client = Client()
    client.force_login(staff_user)
    response = client.get("/api/docs")
    assert "unsafe" not in response["Content-Security-Policy"]
    html = response.content.decode()
    scripts = re.findall(r"<script\b([^>]*)>", html)
    assert scripts
    assert all('src="/static/' in script or 'type="application/json"' in script for script in scripts)
    assert "<style" not in html
    assert not re.search(r'(?:src|href)="(?:https?:)?//', html)
    assert 'data-api-csrf="true"' in html  # what is tried out there is let in
