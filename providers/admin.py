"""The registry in the admin. Shows rows and their state; the forms and the rules are elsewhere."""

# Django's admin classes take type arguments only in the eyes of the type checker.
# mypy: disable-error-code=type-arg

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from providers import connection, offerings
from providers.admin_deployments import DeploymentAdmin
from providers.admin_offerings import OfferingAdmin, price_text
from providers.dispatch.targets import Prices
from providers.forms import DeploymentForm, ModelForm, ProviderForm, RegistrySettingsForm, RouteForm
from providers.models import Deployment, Model, ModelFallback, Offering, Provider, RegistrySettings, Route
from providers.presets import PRESETS
from providers.prices import prices_for
from providers.registry import base_url_of
from providers.standing import findings

admin.site.register(Offering, OfferingAdmin)
admin.site.register(Deployment, DeploymentAdmin)


@admin.register(Provider)
class ProviderAdmin(admin.ModelAdmin):
    form = ProviderForm
    list_display = ("name", "vendor", "address", "key", "enabled", "max_concurrency", "deployments_count")
    list_filter = ("enabled", "preset")
    search_fields = ("name", "base_url")
    readonly_fields = ("created", "updated")
    actions = ("read_lists",)
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

    # --- its models, and whether they answer --------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<uuid:pk>/test/", wrap(self.test_connection), name="providers_provider_test"),
            path("<uuid:pk>/sync/", wrap(require_POST(self.read_list)), name="providers_provider_sync"),
            *super().get_urls(),
        ]

    def test_connection(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        row = self._row(request, pk)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": row}
        return connection.page(request, row, {**context, "title": f"Test connection: {row}"})

    def read_list(self, request: HttpRequest, pk: Any) -> HttpResponse:
        row = self._row(request, pk)
        self._read(request, [row])
        return redirect(
            f"{reverse('admin:providers_offering_changelist')}?{urlencode({'provider__id__exact': str(row.pk)})}"
        )

    @admin.action(description="Read the lists of models of selected providers", permissions=["change"])
    def read_lists(self, request: HttpRequest, queryset: QuerySet[Provider]) -> None:
        self._read(request, list(queryset))

    def _read(self, request: HttpRequest, rows: list[Provider]) -> None:
        for report in offerings.sync(rows):
            self.message_user(request, f"Provider {report.text}", messages.SUCCESS if report.ok else messages.ERROR)
        for text in findings(Deployment.objects.filter(provider__in=rows).select_related("model", "provider")):
            self.message_user(request, text, messages.WARNING)

    def _row(self, request: HttpRequest, pk: Any) -> Provider:
        row: Provider | None = self.get_object(request, str(pk))
        if row is None:
            raise Http404
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        return row


class DeploymentInline(admin.TabularInline):
    model = Deployment
    form = DeploymentForm
    fields = ("provider", "upstream", "weight", "order", "keep_alive", "enabled", "test")
    readonly_fields = ("test",)
    extra = 0
    min_num = 1

    @admin.display(description="connection")
    def test(self, row: Deployment) -> str:
        if not row.pk:
            return "-"
        address = reverse("admin:providers_provider_test", args=[row.provider_id])
        return format_html('<a href="{}?{}">Test</a>', address, urlencode({"upstream": row.upstream}))


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
    list_display = ("name", "label", "enabled", "providers", "price", "streaming")
    list_filter = ("enabled", "deployments__provider")
    search_fields = ("name", "label", "deployments__upstream")
    readonly_fields = ("created", "updated")
    inlines = (DeploymentInline, FallbackInline)
    fieldsets = (
        (None, {"fields": ("name", "label", "enabled", "capabilities")}),
        (
            "Prices, USD per million tokens",
            {
                "fields": (("price_input", "price_output", "price_cached_input"),),
                "description": "All three blank: what the provider's list or the published prices say.",
            },
        ),
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

    @admin.display(description="input / output price")
    def price(self, row: Model) -> str:
        """Staff's own, else the published one at the first deployment."""
        own = Prices(row.price_input, row.price_output, row.price_cached_input)
        first = next(iter(row.deployments.all()), None)
        return price_text(prices_for(first.provider.preset, first.upstream, [own]) if first else own)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for each in formset.forms:
            if isinstance(each, DeploymentForm) and each.caution and each not in formset.deleted_forms:
                self.message_user(request, f"Saved, but: {each.caution}", messages.WARNING)


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
        if row.intent:
            return f"intent {row.intent}"
        return f"pattern {row.pattern}" if row.pattern else ", ".join(row.keywords)


@admin.register(RegistrySettings)
class RegistrySettingsAdmin(admin.ModelAdmin):
    form = RegistrySettingsForm
    list_display = ("__str__", "default_model")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not RegistrySettings.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: RegistrySettings | None = None) -> bool:  # noqa: ARG002
        return False
