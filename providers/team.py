"""How everybody who can answer is doing now: the rows of the registry and what has been seen of them, put together.

Holds no address and no credential. Whose eyes those were, one process's or all of them, the caller decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from providers.dispatch.health import Health
from providers.listing.loaded import Loaded
from providers.models import Deployment, Provider
from providers.presets import PRESETS

# unknown: not called yet. resting: it failed too often and is not called for a moment. trial: one call goes there next.
State = Literal["unknown", "healthy", "degraded", "resting", "trial"]
_STATES: dict[str, State] = {"closed": "healthy", "open": "resting", "half_open": "trial"}


@dataclass(frozen=True, slots=True)
class DeploymentStatus:
    """Seconds. `needs_staff` says what only staff can mend, or is ""."""

    provider: str
    model: str
    upstream: str
    health: State = "unknown"
    in_flight: int = 0
    first_token_s: float | None = None
    rest_s: float = 0.0
    last_error: str = ""
    last_error_message: str = ""
    last_error_at: datetime | None = None
    needs_staff: str = ""


@dataclass(frozen=True, slots=True)
class ProviderStatus:
    """`limit`: calls at a time, None for no limit; `load`: how much of it is in use, from 0 to 1. `degraded`: not all
    of its deployments are healthy. `loaded_models` None: it does not tell."""

    name: str
    label: str
    health: State
    in_flight: int
    limit: int | None
    load: float | None
    loaded_models: tuple[Loaded, ...] | None


@dataclass(frozen=True, slots=True)
class Team:
    providers: tuple[ProviderStatus, ...]
    deployments: tuple[DeploymentStatus, ...]


def rows() -> tuple[list[Provider], list[Deployment]]:
    """What is switched on, by name. Reads rows."""
    usable = Deployment.objects.filter(enabled=True, provider__enabled=True, model__enabled=True)
    ordered = usable.select_related("provider", "model").order_by("provider__name", "model__name", "order", "id")
    return list(Provider.objects.filter(enabled=True).order_by("name")), list(ordered)


def status(
    providers: Sequence[Provider],
    deployments: Sequence[Deployment],
    healths: Sequence[Health],
    memory: Mapping[str, tuple[Loaded, ...] | None],
) -> Team:
    seen = {(one.provider, one.model, one.upstream): one for one in healths}
    told = tuple(_deployment(row, seen.get((row.provider.name, row.model.name, row.upstream))) for row in deployments)
    return Team(
        tuple(
            _provider(row, [one for one in told if one.provider == row.name], healths, memory.get(row.name))
            for row in providers
        ),
        told,
    )


def _deployment(row: Deployment, health: Health | None) -> DeploymentStatus:
    names = row.provider.name, row.model.name, row.upstream
    if health is None:
        return DeploymentStatus(*names)
    return DeploymentStatus(
        *names,
        health=_STATES[health.state],
        in_flight=health.in_flight,
        first_token_s=health.first_token_s,
        rest_s=health.rest_s,
        last_error=health.last_error,
        last_error_message=health.last_error_message,
        last_error_at=health.last_error_at,
        needs_staff=health.needs_staff,
    )


def _provider(
    row: Provider,
    deployments: Sequence[DeploymentStatus],
    healths: Sequence[Health],
    loaded: tuple[Loaded, ...] | None,
) -> ProviderStatus:
    preset, limit = PRESETS.get(row.preset), row.max_concurrency
    in_flight = sum(one.in_flight for one in healths if one.provider == row.name)
    return ProviderStatus(
        row.name,
        preset.label if preset is not None else row.preset,
        _together({one.health for one in deployments}),
        in_flight,
        limit,
        min(1.0, in_flight / limit) if limit else None,
        loaded,
    )


def _together(states: set[State]) -> State:
    known = states - {"unknown"}
    if len(known) == 1:
        return known.pop()
    return "degraded" if known else "unknown"
