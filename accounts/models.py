"""The rows of people: accounts, organisations, memberships, API keys, budgets. Knows nothing of requests, threads or
models, nor what is spent of a budget.

Rows alone do not make an account complete (everybody has a personal organisation): `services` writes them.
"""

import unicodedata
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

EMAIL_TAKEN = "This e-mail already has an account."
_SHARE = "Use a share from 0 to 1: 0.8 is four fifths."


def normalise_email(email: str) -> str:
    """The one form in which an e-mail is stored and looked up: composed Unicode, no outer spaces, lower case."""
    return unicodedata.normalize("NFC", email).strip().lower()


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store a user row. Raises ValueError without an e-mail; `services.create_account` checks more."""
        if not normalise_email(email):
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=normalise_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=normalise_email(username or ""))

    async def aget_by_natural_key(self, username: str | None) -> "User":
        return await self.aget(email=normalise_email(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """A person, who signs in by e-mail."""

    email = models.EmailField(
        "e-mail",
        unique=True,
        error_messages={
            "blank": "Enter an e-mail address.",
            "invalid": "Enter an e-mail address like name@example.org.",
            "unique": EMAIL_TAKEN,
        },
    )
    name = models.CharField(max_length=150, blank=True)
    is_staff = models.BooleanField("staff", default=False, help_text="May open the admin and the dashboards.")
    is_active = models.BooleanField(
        "active", default=True, help_text="Untick instead of deleting: the person can no longer sign in or use keys."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["email"]
        constraints = [
            # Holds also for rows that were written past `normalise_email`.
            models.UniqueConstraint(Lower("email"), name="user_email_any_case", violation_error_message=EMAIL_TAKEN)
        ]

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        super().clean()
        self.email = normalise_email(self.email)

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name or self.email


class Organization(models.Model):
    """Who threads, keys and costs belong to. `slug` is its outward name (the `X-Org-Id` header)."""

    name = models.CharField(max_length=150)
    slug = models.SlugField(max_length=64, unique=True)
    personal = models.BooleanField(default=False, help_text="Made for one person, with the account.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    members = models.ManyToManyField(User, through="Membership", related_name="organizations")

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    class Role(models.TextChoices):
        OWNER = "owner"
        ADMIN = "admin"
        MEMBER = "member"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.MEMBER)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["user", "organization"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.organization} ({self.role})"


class ApiKey(models.Model):
    """A key for programs. Only its SHA-256 is kept; `prefix` is the beginning, so that a person can recognise it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    staff = models.BooleanField(default=False, help_text="May do what staff may.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def is_live(self, now: datetime) -> bool:
        """Neither revoked nor expired at `now`."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class Budget(models.Model):
    """What a person, over all organisations, or an organisation may spend in a calendar month (UTC)."""

    organization = models.ForeignKey(
        Organization,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="budgets",
        help_text="Everything that is asked in it counts. Either this or a user.",
    )
    user = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="budgets",
        help_text="Everything that this person asks counts, in any organisation.",
    )
    amount_usd = models.DecimalField(
        "amount in USD",
        max_digits=12,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01"), "Use at least 0.01.")],
        help_text="For each calendar month (UTC).",
    )
    warn_at = models.FloatField(
        default=0.8,
        validators=[MinValueValidator(0, _SHARE), MaxValueValidator(1, _SHARE)],
        help_text="The share of the amount, from 0 to 1, from which on people are warned: 0.8 is four fifths.",
    )
    hard = models.BooleanField(
        default=False, help_text="When the amount is spent, questions are refused. Otherwise people are only warned."
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organization=None, user__isnull=False) | Q(organization__isnull=False, user=None),
                name="budget_of_one",
                violation_error_message="Choose an organisation or a user, and only one of them.",
            ),
            models.CheckConstraint(
                condition=Q(amount_usd__gt=0), name="budget_amount", violation_error_message="Use an amount above 0."
            ),
            models.CheckConstraint(
                condition=Q(warn_at__gte=0, warn_at__lte=1), name="budget_warn_at", violation_error_message=_SHARE
            ),
            models.UniqueConstraint(
                fields=["organization"],
                name="budget_organization",
                violation_error_message="This organisation has a budget already. Change that one.",
            ),
            models.UniqueConstraint(
                fields=["user"],
                name="budget_user",
                violation_error_message="This user has a budget already. Change that one.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization or self.user}: ${self.amount_usd:,.2f} a month"


class SignInAttempt(models.Model):
    """A sign-in that failed or is being checked, kept for some minutes. Its owner and reader is `limits`."""

    who = models.CharField(max_length=64, help_text="SHA-256 of the e-mail and the address.")
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["who", "at"], name="sign_in_attempt_who")]

    def __str__(self) -> str:
        return f"{self.who[:8]} at {self.at:%H:%M:%S}"
