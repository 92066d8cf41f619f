"""`/api/team/status`: how the providers and their deployments are doing."""

from dataclasses import asdict
from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema

from providers import residents, team
from providers.residents import Residents
from providers.team import DeploymentStatus, ProviderStatus
from threads import database
from threads.api.actor import actor_of
from threads.generation import runtime

router = Router(tags=["providers"])

Health = Literal["unknown", "healthy", "degraded", "resting", "trial"]


class LoadedModel(Schema):
    name: str
    size_bytes: int | None
    expires_at: datetime | None


class ProviderOut(Schema):
    name: str
    label: str
    health: Health
    in_flight: int
    limit: int | None
    load: float | None
    loaded_models: list[LoadedModel] | None

    @classmethod
    def of(cls, one: ProviderStatus) -> "ProviderOut":
        return cls(**asdict(one))


class DeploymentOut(Schema):
    provider: str
    model: str
    upstream: str
    health: Health
    in_flight: int
    first_token_s: float | None
    rest_s: float
    last_error: str | None
    last_error_at: datetime | None
    last_error_message: str | None = None
    needs_staff: str | None = None

    @classmethod
    def of(cls, one: DeploymentStatus, *, staff: bool) -> "DeploymentOut":
        """The words of an error may name machines inside: they are for staff."""
        told = {**asdict(one), "last_error": one.last_error or None}
        for name in ("last_error_message", "needs_staff"):
            told[name] = told[name] or None if staff else None
        return cls(**told)


class TeamOut(Schema):
    providers: list[ProviderOut]
    deployments: list[DeploymentOut]


@router.get("/team/status", response=TeamOut, summary="How the providers are doing")
async def status(request: HttpRequest) -> TeamOut:
    """Providers and deployments that are switched on, as all processes have seen them."""
    staff = actor_of(request).staff
    servers = await database.read(residents.servers)
    memory = await _residents().at(servers)
    rows = await database.read(team.rows)
    found = team.status(*rows, await database.read(runtime.current().health.everywhere), memory)
    return TeamOut(
        providers=[ProviderOut.of(one) for one in found.providers],
        deployments=[DeploymentOut.of(one, staff=staff) for one in found.deployments],
    )


def _residents() -> Residents:
    engine = runtime.current()
    kept = engine.extras.setdefault("residents", Residents(engine.client))
    assert isinstance(kept, Residents)  # noqa: S101 - nobody else uses the name
    return kept
