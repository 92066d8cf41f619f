"""For those who watch the site: `/health` with the figures of the moment, `/metrics` for Prometheus."""

import time
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from metrics import exposition, queries, scrapers
from metrics.exposition import Ground
from metrics.figures import Headline
from threads import database
from threads.generation import runtime

FRESH = 2.0  # seconds that a headline is told again: anybody may ask, and as often as they like
_NOW = {"Cache-Control": "no-store"}


async def health(request: HttpRequest) -> JsonResponse:
    """200 with `status` ok or degraded, and the figures; 503 where there is no reading them."""
    try:
        headline = await _headline()
    except DatabaseError:
        problems = ["The database does not answer."]
        return JsonResponse({"status": "unavailable", "problems": problems}, status=503, headers=_NOW)
    return JsonResponse(_told(headline), headers=_NOW)


async def _headline() -> Headline:
    extras = runtime.current().extras
    kept = extras.get("headline")
    if isinstance(kept, tuple) and time.monotonic() < kept[0]:
        headline: Headline = kept[1]
        return headline
    headline = await database.read(queries.headline)
    extras["headline"] = time.monotonic() + FRESH, headline
    return headline


def _told(headline: Headline) -> dict[str, Any]:
    answers, present = headline.answers, headline.present
    return {
        "status": headline.status,
        "problems": headline.problems,
        "window_s": int(queries.HEADLINE.total_seconds()),
        "answers": answers.count,
        "error_rate": answers.error_rate,
        "ttft": {"p50": answers.ttft.p50, "p95": answers.ttft.p95},
        "latency": {"p50": answers.latency.p50, "p95": answers.latency.p95},
        "cancel": {"p95": answers.cancel.p95},
        "running": present.running,
        "queued": present.queued,
        "oldest_queued_s": present.oldest_queued_s,
        "resting": headline.resting,
        "at": headline.at,
    }


async def prometheus(request: HttpRequest) -> HttpResponse:
    """404 where neither METRICS_TOKEN nor METRICS_ALLOW is set, 403 for who has neither the one nor the other."""
    if not settings.METRICS_TOKEN and not settings.METRICS_ALLOW:
        raise Http404
    address = request.META.get("REMOTE_ADDR", "")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not scrapers.knows(given, settings.METRICS_TOKEN) and not scrapers.allows(settings.METRICS_ALLOW, address):
        return HttpResponse(_refusal(address), "text/plain; charset=utf-8", 403)
    ground = runtime.current().extras.setdefault("metrics", Ground())
    assert isinstance(ground, Ground)  # noqa: S101 - nobody else uses the name
    return HttpResponse(await database.read(exposition.text, ground), exposition.CONTENT_TYPE, headers=_NOW)


def _refusal(address: str) -> str:
    """What to do about it, of what is set here."""
    ways = ["Send METRICS_TOKEN as «Authorization: Bearer TOKEN»."] if settings.METRICS_TOKEN else []
    if settings.METRICS_ALLOW:
        ways.append(
            f"METRICS_ALLOW does not list the address this request came from, {address or 'which is not known'}."
        )
    return " ".join(ways) + "\n"
