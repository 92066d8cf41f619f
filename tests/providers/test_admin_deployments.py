"""The list of deployments in the admin: how each is, told to staff alone, and alike in the page and to its script."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from providers.admin_deployments import NOT_CALLED, words
from providers.dispatch.health import Health
from providers.models import Deployment, DeploymentHealth, Model, Provider

pytestmark = pytest.mark.django_db
DEPLOYMENT = "/admin/providers/deployment/"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def two(openai: Provider) -> list[Deployment]:
    model = Model.objects.create(name="fast")
    return [Deployment.objects.create(model=model, provider=openai, upstream=name) for name in ("called", "idle")]


def _row(deployment: Deployment, process: str, **values: object) -> None:
    columns = {"breaker": "closed", "updated_at": timezone.now(), **values}
    DeploymentHealth.objects.create(process=process, deployment=deployment, **columns)


def _cells(page: str, deployment: Deployment) -> dict[str, str]:
    found = re.findall(rf'<span data-health="{deployment.pk}" data-column="(\w+)">([^<]*)</span>', page)
    return {column: unescape(text) for column, text in found}


def test_the_page_and_its_script_are_told_the_same(staff: Client, two: list[Deployment]) -> None:
    called, idle = two
    error = {"last_error_kind": "upstream", "last_error": "<b>It</b> failed.", "last_error_at": timezone.now()}
    _row(called, "one", in_flight=2, first_token_s=0.456, **error)
    _row(called, "two", in_flight=3, breaker="open", open_until=timezone.now() + timedelta(seconds=20.4))
    page = staff.get(DEPLOYMENT).content.decode()
    told = staff.get(f"{DEPLOYMENT}health/").json()
    assert _cells(page, idle) == told["unknown"] == NOT_CALLED
    assert list(told["deployments"]) == [str(called.pk)]
    for cells in (_cells(page, called), told["deployments"][str(called.pk)]):
        assert (cells["in_flight"], cells["first_token"]) == ("5", "0.46 s")
        assert re.fullmatch(r"open, next trial in (20|19|18) s", cells["breaker"])
        assert re.fullmatch(r"[0-3] s ago: upstream\. <b>It</b> failed\.", cells["last_error"])
    assert "js/health" in page


def test_nobody_else_is_told(client: Client, user: User, staff_user: User, two: list[Deployment]) -> None:
    for person in (None, user):
        if person is not None:
            client.force_login(person)
        response = client.get(f"{DEPLOYMENT}health/")
        assert (response.status_code, "/login/" in response["Location"]) == (302, True)
    client.force_login(staff_user)  # who may not look at deployments
    assert client.get(f"{DEPLOYMENT}health/").status_code == 403


def test_the_list_asks_once_for_all_rows(
    staff: Client, two: list[Deployment], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        more = Deployment.objects.create(model=two[0].model, provider=two[0].provider, upstream=f"more-{number}")
        _row(more, "one")
    with django_assert_max_num_queries(10):
        assert staff.get(DEPLOYMENT).status_code == 200


def test_a_deployment_can_be_opened_and_changed(staff: Client, two: list[Deployment]) -> None:
    address = f"{DEPLOYMENT}{two[0].pk}/change/"
    assert staff.get(address).status_code == 200
    form = {"model": two[0].model_id, "provider": two[0].provider_id, "upstream": "new", "weight": 3, "order": 0}
    assert staff.post(address, form).status_code == 302
    assert Deployment.objects.filter(upstream="new", weight=3, enabled=False).exists()


@pytest.mark.parametrize(
    ("seconds", "age"), [(-3, "0 s"), (59.9, "59 s"), (60, "1 min"), (7_300, "2 h"), (200_000, "2 d")]
)
def test_ages_are_told_in_one_unit(seconds: float, age: str) -> None:
    at = NOW - timedelta(seconds=seconds)
    health = Health("p", "m", "u", "half_open", 0, None, None, 0.0, "timeout", "Too slow.", at, "")
    told = words(health, NOW)
    assert told["last_error"] == f"{age} ago: timeout. Too slow."
    assert (told["breaker"], told["first_token"]) == ("half open: the next call is a trial", "-")
