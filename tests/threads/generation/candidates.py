"""Models with several deployments and fallbacks at the simulator, and what became of an answer that used them."""

from dataclasses import dataclass
from typing import Any

from providers.models import Deployment, Model, ModelFallback, Provider
from tests.simulator import RunningSimulator
from threads.generation import log
from threads.generation.entries import Entry
from threads.generation.fold import fold
from threads.models import Attempt, Generation

SAYS = "ttft=0ms,rate=max,tokens=40,text=lorem"  # all that say this say the same


def make(simulator: RunningSimulator, models: dict[str, list[str]], **columns: Any) -> None:
    """Each model with its deployments, each at a provider of its own; every model falls back to the next. To be
    called on a database thread."""
    before: list[Model] = []
    for name, upstreams in models.items():
        model = Model.objects.create(name=name, **columns)
        for order, upstream in enumerate(upstreams):
            provider = Provider.objects.create(
                name=f"{name}-{order + 1}", preset="openai-compatible", base_url=simulator.url
            )
            Deployment.objects.create(model=model, provider=provider, upstream=upstream, order=order)
        for place, earlier in enumerate(reversed(before)):
            ModelFallback.objects.create(model=earlier, fallback=model, order=len(before) - place)
        before.append(model)


@dataclass(frozen=True)
class Found:
    """The rows and the log of an answer that has ended."""

    generation: Generation
    rows: list[Attempt]
    entries: list[Entry]

    @property
    def calls(self) -> list[tuple[str, str, str, str]]:
        """(kind, provider, state, kind of error) of each, in order."""
        return [(row.kind, row.provider, row.state, row.error_kind) for row in self.rows]

    @property
    def states(self) -> list[str]:
        return [entry.payload["state"] for entry in self.entries if entry.type == "status"]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [entry.payload for entry in self.entries if entry.type == kind]


def found(generation: Generation) -> Found:
    """Also holds the log to its promises. To be called on a database thread."""
    entries = log.entries(generation.pk)
    answer, message = fold(entries), generation.message
    assert message is not None
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert (answer.text, answer.reasoning, answer.citations, answer.tool_calls) == (
        message.text, message.reasoning, message.citations, message.tool_calls,
    )  # fmt: skip
    numbers = [payload["number"] for kind, payload in ((one.type, one.payload) for one in entries) if kind == "attempt"]
    rows = list(generation.attempts.order_by("number"))
    assert numbers == [row.number for row in rows] == list(range(1, len(rows) + 1)), "a row for each call"
    assert all(row.state != "running" and row.finished_at is not None for row in rows), "each settled"
    return Found(generation, rows, entries)
