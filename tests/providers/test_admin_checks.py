"""What the admin refuses and says before any call: retired and unknown models, addresses, keys, prices."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from providers.models import Deployment, Model, Offering, Provider, Route
from tests.providers.admin_pages import MODEL, OFFERED, PROVIDER, ROUTE, model_form, provider_form, save, stored
from tests.simulator import RunningSimulator

pytestmark = pytest.mark.django_db


def test_a_retired_model_is_refused_where_it_is_entered(staff: Client, openai: Provider) -> None:
    form = model_form(openai) | {"deployments-0-upstream": "gpt-4-turbo"}
    text = staff.post(f"{MODEL}add/", form).content.decode()
    assert "gpt-4-turbo was retired on 2026-10-23; use gpt-6-luna." in text
    assert not Model.objects.exists()
    assert staff.post(f"{MODEL}add/", form | {"deployments-0-enabled": ""}).status_code == 302
    row = Model.objects.get()
    on = model_form(openai, row=row) | {"deployments-0-upstream": "gpt-4-turbo"}
    assert "was retired" in staff.post(f"{MODEL}{row.pk}/change/", on).content.decode()


def test_a_model_that_has_been_retired_since_does_not_lock_its_page(staff: Client, openai: Provider) -> None:
    row = Model.objects.create(name="fast")
    Deployment.objects.create(model=row, provider=openai, upstream="o1")
    form = model_form(openai, row=row, label="Quick") | {"deployments-0-upstream": "o1"}
    text = staff.post(f"{MODEL}{row.pk}/change/", form, follow=True).content.decode()
    assert "Saved, but: o1 was retired on 2026-10-23; use gpt-6.1-sol." in text
    assert Model.objects.get().label == "Quick"


@pytest.mark.parametrize(
    ("upstream", "words"),
    [
        ("gpt-5.1", "Saved, but: gpt-5.1 retires on 2027-04-01; then use gpt-6.1-sol."),
        ("gpt-6-lunar", "does not list a model called &quot;gpt-6-lunar&quot;"),
        ("gpt-6-lunar", "Did you mean &quot;gpt-6-luna&quot;?"),
    ],
)
def test_a_doubtful_name_is_saved_and_said(staff: Client, openai: Provider, upstream: str, words: str) -> None:
    Offering.objects.create(provider=openai, upstream="gpt-6-luna", seen_at=openai.created)
    Offering.objects.create(provider=openai, upstream="gpt-5.1", seen_at=openai.created)
    form = model_form(openai) | {"deployments-0-upstream": upstream}
    assert words in staff.post(f"{MODEL}add/", form, follow=True).content.decode()
    assert Deployment.objects.get().upstream == upstream


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"price_input": "-0.1"}, "A price is zero or more"),
        ({"price_output": "0.0000001"}, "6 decimal places"),
        ({"timeout_total": "0"}, "A time is more than 0"),
        ({"deployments-0-keep_alive": "10 s"}, "Write a time such as"),
        ({"deployments-0-weight": "0"}, "Use a whole number from 1"),
        ({"name": "auto"}, "the router&#x27;s own name"),
    ],
)
def test_mistakes_in_a_model_are_told(staff: Client, openai: Provider, values: dict[str, str], words: str) -> None:
    text = staff.post(f"{MODEL}add/", model_form(openai) | values).content.decode()
    assert words in text
    assert not Model.objects.exists()


def test_a_route_needs_a_model(staff: Client) -> None:
    form = {"name": "news", "keywords": "latest", "priority": 1, "enabled": "on"}
    assert "This field is required" in staff.post(f"{ROUTE}add/", form).content.decode()
    assert not Route.objects.exists()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("api.openai.com/v1", "begins with http:// or https://"),
        ("https://api.openai.com/v1/chat/completions", "without /chat/completions"),
        ("https://api.openai.com/v1/responses/", "without /responses"),
        ("https://x.example/v1beta/models/gemini-3.8-flash:generateContent", "without /models/gemini-3.8-flash:gen"),
        ("http://localhost:11434/api/tags", "without /api/tags"),
        ("http://10.0.0.5/v1", "PRIVATE_PROVIDER_HOSTS"),
        ("https://x.example/v1 ", ""),
    ],
)
def test_a_base_url_that_cannot_be_right(staff: Client, url: str, words: str) -> None:
    response = staff.post(f"{PROVIDER}add/", provider_form(base_url=url))
    assert (response.status_code == 302) is (words == "")
    assert words in response.content.decode()
    assert Provider.objects.count() == (words == "")


@pytest.mark.parametrize("key", ["sk-1\nsk-2", "sk-1\r\nHost: x", "sk-1\x00", "sk-ключ", "s" * 4097])
def test_a_key_that_cannot_be_one_is_refused_and_not_repeated(staff: Client, openai: Provider, key: str) -> None:
    text = save(staff, openai, new_key=key)
    assert "must be one line" in text or "at most 4096" in text or "Null characters" in text
    assert key.splitlines()[0] not in text
    assert stored(openai).api_key == "sk-very-secret"


def test_what_is_offered_is_looked_at_and_added(staff: Client, openai: Provider) -> None:
    for upstream in ("gpt-6-luna", "gpt-6-astra", "special"):
        Offering.objects.create(provider=openai, upstream=upstream, seen_at=openai.created)
    text = staff.get(OFFERED).content.decode()
    assert "0.1 / 0.5" in text
    assert staff.get(f"{OFFERED}add/").status_code == 403
    ids = [str(row.pk) for row in Offering.objects.exclude(upstream="special")]
    done = staff.post(OFFERED, {"action": "add_as_models", "_selected_action": ids}, follow=True).content.decode()
    assert "Model gpt-6-luna added at openai" in done
    assert set(Model.objects.values_list("name", flat=True)) == {"gpt-6-luna", "gpt-6-astra"}
    assert "delete_selected" not in done
    assert "10 / 50" in staff.get(MODEL).content.decode()


def test_a_provider_goes_with_what_it_offers(staff: Client, openai: Provider) -> None:
    Offering.objects.create(provider=openai, upstream="gpt-6-luna", seen_at=openai.created)
    assert staff.post(f"{PROVIDER}{openai.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Provider.objects.exists()
    assert not Offering.objects.exists()


def test_lists_are_read_for_those_selected(staff: Client, openai: Provider, simulator: RunningSimulator) -> None:
    good = Provider.objects.create(name="good", preset="openai-compatible", base_url=simulator.url)
    bad = Provider.objects.create(name="bad", preset="openai-compatible", base_url=f"{simulator.origin}/none")
    model = Model.objects.create(name="old")
    Deployment.objects.create(model=model, provider=good, upstream="nobody")
    form = {"action": "read_lists", "_selected_action": [str(good.pk), str(bad.pk)]}
    text = staff.post(PROVIDER, form, follow=True).content.decode()
    assert "Provider good: offers" in text
    assert "Provider bad: bad has no list of models at this address" in text
    assert "Model old at good: good does not list a model called &quot;nobody&quot;" in text
    assert {row.provider.name for row in Offering.objects.select_related("provider")} == {"good"}


def test_no_export_holds_a_key(openai: Provider) -> None:
    exported = StringIO()
    call_command("dumpdata", "providers", stdout=exported)
    assert '"name": "openai"' in exported.getvalue()
    assert "sk-very-secret" not in exported.getvalue() + repr(openai) + str(vars(openai))
