"""How often a sign-in may fail: ten times in five minutes for one e-mail from one address.

The attempts are rows, not cache entries: the limit then holds across processes, and nobody can push their own count
out of a small cache by trying many other names. Knows nothing of forms and pages.
"""

import hashlib
import math
from datetime import timedelta

from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils import timezone

from accounts.errors import TooManyAttempts
from accounts.models import SignInAttempt, User, normalise_email

ATTEMPTS = 10
WINDOW = timedelta(minutes=5)


def sign_in(request: HttpRequest, *, email: str, password: str) -> User | None:
    """The active user of these credentials, or None whatever is wrong with them. Raises TooManyAttempts."""
    who = key(request, email)
    admit(who)
    user = authenticate(request, username=email, password=password)
    if not isinstance(user, User):
        return None
    forgive(who)
    return user


def key(request: HttpRequest, email: str) -> str:
    address = request.META.get("REMOTE_ADDR", "")
    return hashlib.sha256(f"{normalise_email(email)}\n{address}".encode()).hexdigest()


def admit(who: str) -> None:
    """Count an attempt before its password is looked at. Raises TooManyAttempts, and then does not count it.

    Counting first holds the limit for attempts made at the same time, too.
    """
    now = timezone.now()
    SignInAttempt.objects.filter(at__lte=now - WINDOW).delete()
    this = SignInAttempt.objects.create(who=who, at=now)
    others = SignInAttempt.objects.filter(who=who).exclude(pk=this.pk).order_by("-at")
    times = list(others.values_list("at", flat=True)[:ATTEMPTS])
    if len(times) < ATTEMPTS:
        return
    this.delete()
    raise TooManyAttempts(max(1, math.ceil((times[-1] + WINDOW - now).total_seconds())))


def forgive(who: str) -> None:
    """The person has shown who they are: earlier failures no longer count."""
    SignInAttempt.objects.filter(who=who).delete()
