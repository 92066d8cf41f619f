"""Answers that have ended, their calls, and where providers are, as stored. Reads no word of a conversation."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import Q

from metrics.names import KNOWN_PROVIDERS
from metrics.telemetry.drawing import Answer, Call, Place
from providers.models import Provider
from providers.presets import PRESETS
from providers.registry import base_url_of
from threads.models import Attempt, Generation

_ANSWER = (
    *("pk", "thread_id", "requested_model", "state", "provider", "model", "error_kind", "takeovers"),
    *("created_at", "first_token_at", "finished_at", "cancel_requested_at"),
)
_CALL = (
    *("generation_id", "number", "kind", "provider", "model", "upstream", "streaming", "state"),
    *("sent_at", "opened_at", "first_token_at", "finished_at", "http_status", "upstream_id", "finish_reason"),
    *("error_kind", "prompt_tokens", "completion_tokens", "reasoning_tokens", "cached_tokens", "usage_source"),
    "cost_usd",
)
_PORTS = {"https": 443, "http": 80}
Answered = tuple[Answer, Sequence[Call]]


class Mark(NamedTuple):
    """The last answer that was read: when it ended, and of those that ended in that moment which it was."""

    at: datetime
    id: UUID


def ended(after: Mark, until: datetime, most: int) -> list[Answered]:
    """Those that ended later than `after`, and at `until` at the latest; the earliest first."""
    later = Q(finished_at__gt=after.at) | Q(pk__gt=after.id)  # the range is what the index is asked for
    rows = Generation.objects.filter(later, finished_at__gte=after.at, finished_at__lte=until)
    answers = [Answer(*row) for row in rows.order_by("finished_at", "pk").values_list(*_ANSWER)[:most]]
    calls: defaultdict[UUID, list[Call]] = defaultdict(list)
    of_these = Attempt.objects.filter(generation__in=[answer.id for answer in answers])
    for row in of_these.order_by("generation", "number").values_list(*_CALL):
        calls[row[0]].append(Call(*row))
    return [(answer, calls[answer.id]) for answer in answers]


def places() -> Mapping[str, Place]:
    """By the provider's name here."""
    rows = Provider.objects.values_list("name", "preset", "adapter", "base_url")
    return {name: _place(name, preset, adapter, base_url) for name, preset, adapter, base_url in rows}


def _place(name: str, preset: str, adapter: str, base_url: str) -> Place:
    vendor = KNOWN_PROVIDERS.get(preset, name)
    if preset not in PRESETS:
        return Place(vendor)
    server = urlsplit(base_url_of(preset, adapter, base_url))
    return Place(vendor, server.hostname or "", server.port or _PORTS.get(server.scheme))
