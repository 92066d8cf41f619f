"""A snapshot of the registry, free of Django: what the router chooses from. Holds no address and no credential."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from providers.dispatch.targets import Prices


@dataclass(frozen=True, slots=True)
class DeploymentEntry:
    """An enabled deployment at an enabled provider. `stand_in`: its answers are simulated.

    `capabilities` are what is known of its upstream name, besides the model's own; `context_tokens` its window, None
    where unknown.
    """

    id: int
    model: str
    provider: str
    upstream: str
    weight: int = 1
    order: int = 0
    stand_in: bool = False
    capabilities: frozenset[str] = frozenset()
    context_tokens: int | None = None
    prices: Prices = field(default_factory=Prices)


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """`deployments` holds only what can be called; `fallbacks` are names, in order; `capabilities` are what staff say
    of the model, wherever it is deployed."""

    name: str
    label: str = ""
    enabled: bool = True
    capabilities: frozenset[str] = frozenset()
    deployments: tuple[DeploymentEntry, ...] = ()
    fallbacks: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        return self.enabled and bool(self.deployments)

    @property
    def stand_in(self) -> bool:
        return all(deployment.stand_in for deployment in self.deployments)


@dataclass(frozen=True, slots=True)
class RouteEntry:
    """An enabled route: exactly one of `keywords`, `pattern`, `always`, `intent` is set."""

    name: str
    model: str
    priority: int = 0
    keywords: tuple[str, ...] = ()
    pattern: str = ""
    always: bool = False
    intent: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`models` by name, oldest first; `default_model` is a name or "auto"."""

    models: Mapping[str, ModelEntry] = field(default_factory=dict)
    routes: tuple[RouteEntry, ...] = ()
    default_model: str = "auto"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a deployment is at this moment. `available`: its breaker lets calls through. `load`: calls in flight ÷ what
    it takes at a time, 1 where it is full. `first_token`: seconds on average, None where not measured."""

    available: bool = True
    load: float = 0.0
    first_token: float | None = None
