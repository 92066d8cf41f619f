"""All writes to accounts, organisations and keys. Keywords in, rows out; no request, no form.

Wrong input is a `ValidationError` by field ("email", "password", "name"); what is not possible is an `AccountError`.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.text import slugify

from accounts.errors import AccountInactive, AlreadySetUp, NotAMember, StaffOnly
from accounts.models import EMAIL_TAKEN, ApiKey, Membership, Organization, User, normalise_email

DEFAULT_ORGANIZATION = "default"
KEY_START = "cs_"
PREFIX_LENGTH = len(KEY_START) + 8
USE_NOTED_EVERY = timedelta(minutes=1)


# --- accounts --------------------------------------------------------------------------------------------------
def create_account(*, email: str, password: str, name: str = "", staff: bool = False) -> User:
    """A complete account: the user and the personal organisation. Raises ValidationError by field."""
    user = _checked_user(User(email=email, name=name, is_staff=staff), password)
    with transaction.atomic():
        _store(user)
    return user


def create_first_account(*, email: str, password: str, name: str = "") -> User:
    """The account that sets the site up: staff, superuser, owner of the organisation "default".

    Raises AlreadySetUp where any account exists, also when two callers try at the same time: one of them wins.
    """
    if User.objects.exists():
        raise AlreadySetUp
    user = _checked_user(User(email=email, name=name, is_staff=True, is_superuser=True), password)
    with transaction.atomic():
        # The row everybody sets up with is also the lock: a second caller waits here, then sees the first's account.
        Organization.objects.get_or_create(slug=DEFAULT_ORGANIZATION, defaults={"name": "Default"})
        organization = Organization.objects.select_for_update().get(slug=DEFAULT_ORGANIZATION)
        if User.objects.exists():
            raise AlreadySetUp
        _store(user)
        Membership.objects.create(user=user, organization=organization, role=Membership.Role.OWNER)
    return user


def change_password(*, user: User, old: str, new: str) -> None:
    """Raises ValidationError: "old_password" where it is not the present one, "password" where the new one is weak."""
    if not user.check_password(old):
        raise ValidationError({"old_password": "This is not your present password."})
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise ValidationError({"password": error.error_list}) from error
    user.set_password(new)
    user.save(update_fields=["password"])


def personal_organization(*, user: User) -> Organization:
    """The person's own organisation, made where it is missing (accounts from the admin or `createsuperuser`)."""
    found = _personal(user)
    if found is not None:
        return found
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # two requests at once make one organisation
        return _personal(user) or _create_personal(user)


def _checked_user(user: User, password: str) -> User:
    """`user`, validated, with its password, not stored yet. Hashing takes long: no transaction is open here."""
    user.email, user.name = normalise_email(user.email), user.name.strip()
    errors: dict[str, list[ValidationError]] = {}
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        errors.update(error.error_dict)
    try:
        validate_password(password, user)
    except ValidationError as error:
        errors["password"] = error.error_list
    if errors:
        raise ValidationError(errors)
    user.set_password(password)
    return user


def _store(user: User) -> None:
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:  # somebody took the address since it was checked
        raise ValidationError({"email": EMAIL_TAKEN}) from None
    _create_personal(user)


def _personal(user: User) -> Organization | None:
    return Organization.objects.filter(personal=True, memberships__user=user).order_by("id").first()


def _create_personal(user: User) -> Organization:
    # The random end keeps a slug from telling whether a namesake has an account.
    slug = f"{slugify(user.email.partition('@')[0])[:40] or 'person'}-{secrets.token_hex(4)}"
    organization = Organization.objects.create(name=user.name or user.email[:150], slug=slug, personal=True)
    Membership.objects.create(user=user, organization=organization, role=Membership.Role.OWNER)
    return organization


# --- API keys --------------------------------------------------------------------------------------------------
def create_api_key(
    *, user: User, organization: Organization, name: str, staff: bool = False, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """The key's row and its secret, which is stored nowhere and cannot be shown again.

    Raises NotAMember, StaffOnly (a staff key for somebody who is not staff), AccountInactive, ValidationError ("name").
    """
    if not user.is_active:
        raise AccountInactive(f"The account {user.email} is switched off. Switch it on in the admin first.")
    if not Membership.objects.filter(user=user, organization=organization).exists():
        raise NotAMember(f"{user.email} is not a member of the organisation {organization.slug}.")
    if staff and not user.is_staff:
        raise StaffOnly(f"{user.email} is not staff, so the key cannot be a staff key.")
    secret = KEY_START + secrets.token_urlsafe(32)
    key = ApiKey(
        user=user,
        organization=organization,
        name=name.strip(),
        prefix=secret[:PREFIX_LENGTH],
        digest=_digest(secret),
        staff=staff,
        expires_at=expires_at,
    )
    key.clean_fields(exclude=["user", "organization"])
    key.save(force_insert=True)
    return key, secret


def authenticate_api_key(secret: str) -> ApiKey | None:
    """The live key of `secret` with `user` and `organization` loaded, or None.

    None for an unknown, revoked or expired key, a switched-off account, a person who left the organisation, and a
    staff key whose owner is no longer staff. Whatever is sent costs one hash and one look-up, by a digest that the
    sender cannot steer, so the time taken tells nothing about the keys.
    """
    now = timezone.now()
    belongs = Membership.objects.filter(user=OuterRef("user"), organization=OuterRef("organization"))
    keys = ApiKey.objects.select_related("user", "organization").filter(Exists(belongs))
    key = keys.filter(digest=_digest(secret)).first()
    if key is None or not key.is_live(now) or not key.user.is_active or (key.staff and not key.user.is_staff):
        return None
    _note_use(key, now)
    return key


def revoke_api_key(*, key: ApiKey) -> None:
    """From now on the key is refused. Revoking again changes nothing."""
    now = timezone.now()
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now)
    key.refresh_from_db(fields=["revoked_at"])


def _note_use(key: ApiKey, now: datetime) -> None:
    if key.last_used_at is not None and key.last_used_at > now - USE_NOTED_EVERY:
        return
    long_ago = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
    ApiKey.objects.filter(long_ago, pk=key.pk).update(last_used_at=now)
    key.last_used_at = now


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", errors="replace")).hexdigest()
