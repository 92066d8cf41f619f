"""Alerts in the admin: what was wrong and who was told, where alerts are told, and when."""

# Django's admin classes take type arguments only in the eyes of the type checker.
# mypy: disable-error-code=type-arg

import uuid
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from metrics.alerts import outbox
from metrics.alerts.forms import ChannelForm
from metrics.alerts.messages import test_message
from metrics.alerts.models import Alert, Channel, Delivery, Rules
from metrics.alerts.senders import NO_MAIL, NotSent, mail_works
from providers.encryption import EncryptionError


@admin.register(Rules)
class RulesAdmin(admin.ModelAdmin):
    fields = ("missed_minutes", "least_answers", "breaker_minutes", "fine_minutes")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Rules | None = None) -> bool:  # noqa: ARG002 - Django's
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            return super().changelist_view(request, extra_context)
        row, _ = Rules.objects.get_or_create(pk=1)
        return redirect("admin:alerts_rules_change", row.pk)


@admin.register(Channel)
class ChannelAdmin(admin.ModelAdmin):
    form = ChannelForm
    list_display = ("name", "kind", "where", "enabled", "latest")
    actions = ("test",)
    change_form_template = "admin/alerts/channel/change_form.html"
    fieldsets = (
        (None, {"fields": ("name", "kind", "enabled")}),
        ("By e-mail", {"fields": ("addresses",)}),
        ("By webhook", {"fields": ("new_url", "new_secret", "remove_secret")}),
    )

    @admin.display(description="goes to")
    def where(self, row: Channel) -> str:
        if row.kind != Channel.Kind.EMAIL:
            return row.host
        return ", ".join(row.addresses) if mail_works() else f"Nowhere: {NO_MAIL}"

    @admin.display(description="latest message")
    def latest(self, row: Channel) -> str:
        last = row.deliveries.order_by("-pk").first()
        return told(last) if last else "none yet"

    @admin.action(description="Send a test message to selected channels", permissions=["change"])
    def test(self, request: HttpRequest, queryset: QuerySet[Channel]) -> None:
        for channel in queryset:
            self._test(request, channel)

    def _test(self, request: HttpRequest, channel: Channel) -> None:
        for to in channel.recipients():
            where = f"{channel.name} ({to or channel.host})"
            try:
                outbox.sender_for(channel, to).send(test_message(str(uuid.uuid4())))
            except (NotSent, EncryptionError) as error:
                self.message_user(request, f"The test message to {where} was not sent. {error}", messages.ERROR)
            else:
                text = f"The test message to {where} was sent: the other side has taken it."
                self.message_user(request, text, messages.SUCCESS)

    def response_add(self, request: HttpRequest, obj: Channel, post_url_continue: str | None = None) -> HttpResponse:
        return self._tested(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Channel) -> HttpResponse:
        return self._tested(request, obj) or super().response_change(request, obj)

    def _tested(self, request: HttpRequest, channel: Channel) -> HttpResponse | None:
        """The form again, saved, with what came of the test; None where none was asked for."""
        if "_test" not in request.POST:
            return None
        self._test(request, channel)
        return redirect("admin:alerts_channel_change", channel.pk)


class _ReadOnly:
    """Alerts are written by what happens."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


class DeliveryInline(_ReadOnly, admin.TabularInline):
    model = Delivery
    fields = ("event", "channel", "to", "state")
    readonly_fields = ("state",)
    extra = 0
    can_delete = False

    @admin.display(description="state")
    def state(self, row: Delivery) -> str:
        return told(row)


@admin.register(Alert)
class AlertAdmin(_ReadOnly, admin.ModelAdmin):
    # No filters: beside them the list would be too narrow for what it is for. What is open comes first.
    list_display = ("title", "stage", "what", "began", "over", "messages")
    ordering = (F("recovered_at").desc(nulls_first=True), "-since", "-pk")
    search_fields = ("title", "what")
    inlines = (DeliveryInline,)
    actions = ("again",)
    fieldsets = (
        (None, {"fields": ("title", "kind", "stage", "what", "worst", "advice", "ending")}),
        ("Figures", {"fields": ("actual", "target")}),
        ("Times", {"fields": ("since", "told_at", "seen_at", "recovered_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alert]:
        return super().get_queryset(request).prefetch_related("deliveries")

    @admin.display(description="since", ordering="since")
    def began(self, row: Alert) -> str:
        return moment(row.since)

    @admin.display(description="over", ordering="recovered_at")
    def over(self, row: Alert) -> str:
        return moment(row.recovered_at)

    @admin.display(description="state")
    def stage(self, row: Alert) -> str:
        if row.recovered_at:
            return "over"
        return "open" if row.told_at else "not told yet"

    @admin.display(description="messages")
    def messages(self, row: Alert) -> str:
        """How many of each state; and that there was nobody to tell."""
        rows = row.deliveries.all()
        if not rows:
            return "nobody to tell" if row.told_at else "-"
        counts = {
            "sent": sum(one.sent_at is not None for one in rows),
            "waiting": sum(one.sent_at is None and one.given_up_at is None for one in rows),
            "given up": sum(one.given_up_at is not None for one in rows),
        }
        return ", ".join(f"{count} {state}" for state, count in counts.items() if count)

    @admin.action(description="Try again what was not sent", permissions=["view"])
    def again(self, request: HttpRequest, queryset: QuerySet[Alert]) -> None:
        ids = Delivery.objects.filter(alert__in=queryset.values("pk")).values_list("pk", flat=True)
        count = outbox.try_again(list(ids), timezone.now())
        text = f"{count} will be tried within a minute." if count else "Everything of these was sent."
        self.message_user(request, text, messages.SUCCESS)


def told(row: Delivery) -> str:
    """Where a message is on its way."""
    if row.sent_at:
        return f"sent {moment(row.sent_at)}"
    if row.given_up_at:
        return f"given up {moment(row.given_up_at)}: {row.error}"
    if not row.tries:
        return "waiting"
    times = "once" if row.tries == 1 else f"{row.tries} times"
    return f"failed {times}, tried again {moment(row.next_at)}: {row.error}"


def moment(at: datetime | None) -> str:
    """In UTC, as everywhere on staff's pages."""
    return f"{at:%Y-%m-%d %H:%M}" if at else "-"
