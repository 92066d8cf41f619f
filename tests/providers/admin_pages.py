"""The pages of the registry in the admin, and the forms that the tests fill in there."""

from typing import Any

from django.test import Client

from providers.models import Model, Provider

PROVIDER = "/admin/providers/provider/"
MODEL = "/admin/providers/model/"
ROUTE = "/admin/providers/route/"
SETTINGS = "/admin/providers/registrysettings/"
OFFERED = "/admin/providers/offering/"


def provider_form(**values: Any) -> dict[str, Any]:
    return {"name": "openai", "preset": "openai", "enabled": "on", "headers": "{}", **values}


def save(staff: Client, row: Provider, **values: Any) -> str:
    """The page's text after posting; empty where the change was taken."""
    response = staff.post(f"{PROVIDER}{row.pk}/change/", provider_form(**values))
    return "" if response.status_code == 302 else response.content.decode()


def stored(row: Provider) -> Provider:
    return Provider.objects.get(pk=row.pk)


def model_form(provider: Provider, *fallbacks: Model, row: Model | None = None, **values: Any) -> dict[str, Any]:
    """A model with one deployment, new or the row's own, and new fallbacks."""
    form: dict[str, Any] = {"name": "fast", "enabled": "on", "streaming": "on", **values}
    form |= {"deployments-TOTAL_FORMS": 1, "deployments-INITIAL_FORMS": 0}
    form |= {"deployments-0-provider": provider.pk, "deployments-0-upstream": "u", "deployments-0-weight": 1}
    form |= {"deployments-0-order": 0, "deployments-0-enabled": "on"}
    if row is not None and (deployment := row.deployments.first()):
        form |= {"deployments-INITIAL_FORMS": 1, "deployments-0-id": deployment.pk, "deployments-0-model": row.pk}
    form |= {"fallback_rows-TOTAL_FORMS": len(fallbacks), "fallback_rows-INITIAL_FORMS": 0}
    for number, fallback in enumerate(fallbacks):
        form |= {f"fallback_rows-{number}-fallback": fallback.pk, f"fallback_rows-{number}-order": number}
    return form
