"""The admin's page that tests a connection: a form, and the answer to it, which is written while the call runs.

No script and no asking again: the browser shows what it has received. Who may see it is the admin's business.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import httpx
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from providers.adapters.base import Adapter
from providers.adapters.http import make_client
from providers.addresses import AddressPolicy
from providers.encryption import EncryptionError
from providers.models import Offering, Provider
from providers.probe import Step, probe
from providers.registry import ConfigurationError, adapter_for, adapter_name, endpoint_for
from providers.types import Endpoint
from providers.validation import address_policy, check_one_line

_PAGE = "admin/providers/provider/test.html"
_HERE = mark_safe("<!--steps-->")  # where the steps go in the page
_LONGEST = 200  # characters of an upstream name


@dataclass(frozen=True, slots=True)
class _Call:
    adapter: Adapter
    endpoint: Endpoint
    upstream: str
    stream: bool
    policy: AddressPolicy


def page(request: HttpRequest, provider: Provider, context: dict[str, Any]) -> HttpResponseBase:
    """The form; for a POST with `upstream`, the page that tells how the call goes."""
    deployments = list(provider.deployments.select_related("model").order_by("model__name", "order"))
    asked = request.POST if request.method == "POST" else request.GET
    upstream = asked.get("upstream", deployments[0].upstream if deployments else "").strip()
    context |= {"deployments": deployments, "upstream": upstream, "offered": _offered(provider)}
    if request.method != "POST":
        return TemplateResponse(request, _PAGE, context)
    streams = all(row.model.streaming for row in deployments if row.upstream == upstream)
    try:
        _check(upstream)
        adapter = adapter_for(adapter_name(provider))
        call = _Call(adapter, endpoint_for(provider), upstream, streams, address_policy())
    except (ValidationError, ConfigurationError, EncryptionError) as error:
        reason = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        failed = _line(Step("failed", 0.0, reason), upstream, provider.name)
        return HttpResponse(render_to_string(_PAGE, {**context, "steps": failed}, request))
    before, _, after = render_to_string(_PAGE, {**context, "steps": _HERE}, request).partition(_HERE)
    response = StreamingHttpResponse(_told(before, call, after))
    response["X-Accel-Buffering"] = "no"
    return response


async def _told(before: str, call: _Call, after: str) -> AsyncIterator[str]:
    yield before
    async with make_client(call.policy.check) as client, aclosing(_steps(call, client)) as steps:
        async for step in steps:
            yield _line(step, call.upstream, call.endpoint.base_url)
            await asyncio.sleep(0)  # each step is a write of its own
    yield after


def _steps(call: _Call, client: httpx.AsyncClient) -> AsyncGenerator[Step, None]:
    return probe(call.adapter, call.endpoint, call.upstream, client, stream=call.stream)


def _line(step: Step, upstream: str, where: str) -> SafeString:
    """One item of the list. Everything that a provider or staff wrote is escaped."""
    match step.kind:
        case "sent":
            return format_html("<li>Asking <b>{}</b> at {}</li>", upstream, where)
        case "opened":
            return format_html("<li>It took the question after {} s</li>", _seconds(step))
        case "waiting":
            return format_html('<li class="wait">{} s</li>', round(step.seconds))
        case "token":
            return format_html('<li class="good end">First token after {} s: <q>{}</q></li>', _seconds(step), step.text)
        case "failed":
            return format_html('<li class="bad end">{}</li>', step.text)


def _seconds(step: Step) -> str:
    return f"{step.seconds:.2f}"


def _check(upstream: str) -> None:
    check_one_line(upstream)
    if len(upstream) > _LONGEST:
        raise ValidationError(f"Use at most {_LONGEST} characters.")


def _offered(provider: Provider) -> list[str]:
    return list(Offering.objects.filter(provider=provider).values_list("upstream", flat=True))
