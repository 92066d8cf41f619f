"""One requested answer: its state, its log and its calls.

A generation's row carries the lease: `owner` may append to the log while `epoch` is the one it claimed with.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

_HAS_ENDED = Q(finished_at__isnull=False)


class Generation(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        COMPLETED = "completed"
        CANCELLED = "cancelled"
        FAILED = "failed"

    ENDED = (State.COMPLETED, State.CANCELLED, State.FAILED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # the public request_id
    organization = models.ForeignKey("accounts.Organization", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="generations")
    # A deleted thread takes its words along; the generation stays, for the ledger, and nobody can read it any more.
    thread = models.ForeignKey("threads.Thread", null=True, on_delete=models.SET_NULL, related_name="generations")
    message = models.OneToOneField("threads.Message", null=True, on_delete=models.SET_NULL, related_name="generation")
    deleted_at = models.DateTimeField(null=True)
    requested_model = models.CharField(max_length=200)
    idempotency_key = models.CharField(max_length=200, blank=True)

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    owner = models.CharField(max_length=64, blank=True)
    epoch = models.PositiveIntegerField(default=0)
    lease_expires_at = models.DateTimeField(null=True)
    takeovers = models.PositiveSmallIntegerField(default=0)
    cancel_requested_at = models.DateTimeField(null=True)

    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    first_token_at = models.DateTimeField(null=True)  # the first that a person could see
    finished_at = models.DateTimeField(null=True)

    finish_reason = models.CharField(max_length=20, blank=True)
    error_kind = models.CharField(max_length=40, blank=True)
    error_message = models.TextField(blank=True)
    model = models.CharField(max_length=200, blank=True)  # the model that answered
    provider = models.CharField(max_length=200, blank=True)
    prompt_tokens = models.PositiveIntegerField(null=True)
    completion_tokens = models.PositiveIntegerField(null=True)
    total_tokens = models.PositiveIntegerField(null=True)
    usage_estimated = models.BooleanField(default=False)
    cost_usd = models.DecimalField(max_digits=14, decimal_places=8, null=True)
    choice = models.JSONField(null=True)  # why this model, where that was left to us: threads.generation.reasons

    class Meta:
        indexes = [
            models.Index(fields=["state", "created_at"], name="generation_queue"),
            models.Index(fields=["owner"], condition=Q(state="running"), name="generation_owned"),
            # For figures, which are of answers that have ended: nothing is written to these before.
            models.Index(fields=["finished_at"], condition=_HAS_ENDED, name="generation_ended"),
            models.Index(fields=["finished_at"], condition=Q(state="failed"), name="generation_failed"),
            models.Index(fields=["user", "finished_at"], condition=_HAS_ENDED, name="generation_ended_user"),
            models.Index(fields=["organization", "finished_at"], condition=_HAS_ENDED, name="generation_ended_org"),
            models.Index(fields=["provider", "finished_at"], condition=_HAS_ENDED, name="generation_ended_provider"),
            models.Index(fields=["model", "finished_at"], condition=_HAS_ENDED, name="generation_ended_model"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "idempotency_key"], condition=~Q(idempotency_key=""), name="generation_idempotency"
            ),
            models.UniqueConstraint(
                fields=["thread"], condition=Q(state__in=["queued", "running"]), name="generation_one_per_thread"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"

    @property
    def ended(self) -> bool:
        return self.state in self.ENDED


class StoredPrompt(models.Model):
    """What a generation outside any thread was asked, so that any worker can run it; gone as soon as it has ended.

    Beside the generation's row, which is written every second while it runs: this may be megabytes.
    """

    generation = models.OneToOneField(Generation, primary_key=True, on_delete=models.CASCADE, related_name="prompt")
    data = models.TextField()  # JSON, by `threads.generation.prompts`

    def __str__(self) -> str:
        return f"{self.generation_id}: {len(self.data):,} characters"


class Event(models.Model):
    """A row of the log. `data` is the event's compact JSON, stored as text: readers pass it on as it is."""

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=20)
    data = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["generation", "seq"], name="event_seq")]

    def __str__(self) -> str:
        return f"{self.generation_id}/{self.seq} {self.type}"


class Attempt(models.Model):
    """One call of one deployment. The row exists before the call; names are copied so that figures outlive rows."""

    class State(models.TextChoices):
        RUNNING = "running"
        COMPLETED = "completed"
        CANCELLED = "cancelled"
        FAILED = "failed"
        LOST = "lost"  # its process died; what it cost can only be estimated

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    epoch = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)  # first, retry, fallback, hedge, takeover
    deployment = models.ForeignKey("providers.Deployment", null=True, on_delete=models.SET_NULL, related_name="+")
    provider = models.CharField(max_length=200)
    model = models.CharField(max_length=200)
    upstream = models.CharField(max_length=200)
    streaming = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)

    sent_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    first_token_at = models.DateTimeField(null=True)
    last_token_at = models.DateTimeField(null=True)
    longest_gap_s = models.FloatField(null=True)  # between two tokens
    finished_at = models.DateTimeField(null=True)
    http_status = models.PositiveSmallIntegerField(null=True)
    upstream_id = models.CharField(max_length=200, blank=True)
    finish_reason = models.CharField(max_length=20, blank=True)
    error_kind = models.CharField(max_length=40, blank=True)
    error_message = models.TextField(blank=True)
    deltas = models.PositiveIntegerField(default=0)  # text and reasoning events received
    prompt_tokens = models.PositiveIntegerField(null=True)
    completion_tokens = models.PositiveIntegerField(null=True)
    reasoning_tokens = models.PositiveIntegerField(null=True)
    cached_tokens = models.PositiveIntegerField(null=True)
    usage_source = models.CharField(max_length=10, default="unknown")  # reported, estimated, unknown
    cost_usd = models.DecimalField(max_digits=14, decimal_places=8, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-sent_at"], name="attempt_recent"),
            models.Index(fields=["sent_at"], condition=~Q(error_kind=""), name="attempt_failed"),
            models.Index(fields=["generation"], condition=Q(state="running"), name="attempt_open"),
        ]
        constraints = [models.UniqueConstraint(fields=["generation", "number"], name="attempt_number")]

    def __str__(self) -> str:
        return f"{self.generation_id}#{self.number} {self.provider}/{self.upstream}"
