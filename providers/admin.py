"""The registry in the admin. Shows rows and their state; the forms and the rules are elsewhere."""

# Django's admin classes take type arguments only in the eyes of the type checker.
# mypy: disable-error-code=type-arg

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from providers.forms import ModelForm, ProviderForm, RegistrySettingsForm, RouteForm
from providers.models import Deployment, Model, ModelFallback, Provider, RegistrySettings, Route
from providers.presets import PRESETS
from providers.registry import base_url_of


@admin.register(Provider)
class ProviderAdmin(admin.ModelAdmin):
    form = ProviderForm
    list_display = ("name", "vendor", "address", "key", "enabled", "max_concurrency", "deployments_count")
    list_filter = ("enabled", "preset")
    search_fields = ("name", "base_url")
    readonly_fields = ("created", "updated")
    fieldsets = (
        (None, {"fields": ("name", "preset", "enabled")}),
        ("Credential", {"fields": ("new_key", "remove_key")}),
        ("Where and how", {"fields": ("base_url", "adapter", "headers", "max_concurrency")}),
        ("Times", {"fields": ("created", "updated")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Provider]:
        rows: QuerySet[Provider] = super().get_queryset(request)
        return rows.annotate(number_of_deployments=Count("deployments"))

    @admin.display(description="preset", ordering="preset")
    def vendor(self, row: Provider) -> str:
        preset = PRESETS.get(row.preset)
        return preset.label if preset else f"{row.preset} (unknown)"

    @admin.display(description="address")
    def address(self, row: Provider) -> str:
        return base_url_of(row.preset, row.adapter, row.base_url) if row.preset in PRESETS else row.base_url

    @admin.display(description="key stored", boolean=True)
    def key(self, row: Provider) -> bool:
        return bool(row.api_key_sealed)

    @admin.display(description="deployments", ordering="number_of_deployments")
    def deployments_count(self, row: Any) -> int:
        return int(row.number_of_deployments)


class DeploymentInline(admin.TabularInline):
    model = Deployment
    fields = ("provider", "upstream", "weight", "order", "enabled")
    extra = 0
    min_num = 1


class FallbackInline(admin.TabularInline):
    model = ModelFallback
    fk_name = "model"
    fields = ("fallback", "order")
    extra = 0
    verbose_name = "fallback"
    verbose_name_plural = "fallbacks: models tried next, in this order"


@admin.register(Model)
class ModelAdmin(admin.ModelAdmin):
    form = ModelForm
    list_display = ("name", "label", "enabled", "providers", "price_input", "price_output", "streaming")
    list_filter = ("enabled", "deployments__provider")
    search_fields = ("name", "label", "deployments__upstream")
    readonly_fields = ("created", "updated")
    inlines = (DeploymentInline, FallbackInline)
    fieldsets = (
        (None, {"fields": ("name", "label", "enabled", "capabilities")}),
        ("Prices, USD per million tokens", {"fields": (("price_input", "price_output", "price_cached_input"),)}),
        (
            "Times, seconds",
            {"fields": (("timeout_first_token", "timeout_stall", "timeout_total"), "hedge_after", "streaming")},
        ),
        ("Changed", {"fields": ("created", "updated")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        return super().get_queryset(request).prefetch_related("deployments__provider")

    @admin.display(description="at")
    def providers(self, row: Model) -> str:
        return ", ".join(deployment.provider.name for deployment in row.deployments.all()) or "nowhere"


@admin.register(Route)
class RouteAdmin(admin.ModelAdmin):
    form = RouteForm
    list_display = ("name", "takes", "model", "priority", "enabled")
    list_filter = ("enabled",)
    search_fields = ("name", "pattern")
    list_select_related = ("model",)

    @admin.display(description="takes")
    def takes(self, row: Route) -> str:
        if row.always:
            return "every message"
        return f"pattern {row.pattern}" if row.pattern else ", ".join(row.keywords)


@admin.register(RegistrySettings)
class RegistrySettingsAdmin(admin.ModelAdmin):
    form = RegistrySettingsForm
    list_display = ("__str__", "default_model")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not RegistrySettings.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: RegistrySettings | None = None) -> bool:  # noqa: ARG002
        return False
