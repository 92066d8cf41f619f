"""The registry's rows: providers, models, their deployments, fallbacks and routes, and the settings beside them.

Values are checked by `providers.validation` (`full_clean`); turning a row into a call is `providers.registry`'s.
"""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from providers import validation as rules
from providers.encryption import Place, seal, unseal
from providers.presets import PRESETS
from providers.registry import ADAPTERS


class Provider(models.Model):
    """One endpoint with its credential. The key is kept encrypted and never shown: read it through `api_key`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100, unique=True, validators=[rules.check_provider_name])
    preset = models.CharField(max_length=50, validators=[rules.check_preset])
    base_url = models.CharField(
        "base URL", max_length=500, blank=True, validators=[rules.check_base_url], help_text="Blank: the preset's own."
    )
    adapter = models.CharField(
        max_length=50, blank=True, validators=[rules.check_adapter], help_text="Blank: the preset's own."
    )
    api_key_sealed = models.TextField(blank=True, default="", editable=False)
    # "env:NAME": the key came from that environment variable and follows it at every start. Blank: staff entered it.
    key_source = models.CharField(max_length=200, blank=True, default="", editable=False)
    headers = models.JSONField(
        default=dict, blank=True, validators=[rules.check_headers], help_text='Sent besides, as {"Name": "value"}.'
    )
    enabled = models.BooleanField(default=True)
    max_concurrency = models.PositiveIntegerField(
        null=True, blank=True, validators=[rules.check_count], help_text="Calls at a time. Blank: no limit."
    )
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> Place:
        return Place("providers_provider", "api_key_sealed", self.id)

    @property
    def api_key(self) -> str:
        """The key in clear, or "". Raises EncryptionError where it cannot be opened."""
        return unseal(self.api_key_sealed, self.place) if self.api_key_sealed else ""

    def set_api_key(self, key: str, source: str = "") -> None:
        """Keep `key` ("" removes it); `source` is "env:NAME" where it came from the environment. Does not save."""
        self.api_key_sealed = seal(key, self.place) if key else ""
        self.key_source = source if key else ""

    def clean(self) -> None:
        super().clean()
        if self.preset not in PRESETS or (self.adapter and self.adapter not in ADAPTERS):
            return  # told by the field's own rule
        try:
            rules.check_address_given(self.preset, self.adapter, self.base_url)
        except ValidationError as error:
            raise ValidationError({"base_url": error}) from None


class Model(models.Model):
    """What a person picks. Prices are USD per million tokens, times are seconds; blank means unknown or usual."""

    name = models.CharField(max_length=150, unique=True, validators=[rules.check_model_name])
    label = models.CharField(max_length=150, blank=True, help_text="Shown to people. Blank: the name.")
    enabled = models.BooleanField(default=True)
    capabilities = models.JSONField(default=list, blank=True, validators=[rules.check_capabilities])
    price_input = models.DecimalField(
        max_digits=12, decimal_places=6, null=True, blank=True, validators=[rules.check_price]
    )
    price_output = models.DecimalField(
        max_digits=12, decimal_places=6, null=True, blank=True, validators=[rules.check_price]
    )
    price_cached_input = models.DecimalField(
        max_digits=12, decimal_places=6, null=True, blank=True, validators=[rules.check_price]
    )
    timeout_first_token = models.FloatField(null=True, blank=True, validators=[rules.check_seconds])
    timeout_stall = models.FloatField(null=True, blank=True, validators=[rules.check_seconds])
    timeout_total = models.FloatField(null=True, blank=True, validators=[rules.check_seconds])
    streaming = models.BooleanField(default=True, help_text="Off: called without streaming.")
    hedge_after = models.FloatField(
        null=True,
        blank=True,
        validators=[rules.check_seconds],
        help_text="Seconds without a first token before a second deployment is tried too.",
    )
    fallbacks = models.ManyToManyField(
        "self",
        through="ModelFallback",
        through_fields=("model", "fallback"),
        symmetrical=False,
        related_name="fallback_of",
    )
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        return self.label or self.name


class ModelFallback(models.Model):
    """`fallback` is tried after `model`, in the order given."""

    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="fallback_rows")
    fallback = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="fallback_of_rows")
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "fallback"],
                name="model_fallback_once",
                violation_error_message="This fallback is listed already.",
            ),
            models.CheckConstraint(
                condition=~models.Q(model=models.F("fallback")),
                name="model_fallback_other",
                violation_error_message="A model cannot be its own fallback.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} → {self.fallback}"

    def clean(self) -> None:
        """No circle: the fallback must not lead back to the model."""
        super().clean()
        if not (self.model_id and self.fallback_id):  # a new model has no row yet, so nothing leads back to it
            return
        chains: dict[str, list[str]] = {}
        for source, target in ModelFallback.objects.exclude(pk=self.pk).values_list("model__name", "fallback__name"):
            chains.setdefault(source, []).append(target)
        chains[self.model.name] = [self.fallback.name]
        rules.check_no_circle(chains, self.model.name)


class Deployment(models.Model):
    """A model at one provider under its upstream name: the unit of routing, limits and health."""

    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="deployments")
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="deployments")
    upstream = models.CharField(
        "upstream name",
        max_length=200,
        validators=[rules.check_one_line],
        help_text="What the provider calls the model.",
    )
    weight = models.PositiveIntegerField(default=1, validators=[rules.check_count])
    enabled = models.BooleanField(default=True)
    order = models.PositiveIntegerField(default=0, help_text="Lower is tried first.")
    keep_alive = models.CharField(
        max_length=20,
        blank=True,
        default="",
        validators=[rules.check_keep_alive],
        help_text='Ollama: how long the model stays in memory afterwards ("10s", "5m", "-1" for ever, "0"). '
        "Blank: the server's own.",
    )

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "provider", "upstream"],
                name="deployment_once",
                violation_error_message="This deployment is listed already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.upstream} at {self.provider}"


class DeploymentHealth(models.Model):
    """A deployment as one process saw it a moment ago. Read and written by `providers.health_table`; seconds."""

    process = models.CharField(max_length=64)
    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="health_rows")
    breaker = models.CharField(max_length=10)  # providers.dispatch.breaker.State
    open_until = models.DateTimeField(null=True)
    in_flight = models.PositiveIntegerField(default=0)
    first_token_s = models.FloatField(null=True)
    last_error_kind = models.CharField(max_length=40, blank=True)
    last_error = models.TextField(blank=True)
    last_error_at = models.DateTimeField(null=True)
    needs_staff = models.TextField(blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "deployment"], name="deployment_health_once")]

    def __str__(self) -> str:
        return f"{self.deployment_id} at {self.process}: {self.breaker}"


class Offering(models.Model):
    """What a provider's own list says of one model there. Written by `providers.offerings`; nobody asked for it yet.

    Prices are USD per million tokens, limits are tokens, `ends` is the first day without the model; blank: not told.
    """

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="offerings")
    upstream = models.CharField("upstream name", max_length=200)
    label = models.CharField(max_length=150, blank=True)
    context_tokens = models.PositiveBigIntegerField(null=True, blank=True)
    output_tokens = models.PositiveBigIntegerField(null=True, blank=True)
    price_input = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    price_output = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    price_cached_input = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    capabilities = models.JSONField(default=list, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["provider__name", "upstream"]
        verbose_name = "offered model"
        constraints = [models.UniqueConstraint(fields=["provider", "upstream"], name="offering_once")]

    def __str__(self) -> str:
        return f"{self.upstream} at {self.provider}"


class Route(models.Model):
    """Which model the automatic choice takes for a message. The highest priority that fits wins."""

    name = models.CharField(max_length=100, unique=True, validators=[rules.check_provider_name])
    keywords = models.JSONField(default=list, blank=True, validators=[rules.check_keywords])
    pattern = models.CharField(max_length=500, blank=True, validators=[rules.check_pattern])
    always = models.BooleanField(default=False)
    intent = models.CharField(max_length=20, blank=True, default="", validators=[rules.check_intent])
    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="routes")
    priority = models.IntegerField(default=0, validators=[rules.check_priority], help_text="Higher is tried first.")
    enabled = models.BooleanField(default=True)

    class Meta:
        ordering = ["-priority", "name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        rules.check_route(self.keywords or [], self.pattern, self.always, self.intent)


class RegistrySettings(models.Model):
    """One row. `default_model` is a model's name, or "auto": the first that can be used."""

    default_model = models.CharField(max_length=150, default=rules.AUTO)

    class Meta:
        verbose_name = verbose_name_plural = "registry settings"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="registry_settings_single")]

    def __str__(self) -> str:
        return "Registry settings"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)

    @classmethod
    def current(cls) -> "RegistrySettings":
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    def clean(self) -> None:
        super().clean()
        if self.default_model == rules.AUTO:
            return
        names = list(Model.objects.values_list("name", flat=True))
        if self.default_model not in names:
            hint = rules.suggestion(self.default_model, names)
            raise ValidationError({"default_model": f'No model is called "{self.default_model}".{hint}'})
