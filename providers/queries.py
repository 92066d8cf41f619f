"""All reads of the registry by other apps. Returns snapshots and rows; decides nothing and writes nothing."""

from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from providers.dispatch.catalogue import Catalogue, DeploymentEntry, ModelEntry, RouteEntry
from providers.dispatch.targets import Prices
from providers.models import Deployment, Model, ModelFallback, Offering, RegistrySettings, Route
from providers.presets import PRESETS
from providers.prices import prices_for
from providers.profiles import CAPABILITIES, profile_for

# What a provider's own list says of a deployment's model, read along with the deployment.
_LISTED = ("context_tokens", "price_input", "price_output", "price_cached_input")


def catalogue() -> Catalogue:
    """The whole registry as the router sees it, in five queries. Models come oldest first."""
    usable = _with_list(Deployment.objects.filter(enabled=True, provider__enabled=True).select_related("provider"))
    rows = Model.objects.order_by("id").prefetch_related(
        Prefetch("deployments", queryset=usable),
        Prefetch("fallback_rows", queryset=ModelFallback.objects.select_related("fallback")),
    )
    return Catalogue(
        models={row.name: _model(row) for row in rows},
        routes=tuple(
            RouteEntry(row.name, row.model.name, row.priority, tuple(row.keywords), row.pattern, row.always, row.intent)
            for row in Route.objects.filter(enabled=True).select_related("model")
        ),
        default_model=RegistrySettings.current().default_model,
    )


def models_added() -> dict[str, int]:
    """When each model was added, in seconds since 1970."""
    return {name: int(created.timestamp()) for name, created in Model.objects.values_list("name", "created")}


def deployment(deployment_id: int) -> Deployment:
    """With its model and provider. Raises Deployment.DoesNotExist."""
    return Deployment.objects.select_related("model", "provider").get(pk=deployment_id)


def _model(row: Model) -> ModelEntry:
    return ModelEntry(
        name=row.name,
        label=row.label,
        enabled=row.enabled,
        capabilities=frozenset(row.capabilities),
        deployments=tuple(_deployment(row, entry) for entry in row.deployments.all()),
        fallbacks=tuple(entry.fallback.name for entry in row.fallback_rows.all()),
    )


def _with_list(rows: QuerySet[Deployment]) -> QuerySet[Any]:
    listed = Offering.objects.filter(provider=OuterRef("provider"), upstream=OuterRef("upstream"))
    return rows.annotate(**{f"listed_{name}": Subquery(listed.values(name)[:1]) for name in _LISTED})


def _deployment(model: Model, row: Any) -> DeploymentEntry:
    """`row` is a deployment as `_with_list` gives it."""
    preset = PRESETS.get(row.provider.preset)
    profile = profile_for(row.upstream, row.provider.preset)
    own = Prices(model.price_input, model.price_output, model.price_cached_input)
    listed = Prices(row.listed_price_input, row.listed_price_output, row.listed_price_cached_input)
    # A server that is started with a window of its own lists the model's, which is larger.
    window = row.listed_context_tokens if profile == profile_for(row.upstream) else None
    return DeploymentEntry(
        id=row.pk,
        model=model.name,
        provider=row.provider.name,
        upstream=row.upstream,
        weight=row.weight,
        order=row.order,
        stand_in=preset is not None and preset.stand_in,
        capabilities=frozenset(word for word in CAPABILITIES if getattr(profile, word)),
        context_tokens=window or profile.context_tokens,
        prices=prices_for(row.provider.preset, row.upstream, (own, listed)),
    )
