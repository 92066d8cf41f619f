"""What a request may call: its models in order, each with the deployments that are ready. Values only."""

from dataclasses import dataclass

from providers.dispatch.targets import Target


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that may answer, with its deployments."""

    model: str
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A deployment that cannot be called as it is registered; `reason` says why, in words for staff."""

    provider: str
    model: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """`candidates`: the model that was chosen, then its fallbacks; each has at least one target."""

    candidates: tuple[Candidate, ...]
    passed_over: tuple[PassedOver, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What an answer has so far. `begun`: anything at all. `tools`: pieces of a tool call, which none continues."""

    text: str = ""
    begun: bool = False
    tools: bool = False
