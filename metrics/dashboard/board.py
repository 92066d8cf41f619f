"""Everything that stands on the dashboard, read and put together. Reads the database; synchronous."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import Http404

from accounts.models import Organization
from metrics import queries, sightings, targets
from metrics.alerts import incidents
from metrics.dashboard import charts, rows, tiles, verdicts, words
from metrics.dashboard.asked import RANGES, Asked, read
from metrics.figures import Filters, Series, Totals
from providers import health_table
from providers.models import Model, Provider
from threads import statuses

EXPORTS = ("time", "provider", "model", "deployment", "organization", "user")
MOST_ORGANIZATIONS = 300  # of which one can be picked; others by the address


def board(query: Mapping[str, str]) -> dict[str, Any]:
    """The whole content. Raises `Http404` for an organisation that is none."""
    asked = read(query, datetime.now(UTC))
    filters = _filters(asked)
    now, series = queries.overview(filters, asked.window)
    before = queries.answers(filters, asked.window.before())
    bucket = timedelta(seconds=series.bucket)
    return {
        **_present(asked, filters),
        **_choices(asked, now),
        "alerts": incidents.open_now(),
        "verdicts": verdicts.told(targets.verdicts(now.answers, targets.current()), now.by_deployment),
        "tiles": tiles.tiles(now.answers, before),
        "period": words.length(asked.window.length),
        "charts": charts.charts(series),
        "bucket": words.length(bucket),
        "tables": _tables(asked, now, series),
        "errors": [(line, statuses.reason(line.kind)) for line in queries.top_errors(filters, asked.window, limit=10)],
        "failures": sightings.failed(filters, asked.window),
    }


def present(query: Mapping[str, str]) -> dict[str, Any]:
    """What runs at this moment."""
    asked = read(query, datetime.now(UTC))
    return _present(asked, _filters(asked))


def _filters(asked: Asked) -> Filters:
    if not asked.org:
        return asked.filters(None)
    found = Organization.objects.filter(slug=asked.org).values_list("pk", flat=True).first()
    if found is None:
        raise Http404("There is no organisation of that name.")
    return asked.filters(found)


def _present(asked: Asked, filters: Filters) -> dict[str, Any]:
    present, running = queries.now(filters), sightings.running(filters)
    narrowed = asked.provider or asked.model  # the counts are of all of them
    return {
        "asked": asked,
        "present": present,
        "waited": "" if present.oldest_queued_s is None else words.age(present.oldest_queued_s),
        "running": [(one, words.age(one.age_s)) for one in running],
        "unlisted": 0 if narrowed else present.running + present.queued - len(running),
    }


def _choices(asked: Asked, now: Totals) -> dict[str, Any]:
    """What can be picked: what is registered, what was called and is gone meanwhile, what is picked."""
    organizations = Organization.objects.order_by("slug").values_list("slug", flat=True)[:MOST_ORGANIZATIONS]
    providers, models = (kind.objects.values_list("name", flat=True) for kind in (Provider, Model))
    return {
        "ranges": [(key, label, asked.address(range=key, **{"from": "", "to": ""})) for key, label, _, _ in RANGES],
        "filters": [
            (
                "provider",
                "Provider",
                "All providers",
                _names([*providers, *now.by_provider], asked.provider),
                asked.provider,
            ),
            ("model", "Model", "All models", _names([*models, *now.by_model], asked.model), asked.model),
            ("org", "Organisation", "All organisations", _names(organizations, asked.org), asked.org),
        ],
        "kept": _given({**asked.when, **asked.orders}),
        "kept_filters": _given({**asked.which, **asked.orders}),
        "unfiltered": asked.address(provider="", model="", org=""),
        "exports": EXPORTS,
    }


def _given(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in fields.items() if value]


def _names(names: Iterable[str], picked: str) -> list[str]:
    return sorted({*names, *([picked] if picked else [])})


def _tables(asked: Asked, now: Totals, series: Series) -> list[rows.Table]:
    health = [
        one
        for one in health_table.together(health_table.stored())
        if asked.provider in ("", one.provider) and asked.model in ("", one.model)
    ]
    providers, models = ((one.provider, one) for one in health), ((one.model, one) for one in health)
    return [
        rows.table("providers", "Providers", asked, now.by_provider, series.by_provider, providers),
        rows.table("models", "Models", asked, now.by_model, series.by_model, models),
    ]
