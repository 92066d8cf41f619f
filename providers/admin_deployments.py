"""The deployments in the admin, with how they are at this moment. The page's script (static/js/health.js) asks for the
same words again every other second; without it the list is as it was when it was loaded."""

# Django's admin classes take type arguments only in the eyes of the type checker.
# mypy: disable-error-code=type-arg

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Script
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from providers import health_table
from providers.dispatch.health import Health, Key
from providers.forms import DeploymentForm
from providers.models import Deployment

NOT_CALLED = {"breaker": "not called yet", "in_flight": "0", "first_token": "-", "last_error": "-"}
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def words(health: Health | None, now: datetime) -> Mapping[str, str]:
    """What the list says of a deployment, by column."""
    if health is None:
        return NOT_CALLED
    first_token = health.first_token_s
    return {
        "breaker": _breaker(health),
        "in_flight": str(health.in_flight),
        "first_token": "-" if first_token is None else f"{first_token:.2f} s",
        "last_error": _last_error(health, now),
    }


def _breaker(health: Health) -> str:
    if health.state == "open":
        return f"open, next trial in {health.rest_s:.0f} s"
    return "half open: the next call is a trial" if health.state == "half_open" else "closed"


def _last_error(health: Health, now: datetime) -> str:
    if health.last_error_at is None:
        return "-"
    return f"{_age((now - health.last_error_at).total_seconds())} ago: {health.last_error}. {health.last_error_message}"


def _age(seconds: float) -> str:
    """In its largest unit: "12 s", "3 h"."""
    size, unit = next((one for one in _UNITS if seconds >= one[0]), _UNITS[-1])
    return f"{max(0, int(seconds)) // size} {unit}"


class DeploymentAdmin(admin.ModelAdmin):
    form = DeploymentForm
    fields = ("model", *DeploymentForm.Meta.fields)
    # No filters: beside them the list would be too narrow for what it is for.
    list_display = ("model", "provider", "upstream", "breaker", "in_flight", "first_token", "last_error", "enabled")
    list_select_related = ("provider", "model")
    search_fields = ("upstream", "model__name", "provider__name")

    class Media:
        css = {"all": ("css/admin.css",)}
        js = (Script("js/health.js", type="module"),)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.health)
        return [path("health/", view, name="providers_deployment_health"), *super().get_urls()]

    def health(self, request: HttpRequest) -> JsonResponse:
        """`{unknown: {column: words}, deployments: {id: {column: words}}}`: those that are not listed are unknown."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        seen, now = _seen(), timezone.now()
        ids = Deployment.objects.values_list("provider__name", "model__name", "upstream", "pk")
        told = {pk: words(seen[key], now) for *names, pk in ids if (key := _key(*names)) in seen}
        return JsonResponse({"unknown": NOT_CALLED, "deployments": told}, headers={"Cache-Control": "no-store"})

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With what is known of each row that is listed, read once."""
        changes = super().get_changelist_instance(request)
        seen, now = _seen(), timezone.now()
        rows: QuerySet[Deployment] = changes.result_list
        for row in rows:
            row.told = words(seen.get(_key(row.provider.name, row.model.name, row.upstream)), now)  # type: ignore[attr-defined]
        return changes

    @admin.display(description="breaker")
    def breaker(self, row: Any) -> SafeString:
        return _cell(row, "breaker")

    @admin.display(description="in flight")
    def in_flight(self, row: Any) -> SafeString:
        return _cell(row, "in_flight")

    @admin.display(description="first token")
    def first_token(self, row: Any) -> SafeString:
        return _cell(row, "first_token")

    @admin.display(description="last error")
    def last_error(self, row: Any) -> SafeString:
        return _cell(row, "last_error")


def _seen() -> dict[Key, Health]:
    return {(one.provider, one.model, one.upstream): one for one in health_table.together(health_table.stored())}


def _key(provider: str, model: str, upstream: str) -> Key:
    return provider, model, upstream


def _cell(row: Any, column: str) -> SafeString:
    return format_html('<span data-health="{}" data-column="{}">{}</span>', row.pk, column, row.told[column])
