"""Carries out a registry file's plan: rows are created and changed, never deleted, but for the deployments and
fallbacks of models that the file describes. Knows no TOML.

A table of the file describes its row whole: an optional key that is left out goes back to its default. What a file
cannot say (labels, headers, switched on or off) stays as staff set it.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from providers.encryption import EncryptionError
from providers.models import Deployment, Model, ModelFallback, Provider, RegistrySettings, Route
from providers.presets import PRESETS
from providers.registry import base_url_of
from providers.registry_file import Known, ModelPlan, Plan, ProviderPlan, RoutePlan, read
from providers.standing import findings
from providers.validation import origin


@dataclass(frozen=True, slots=True)
class Loaded:
    """What changed, and what speaks against the deployments that the file names; one sentence each, never a key."""

    changes: list[str]
    cautions: list[str]


def load(text: str, environ: Mapping[str, str], *, dry_run: bool = False) -> list[str]:
    """What changed when the registry file `text` was loaded. Otherwise as `load_and_look`."""
    return load_and_look(text, environ, dry_run=dry_run).changes


def load_and_look(text: str, environ: Mapping[str, str], *, dry_run: bool = False) -> Loaded:
    """Load the registry file `text` in one transaction. A model that is retired by now is told, and no fault of the
    file: it must not keep everything else from being loaded.

    With `dry_run` everything is done and undone again. Raises RegistryFileError, having changed nothing.
    """
    with transaction.atomic():
        plan = read(text, _known(), environ)
        changes = _apply(plan)
        rows = Deployment.objects.filter(model__name__in=[model.name for model in plan.models])
        cautions = findings(rows.select_related("model", "provider"))
        transaction.set_rollback(dry_run)
    return Loaded(changes, cautions)


def _known() -> Known:
    fallbacks: dict[str, tuple[str, ...]] = {}
    for model, fallback in ModelFallback.objects.values_list("model__name", "fallback__name"):
        fallbacks[model] = (*fallbacks.get(model, ()), fallback)
    providers = list(Provider.objects.all())
    return Known(
        providers=frozenset(row.name for row in providers),
        models=frozenset(Model.objects.values_list("name", flat=True)),
        fallbacks=fallbacks,
        key_origins={row.name: where for row in providers if row.api_key_sealed and (where := origin_of(row))},
    )


def origin_of(row: Provider) -> str:
    """Where the row's key goes today: scheme, host and port; "" where the row has no usable address."""
    if row.preset in PRESETS:
        with suppress(ValidationError, KeyError):
            return origin(base_url_of(row.preset, row.adapter, row.base_url))
    return ""


def _apply(plan: Plan) -> list[str]:
    changes: list[str] = []
    for provider in plan.providers:
        changes += _provider(provider)
    rows = {model.name: _model(model, changes) for model in plan.models}
    for model in plan.models:
        changes += _deployments(rows[model.name], model)
    for model in plan.models:  # after all of them: a fallback may come later in the file
        changes += _fallbacks(rows[model.name], model)
    for route in plan.routes:
        changes += _route(route)
    if plan.default_model is not None:
        settings = RegistrySettings.current()
        changes += _save(settings, "settings", {"default_model": plan.default_model})
    return changes


def _provider(plan: ProviderPlan) -> list[str]:
    row = Provider.objects.filter(name=plan.name).first() or Provider(name=plan.name)
    values = {
        "preset": plan.preset,
        "base_url": plan.base_url,
        "adapter": plan.adapter,
        "max_concurrency": plan.max_concurrency,
    }
    new_key = plan.api_key is not None and (_stored_key(row), row.key_source) != (plan.api_key, plan.key_source)
    if new_key and plan.api_key is not None:
        row.set_api_key(plan.api_key, plan.key_source)
    return _save(row, f"provider {plan.name}", values, also=["api_key"] if new_key else [])


def _stored_key(row: Provider) -> str | None:
    """None where it cannot be opened any more: then the file's key replaces it."""
    try:
        return row.api_key
    except EncryptionError:
        return None


def _model(plan: ModelPlan, changes: list[str]) -> Model:
    row = Model.objects.filter(name=plan.name).first() or Model(name=plan.name)
    values: dict[str, Any] = {
        "capabilities": list(plan.capabilities),
        "streaming": plan.streaming,
        "hedge_after": plan.hedge_after,
    }
    values |= {f"price_{what}": plan.prices.get(what) for what in ("input", "output", "cached_input")}
    values |= {f"timeout_{what}": plan.timeouts.get(what) for what in ("first_token", "stall", "total")}
    changes += _save(row, f"model {plan.name}", values)
    return row


def _deployments(row: Model, plan: ModelPlan) -> list[str]:
    changes: list[str] = []
    present = {(entry.provider.name, entry.upstream): entry for entry in row.deployments.select_related("provider")}
    for wanted in plan.deployments:
        entry = present.pop((wanted.provider, wanted.upstream), None) or Deployment(
            model=row, provider=Provider.objects.get(name=wanted.provider), upstream=wanted.upstream
        )
        title = f"model {plan.name}: deployment {wanted.upstream} at {wanted.provider}"
        # Of one order, so that weight and load decide among them.
        values = {"weight": wanted.weight, "keep_alive": wanted.keep_alive, "order": 0}
        changes += _save(entry, title, values)
    for (provider, upstream), entry in present.items():
        entry.delete()
        changes.append(f"model {plan.name}: deployment {upstream} at {provider} removed")
    return changes


def _fallbacks(row: Model, plan: ModelPlan) -> list[str]:
    present = list(row.fallback_rows.values_list("fallback__name", flat=True))
    if present == list(plan.fallbacks):
        return []
    row.fallback_rows.all().delete()
    for order, name in enumerate(plan.fallbacks):
        ModelFallback.objects.create(model=row, fallback=Model.objects.get(name=name), order=order)
    return [f"model {plan.name}: fallbacks are now {', '.join(plan.fallbacks) or 'none'}"]


def _route(plan: RoutePlan) -> list[str]:
    row = Route.objects.filter(name=plan.name).select_related("model").first() or Route(name=plan.name)
    values = {
        "model": Model.objects.get(name=plan.model),
        "keywords": list(plan.keywords),
        "pattern": plan.pattern,
        "always": plan.always,
        "intent": plan.intent,
        "priority": plan.priority,
    }
    return _save(row, f"route {plan.name}", values)


def _save(row: models.Model, title: str, values: Mapping[str, Any], also: list[str] | None = None) -> list[str]:
    """Set `values` on `row` and save it where anything differs; `also` names what the caller has set already."""
    new = row._state.adding
    changed = [name for name, value in values.items() if new or getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    changed += also or []
    if not changed:
        return []
    row.save()
    return [f"{title} created" if new else f"{title}: {', '.join(sorted(changed))} changed"]
