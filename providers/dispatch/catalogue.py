"""A snapshot of the registry, free of Django: what the router chooses from. Holds no address and no credential."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DeploymentEntry:
    """An enabled deployment at an enabled provider. `stand_in`: its answers are simulated."""

    id: int
    model: str
    provider: str
    upstream: str
    weight: int = 1
    order: int = 0
    stand_in: bool = False


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """`deployments` holds only what can be called; `fallbacks` are names, in order."""

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
    """An enabled route: exactly one of `keywords`, `pattern`, `always` is set."""

    name: str
    model: str
    priority: int = 0
    keywords: tuple[str, ...] = ()
    pattern: str = ""
    always: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`models` by name, oldest first; `default_model` is a name or "auto"."""

    models: Mapping[str, ModelEntry] = field(default_factory=dict)
    routes: tuple[RouteEntry, ...] = ()
    default_model: str = "auto"
