"""Who calls the API: an API key in the header, or the page's session with its CSRF token."""

from dataclasses import dataclass

import structlog
from django.contrib.auth import get_user
from django.http import HttpRequest
from ninja.errors import AuthenticationError, HttpError
from ninja.utils import check_csrf

from accounts import services
from accounts.access import organization_for
from accounts.models import ApiKey, Organization, User
from threads import database
from threads.quotas import Caller

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Actor:
    """`staff` is true for staff who came by session or with a staff key."""

    user: User
    organization: Organization
    staff: bool


class SignIn:
    """The caller, as an `Actor`. Raises `AuthenticationError` (401), `HttpError` (403, CSRF), `Http404` (X-Org-Id)."""

    csrf = True  # the documentation's page then sends the token with what it tries out
    openapi_security_schema = {"type": "http", "scheme": "bearer"}

    async def __call__(self, request: HttpRequest) -> Actor:
        actor = await self._find(request)
        structlog.contextvars.bind_contextvars(user_id=actor.user.pk)
        return actor

    async def _find(self, request: HttpRequest) -> Actor:
        if header := request.headers.get("Authorization"):
            return await _by_header(header, request.headers.get("X-Org-Id"))
        # Not by `request.auser`: the request's own thread would keep its connection for as long as a stream lasts.
        user = await database.read(get_user, request)
        if not isinstance(user, User) or not user.is_active:
            raise AuthenticationError
        if request.method not in _SAFE and check_csrf(request, lambda _: None) is not None:
            raise HttpError(403, "The CSRF token is missing or wrong. Reload the page, or use an API key.")
        organization = await database.write(organization_for, user, request.headers.get("X-Org-Id"))
        return Actor(user, organization, user.is_staff)


async def _by_header(header: str, slug: str | None) -> Actor:
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer":
        raise AuthenticationError
    key = await database.write(services.authenticate_api_key, secret.strip())
    if key is None:
        raise AuthenticationError
    return await database.read(_by_key, key, slug)


def _by_key(key: ApiKey, slug: str | None) -> Actor:
    organization = organization_for(key.user, slug) if slug else key.organization
    return Actor(key.user, organization, key.staff)


def caller_of(request: HttpRequest) -> Caller:
    """The same, as whom limits are held to."""
    return Caller(actor_of(request).user.pk, request.META.get("REMOTE_ADDR", ""))


def actor_of(request: HttpRequest) -> Actor:
    """Whom `SignIn` found."""
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor
