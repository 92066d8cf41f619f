"""Rows of alerts: when to tell (one row), where to, what was wrong from when to when, and each message about it."""

import uuid
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from providers.encryption import Place, seal, unseal


def _between(least: int, most: int) -> list[Any]:
    words = f"Use a whole number from {least} to {most}."
    return [MinValueValidator(least, words), MaxValueValidator(most, words)]


class Rules(models.Model):
    """One row: how long something must be wrong before it is told, and well before that is."""

    missed_minutes = models.PositiveIntegerField(
        "a target is missed for",
        default=5,
        validators=_between(1, 120),
        help_text="Minutes. So long is also the period that each look takes together.",
    )
    least_answers = models.PositiveIntegerField(
        "of at least so many answers",
        default=20,
        validators=_between(1, 100_000),
        help_text="Measured in this period: with fewer than 20, one slow answer alone makes the p95.",
    )
    breaker_minutes = models.PositiveIntegerField(
        "a deployment rests for", default=2, validators=_between(1, 120), help_text="Minutes."
    )
    fine_minutes = models.PositiveIntegerField(
        "it is over when well for",
        default=10,
        validators=_between(1, 240),
        help_text="Minutes. What comes and goes within them is told once.",
    )

    class Meta:
        verbose_name = verbose_name_plural = "rules"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="alert_rules_single")]

    def __str__(self) -> str:
        return "Rules"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)

    @classmethod
    def current(cls) -> "Rules":
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class Channel(models.Model):
    """Where alerts are told. Webhooks' addresses are secrets, too: who knows one can write there."""

    class Kind(models.TextChoices):
        EMAIL = "email", "e-mail"
        CHAT = "chat", "Slack, Mattermost or alike"
        WEBHOOK = "webhook", "webhook"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.EMAIL)
    addresses = models.JSONField("e-mail addresses", default=list, blank=True)
    url_sealed = models.TextField(blank=True, default="", editable=False)
    secret_sealed = models.TextField(blank=True, default="", editable=False)
    host = models.CharField(max_length=300, blank=True, default="", editable=False)  # of the URL, to be shown
    enabled = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        verbose_name = "alert channel"

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """In clear, or "". Raises EncryptionError where it cannot be opened; so does `secret`."""
        return self._opened("url_sealed")

    @property
    def secret(self) -> str:
        return self._opened("secret_sealed")

    def set_url(self, url: str, host: str) -> None:
        """Does not save; neither does `set_secret`."""
        self.url_sealed, self.host = self._closed("url_sealed", url), host

    def set_secret(self, secret: str) -> None:
        self.secret_sealed = self._closed("secret_sealed", secret)

    def recipients(self) -> list[str]:
        """One message to each. A webhook's only one has no name of its own."""
        return list(self.addresses) if self.kind == Channel.Kind.EMAIL else [""]

    def _closed(self, column: str, text: str) -> str:
        return seal(text, self._place(column)) if text else ""

    def _opened(self, column: str) -> str:
        sealed: str = getattr(self, column)
        return unseal(sealed, self._place(column)) if sealed else ""

    def _place(self, column: str) -> Place:
        return Place("alerts_channel", column, self.id)


class Alert(models.Model):
    """One trouble from `since`, when it was first seen. It is told (`told_at`) if it lasts, else the row goes again.

    What is written here is how it was at `seen_at`, when it was last seen; `ending` how it was when it was over.
    """

    class Kind(models.TextChoices):
        TARGET = "target", "target missed"
        BREAKER = "breaker", "deployment rests"
        BUDGET = "budget", "budget"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    subject = models.CharField(max_length=100)  # a target's name, a deployment's or a budget's id
    title = models.CharField(max_length=500)
    what = models.TextField()
    worst = models.TextField(blank=True, default="")
    advice = models.TextField(blank=True, default="")
    path = models.CharField(max_length=1000, blank=True, default="")
    actual = models.FloatField(null=True)
    target = models.FloatField(null=True)
    level = models.PositiveIntegerField(default=1)
    since = models.DateTimeField()
    seen_at = models.DateTimeField("last seen")
    told_at = models.DateTimeField("told", null=True)
    fine_since = models.DateTimeField(null=True)
    recovered_at = models.DateTimeField("over", null=True)
    ending = models.TextField(blank=True, default="")

    class Meta:
        ordering: ClassVar[list[str]] = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject"], condition=Q(recovered_at=None), name="alert_live_once")
        ]

    def __str__(self) -> str:
        return self.title


class Delivery(models.Model):
    """One message to one recipient: waiting until `next_at`, sent, or given up. `key` is known to the receiver."""

    class Event(models.TextChoices):
        OPENED = "opened", "it is wrong"
        WORSE = "worse", "it got worse"
        RECOVERED = "recovered", "it is over"

    key = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="deliveries")
    to = models.CharField(max_length=320, blank=True, default="")
    event = models.CharField(max_length=10, choices=Event.choices)
    level = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, db_index=True)  # null: sent or given up
    tries = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField("sent", null=True)
    given_up_at = models.DateTimeField(null=True)
    error = models.TextField("last error", blank=True, default="")

    class Meta:
        verbose_name_plural = "deliveries"
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["alert", "channel", "to", "event", "level"], name="delivery_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_event_display()}: {self.to or self.channel}"
