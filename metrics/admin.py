"""The targets, in the admin: one row, made when it is first opened."""

# Django's admin classes take type arguments only in the eyes of the type checker.
# mypy: disable-error-code="type-arg"

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from metrics.models import Targets


@admin.register(Targets)
class TargetsAdmin(admin.ModelAdmin):
    fields = ("ttft_p95", "latency_p95", "latency_p50", "error_rate", "cancel_p95")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Targets | None = None) -> bool:  # noqa: ARG002 - Django's
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            return super().changelist_view(request, extra_context)
        row, _ = Targets.objects.get_or_create(pk=1)
        return redirect("admin:metrics_targets_change", row.pk)
