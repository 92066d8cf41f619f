"""System checks of how the site is watched from outside: who may read `/metrics`, and what OpenTelemetry needs."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as Caution

from chatsite.checks import TAG
from metrics import scrapers
from metrics.telemetry import wanted


def check_scrapers(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """Whether METRICS_ALLOW can be read."""
    try:
        scrapers.networks(tuple(settings.METRICS_ALLOW))
    except ValueError as error:
        hint = "Use addresses and networks, as METRICS_ALLOW=10.0.0.7,10.1.0.0/16. Names of hosts are not looked up."
        return [Error(str(error), hint=hint, id="chatsite.E006")]
    return []


def check_telemetry(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """Whether what OTEL_EXPORTER_OTLP_ENDPOINT asks for can be done."""
    asked = wanted.wanted()
    if not asked:
        return []
    found: list[CheckMessage] = [
        Error(
            f"The OpenTelemetry collector's address {address!r} is none.",
            hint="Use the base address, as OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318.",
            id="chatsite.E007",
        )
        for address in (asked.traces, asked.metrics)
        if address and not _is_address(address)
    ]
    if not wanted.installed():
        found.append(
            Caution(
                "OTEL_EXPORTER_OTLP_ENDPOINT is set, but what OpenTelemetry needs is not installed: nothing is sent.",
                hint=f"Run `{wanted.INSTALL}`, or take OTEL_EXPORTER_OTLP_ENDPOINT away.",
                id="chatsite.W008",
            )
        )
    if others := wanted.protocols():
        found.append(
            Caution(
                f"OTLP is sent as {wanted.SPOKEN} alone, and {', '.join(sorted(others))} is asked for.",
                hint=f"Set OTEL_EXPORTER_OTLP_PROTOCOL={wanted.SPOKEN}, and the collector's port for it (often 4318).",
                id="chatsite.W009",
            )
        )
    return found


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        return False


def register_all() -> None:
    register(check_scrapers, TAG)
    register(check_telemetry, TAG)
