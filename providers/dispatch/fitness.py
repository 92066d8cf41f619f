"""Whether a model can answer what is asked, how well it stands, and what that would cost. Pure; knows no route."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from providers.dispatch.catalogue import DeploymentEntry, ModelEntry, Standing

ANSWER_TOKENS = 500  # of an answer of usual length
_WELL = Standing()
_CANNOT = {
    "tools": "cannot use tools",
    "vision": "cannot see images",
    "reasoning": "does not think before it answers",
    "continues_prefix": "cannot continue an answer that has begun",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer takes: capabilities, tokens of the prompt and of the answer; `standing` by deployment id, where
    none is told for a deployment it is well."""

    needs: frozenset[str] = frozenset()
    prompt_tokens: int = 0
    output_tokens: int = ANSWER_TOKENS
    standing: Mapping[int, Standing] = field(default_factory=dict)

    def obstacle(self, model: ModelEntry) -> str:
        """Why `model` cannot answer this, in words that go on "it …"; "" where it can."""
        return self.inability(model) or self._rest(model.deployments)

    def inability(self, model: ModelEntry) -> str:
        """As `obstacle`, but for what is no matter of the moment."""
        if any(self._can(model, entry) for entry in model.deployments):
            return ""
        skilled = [entry for entry in model.deployments if not self._lacking(model, entry)]
        if not skilled:
            lacking = min((self._lacking(model, entry) for entry in model.deployments), key=len)
            return " and ".join(_CANNOT.get(one, f"cannot do {one}") for one in sorted(lacking))
        window = max(entry.context_tokens or 0 for entry in skilled)
        return f"has a window of {window:,} tokens, too small for about {self.prompt_tokens + self.output_tokens:,}"

    def ranked(self, model: ModelEntry) -> tuple[DeploymentEntry, ...]:
        """The deployments that can answer, or all where none can; best first: those that are well and have room, by
        order, then the less loaded for its weight, the quicker, the heavier, the older."""
        able = [entry for entry in model.deployments if self._can(model, entry)]
        return tuple(sorted(able or model.deployments, key=self._place))

    def is_full(self, model: ModelEntry) -> bool:
        return all(self._standing(entry).load >= 1 for entry in model.deployments)

    def cost(self, model: ModelEntry) -> Decimal | None:
        """USD for the prompt and an answer, at the deployment that would be called; None where a price is unknown."""
        prices = self.ranked(model)[0].prices
        if prices.input is None or prices.output is None:
            return None
        return (self.prompt_tokens * prices.input + self.output_tokens * prices.output) / 1_000_000

    def _can(self, model: ModelEntry, entry: DeploymentEntry) -> bool:
        size = self.prompt_tokens + self.output_tokens
        return not self._lacking(model, entry) and (entry.context_tokens is None or size <= entry.context_tokens)

    def _lacking(self, model: ModelEntry, entry: DeploymentEntry) -> frozenset[str]:
        return self.needs - model.capabilities - entry.capabilities if self.needs else self.needs

    def _rest(self, entries: Iterable[DeploymentEntry]) -> str:
        if any(self._standing(entry).available for entry in entries):
            return ""
        return "has failed too often lately and rests for a moment"

    def _standing(self, entry: DeploymentEntry) -> Standing:
        return self.standing.get(entry.id, _WELL)

    def _place(self, entry: DeploymentEntry) -> tuple[bool, bool, int, float, float, int, int]:
        now = self._standing(entry)
        quickness = now.first_token if now.first_token is not None else 0.0
        share = now.load / max(entry.weight, 1)
        return not now.available, now.load >= 1, entry.order, share, quickness, -entry.weight, entry.id
