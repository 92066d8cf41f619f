"""Forms of the registry in the admin: what staff type, in and out of rows. A stored key never leaves the server."""

# Django's forms take type arguments only in the eyes of the type checker.
# mypy: disable-error-code=type-arg

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from providers import validation as rules
from providers.intents import INTENTS
from providers.models import Deployment, Model, Provider, RegistrySettings, Route
from providers.presets import PRESETS
from providers.profiles import CAPABILITIES
from providers.registry import ADAPTERS, base_url_of
from providers.registry_load import origin_of
from providers.standing import finding


def _presets() -> list[tuple[str, str]]:
    return [("", "---------"), *((preset.name, preset.label) for preset in PRESETS.values())]


def _adapters() -> list[tuple[str, str]]:
    names = ((name, name if path else f"{name} (not in this version)") for name, path in ADAPTERS.items())
    return [("", "the preset's own"), *names]


def _intents() -> list[tuple[str, str]]:
    return [("", "---------"), *((name, f"{name}: {words}") for name, words in INTENTS.items())]


def _default_models() -> list[tuple[str, str]]:
    names = Model.objects.order_by("name").values_list("name", flat=True)
    return [(rules.AUTO, "auto (the first that can be used)"), *((name, name) for name in names)]


class ProviderForm(forms.ModelForm):
    """The key is write-only: blank keeps the stored one, unless the row would send it to another host."""

    preset = forms.ChoiceField(choices=_presets)
    adapter = forms.ChoiceField(choices=_adapters, required=False)
    new_key = forms.CharField(
        label="API key",
        required=False,
        max_length=rules.LONGEST_KEY,
        strip=True,
        validators=[rules.check_api_key],
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password", "class": "vTextField"}),
    )
    remove_key = forms.BooleanField(label="Remove the stored key", required=False)

    class Meta:
        model = Provider
        fields = ["name", "preset", "base_url", "adapter", "headers", "enabled", "max_concurrency"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_key"].help_text = _key_hint(self.instance)
        self._stored_for = origin_of(self.instance) if self.instance.api_key_sealed else None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("new_key") and values.get("remove_key"):
            self.add_error("remove_key", "Either enter a new key or remove the stored one.")
        keeps = self._stored_for is not None and not values.get("new_key") and not values.get("remove_key")
        if keeps and "new_key" not in self.errors and self._moves(values):
            self.add_error(
                "new_key",
                "This change would send the stored key to another address. Enter the key again, or remove it.",
            )
        return values

    def _moves(self, values: dict[str, Any]) -> bool:
        """Whether the key would go elsewhere. A value that is wrong has been told already."""
        if not {"preset", "adapter", "base_url"} <= values.keys() or values["preset"] not in PRESETS:
            return False
        try:
            address = base_url_of(values["preset"], values["adapter"], values["base_url"])
            return not address or rules.origin(address) != self._stored_for
        except (ValidationError, KeyError):
            return False

    def save(self, commit: bool = True) -> Provider:
        key = self.cleaned_data["new_key"]
        if key or self.cleaned_data["remove_key"]:
            self.instance.set_api_key(key)
        row: Provider = super().save(commit)
        return row


def _key_hint(row: Provider) -> str:
    if not row.api_key_sealed:
        return "No key is stored. It is kept encrypted and never shown again."
    source = row.key_source.removeprefix("env:")
    origin = f" It follows the environment variable {source}; a key entered here does not." if source else ""
    return f"A key is stored. Leave this blank to keep it.{origin}"


class ModelForm(forms.ModelForm):
    capabilities = forms.MultipleChoiceField(
        choices=[(name, name.replace("_", " ")) for name in CAPABILITIES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What the profiles do not know of this model yet.",
    )

    class Meta:
        model = Model
        fields = [
            "name",
            "label",
            "enabled",
            "capabilities",
            "price_input",
            "price_output",
            "price_cached_input",
            "timeout_first_token",
            "timeout_stall",
            "timeout_total",
            "hedge_after",
            "streaming",
        ]


class DeploymentForm(forms.ModelForm):
    """Refuses a retired model where it is entered or switched on. `caution`: what else speaks against the name."""

    caution = ""

    class Meta:
        model = Deployment
        fields = ["provider", "upstream", "weight", "order", "keep_alive", "enabled"]
        widgets = {name: forms.TextInput(attrs={"size": size}) for name, size in (("upstream", 26), ("keep_alive", 5))}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        provider, upstream = values.get("provider"), values.get("upstream")
        if provider is None or not upstream or values.get("DELETE"):
            return values
        found = finding(provider, upstream)
        entered = values.get("enabled") and {"provider", "upstream", "enabled"} & set(self.changed_data)
        if found is not None and found.retired and entered:
            self.add_error("upstream", found.text)
        elif found is not None:
            self.caution = found.text
        return values


class KeywordsField(forms.CharField):
    """A list of texts, one in each line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        text = value if isinstance(value, str) else "\n".join(value or [])
        return [line.strip() for line in text.splitlines() if line.strip()]


class RouteForm(forms.ModelForm):
    keywords = KeywordsField(
        required=False,
        help_text="One in each line; upper and lower case are the same. A route has keywords, a pattern, always or an "
        "intent.",
    )
    intent = forms.ChoiceField(choices=_intents, required=False, help_text="What the message wants.")

    class Meta:
        model = Route
        fields = ["name", "keywords", "pattern", "always", "intent", "model", "priority", "enabled"]


class RegistrySettingsForm(forms.ModelForm):
    default_model = forms.ChoiceField(choices=_default_models)

    class Meta:
        model = RegistrySettings
        fields = ["default_model"]
