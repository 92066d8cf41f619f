"""Providers found in the environment at start. Adds what is absent and never changes what staff entered.

What happens at each start:
* A vendor whose key is set, and of whom no provider exists, is registered with its seeds. Its models and routes are
  added only then: one that staff delete stays deleted. A provider that is deleted comes back; switch it off instead.
* A key that came from a variable follows that variable. A key that staff entered does not.
* An Ollama that answers is registered, with the models installed there that no model is named after yet.
* Models in use that are retired, retiring or unknown at their provider are told.
"""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from providers.addresses import AddressRefused
from providers.discovery import installed_at, ollama_url
from providers.encryption import EncryptionError
from providers.models import Deployment, Model, Provider, Route
from providers.presets import PRESETS, Preset
from providers.registry_load import origin_of
from providers.seeds import ROUTES, SEEDS, SIMULATED, Seed
from providers.standing import findings
from providers.validation import address_policy, check_api_key, check_base_url, check_model_name, origin
from providers.variables import secret_from

OLLAMA = "ollama"
KEEP_ALIVE = "10s"  # of Ollama's models: a machine of one's own has other uses for its memory
SIMULATOR = "simulator"


def register_from_environment(environ: Mapping[str, str]) -> list[str]:
    """Register what `environ` names, as above. Returns what was done or could not be, one sentence each, no secrets."""
    found = _find_ollama(environ.get("OLLAMA_HOST", ""))
    with transaction.atomic():
        notes = _follow_variables(environ)
        for name, seeds in SEEDS.items():
            preset = PRESETS[name]
            key = secret_from(environ, preset.variable)
            if key and not Provider.objects.filter(preset=name).exists():
                notes += _register_vendor(preset, key, seeds)
        return notes + _register_ollama(*found) + findings(_in_use())


def register_simulator(url: str) -> list[str]:
    """Register the simulated provider at `url`, or bring its address up to date. For the start-up command."""
    check_base_url(url)
    with transaction.atomic():
        row, created = Provider.objects.get_or_create(
            name=SIMULATOR, defaults={"preset": SIMULATOR, "base_url": url.rstrip("/")}
        )
        if created:
            return [f"provider {SIMULATOR} registered", *_add_models(row, SIMULATED)]
        if row.preset != SIMULATOR or row.base_url == url.rstrip("/"):
            return []
        row.base_url = url.rstrip("/")
        row.save()
        return [f"provider {SIMULATOR}: now at {row.base_url}"]


def _in_use() -> QuerySet[Deployment]:
    switched_on = Deployment.objects.filter(enabled=True, model__enabled=True, provider__enabled=True)
    return switched_on.select_related("model", "provider")


def _follow_variables(environ: Mapping[str, str]) -> list[str]:
    notes: list[str] = []
    for row in Provider.objects.filter(key_source__startswith="env:"):
        variable = row.key_source.removeprefix("env:")
        key = secret_from(environ, variable)
        if not key or key == _readable_key(row):
            continue
        if problem := _problem(variable, key):
            notes.append(problem)
            continue
        row.set_api_key(key, row.key_source)
        row.save()
        notes.append(f"provider {row.name}: key taken from {variable} anew")
    return notes


def _readable_key(row: Provider) -> str | None:
    try:
        return row.api_key
    except EncryptionError:
        return None


def _register_vendor(preset: Preset, key: str, seeds: Iterable[Seed]) -> list[str]:
    if problem := _problem(preset.variable, key):
        return [problem]
    if Provider.objects.filter(name=preset.name).exists():
        return [f"{preset.variable} is set, but another provider is called {preset.name} already"]
    row = Provider(name=preset.name, preset=preset.name)
    row.set_api_key(key, f"env:{preset.variable}")
    row.save()
    notes = [f"provider {row.name} registered from {preset.variable}", *_add_models(row, seeds)]
    return [*notes, *_add_routes(row)]


def _problem(variable: str, key: str) -> str:
    try:
        check_api_key(key)
    except ValidationError as error:
        return f"{variable} cannot be used: {' '.join(error.messages)}"
    return ""


def _add_models(provider: Provider, seeds: Iterable[Seed]) -> list[str]:
    """The seeds whose names are free, each with its deployment."""
    notes: list[str] = []
    for seed in seeds:
        name = seed.name or seed.upstream
        model, created = Model.objects.get_or_create(name=name, defaults={"label": seed.label})
        if created:
            Deployment.objects.create(
                model=model, provider=provider, upstream=seed.upstream, keep_alive=seed.keep_alive
            )
            notes.append(f"model {name} registered at {provider.name}")
    return notes


def _add_routes(provider: Provider) -> list[str]:
    """What the vendor's models are good for, as routes: of models that are really its own, under names still free."""
    notes: list[str] = []
    for seed in ROUTES.get(provider.preset, ()):
        model = Model.objects.filter(name=seed.model, deployments__provider=provider).first()
        name = f"{seed.intent}-{provider.name}"
        if model is not None and not Route.objects.filter(name=name).exists():
            Route.objects.create(name=name, intent=seed.intent, model=model, priority=seed.priority)
            notes.append(f"route {name}: auto takes {model.name} for the intent {seed.intent}")
    return notes


def _find_ollama(host: str) -> tuple[str, bool, list[str] | None, str]:
    """Its address, whether the environment names it, what is installed (None: no answer), and a problem or ""."""
    asked = bool(host.strip())
    try:
        url = ollama_url(host)
        return url, asked, installed_at(url, address_policy()), ""
    except (ValueError, AddressRefused) as error:
        return "", asked, None, str(error)


def _register_ollama(url: str, asked: bool, names: list[str] | None, problem: str) -> list[str]:
    if problem:
        return [f"ollama: {problem}"] if asked else []
    row = Provider.objects.filter(preset=OLLAMA).order_by("created").first()
    notes: list[str] = []
    if row is None:
        if (names is None and not asked) or Provider.objects.filter(name=OLLAMA).exists():
            return []
        row = Provider.objects.create(name=OLLAMA, preset=OLLAMA, base_url=url)
        notes.append(f"provider {OLLAMA} registered at {url}")
    if origin_of(row) != origin(url):
        return (
            [f"ollama: registered at {row.base_url}, but OLLAMA_HOST says {url}; change it in the admin"]
            if asked
            else []
        )
    if names is None:
        return [*notes, f"ollama: {url} does not answer; its models are added at the next start"] if asked else notes
    return notes + _add_models(row, [Seed(name, name, keep_alive=KEEP_ALIVE) for name in names if _nameable(name)])


def _nameable(name: str) -> bool:
    try:
        check_model_name(name)
    except ValidationError:
        return False
    return len(name) <= 150
