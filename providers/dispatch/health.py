"""How the deployments are, as this process has seen it: breakers, calls in flight, first tokens, last errors.

Owns who may be called now. One `Board` a process, used on its event loop; `suggest`, `standing` and `report` only read,
and may be called from any thread. Knows no request, no row and no other process: a provider's limit holds in each by
itself.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

import structlog

from providers.dispatch import balance, policy
from providers.dispatch.breaker import Breaker, State
from providers.dispatch.catalogue import Standing
from providers.dispatch.hedge_budget import HedgeBudget
from providers.dispatch.line import Lines
from providers.dispatch.targets import Target
from providers.errors import ProviderError
from providers.types import Endpoint

log = structlog.get_logger(__name__)

FRESHNESS, STALE = 0.2, 60.0  # the newest first token's share of the average; seconds after which it says nothing
NO_LIMIT = 100  # calls that fill a deployment whose provider names no limit, for comparing loads

Key = tuple[str, str, str]
Promised = Counter[str | Key]  # calls about to be made, by provider and by deployment


@dataclass(frozen=True, slots=True)
class Health:
    """A deployment as it is now. Seconds; `needs_staff` says what only staff can mend, or is ""."""

    provider: str
    model: str
    upstream: str
    state: State
    in_flight: int
    limit: int | None
    first_token_s: float | None
    rest_s: float
    last_error: str
    last_error_message: str
    last_error_at: datetime | None
    needs_staff: str


@dataclass(slots=True)
class _Record:
    """What is kept of a deployment."""

    endpoint: Endpoint
    limit: int | None = None
    breaker: Breaker = field(default_factory=Breaker)
    in_flight: int = 0
    first_token: float | None = None
    first_token_at: float = 0.0
    error: ProviderError | None = None
    error_at: datetime | None = None
    needs_staff: str = ""


class Seat:
    """A place for one call at `target`. The first of `good`, `bad` and `leave` gives it back; the rest do nothing."""

    def __init__(self, board: "Board", target: Target, record: _Record) -> None:
        self.target = target
        self._board, self._record, self._breaker = board, record, record.breaker
        self._visit = self._breaker.enter(board.clock())
        self._taken = True
        record.in_flight += 1
        board.in_flight[target.provider] += 1

    def speaks(self) -> None:
        self._breaker.speaks(self._visit)

    def first_token(self, seconds: float) -> None:
        """It came after `seconds`, or did not come within them."""
        known = self._record.first_token
        self._record.first_token = seconds if known is None else known + FRESHNESS * (seconds - known)
        self._record.first_token_at = self._board.clock()

    def good(self) -> None:
        if self._taken:
            self._breaker.good(self._visit)
            self._record.needs_staff = ""
            self._give_back()

    def bad(self, error: ProviderError) -> None:
        if not self._taken:
            return
        if self._breaker is self._record.breaker:
            self._record.error, self._record.error_at = error, datetime.now(UTC)
        self._judge(error)
        self._give_back()

    def leave(self) -> None:
        if self._taken:
            self._breaker.leave(self._visit)
            self._give_back()

    def _judge(self, error: ProviderError) -> None:
        health, now = policy.rule_of(error).health, self._board.clock()
        if health == "neutral":
            self._breaker.leave(self._visit)
        elif health == "counts":
            self._breaker.bad(self._visit, now)
        else:
            self._breaker.trip(self._visit, now)
            if self._breaker is self._record.breaker:
                self._record.needs_staff = str(error)
            deployment = "/".join(self.target.key)
            log.error("deployment_needs_staff", deployment=deployment, kind=error.kind, reason=str(error))

    def _give_back(self) -> None:
        self._taken = False
        self._record.in_flight -= 1
        self._board.in_flight[self.target.provider] -= 1
        self._board.lines.stir(self.target.provider)


class Board:
    """`clock` in seconds, `chance` and `sleep` are the process's own, or a test's. `hedge_share`: how many of all
    requests may be asked twice at once, from 0 to 1."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        chance: Random | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        hedge_share: float = 0.02,
    ) -> None:
        self.clock, self.sleep = clock, sleep
        self.chance = chance or Random()  # noqa: S311 - no secret hangs on it
        self.hedges = HedgeBudget(hedge_share)
        self.in_flight: Counter[str] = Counter()  # by provider
        self.lines = Lines()
        self._records: dict[Key, _Record] = {}

    # --- who is called ---------------------------------------------------------------------------------------
    def suggest(self, targets: Sequence[Target], promised: Promised) -> Target | None:
        """Which of `targets` to call in a moment, counted in `promised`. None where it takes more than that: all of
        them rest, are on trial or full."""
        sound = [one for one in targets if self._is_closed(one) and self._has_room(one, promised[one.provider])]
        chosen = balance.best(sound, lambda one: self._load(one, promised), self.chance)
        if chosen is not None:
            promised[chosen.provider] += 1
            promised[chosen.key] += 1
        return chosen

    def take(self, targets: Sequence[Target]) -> Seat | None:
        """A place at the best of `targets` that may be called now."""
        return self._take([one for one in targets if self._has_room(one)])

    def enter(self, target: Target) -> Seat | None:
        """A place at `target`, which was suggested a moment ago; None where it is full."""
        return self._seat(target) if self._has_room(target) else None

    async def line_up(self, targets: Sequence[Target], seconds: float) -> Seat | None:
        """Wait in line for a place at one of `targets`. None: there was none in time, or all of them rest by now."""

        def look(first_at: frozenset[str]) -> tuple[bool, Seat | None]:
            seat = self._take([one for one in targets if one.provider in first_at and self._is_below_limit(one)])
            return seat is not None or not any(map(self.allows, targets)), seat

        return await self.lines.stand((one.provider for one in targets), seconds, look)

    def allows(self, target: Target) -> bool:
        """Whether its breaker lets a call through."""
        record = self._known(target)
        return record is None or record.breaker.allows(self.clock())

    def is_full(self, target: Target) -> bool:
        """It could be called, were there a place."""
        return self.allows(target) and not self._has_room(target)

    def resting(self, target: Target) -> tuple[ProviderError | None, float]:
        """Its last error, and the seconds until it is tried again."""
        record = self._known(target)
        return (None, 0.0) if record is None else (record.error, record.breaker.rest(self.clock()))

    # --- how they are ----------------------------------------------------------------------------------------
    def standing(self, target: Target) -> Standing | None:
        """For whoever chooses a model; None where it has not been called."""
        if (record := self._known(target)) is None:
            return None
        load, first_token = self._load(target)
        full = not self._has_room(target)
        return Standing(record.breaker.allows(self.clock()), max(load, 1.0) if full else load, first_token or None)

    def report(self) -> list[Health]:
        now = self.clock()
        return [
            Health(
                *key,
                state=record.breaker.state(now),
                in_flight=record.in_flight,
                limit=record.limit,
                first_token_s=record.first_token,
                rest_s=record.breaker.rest(now),
                last_error=record.error.kind if record.error is not None else "",
                last_error_message=str(record.error or ""),
                last_error_at=record.error_at,
                needs_staff=record.needs_staff,
            )
            for key, record in sorted(self._records.copy().items())
        ]

    # --- inside ----------------------------------------------------------------------------------------------
    def _known(self, target: Target) -> _Record | None:
        """What is known of it; nothing, when staff have given it another address or key since."""
        record = self._records.get(target.key)
        return record if record is not None and record.endpoint == target.endpoint else None

    def _seat(self, target: Target) -> Seat:
        record = self._records.setdefault(target.key, _Record(target.endpoint))
        if record.endpoint != target.endpoint:
            record.endpoint, record.breaker = target.endpoint, Breaker()
            record.error, record.error_at, record.needs_staff = None, None, ""
        record.limit = target.limit
        return Seat(self, target, record)

    def _take(self, targets: Sequence[Target]) -> Seat | None:
        chosen = balance.best([one for one in targets if self.allows(one)], self._load, self.chance)
        return self._seat(chosen) if chosen is not None else None

    def _is_closed(self, target: Target) -> bool:
        record = self._known(target)
        return record is None or record.breaker.state(self.clock()) == "closed"

    def _has_room(self, target: Target, more: int = 0) -> bool:
        """Who comes anew does not pass by those in line."""
        return target.limit is None or (not self.lines.length(target.provider) and self._is_below_limit(target, more))

    def _is_below_limit(self, target: Target, more: int = 0) -> bool:
        return target.limit is None or self.in_flight[target.provider] + more < target.limit

    def _load(self, target: Target, promised: Promised | None = None) -> balance.Load:
        """A deployment whose first tokens are not known, or only from long ago, is tried."""
        record = self._known(target)
        calls, everyone = record.in_flight if record is not None else 0, self.in_flight[target.provider]
        if promised:
            calls, everyone = calls + promised[target.key], everyone + promised[target.provider]
        share = everyone / target.limit if target.limit else calls / (NO_LIMIT * max(target.weight, 1))
        if record is None or record.first_token is None or self.clock() - record.first_token_at > STALE:
            return share, 0.0
        return share, record.first_token
