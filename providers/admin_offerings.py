"""What providers offer, in the admin: to look at, and to make models from. Writes nothing into the lists."""

# Django's admin classes take type arguments only in the eyes of the type checker.
# mypy: disable-error-code=type-arg

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from providers import offerings
from providers.dispatch.targets import Prices
from providers.models import Deployment, Offering
from providers.prices import prices_for


def price_text(prices: Prices) -> str:
    """ "0.1 / 0.5", "-" for what is unknown."""
    return " / ".join("-" if amount is None else f"{amount.normalize():f}" for amount in (prices.input, prices.output))


class OfferingAdmin(admin.ModelAdmin):
    """Looked at, and models made from it; what it says is the providers' own."""

    list_display = ("upstream", "provider", "label", "context_tokens", "output_tokens", "price", "ends", "in_use")
    list_filter = (("provider", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("upstream", "label")
    list_select_related = ("provider",)
    list_per_page = 200
    actions = ("add_as_models",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Offering]:
        rows: QuerySet[Offering] = super().get_queryset(request)
        deployed = Deployment.objects.filter(provider=OuterRef("provider"), upstream=OuterRef("upstream"))
        return rows.annotate(model_name=Subquery(deployed.values("model__name")[:1]))

    @admin.display(description="input / output price")
    def price(self, row: Offering) -> str:
        listed = Prices(row.price_input, row.price_output, row.price_cached_input)
        return price_text(prices_for(row.provider.preset, row.upstream, [listed]))

    @admin.display(description="in use as", empty_value="-", ordering="model_name")
    def in_use(self, row: Any) -> str | None:
        name: str | None = row.model_name
        return name

    @admin.action(description="Add selected as models", permissions=["add_models"])
    def add_as_models(self, request: HttpRequest, queryset: QuerySet[Offering]) -> None:
        for note in offerings.add_models(queryset.select_related("provider")):
            self.message_user(request, note)

    def has_add_models_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms(["providers.add_model", "providers.add_deployment"])

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Offering | None = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Offering | None = None) -> bool:  # noqa: ARG002
        return request.user.has_perm("providers.delete_provider")  # they go with their provider, and only with it

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}
