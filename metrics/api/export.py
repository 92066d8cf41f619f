"""Figures as comma-separated values: one line each, empty where nothing was measured. Spreadsheets can open it."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from accounts.models import Organization, User
from metrics.figures import Figures, Series
from metrics.queries import By

KEYS: dict[str, By | None] = {
    "time": None,
    "provider": "provider",
    "model": "model",
    "deployment": "deployment",
    "day": "day",
    "organization": "organization",
    "user": "user",
}
COLUMNS = (
    *("count", "completed", "cancelled", "failed", "error_rate", "ttft_p50", "ttft_p95", "ttft_p99", "latency_p50"),
    *("latency_p95", "latency_p99", "cancel_p95", "queue_p95", "tokens_per_second_p50", "retries", "fallbacks"),
    *("hedges", "hedges_won", "takeovers", "prompt_tokens", "completion_tokens", "reasoning_tokens", "cached_tokens"),
    *("cost_usd", "wasted_usd"),
)


def over_time(series: Series) -> str:
    """Of answers."""
    return _table(["start"], (([point.start.isoformat()], point.answers) for point in series.points))


def by_key(by: str, figures: Mapping[Any, Figures]) -> str:
    """Of calls. Organisations by their slug, people by their e-mail; reads rows for these."""
    if by == "deployment":
        return _table(["provider", "model"], ((list(key), one) for key, one in figures.items()))
    names = _names(by, figures)
    return _table([by], (([names.get(key, str(key))], one) for key, one in figures.items()))


def _names(by: str, keys: Iterable[Any]) -> dict[Any, str]:
    if by == "organization":
        return dict(Organization.objects.filter(pk__in=list(keys)).values_list("pk", "slug"))
    if by == "user":
        return dict(User.objects.filter(pk__in=list(keys)).values_list("pk", "email"))
    return {key: key.date().isoformat() for key in keys} if by == "day" else {}


def _table(heads: list[str], lines: Iterable[tuple[list[str], Figures]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*heads, *COLUMNS])
    writer.writerows([*map(harmless, keys), *_values(figures)] for keys, figures in lines)
    return text.getvalue()


def harmless(name: str) -> str:
    """A spreadsheet takes what begins like a formula for one."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name


def _values(figures: Figures) -> list[object]:
    tokens = figures.tokens
    return [
        figures.count, figures.completed, figures.cancelled, figures.failed, figures.error_rate, figures.ttft.p50,
        figures.ttft.p95, figures.ttft.p99, figures.latency.p50, figures.latency.p95, figures.latency.p99,
        figures.cancel.p95, figures.queue.p95, figures.speed.p50, figures.retries, figures.fallbacks, figures.hedges,
        figures.hedges_won, figures.takeovers, tokens.prompt, tokens.completion, tokens.reasoning, tokens.cached,
        figures.cost_usd, figures.wasted_usd,
    ]  # fmt: skip
