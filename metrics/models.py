"""The rows of figures: what was added up per minute, hour and day, how far that has come, and the targets.

A rollup is of the whole site, of an organisation or of a person in one (`scope`); it outlives the rows it was made
from. With an organisation or a person go theirs; the site's stay.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

_AT_MOST = "Seconds, at most."
_SECONDS = [MinValueValidator(0.001, "Use more than 0 seconds."), MaxValueValidator(3600, "Use at most 3600 seconds.")]


class Rollup(models.Model):
    """`data` is a packed `metrics.tally.Cell`, as JSON."""

    class Scope(models.TextChoices):
        SITE = "site"
        ORGANIZATION = "organization"
        USER = "user"

    class Period(models.TextChoices):
        MINUTE = "minute"
        HOUR = "hour"
        DAY = "day"

    scope = models.CharField(max_length=12, choices=Scope.choices)
    period = models.CharField(max_length=6, choices=Period.choices)
    start = models.DateTimeField()
    organization = models.ForeignKey(
        "accounts.Organization", null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    provider = models.CharField(max_length=200, blank=True)  # "" where nobody was called
    model = models.CharField(max_length=200, blank=True)
    data = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["period", "start", "provider", "model"], condition=Q(scope="site"), name="rollup_site"
            ),
            models.UniqueConstraint(
                fields=["organization", "period", "start", "provider", "model"],
                condition=Q(scope="organization"),
                name="rollup_organization",
            ),
            models.UniqueConstraint(
                fields=["user", "period", "start", "organization", "provider", "model"],
                condition=Q(scope="user"),
                name="rollup_user",
            ),
        ]
        indexes = [models.Index(fields=["period", "start"], name="rollup_start")]

    def __str__(self) -> str:
        return f"{self.scope} {self.period} {self.start:%Y-%m-%d %H:%M} {self.provider}/{self.model}"


class Progress(models.Model):
    """One row: answers that ended before `rolled_until` are in rollups. `ran_at`: when some process last looked."""

    rolled_until = models.DateTimeField(null=True)
    ran_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="progress_single")]

    def __str__(self) -> str:
        return f"rolled up until {self.rolled_until}"


class Telemetry(models.Model):
    """One row: how far answers were sent to OpenTelemetry, and whose turn it is (`metrics.telemetry.turn`).

    Sent are the answers that ended before `sent_until`, and of those that ended in that moment, those up to `sent_id`.
    """

    sent_until = models.DateTimeField(null=True)
    sent_id = models.UUIDField(null=True)
    held_by = models.CharField(max_length=64, blank=True)
    held_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="telemetry_single")]

    def __str__(self) -> str:
        return f"sent until {self.sent_until}"


class Targets(models.Model):
    """One row: what is well enough. Seconds; the rate is a share from 0 to 1."""

    ttft_p95 = models.FloatField("first token, p95", default=1.5, validators=_SECONDS, help_text=_AT_MOST)
    latency_p95 = models.FloatField("whole answer, p95", default=6.0, validators=_SECONDS, help_text=_AT_MOST)
    latency_p50 = models.FloatField("whole answer, p50", default=3.5, validators=_SECONDS, help_text=_AT_MOST)
    error_rate = models.FloatField(
        default=0.01,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="Share of answers that failed, less than this: 0.01 is one in a hundred.",
    )
    cancel_p95 = models.FloatField("stop, p95", default=0.3, validators=_SECONDS, help_text="Seconds, less than this.")

    class Meta:
        verbose_name = verbose_name_plural = "targets"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="targets_single")]

    def __str__(self) -> str:
        return "Targets"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if self.latency_p50 and self.latency_p95 and self.latency_p50 > self.latency_p95:
            raise ValidationError({"latency_p50": "Half of the answers cannot be allowed more time than 95 of 100."})
