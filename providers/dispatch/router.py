"""Which model answers, and at which deployments. Pure: a message, a wish and a catalogue in, a choice out.

Asks nobody: how deployments are at this moment is told by the caller (`standing`), or they are taken to be well.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches

from providers.dispatch.catalogue import Catalogue, DeploymentEntry, ModelEntry, RouteEntry, Standing
from providers.dispatch.fitness import ANSWER_TOKENS, Asked
from providers.dispatch.routes import Said
from providers.retirements import retired_words

AUTO = "auto"
MODELS_PER_REQUEST = 3
MODELS_RANKED = 8  # as many as anybody reads
_CHARACTERS_PER_TOKEN = 3.5
_NOTHING_SAID = ("", "simple")  # intents of a message that may just as well go on with what was said before


class ModelUnavailable(LookupError):
    """No such model, or none that can be used now. `str()` is a sentence for a person, `suggestion` a near name."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(f'{message} Did you mean "{suggestion}"?' if suggestion else message)
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class Ranked:
    """A model's place. `reason` says to a person why it is considered, `passed_over` why it does not answer, or "".

    `provider` is where it would be called; `cost_usd` an estimate for this prompt and an answer of usual length, None
    where a price is unknown.
    """

    model: str
    provider: str
    reason: str
    cost_usd: Decimal | None = None
    passed_over: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """`deployments` of the model, best first. `candidates` are the models tried in turn, the chosen one first.

    `ranking` has the chosen one first, then those that could answer instead, then those passed over.
    """

    model: ModelEntry
    deployments: tuple[DeploymentEntry, ...]
    reason: str
    candidates: tuple[str, ...]
    ranking: tuple[Ranked, ...] = ()


def choose(
    text: str,
    requested: str,
    catalogue: Catalogue,
    *,
    needs: frozenset[str] = frozenset(),
    prompt_tokens: int | None = None,
    output_tokens: int = ANSWER_TOKENS,
    previous: str = "",
    standing: Mapping[int, Standing] | None = None,
) -> Choice:
    """Answer `text` with the model called `requested`, or, for "auto" and "", with the best for it.

    `needs` are capabilities the answer takes (`providers.profiles.CAPABILITIES`); `prompt_tokens` counts the whole
    prompt, None: the message alone; `previous` is the model of the conversation's last answer; `standing` says how
    deployments are, by their id.

    Raises ModelUnavailable: unknown, disabled, without a usable deployment, or nothing registered at all.
    """
    tokens = tokens_of(text) if prompt_tokens is None else prompt_tokens
    asked = Asked(needs, tokens, output_tokens, {} if standing is None else standing)
    ranking = _Ranking(asked, catalogue)
    if requested and requested != AUTO:
        model = _named(requested, catalogue)
        inability = asked.inability(model)
        ranking.take(model, f"asked for by name, though it {inability}" if inability else "asked for by name")
        if inability:
            ranking.fill(_automatic(text, catalogue, asked, previous))
        # Who asks for one model, perhaps one that runs at home, is not handed on to others without need.
        return ranking.choice(fill_up=bool(inability))
    ranking.fill(_automatic(text, catalogue, asked, previous))
    return ranking.choice(fill_up=True)


def tokens_of(text: str) -> int:
    """About as many as a tokeniser would make of it."""
    return round(len(text) / _CHARACTERS_PER_TOKEN)


def rank(model: ModelEntry, asked: Asked | None = None) -> tuple[DeploymentEntry, ...]:
    """The model's deployments, best first."""
    return (asked or Asked()).ranked(model)


class _Ranking:
    """Sorts models, as they come, into those that can answer and those passed over."""

    def __init__(self, asked: Asked, catalogue: Catalogue) -> None:
        self._asked, self._catalogue = asked, catalogue
        self._able: dict[str, Ranked] = {}
        self._passed_over: dict[str, Ranked] = {}

    def take(self, model: ModelEntry, reason: str) -> None:
        """Whatever speaks against it."""
        self._able[model.name] = self._ranked(model, reason)

    def fill(self, considered: Iterator[tuple[ModelEntry, str]]) -> None:
        for model, reason in considered:
            if not model.usable or model.name in self._able or model.name in self._passed_over:
                continue
            obstacle = self._asked.obstacle(model)
            (self._passed_over if obstacle else self._able)[model.name] = self._ranked(model, reason, obstacle)
            if len(self._able) == MODELS_RANKED:
                return

    def choice(self, *, fill_up: bool) -> Choice:
        """`fill_up`: where fallbacks leave room, the next in the ranking are tried too."""
        if not self._able:
            self._take_the_least_bad()
        first = next(iter(self._able.values()))
        model = self._catalogue.models[first.model]
        return Choice(
            model,
            self._asked.ranked(model),
            first.reason,
            (model.name, *list(self._later(model, fill_up=fill_up))[: MODELS_PER_REQUEST - 1]),
            (*self._able.values(), *list(self._passed_over.values())[:MODELS_RANKED]),
        )

    def _later(self, chosen: ModelEntry, *, fill_up: bool) -> Iterator[str]:
        models = self._catalogue.models
        names = [name for name in dict.fromkeys(chosen.fallbacks) if name != chosen.name and name in models]
        fallbacks = [models[name] for name in names if models[name].usable]
        able = [model.name for model in fallbacks if not self._asked.inability(model)]
        yield from able
        if fill_up:
            # a simulated answer must never take the place of a real one.
            for name in self._able:
                if name != chosen.name and name not in able and models[name].stand_in == chosen.stand_in:
                    yield name

    def _take_the_least_bad(self) -> None:
        """What is known of a model may be wrong, and a model that rests may be back: better tried than refused."""
        if not self._passed_over:
            raise ModelUnavailable("No model can be used: staff must add a provider and a model, or enable one.")
        models = self._catalogue.models
        best = min(self._passed_over.values(), key=lambda one: bool(self._asked.inability(models[one.model])))
        del self._passed_over[best.model]
        obstacle = self._asked.obstacle(models[best.model])
        self.take(models[best.model], f"{best.reason}; it {obstacle}, but none here is known to do better")

    def _ranked(self, model: ModelEntry, reason: str, passed_over: str = "") -> Ranked:
        provider = self._asked.ranked(model)[0].provider
        return Ranked(model.name, provider, reason, self._asked.cost(model), passed_over and f"It {passed_over}.")


def _named(name: str, catalogue: Catalogue) -> ModelEntry:
    model = catalogue.models.get(name)
    if model is not None and model.usable:
        return model
    usable = [entry.name for entry in catalogue.models.values() if entry.usable]
    by_lower = {known.lower(): known for known in usable}
    near = get_close_matches(name.lower(), list(by_lower), n=1, cutoff=0.5)
    suggestion = by_lower[near[0]] if near else ""
    if model is None:
        if words := retired_words(name):
            raise ModelUnavailable(f"{words}.")
        raise ModelUnavailable(f'No model is called "{name}".', suggestion)
    if not model.enabled:
        raise ModelUnavailable(f'The model "{name}" is switched off.', suggestion)
    raise ModelUnavailable(f'The model "{name}" has no provider that is switched on.', suggestion)


def _automatic(text: str, catalogue: Catalogue, asked: Asked, previous: str) -> Iterator[tuple[ModelEntry, str]]:
    """All models, the best for `text` first, each perhaps more than once."""
    models = catalogue.models
    yield from _routed(text, catalogue, asked, models.get(previous))
    if default := models.get(catalogue.default_model):
        yield default, "default model"
    first = "first model that can be used"
    for stand_in in (False, True):  # the catalogue's own order otherwise: the older model first
        for model in models.values():
            if model.usable and model.stand_in is stand_in:
                yield model, first
                first = "can be used as well"


def _routed(
    text: str, catalogue: Catalogue, asked: Asked, previous: ModelEntry | None
) -> Iterator[tuple[ModelEntry, str]]:
    """The models of the routes that take `text`. Where it says nothing of its own ("and in French?"), the conversation
    goes on with its model, unless a route that staff gave words, a pattern or everything takes it."""
    said = Said(text)
    routes = sorted(catalogue.routes, key=lambda route: _place(route, catalogue, asked))
    found = [
        (route, catalogue.models[route.model], why)
        for route, why in said.taken_by(routes)
        if route.model in catalogue.models
    ]
    if previous is not None and not previous.stand_in and said.reading.intent in _NOTHING_SAID:
        yield from ((model, why) for route, model, why in found if not route.intent)
        yield previous, "the conversation goes on with it"
    yield from ((model, why) for _, model, why in found)


def _place(route: RouteEntry, catalogue: Catalogue, asked: Asked) -> tuple[int, bool, bool, Decimal, str]:
    """Higher priority first; among equals what has room, then what is cheaper, then by name."""
    model = catalogue.models.get(route.model)
    if model is None or not model.usable:
        return -route.priority, True, True, Decimal(0), route.name
    cost = asked.cost(model)
    return -route.priority, asked.is_full(model), cost is None, cost or Decimal(0), route.name
