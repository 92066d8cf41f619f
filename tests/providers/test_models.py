"""The rows: what they refuse, and the snapshot the router sees of them."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from providers import queries
from providers.models import Deployment, Model, ModelFallback, Provider, RegistrySettings, Route

pytestmark = pytest.mark.django_db


@pytest.fixture
def openai() -> Provider:
    return Provider.objects.create(name="openai", preset="openai")


def model(name: str, *providers: Provider, **values: Any) -> Model:
    row = Model.objects.create(name=name, **values)
    for order, provider in enumerate(providers):
        Deployment.objects.create(model=row, provider=provider, upstream=f"up-{name}", order=order)
    return row


def faults(row: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as told:
        row.full_clean()
    return told.value.message_dict


@pytest.mark.parametrize("text", ["", "10s", "5m", "1h30m", "1.5h", "500ms", "300", "0", "-1"])
def test_how_long_a_model_stays_in_memory(openai: Provider, text: str) -> None:
    row = Deployment(model=model("m"), provider=openai, upstream="u", keep_alive=text)
    row.full_clean()


@pytest.mark.parametrize("text", ["-2", "-1m", "5 m", "5min", "m", "for ever", "1e3", "٣s", "10s\n", "1" * 21])
def test_how_long_a_model_cannot_stay_in_memory(openai: Provider, text: str) -> None:
    assert "keep_alive" in faults(Deployment(model=model("m"), provider=openai, upstream="u", keep_alive=text))


def test_the_migrations_are_complete() -> None:
    call_command("makemigrations", "providers", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "a b"}, "name"),
        ({"preset": "no-such"}, "preset"),
        ({"adapter": "no-such"}, "adapter"),
        ({"preset": "openai-compatible"}, "base_url"),
        ({"base_url": "https://u:p@x.example"}, "base_url"),
        ({"preset": "ollama", "base_url": "http://127.0.0.1:11434/v1"}, "base_url"),
        ({"base_url": "http://192.168.1.1/v1"}, "base_url"),
        ({"headers": ["a"]}, "headers"),
        ({"headers": {"A B": "c"}}, "headers"),
        ({"headers": {"X-A": "b\r\nHost: c"}}, "headers"),
        ({"headers": {"X-A": 1}}, "headers"),
        ({"headers": {"Authorization": "Bearer x"}}, "headers"),
        ({"headers": {"content-length": "1"}}, "headers"),
        ({"max_concurrency": 0}, "max_concurrency"),
    ],
)
def test_a_provider_refuses(values: dict[str, Any], field: str) -> None:
    assert list(faults(Provider(**{"name": "p", "preset": "openai", **values}))) == [field]


@pytest.mark.parametrize(
    "values",
    [
        {"preset": "gemini", "adapter": "openai_chat"},
        {"base_url": "http://127.0.0.1:8000/v1"},
        {"base_url": "http://[::1]:8000/v1"},
        {"base_url": "http://localhost/v1/"},
        {"headers": {"X-Title": "Ours", "HTTP-Referer": "https://chat.example.com"}},
    ],
)
def test_a_provider_accepts(values: dict[str, Any]) -> None:
    Provider(**{"name": "p", "preset": "openai", **values}).full_clean()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "auto"}, "name"),
        ({"name": "two words"}, "name"),
        ({"capabilities": ["flying"]}, "capabilities"),
        ({"capabilities": ["tools", "tools"]}, "capabilities"),
        ({"price_input": "-0.1"}, "price_input"),
        ({"timeout_stall": 0}, "timeout_stall"),
        ({"timeout_total": float("inf")}, "timeout_total"),
        ({"hedge_after": -1}, "hedge_after"),
    ],
)
def test_a_model_refuses(values: dict[str, Any], field: str) -> None:
    assert list(faults(Model(**{"name": "m", **values}))) == [field]


@pytest.mark.parametrize(
    "values",
    [{}, {"keywords": ["a"], "always": True}, {"pattern": "(", "always": False}, {"keywords": ["a"], "pattern": "b"}],
)
def test_a_route_refuses(values: dict[str, Any]) -> None:
    faults(Route(name="r", model=model("m"), **values))
    Route(name="r", model=model("n"), keywords=["a"]).full_clean()


def test_fallbacks_go_in_no_circle() -> None:
    a, b, c = model("a"), model("b"), model("c")
    ModelFallback.objects.create(model=a, fallback=b)
    ModelFallback.objects.create(model=b, fallback=c)
    told = faults(ModelFallback(model=c, fallback=a))
    assert "c → a → b → c" in str(told)
    ModelFallback(model=a, fallback=c).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        ModelFallback.objects.create(model=a, fallback=a)


def test_settings_are_one_row() -> None:
    assert RegistrySettings.current().default_model == "auto"
    model("m")
    RegistrySettings(default_model="m").save()
    RegistrySettings(default_model="auto").save()
    assert RegistrySettings.objects.count() == 1
    assert "Did you mean" in str(faults(RegistrySettings(pk=1, default_model="mm")))


def test_the_catalogue_holds_what_can_be_used(openai: Provider) -> None:
    off = Provider.objects.create(name="off", preset="openai", enabled=False)
    simulated = Provider.objects.create(name="simulator", preset="simulator", base_url="http://127.0.0.1:1")
    demo = model("demo", simulated)
    fast = model("fast", openai, off, capabilities=["tools"], label="Quick")
    ModelFallback.objects.create(model=fast, fallback=demo)
    Deployment.objects.create(model=fast, provider=openai, upstream="unused", enabled=False)
    Route.objects.create(name="news", keywords=["news"], model=fast, priority=3)
    Route.objects.create(name="old", always=True, model=fast, enabled=False)
    RegistrySettings(default_model="fast").save()

    catalogue = queries.catalogue()
    assert list(catalogue.models) == ["demo", "fast"]
    entry = catalogue.models["fast"]
    assert [(d.provider, d.upstream) for d in entry.deployments] == [("openai", "up-fast")]
    assert (entry.label, entry.capabilities, entry.fallbacks) == ("Quick", frozenset({"tools"}), ("demo",))
    assert not entry.stand_in
    assert catalogue.models["demo"].stand_in
    assert [(r.name, r.keywords, r.model, r.priority) for r in catalogue.routes] == [("news", ("news",), "fast", 3)]
    assert catalogue.default_model == "fast"


def test_the_catalogue_costs_the_same_for_many_models(
    openai: Provider, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        model(f"m{number}", openai)
    with django_assert_num_queries(5):
        assert len(queries.catalogue().models) == 20


def test_models_to_pick_from(openai: Provider) -> None:
    model("b", openai, Provider.objects.create(name="two", preset="openai"), label="Alpha")
    model("a", openai)
    model("off", openai, enabled=False)
    model("lonely")
    assert sorted(name for name, entry in queries.catalogue().models.items() if entry.usable) == ["a", "b"]


def test_a_deployment_is_read_whole(openai: Provider, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    key = model("m", openai).deployments.get().pk
    with django_assert_num_queries(1):
        row = queries.deployment(key)
        assert (row.model.name, row.provider.name) == ("m", "openai")
