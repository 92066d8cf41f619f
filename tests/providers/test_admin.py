"""The registry in the admin: keys go in and never out, mistakes are told, and the pages keep the strict policy."""

import re

import pytest
from django.test import Client

from accounts.models import User
from providers.models import Deployment, Model, ModelFallback, Offering, Provider, RegistrySettings, Route
from tests.providers.admin_pages import (
    MODEL,
    OFFERED,
    PROVIDER,
    ROUTE,
    SETTINGS,
    model_form,
    provider_form,
    save,
    stored,
)

pytestmark = pytest.mark.django_db


def test_a_provider_is_made_with_its_key(staff: Client) -> None:
    assert staff.post(f"{PROVIDER}add/", provider_form(new_key=" sk-new ")).status_code == 302
    row = Provider.objects.get()
    assert (row.name, row.api_key, row.key_source) == ("openai", "sk-new", "")


def test_a_key_never_comes_out(staff: Client, openai: Provider) -> None:
    pages = [f"{PROVIDER}{openai.pk}/change/", PROVIDER, f"{PROVIDER}{openai.pk}/history/"]
    save(staff, openai, new_key="sk-other-secret", name="")
    save(staff, openai, new_key="sk-other-secret")
    texts = [staff.get(page).content.decode() for page in pages]
    texts.append(save(staff, openai, new_key="sk-third-secret", name=""))
    for text in texts:
        assert text
        assert "secret" not in text
        assert stored(openai).api_key_sealed not in text
    assert 'type="password"' in texts[0]
    assert "A key is stored" in texts[0]


def test_a_blank_key_keeps_the_stored_one(staff: Client, openai: Provider) -> None:
    assert save(staff, openai, max_concurrency="5") == ""
    row = stored(openai)
    assert (row.api_key, row.key_source, row.max_concurrency) == ("sk-very-secret", "env:OPENAI_API_KEY", 5)


def test_a_key_that_is_entered_no_longer_follows_the_environment(staff: Client, openai: Provider) -> None:
    assert (
        "follows the environment variable OPENAI_API_KEY"
        in staff.get(f"{PROVIDER}{openai.pk}/change/").content.decode()
    )
    assert save(staff, openai, new_key="sk-entered") == ""
    assert (stored(openai).api_key, stored(openai).key_source) == ("sk-entered", "")


def test_a_key_is_removed_when_asked(staff: Client, openai: Provider) -> None:
    assert "Either enter a new key" in save(staff, openai, new_key="sk-2", remove_key="on")
    assert save(staff, openai, remove_key="on") == ""
    assert stored(openai).api_key == ""


ELSEWHERE = [
    {"base_url": "https://elsewhere.example/v1"},
    {"base_url": "http://api.openai.com/v1"},
    {"base_url": "https://api.openai.com:8443/v1"},
    {"preset": "openrouter"},
]


@pytest.mark.parametrize("move", ELSEWHERE)
def test_a_key_is_not_sent_elsewhere_unasked(staff: Client, openai: Provider, move: dict[str, str]) -> None:
    assert "would send the stored key to another address" in save(staff, openai, **move)
    assert (stored(openai).base_url, stored(openai).preset) == ("", "openai")
    assert save(staff, openai, new_key="sk-for-there", **move) == ""
    assert stored(openai).api_key == "sk-for-there"


@pytest.mark.parametrize("url", ["https://api.openai.com/v2", "https://API.openai.com:443/v1"])
def test_the_same_host_keeps_the_key(staff: Client, openai: Provider, url: str) -> None:
    assert save(staff, openai, base_url=url) == ""
    assert stored(openai).api_key == "sk-very-secret"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"new_key": "sk 1"}, "must be one line"),
        ({"base_url": "https://user:pass@x.example"}, "must not contain a user name"),
        ({"base_url": "http://169.254.169.254/"}, "metadata"),
        ({"preset": "no-such"}, "Select a valid choice"),
        ({"headers": '{"Host": "x"}'}, "is set by the adapter"),
        ({"headers": "{"}, "Enter a valid JSON"),
        ({"name": "a b"}, "Use letters, digits"),
    ],
)
def test_mistakes_are_told(staff: Client, openai: Provider, values: dict[str, str], words: str) -> None:
    assert words in save(staff, openai, **values)
    assert stored(openai).name == "openai"


def test_a_model_is_made_with_deployments_and_fallbacks(staff: Client, openai: Provider) -> None:
    cheap = Model.objects.create(name="cheap")
    form = model_form(openai, cheap, capabilities=["tools", "vision"], price_input="0.1", hedge_after="1.5")
    assert staff.post(f"{MODEL}add/", form).status_code == 302
    row = Model.objects.get(name="fast")
    assert (row.capabilities, str(row.price_input), row.hedge_after) == (["tools", "vision"], "0.100000", 1.5)
    assert [d.upstream for d in row.deployments.all()] == ["u"]
    assert [f.fallback.name for f in row.fallback_rows.all()] == ["cheap"]
    assert staff.get(f"{MODEL}{row.pk}/change/").status_code == 200


def test_a_model_needs_a_deployment(staff: Client, openai: Provider) -> None:
    form = model_form(openai) | {"deployments-0-provider": "", "deployments-0-upstream": ""}
    text = staff.post(f"{MODEL}add/", form).content.decode()
    assert "This field is required" in text
    assert not Model.objects.exists()


def test_a_circle_of_fallbacks_is_refused(staff: Client, openai: Provider) -> None:
    fast, cheap = Model.objects.create(name="fast"), Model.objects.create(name="cheap")
    Deployment.objects.create(model=fast, provider=openai, upstream="u")
    ModelFallback.objects.create(model=cheap, fallback=fast)
    text = staff.post(f"{MODEL}{fast.pk}/change/", model_form(openai, cheap, row=fast)).content.decode()
    assert "fast → cheap → fast" in text
    text = staff.post(f"{MODEL}{fast.pk}/change/", model_form(openai, fast, row=fast)).content.decode()
    assert "fast → fast" in text
    assert fast.fallback_rows.count() == 0


def test_the_same_fallback_twice_is_refused(staff: Client, openai: Provider) -> None:
    cheap = Model.objects.create(name="cheap")
    response = staff.post(f"{MODEL}add/", model_form(openai, cheap, cheap))
    assert response.status_code == 200
    assert not Model.objects.filter(name="fast").exists()


def test_keywords_are_written_one_in_a_line(staff: Client) -> None:
    row = Model.objects.create(name="sonar")
    form = {
        "name": "news",
        "keywords": "latest\r\n  stock price \r\n\r\n",
        "model": row.pk,
        "priority": 1,
        "enabled": "on",
    }
    assert staff.post(f"{ROUTE}add/", form).status_code == 302
    route = Route.objects.get()
    assert route.keywords == ["latest", "stock price"]
    assert "latest\nstock price</textarea>" in staff.get(f"{ROUTE}{route.pk}/change/").content.decode()
    text = staff.post(f"{ROUTE}{route.pk}/change/", {**form, "always": "on"}).content.decode()
    assert "exactly one of keywords, pattern, always or intent" in text


def test_the_default_model_is_chosen_from_what_there_is(staff: Client) -> None:
    Model.objects.create(name="sonar")
    assert staff.post(f"{SETTINGS}add/", {"default_model": "sonar"}).status_code == 302
    assert RegistrySettings.current().default_model == "sonar"
    assert staff.get(f"{SETTINGS}add/").status_code == 403
    assert staff.get(f"{SETTINGS}1/delete/").status_code == 403
    assert "valid choice" in staff.post(f"{SETTINGS}1/change/", {"default_model": "x"}).content.decode()


def test_the_pages_keep_the_strict_policy(staff: Client, openai: Provider) -> None:
    row = Model.objects.create(name="fast")
    Route.objects.create(name="news", keywords=["news"], model=row)
    RegistrySettings().save()
    Offering.objects.create(provider=openai, upstream="gpt-6-luna", seen_at=openai.created)
    lists = [PROVIDER, MODEL, ROUTE, SETTINGS]
    pages = [
        *lists,
        OFFERED,
        f"{PROVIDER}{openai.pk}/test/",
        f"{PROVIDER}{openai.pk}/change/",
        f"{MODEL}{row.pk}/change/",
        *(f"{page}?q=n" for page in lists[:3]),
    ]
    for page in pages:
        response = staff.get(page)
        assert response.status_code == 200, page
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        html = response.content.decode()
        assert not re.findall(r"<script(?![^>]*\b(?:src|type=\"application/json\"))", html)
        assert not re.findall(r"\son[a-z]+=\"|\sstyle=\"|<style", html)


def test_a_row_with_an_unknown_preset_can_still_be_listed(staff: Client) -> None:
    row = Provider.objects.create(name="old", preset="gone", base_url="https://x.example")
    assert "gone (unknown)" in staff.get(PROVIDER).content.decode()
    assert staff.get(f"{PROVIDER}{row.pk}/change/").status_code == 200


def test_others_have_no_business_here(client: Client, user: User, openai: Provider) -> None:
    client.force_login(user)
    assert client.get(f"{PROVIDER}{openai.pk}/change/").status_code == 302
    assert client.post(f"{PROVIDER}{openai.pk}/change/", provider_form(remove_key="on")).status_code == 302
    assert stored(openai).api_key == "sk-very-secret"
