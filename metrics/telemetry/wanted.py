"""What the environment asks for: whether there is anything to send, where to, and what is in the way. Opens nothing.

Reads the variables that every OpenTelemetry SDK knows. Of those only the address and the headers are settings of ours
(they may come from files); the SDK reads the others itself.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from django.conf import settings

PACKAGES = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")
INSTALL = "python3 chatsite/install.py --otel"
SPOKEN = "http/protobuf"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The addresses to send to; "" for what is not sent. `headers` as `name=value,…`, where they came from a file."""

    traces: str = ""
    metrics: str = ""
    headers: str = ""

    def __bool__(self) -> bool:
        return bool(self.traces or self.metrics)


def wanted(environ: Mapping[str, str] = os.environ) -> Wanted:
    base = settings.OTEL_EXPORTER_OTLP_ENDPOINT.rstrip("/")
    if not base or environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return Wanted()
    addresses = {
        signal: environ.get(f"OTEL_EXPORTER_OTLP_{signal.upper()}_ENDPOINT") or f"{base}/v1/{signal}"
        for signal in ("traces", "metrics")
        if environ.get(f"OTEL_{signal.upper()}_EXPORTER", "").strip().lower() in ("", "otlp")
    }
    headers = "" if environ.get("OTEL_EXPORTER_OTLP_HEADERS") else settings.OTEL_EXPORTER_OTLP_HEADERS
    return Wanted(**addresses, headers=headers)  # the SDK reads the variables itself, also those of one signal


def installed() -> bool:
    """Whether the extra is there. Imports nothing of it that takes time."""
    try:
        return all(find_spec(package) is not None for package in PACKAGES)
    except ModuleNotFoundError:  # of a parent
        return False


def protocols(environ: Mapping[str, str] = os.environ) -> set[str]:
    """Those that are asked for and not spoken here."""
    names = ("OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL")
    return {value for name in names if (value := environ.get(name, "").strip())} - {SPOKEN}
