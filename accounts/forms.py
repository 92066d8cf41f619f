"""What people type about accounts, checked. Passwords are taken as they are. Nothing is written here."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts import limits
from accounts.errors import TooManyAttempts
from accounts.models import ApiKey, Organization, User

STRENGTH = "At least 8 characters, and not a common one."
LIFETIMES = {"": "never", "30": "in 30 days", "90": "in 90 days", "365": "in a year"}


def focus(form: forms.BaseForm) -> None:
    """Put the cursor into the first field that needs the person: the first wrong one, else the first empty one."""
    fields = [field for field in form if not field.is_hidden]
    wrong = [field for field in fields if form.is_bound and field.errors]
    empty = [field for field in fields if not field.value() or isinstance(field.field.widget, forms.PasswordInput)]
    for field in fields:
        field.field.widget.attrs.pop("autofocus", None)
    for field in (wrong or empty)[:1]:
        field.field.widget.attrs["autofocus"] = True


def _email() -> forms.EmailField:
    widget = forms.EmailInput(attrs={"autocomplete": "username", "placeholder": "you@example.org"})
    messages = {
        "required": "Enter your e-mail address.",
        "invalid": "Enter an e-mail address like name@example.org.",
    }
    return forms.EmailField(label="E-mail", max_length=254, widget=widget, error_messages=messages)


def _password(label: str, autocomplete: str, missing: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=1024,  # hashing a megabyte is work that nobody needs
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        error_messages={"required": missing},
    )


class SetupForm(forms.Form):
    email = _email()
    password = _password("Password", "new-password", "Choose a password.", STRENGTH)
    password_again = _password("The same password again", "new-password", "Enter the password a second time.")

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if {"password", "password_again"} <= values.keys() and values["password"] != values["password_again"]:
            self.add_error("password_again", "The two passwords are not the same. Enter both again.")
        return values


class SignInForm(forms.Form):
    email = _email()
    password = _password("Password", "current-password", "Enter your password.")


class PasswordForm(forms.Form):
    """A new password for `user`, who proves the old one."""

    old_password = _password("Present password", "current-password", "Enter your present password.")
    password = _password("New password", "new-password", "Choose a new password.", STRENGTH)
    password_again = _password("The same password again", "new-password", "Enter the new password a second time.")

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if {"password", "password_again"} <= values.keys() and values["password"] != values["password_again"]:
            self.add_error("password_again", "The two passwords are not the same. Enter both again.")
        return values


class ApiKeyForm(forms.Form):
    """A key for one of `user`'s organisations. Fields that offer no choice are left out."""

    name = forms.CharField(
        label="Name",
        max_length=ApiKey._meta.get_field("name").max_length,
        help_text="What will use it, so that you know later which key to revoke.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give the key a name."},
    )
    organization = forms.ModelChoiceField(Organization.objects.none(), label="Organisation", empty_label=None)
    lifetime = forms.ChoiceField(label="Expires", choices=list(LIFETIMES.items()), required=False)
    staff = forms.BooleanField(
        label="Staff key", required=False, help_text="Programs with this key may do what you may do as staff."
    )

    def __init__(self, user: User, own: Organization, data: Any = None) -> None:
        super().__init__(data)
        self.own = own
        organizations = Organization.objects.filter(memberships__user=user)
        if organizations.count() > 1:
            field = self.fields["organization"]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
            field.queryset, field.initial = organizations, own
        else:
            del self.fields["organization"]
        if not user.is_staff:
            del self.fields["staff"]

    @property
    def chosen_organization(self) -> Organization:
        chosen = self.cleaned_data.get("organization")
        return chosen if isinstance(chosen, Organization) else self.own

    @property
    def chosen_lifetime(self) -> timedelta | None:
        days = self.cleaned_data.get("lifetime")
        return timedelta(days=int(days)) if days else None


class AdminSignInForm(AdminAuthenticationForm):
    """The admin's own sign-in, under the same limit as the site's."""

    request: HttpRequest | None

    def clean(self) -> dict[str, Any]:
        email = self.cleaned_data.get("username")
        if self.request is None or not email:
            return super().clean()
        who = limits.key(self.request, email)
        try:
            limits.admit(who)
        except TooManyAttempts as error:
            raise ValidationError(str(error), code="limited") from error
        values = super().clean()
        limits.forgive(who)
        return values
