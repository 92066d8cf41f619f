"""What can be picked on a page of costs: what was called in the days on show, and what is picked. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from metrics.costs import By, Day
from metrics.spending.asked import RANGES, Asked
from metrics.spending.words import NAMES


@dataclass(frozen=True, slots=True)
class Filter:
    name: str
    label: str
    all: str
    options: Sequence[str]
    picked: str


@dataclass(frozen=True, slots=True)
class Choices:
    """`ranges` and `bys` are (key, label, address); the `kept` are what forms carry along."""

    ranges: Sequence[tuple[str, str, str]]
    bys: Sequence[tuple[str, str, str]]
    filters: Sequence[Filter]
    kept: Sequence[tuple[str, str]]
    kept_filters: Sequence[tuple[str, str]]
    unfiltered: str


def choices(asked: Asked, bys: Iterable[By], days: Sequence[Day], organizations: Sequence[str]) -> Choices:
    providers = {name for day in days for name in day.by_provider}
    models = {name for day in days for name in day.by_model}
    filters = [
        Filter("provider", "Provider", "All providers", _names(providers, asked.provider), asked.provider),
        Filter("model", "Model", "All models", _names(models, asked.model), asked.model),
    ]
    if len(organizations) > 1 or asked.org:
        names = _names(organizations, asked.org)
        filters.append(Filter("org", "Organisation", "All organisations", names, asked.org))
    kept = {"by": asked.by, "order": asked.order}
    return Choices(
        ranges=[(key, label, asked.address(range=key, **{"from": "", "to": ""})) for key, label, _ in RANGES],
        bys=[(by, NAMES[by], asked.address(by=by, order="")) for by in bys],
        filters=filters,
        kept=_given({**asked.when, **kept, "user": asked.user}),
        kept_filters=_given({**kept, **asked.which}),
        unfiltered=asked.address(provider="", model="", org="", user=""),
    )


def _given(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in fields.items() if value]


def _names(names: Iterable[str], picked: str) -> list[str]:
    return sorted({*names, *([picked] if picked else [])})
