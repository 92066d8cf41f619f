"""Lists of providers, read over HTTP and kept: what is new, what is gone, what a person makes of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries, Settings

from providers import offerings
from providers.dispatch.targets import Prices
from providers.listing.fetch import LISTINGS
from providers.listing.offer import Offer
from providers.models import Deployment, Model, Offering, Provider
from tests.providers.listing.served import Served, serving

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = "sk-very-secret-0123456789"


@pytest.fixture
def served() -> Iterator[Served]:
    with serving({"/v1/models": {"data": [{"id": "a", "shutdown_date": "2026-10-23"}, {"id": "b"}]}}) as running:
        yield running


def provider(name: str = "acme", preset: str = "openai-compatible", **values: Any) -> Provider:
    row = Provider(name=name, preset=preset, **values)
    row.set_api_key(KEY)
    row.save()
    return row


def stored(row: Provider) -> list[str]:
    return sorted(row.offerings.values_list("upstream", flat=True))


def test_a_list_is_read_and_kept(served: Served) -> None:
    row = provider(base_url=f"{served.origin}/v1")
    (report,) = offerings.sync([row])
    assert report == offerings.Report("acme: offers 2 models", ok=True)
    assert {o.upstream: o.ends for o in row.offerings.all()} == {"a": date(2026, 10, 23), "b": None}
    assert served.headers[0]["authorization"] == f"Bearer {KEY}"
    assert not Model.objects.exists()


def test_reading_again_tells_what_is_new_and_gone() -> None:
    row = provider(base_url="http://127.0.0.1:1/v1")
    before = [Offer(f"m{number}") for number in range(8)]
    assert offerings.store(row, before, NOW).text == "acme: offers 8 models"
    assert offerings.store(row, before, LATER).text == "acme: offers 8 models"
    after = [Offer("m0", label="Zero", price_input=Decimal("0.1")), Offer("new")]
    assert offerings.store(row, after, LATER).text == (
        "acme: offers 2 models; 1 new: new; 7 gone: m1, m2, m3, m4, m5, …"
    )
    assert stored(row) == ["m0", "new"]
    zero = Offering.objects.get(upstream="m0")
    assert (zero.label, zero.price_input, zero.seen_at) == ("Zero", Decimal("0.1"), LATER)


def test_providers_do_not_touch_each_others_lists() -> None:
    one, two = provider("one", base_url="http://x.example"), provider("two", base_url="http://y.example")
    offerings.store(one, [Offer("a")], NOW)
    offerings.store(two, [Offer("a"), Offer("b")], LATER)
    offerings.store(one, [], LATER)
    assert (stored(one), stored(two)) == ([], ["a", "b"])


def test_a_list_that_fails_changes_nothing(served: Served) -> None:
    good = provider("good", base_url=f"{served.origin}/v1")
    bad = provider("bad", base_url=f"{served.origin}/none")
    broken = provider("broken", preset="gone")
    offerings.store(bad, [Offer("kept")], NOW)
    reports = offerings.sync([good, bad, broken])
    assert [report.ok for report in reports] == [True, False, False]
    assert "has no list of models at this address" in reports[1].text
    assert "no preset is called gone" in reports[2].text
    assert (stored(good), stored(bad)) == (["a", "b"], ["kept"])


def test_an_address_inside_is_refused(settings: Settings, served: Served) -> None:
    settings.PRIVATE_PROVIDER_HOSTS = []
    (report,) = offerings.sync([provider(base_url=f"{served.origin}/v1")])
    assert not report.ok
    assert "PRIVATE_PROVIDER_HOSTS" in report.text
    assert served.paths == []


PLACES = [
    ({"preset": "openai"}, ("openai_chat", "https://api.openai.com/v1", "bearer")),
    (
        {"preset": "gemini", "adapter": "openai_chat"},
        ("gemini", "https://generativelanguage.googleapis.com/v1beta", "x-goog-api-key"),
    ),
    ({"preset": "anthropic", "adapter": "openai_chat"}, ("anthropic", "https://api.anthropic.com/v1", "x-api-key")),
    ({"preset": "perplexity"}, ("openai_responses", "https://api.perplexity.ai/v1", "bearer")),
    ({"preset": "openrouter"}, ("openai_chat", "https://openrouter.ai/api/v1", "bearer")),
    ({"preset": "ollama"}, ("ollama", "http://127.0.0.1:11434", "bearer")),
    ({"preset": "ollama", "base_url": "http://gpu-2:11434/"}, ("ollama", "http://gpu-2:11434", "bearer")),
    (
        {"preset": "ollama", "adapter": "openai_chat", "base_url": "http://gpu-2:11434/v1"},
        ("ollama", "http://gpu-2:11434", "bearer"),
    ),
    (
        {"preset": "ollama", "adapter": "openai_chat", "base_url": "http://gpu-2/proxy/v1"},
        ("openai_chat", "http://gpu-2/proxy/v1", "bearer"),
    ),
    (
        {"preset": "gemini", "adapter": "openai_chat", "base_url": "https://gateway.example/v1"},
        ("openai_chat", "https://gateway.example/v1", "bearer"),
    ),
    (
        {"preset": "openai-compatible", "adapter": "anthropic", "base_url": "https://gateway.example/v1"},
        ("anthropic", "https://gateway.example/v1", "x-api-key"),
    ),
]


@pytest.mark.parametrize(("values", "place"), PLACES, ids=lambda value: str(value)[:60])
def test_which_list_is_read(values: dict[str, str], place: tuple[str, str, str]) -> None:
    row = provider(**values)
    protocol, endpoint = offerings.list_place(row)
    assert LISTINGS[protocol] is LISTINGS[place[0]]
    assert (endpoint.base_url, endpoint.auth) == place[1:]
    assert endpoint.api_key == KEY
    assert (row.adapter, row.base_url) == (values.get("adapter", ""), values.get("base_url", ""))


def test_models_are_made_from_what_is_offered() -> None:
    acme, other = provider("acme", base_url="http://x.example"), provider("other", base_url="http://y.example")
    mine = Model.objects.create(name="mine")
    Deployment.objects.create(model=mine, provider=acme, upstream="used")
    offered = [
        Offer("gpt-6-luna", "GPT-6 Luna", capabilities=("tools", "vision")),
        Offer("special", capabilities=("tools", "vision")),
        Offer("used"),
        Offer("auto"),
    ]
    offerings.store(acme, offered, NOW)
    offerings.store(other, [Offer("special")], NOW)
    assert offerings.add_models(Offering.objects.all()) == [
        "acme: auto cannot be a model's name: \"auto\" is the router's own name; choose another.",
        "model gpt-6-luna added at acme",
        "model special added at acme",
        "used at acme is there already, as mine",
        "model special@other added at other",
    ]
    luna = Model.objects.get(name="gpt-6-luna")
    assert (luna.label, luna.capabilities, luna.price_input) == ("GPT-6 Luna", [], None)
    assert Model.objects.get(name="special").capabilities == ["tools", "vision"]
    assert Deployment.objects.get(model__name="special@other").upstream == "special"


def deployment(upstream: str, row: Provider, **values: Any) -> Deployment:
    model = Model.objects.create(name=upstream, **values)
    return Deployment.objects.create(model=model, provider=row, upstream=upstream)


def test_what_is_known_of_a_deployment(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    openai = provider("openai", preset="openai")
    told = Offer("gpt-6-luna", context_tokens=500_000, output_tokens=9_000)
    offerings.store(openai, [told, Offer("new", price_input=Decimal(1), price_output=Decimal(2))], NOW)
    luna, new = deployment("gpt-6-luna", openai), deployment("new", openai)
    with django_assert_num_queries(1):
        known = offerings.known_of(luna)
    assert (known.prices.input, known.context_tokens, known.output_tokens) == (Decimal("0.1"), 500_000, 9_000)
    assert offerings.known_of(new).prices == Prices(Decimal(1), Decimal(2))
    assert offerings.known_of(new).context_tokens is None
    priced = deployment("gpt-6-astra", openai, price_input=3, price_output=4)
    assert offerings.known_of(priced).prices == Prices(Decimal(3), Decimal(4))
    assert offerings.known_of(priced).context_tokens == 1_050_000


def test_a_local_server_keeps_its_own_window() -> None:
    ollama = provider("ollama", preset="ollama")
    offerings.store(ollama, [Offer("qwen3:8b", context_tokens=131_072)], NOW)
    assert offerings.known_of(deployment("qwen3:8b", ollama)).context_tokens == 8_192


def sync(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("sync_models", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command_reads_all_and_says_what_is_retired(served: Served) -> None:
    acme = provider(base_url=f"{served.origin}/v1")
    provider("off", base_url="http://127.0.0.1:1", enabled=False)
    deployment("a", acme)
    deployment("c", acme, enabled=False)
    out, err = sync()
    assert out == "acme: offers 2 models\n"
    assert err == "caution: model a at acme: a was retired on 2026-10-23.\n"


def test_the_command_reads_one(served: Served) -> None:
    provider(base_url=f"{served.origin}/v1")
    provider("off", base_url=f"{served.origin}/v1", enabled=False)
    assert sync("off")[0] == "off: offers 2 models\n"
    with pytest.raises(CommandError, match='No provider is called "acmee"\\. Did you mean "acme"'):
        sync("acmee")


def test_the_command_fails_where_a_list_does(served: Served) -> None:
    served.answers["/v1/models"] = (401, {"error": {"message": f"bad key {KEY}"}})
    acme = provider(base_url=f"{served.origin}/v1")
    offerings.store(acme, [replace(Offer("kept"), label="Kept")], NOW)
    err = StringIO()
    with pytest.raises(CommandError, match="1 of 1 lists could not be read; what was known of them is kept"):
        call_command("sync_models", stderr=err)
    assert "Check the key" in err.getvalue()
    assert KEY not in err.getvalue()
    assert stored(acme) == ["kept"]
