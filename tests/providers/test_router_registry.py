"""Routes by intent and what the router knows of deployments: from rows, files, the admin and the environment."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from providers import environment, queries, registry_load
from providers.dispatch.router import choose
from providers.models import Deployment, Model, Offering, Provider, RegistrySettings, Route
from providers.registry_file import RegistryFileError
from providers.seeds import LOWEST_PRIORITY, ROUTES, SEEDS

pytestmark = pytest.mark.django_db
NOWHERE = "127.0.0.1:1"  # nothing listens there
FILE = """
[[provider]]
name = "openai"
preset = "openai"
[[model]]
name = "fast"
deployments = [{ provider = "openai", upstream = "gpt-6-luna" }]
[[route]]
name = "recent"
intent = "lookup"
model = "fast"
"""


def register(**environ: str) -> list[str]:
    return environment.register_from_environment({"OLLAMA_HOST": NOWHERE, **environ})


def deployed(name: str, upstream: str, preset: str = "openai", **values: object) -> Deployment:
    provider, _ = Provider.objects.get_or_create(name=preset, defaults={"preset": preset})
    return Deployment.objects.create(
        model=Model.objects.create(name=name, **values), provider=provider, upstream=upstream
    )


def test_a_route_has_one_intent_that_exists() -> None:
    row = Route(name="r", model=Model.objects.create(name="m"), intent="lookup")
    row.full_clean()
    row.keywords = ["news"]
    with pytest.raises(ValidationError, match="keywords and intent"):
        row.full_clean()
    row.keywords, row.intent = [], "lokup"
    with pytest.raises(ValidationError, match=r'No intent is called "lokup"\. Did you mean "lookup"'):
        row.full_clean()


def test_a_file_says_the_intent_and_loads_twice_the_same() -> None:
    assert "route recent created" in registry_load.load(FILE, {})
    assert registry_load.load(FILE, {}) == []
    assert Route.objects.get().intent == "lookup"
    assert choose("What's the weather in Rome tomorrow?", "auto", queries.catalogue()).reason.startswith("route recent")
    changed = FILE.replace('intent = "lookup"', 'keywords = ["news"]')
    assert registry_load.load(changed, {}) == ["route recent: intent, keywords changed"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            '"lookup"',
            '"lokup"',
            'line 10: [[route]] recent: intent: No intent is called "lokup". Did you mean "lookup"',
        ),
        ('"lookup"', "3", "line 10: [[route]] recent: intent: Write a text in quotes"),
        ('intent = "lookup"', 'intent = "code"\nalways = true', "this one has always and intent"),
        ('intent = "lookup"', 'pattern = "(a+)+$"', "line 10: [[route]] recent: pattern: This pattern could take very"),
    ],
)
def test_a_wrong_intent_or_pattern_is_told_with_its_line(old: str, new: str, words: str) -> None:
    with pytest.raises(RegistryFileError) as told:
        registry_load.load(FILE.replace(old, new), {})
    assert len(told.value.lines) == 1
    assert words in told.value.lines[0]


def test_the_admin_offers_intents(staff: Client) -> None:
    row = Model.objects.create(name="sonar")
    assert '<option value="lookup">' in staff.get("/admin/providers/route/add/").content.decode()
    form = {"name": "recent", "intent": "lookup", "model": row.pk, "priority": 1, "enabled": "on"}
    assert staff.post("/admin/providers/route/add/", form).status_code == 302
    assert Route.objects.get().intent == "lookup"
    assert "intent lookup" in staff.get("/admin/providers/route/").content.decode()


def test_entries_know_what_profiles_prices_and_lists_tell() -> None:
    luna = deployed("luna", "gpt-6-luna")
    own = deployed("own", "gpt-6-astra", price_input=3, price_output=4)
    odd = deployed("odd", "nobody-knows-it")
    local = deployed("local", "qwen3:8b", "ollama")
    for row, window in ((odd, 64_000), (local, 262_144)):
        Offering.objects.create(
            provider=row.provider, upstream=row.upstream, context_tokens=window, price_input=1, price_output=2,
            seen_at=datetime.now(UTC),
        )  # fmt: skip
    entries = {name: entry.deployments[0] for name, entry in queries.catalogue().models.items()}
    assert entries["luna"].capabilities == {"tools", "vision", "reasoning"}
    assert entries["luna"].context_tokens == 1_050_000
    assert (entries["luna"].prices.input, entries["own"].prices.output) == (Decimal("0.1"), Decimal(4))
    assert (entries["odd"].context_tokens, entries["odd"].prices.output, entries["odd"].capabilities) == (
        64_000,
        Decimal(2),
        frozenset(),
    )
    assert entries["local"].context_tokens == 8_192, "a local server's own window is what it was started with"
    assert luna.pk == entries["luna"].id
    assert own.pk == entries["own"].id


def test_a_vendor_is_registered_with_routes_for_what_its_models_are_good_at() -> None:
    notes = register(OPENAI_API_KEY="sk-1")
    assert "route code-openai: auto takes gpt-6.1-sol for the intent code" in notes
    routes = {route.intent: route.model.name for route in Route.objects.all()}
    assert routes == {seed.intent: seed.model for seed in ROUTES["openai"]}
    for route in Route.objects.all():
        route.full_clean()
    catalogue = queries.catalogue()
    assert choose("Write a Python function that sorts", "auto", catalogue).model.name == "gpt-6.1-sol"
    assert choose("hello", "auto", catalogue).model.name == "gpt-6-luna"


def test_routes_are_seeded_once() -> None:
    register(OPENAI_API_KEY="sk-1")
    Route.objects.get(name="code-openai").delete()
    Route.objects.filter(name="simple-openai").update(enabled=False)
    assert [note for note in register(OPENAI_API_KEY="sk-1") if "route" in note] == []
    assert not Route.objects.filter(name="code-openai").exists()


def test_a_name_that_is_taken_is_left_alone() -> None:
    mine = Model.objects.create(name="mine")
    Route.objects.create(name="code-openai", model=mine, always=True)
    Model.objects.create(name="gpt-6-luna")
    register(OPENAI_API_KEY="sk-1")
    assert Route.objects.get(name="code-openai").model == mine
    assert not Route.objects.filter(name="simple-openai").exists(), "that model is not the vendor's"


def test_staffs_routes_and_default_win_over_seeded_ones() -> None:
    register(OPENAI_API_KEY="sk-1")
    RegistrySettings(default_model="gpt-6-astra").save()
    astra = Model.objects.get(name="gpt-6-astra")
    assert choose("Explain the causes of the war", "auto", queries.catalogue()).model.name == "gpt-6-astra"
    Route.objects.create(name="all", always=True, model=astra)
    assert choose("hello", "auto", queries.catalogue()).model.name == "gpt-6-astra"


def test_with_several_keys_everything_goes_where_it_belongs() -> None:
    register(OPENAI_API_KEY="sk-1", GEMINI_API_KEY="g-1", OPENROUTER_API_KEY="or-1", ANTHROPIC_API_KEY="a-1")
    catalogue = queries.catalogue()
    assert choose("Write a poem about the sea", "auto", catalogue).model.name == "gemini-3.8-flash"
    assert choose("hi", "auto", catalogue).model.name in {"gpt-6-luna", "claude-haiku-5-5"}
    assert "sonar" in choose("latest news about the election", "auto", catalogue).model.name
    code = choose("Write a Python function that sorts", "auto", catalogue)
    assert code.model.name in {"gpt-6.1-sol", "claude-sonnet-5-5"}
    assert len(code.candidates) == 3


def test_seeded_routes_name_seeded_models() -> None:
    for vendor, routes in ROUTES.items():
        names = {seed.name or seed.upstream for seed in SEEDS[vendor]}
        assert {route.model for route in routes} <= names
        assert all(route.priority <= LOWEST_PRIORITY for route in routes)
