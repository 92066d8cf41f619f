"""What a call needs to know, resolved from rows: frozen, free of Django, good for the length of one answer."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from providers.adapters.base import Adapter
from providers.events import Usage
from providers.types import Endpoint, Timeouts


@dataclass(frozen=True, slots=True)
class Prices:
    """USD per million tokens; None where unknown."""

    input: Decimal | None = None
    output: Decimal | None = None
    cached_input: Decimal | None = None

    def cost(self, usage: Usage) -> Decimal | None:
        """What the tokens cost: the provider's own figure where it told one, else by these prices."""
        if usage.cost_usd is not None:
            return Decimal(str(usage.cost_usd))
        if self.input is None or self.output is None:
            return None
        cached = usage.cached_tokens or 0
        cached_price = self.input if self.cached_input is None else self.cached_input
        fresh = max(usage.prompt_tokens - cached, 0)
        total = fresh * self.input + cached * cached_price + usage.completion_tokens * self.output
        return total / 1_000_000


@dataclass(frozen=True, slots=True)
class Target:
    """One deployment, ready to be called. `context_tokens` is the model's window, None where unknown.

    `order`: lower is tried first; among equals the `weight` says how often. `limit`: calls at a time that its provider
    allows this process, None for no limit. `progressive`: the time to the first token grows with what is asked.
    `hedge_after`: seconds without a first token until a second deployment is tried too; None: never.
    """

    deployment_id: int | None
    provider: str
    model: str
    upstream: str
    adapter: Adapter
    endpoint: Endpoint
    timeouts: Timeouts = field(default_factory=Timeouts)
    prices: Prices = field(default_factory=Prices)
    streaming: bool = True
    searches: bool = False
    continues_prefix: bool = False
    context_tokens: int | None = None
    keep_alive: str = ""
    order: int = 0
    weight: int = 1
    limit: int | None = None
    progressive: bool = False
    hedge_after: float | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """Names the deployment for as long as it is called the same: provider, model, upstream."""
        return self.provider, self.model, self.upstream


@dataclass(slots=True)
class AttemptRecord:
    """The ledger of one call, filled in while it runs. Times are UTC; `usage` is the provider's last word.

    A call that has ended (`finished_at`) has either a finish reason or an error; with neither it was cancelled.
    """

    number: int
    kind: str  # first, retry, fallback, hedge, takeover
    target: Target
    streaming: bool
    sent_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    opened_at: datetime | None = None
    first_token_at: datetime | None = None
    last_token_at: datetime | None = None
    longest_gap: timedelta | None = None  # between two tokens
    finished_at: datetime | None = None
    http_status: int | None = None
    upstream_id: str = ""
    finish_reason: str = ""
    error_kind: str = ""
    error_message: str = ""
    deltas: int = 0
    prompt_characters: int = 0  # of the request's messages, and
    characters: int = 0  # of text and reasoning received: for an estimate where no usage came
    usage: Usage | None = None
