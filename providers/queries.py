"""All reads of the registry by other apps. Returns snapshots and rows; decides nothing and writes nothing."""

from django.db.models import Prefetch

from providers.dispatch.catalogue import Catalogue, DeploymentEntry, ModelEntry, RouteEntry
from providers.models import Deployment, Model, ModelFallback, RegistrySettings, Route
from providers.presets import PRESETS


def catalogue() -> Catalogue:
    """The whole registry as the router sees it, in five queries. Models come oldest first."""
    usable = Deployment.objects.filter(enabled=True, provider__enabled=True).select_related("provider")
    rows = Model.objects.order_by("id").prefetch_related(
        Prefetch("deployments", queryset=usable),
        Prefetch("fallback_rows", queryset=ModelFallback.objects.select_related("fallback")),
    )
    return Catalogue(
        models={row.name: _model(row) for row in rows},
        routes=tuple(
            RouteEntry(row.name, row.model.name, row.priority, tuple(row.keywords), row.pattern, row.always)
            for row in Route.objects.filter(enabled=True).select_related("model")
        ),
        default_model=RegistrySettings.current().default_model,
    )


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


def _deployment(model: Model, row: Deployment) -> DeploymentEntry:
    preset = PRESETS.get(row.provider.preset)
    return DeploymentEntry(
        id=row.pk,
        model=model.name,
        provider=row.provider.name,
        upstream=row.upstream,
        weight=row.weight,
        order=row.order,
        stand_in=preset is not None and preset.stand_in,
    )
