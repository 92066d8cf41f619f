"""Which organisation a person acts for. The only way from an outward name (`X-Org-Id`) to an organisation."""

from django.http import Http404

from accounts import services
from accounts.models import Organization, User


class NoSuchOrganization(Http404):
    """No organisation of that name that the person belongs to. As an `Http404` it is a 404 in any view."""


def default_organization(user: User) -> Organization:
    """What a request acts for when it names no organisation: the person's own."""
    return services.personal_organization(user=user)


def organization_for(user: User, slug: str | None) -> Organization:
    """The organisation `slug` names, or the person's own where it is None or empty.

    Raises NoSuchOrganization alike for an unknown name and for an organisation the person is no member of.
    """
    if not slug:
        return default_organization(user)
    found = Organization.objects.filter(slug=slug, memberships__user=user).first()
    if found is None:
        raise NoSuchOrganization("You belong to no organisation of that name.")
    return found
