"""What staff type to say where alerts are told. A stored address of a webhook, or secret, never leaves the server."""

# Django's forms take type arguments only in the eyes of the type checker.
# mypy: disable-error-code=type-arg

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from metrics.alerts.models import Channel
from metrics.alerts.senders import NO_MAIL, mail_works, refusal
from providers.addresses import AddressRefused
from providers.forms import KeywordsField
from providers.validation import address_policy

MOST_ADDRESSES = 20
_PLAIN = re.compile(r"[\x21-\x7e]+")
_HIDDEN = {"autocomplete": "new-password", "class": "vTextField"}


def host_of(url: str) -> str:
    """Of a webhook's address. Raises ValidationError, in words, where nothing can be sent there."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no port
    except ValueError:
        raise ValidationError("This address cannot be read. It is like https://hooks.example.org/…") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or not _PLAIN.fullmatch(url) or "\\" in url:
        raise ValidationError("Use an address like https://hooks.example.org/…, without spaces.")
    if parts.username is not None or parts.fragment:
        raise ValidationError("Leave out the user name, the password and what follows a #; the secret signs instead.")
    try:
        address_policy().check_host(parts.hostname)
    except AddressRefused:
        raise ValidationError(refusal(parts.hostname)) from None
    return parts.hostname


class ChannelForm(forms.ModelForm):
    """The webhook's address and its secret are write-only: blank keeps the stored ones."""

    addresses = KeywordsField(
        label="E-mail addresses",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 50}),
    )
    new_url = forms.CharField(
        label="Webhook",
        required=False,
        max_length=2000,
        widget=forms.PasswordInput(render_value=False, attrs=_HIDDEN),
    )
    new_secret = forms.CharField(
        label="Secret",
        required=False,
        max_length=500,
        widget=forms.PasswordInput(render_value=False, attrs=_HIDDEN),
    )
    remove_secret = forms.BooleanField(label="Remove the stored secret", required=False)

    class Meta:
        model = Channel
        fields = ["name", "kind", "addresses", "enabled"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row: Channel = self.instance
        self.fields["addresses"].help_text = f"One in each line.{'' if mail_works() else f' {NO_MAIL}'}"
        self.fields["new_url"].help_text = (
            f"Stored: an address at {row.host}. Leave this blank to keep it." if row.url_sealed
            else "The address that Slack, Mattermost or your own program gave you. It is kept encrypted."
        )  # fmt: skip
        self.fields["new_secret"].help_text = (
            "A secret is stored. Leave this blank to keep it." if row.secret_sealed
            else "Optional: signs what your program receives. It is kept encrypted and never shown again."
        )  # fmt: skip

    def clean_addresses(self) -> list[str]:
        addresses: list[str] = self.cleaned_data["addresses"]
        if len(addresses) > MOST_ADDRESSES:
            raise ValidationError(f"Use at most {MOST_ADDRESSES} addresses; a mailing list reaches more people.")
        for address in addresses:
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(f"{address} is no e-mail address. It is like name@example.org.") from None
        return list(dict.fromkeys(addresses))

    def clean_new_url(self) -> str:
        url: str = self.cleaned_data["new_url"]
        if url:
            host_of(url)
        return url

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("kind") == Channel.Kind.EMAIL:
            if "addresses" not in self.errors and not values.get("addresses"):
                self.add_error("addresses", "Enter at least one e-mail address.")
        elif "new_url" not in self.errors and not values.get("new_url") and not self.instance.url_sealed:
            self.add_error("new_url", "Enter the address of the webhook.")
        if values.get("new_secret") and values.get("remove_secret"):
            self.add_error("remove_secret", "Either enter a new secret or remove the stored one.")
        return values

    def save(self, commit: bool = True) -> Channel:
        if url := self.cleaned_data["new_url"]:
            self.instance.set_url(url, host_of(url))
        if self.cleaned_data["new_secret"] or self.cleaned_data["remove_secret"]:
            self.instance.set_secret(self.cleaned_data["new_secret"])
        row: Channel = super().save(commit)
        return row
