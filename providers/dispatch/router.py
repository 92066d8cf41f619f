"""Which model answers, and at which deployments. Pure: text, a wish and a catalogue in, a choice out.

Knows nothing of health, load or limits, and asks nobody.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from providers.dispatch.catalogue import Catalogue, DeploymentEntry, ModelEntry, RouteEntry

AUTO = "auto"
MODELS_PER_REQUEST = 3
# A route looks at the beginning of a message only: enough to tell its subject, and a bound on a pattern's work.
CHARACTERS_LOOKED_AT = 4_000


class ModelUnavailable(LookupError):
    """No such model, or none that can be used now. `str()` is a sentence for a person, `suggestion` a near name."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(f'{message} Did you mean "{suggestion}"?' if suggestion else message)
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class Choice:
    """`deployments` of the model, best first. `candidates` are the models tried in turn, the chosen one first."""

    model: ModelEntry
    deployments: tuple[DeploymentEntry, ...]
    reason: str
    candidates: tuple[str, ...]


def choose(text: str, requested: str, catalogue: Catalogue) -> Choice:
    """Answer `text` with the model called `requested`, or, for "auto" and "", with the one the routes lead to.

    Raises ModelUnavailable: unknown, disabled, without a usable deployment, or nothing registered at all.
    """
    if requested and requested != AUTO:
        return _choice(_named(requested, catalogue), "asked for by name", catalogue)
    for model, reason in _automatic(text, catalogue):
        if model.usable:
            return _choice(model, reason, catalogue)
    raise ModelUnavailable("No model can be used: staff must add a provider and a model, or enable one.")


def rank(model: ModelEntry) -> tuple[DeploymentEntry, ...]:
    """The model's deployments, best first: by order, then the heavier, then the older."""
    return tuple(sorted(model.deployments, key=lambda entry: (entry.order, -entry.weight, entry.id)))


def _named(name: str, catalogue: Catalogue) -> ModelEntry:
    model = catalogue.models.get(name)
    if model is not None and model.usable:
        return model
    usable = [entry.name for entry in catalogue.models.values() if entry.usable]
    by_lower = {known.lower(): known for known in usable}
    near = get_close_matches(name.lower(), list(by_lower), n=1, cutoff=0.5)
    suggestion = by_lower[near[0]] if near else ""
    if model is None:
        raise ModelUnavailable(f'No model is called "{name}".', suggestion)
    if not model.enabled:
        raise ModelUnavailable(f'The model "{name}" is switched off.', suggestion)
    raise ModelUnavailable(f'The model "{name}" has no provider that is switched on.', suggestion)


def _automatic(text: str, catalogue: Catalogue) -> Iterator[tuple[ModelEntry, str]]:
    for route in sorted(catalogue.routes, key=lambda route: (-route.priority, route.name)):
        sign = _fits(route, text[:CHARACTERS_LOOKED_AT])
        model = catalogue.models.get(route.model)
        if sign and model is not None:
            yield model, f"route {route.name}: {sign}"
    default = catalogue.models.get(catalogue.default_model)
    if default is not None:
        yield default, "default model"
    # sorted() keeps the catalogue's order among equals: real providers first, the older model first.
    for model in sorted(catalogue.models.values(), key=lambda model: model.stand_in):
        yield model, "first model that can be used"


def _fits(route: RouteEntry, text: str) -> str:
    """Why the route takes the text, or ""."""
    if route.always:
        return "takes every message"
    if route.pattern:
        return "the pattern fits" if _pattern(route.pattern).search(text) else ""
    found = next((word for word in route.keywords if _word(word).search(text)), "")
    return f'the message says "{found}"' if found else ""


@lru_cache(maxsize=1024)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@lru_cache(maxsize=4096)
def _word(word: str) -> re.Pattern[str]:
    """The word or words on their own: "news" is in "the news?" and not in "newspaper"."""
    words = r"\s+".join(re.escape(part) for part in word.split())
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def _choice(model: ModelEntry, reason: str, catalogue: Catalogue) -> Choice:
    later = [
        name
        for name in dict.fromkeys(model.fallbacks)
        if name != model.name and name in catalogue.models and catalogue.models[name].usable
    ]
    return Choice(model, rank(model), reason, (model.name, *later[: MODELS_PER_REQUEST - 1]))
