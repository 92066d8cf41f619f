"""The registry as the engine uses it: read once, kept for a moment, shared by all answers of a process.

Owns the copy and its age. A change by staff is in force within `KEEP` seconds where somebody calls `refresh` so often
(no question waits for it then), and within `LONGEST` where nobody does.
"""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import structlog

from providers import queries
from providers.dispatch import router
from providers.dispatch.catalogue import Catalogue, DeploymentEntry, Standing
from providers.dispatch.fitness import Asked
from providers.dispatch.health import Board
from providers.dispatch.plan import Candidate, PassedOver, Plan
from providers.dispatch.targets import Target
from providers.encryption import EncryptionError
from providers.models import Deployment
from providers.profiles import profile_for
from providers.registry import ConfigurationError, adapter_for, adapter_name, endpoint_for, timeouts_for

log = structlog.get_logger(__name__)

KEEP = 1.0  # seconds
LONGEST = 3.0
ALIKE = 300  # tokens by which prompts differ little in length
IN_USE = 60.0  # seconds that a copy is kept fresh after somebody asked for it

Ready = Target | PassedOver


@dataclass(slots=True)
class Snapshot:
    catalogue: Catalogue
    read_at: float
    _ready: dict[int, Ready | None] = field(default_factory=dict)  # by deployment; None: it is gone
    _plans: dict[tuple[tuple[str, ...], frozenset[str]], Plan] = field(default_factory=dict)
    # Of models asked for by name, where a question's text decides nothing but what it may cost.
    named: dict[tuple[str, frozenset[str], int], router.Choice] = field(default_factory=dict)
    unusable: frozenset[PassedOver] = frozenset()  # found so far

    def plan(self, models: tuple[str, ...], needs: frozenset[str] = frozenset()) -> Plan:
        """What may be called for these models, in this order, for an answer that `needs` such capabilities. Raises
        ConfigurationError, in words for staff, where there is nothing that can be."""
        plan = self._plans.get((models, needs))
        if plan is None:
            plan = self._plans[models, needs] = self._plan(models, Asked(needs))
        if not plan.candidates:
            reasons = [one.reason for one in plan.passed_over] or ["The deployment was removed a moment ago."]
            raise ConfigurationError(" ".join(reasons))
        return plan

    def _plan(self, models: tuple[str, ...], asked: Asked) -> Plan:
        entries = [(name, router.rank(self.catalogue.models[name], asked)) for name in models]
        self.prepare(entry.id for _, deployments in entries for entry in deployments)
        ready = [(name, [self._ready[entry.id] for entry in deployments]) for name, deployments in entries]
        candidates = [Candidate(name, tuple(one for one in all_ if isinstance(one, Target))) for name, all_ in ready]
        return Plan(
            tuple(candidate for candidate in candidates if candidate.targets),
            tuple(one for _, all_ in ready for one in all_ if isinstance(one, PassedOver)),
        )

    def called(self) -> list[int]:
        return list(self._ready)

    def prepare(self, deployments: Iterable[int]) -> None:
        """Have these ready, with one query for all that are not."""
        missing = [pk for pk in deployments if pk not in self._ready]
        if not missing:
            return
        rows = Deployment.objects.select_related("model", "provider").in_bulk(missing)
        entries = {entry.id: entry for model in self.catalogue.models.values() for entry in model.deployments}
        for pk in missing:
            one = self._ready[pk] = _ready(rows[pk], entries[pk]) if pk in rows and pk in entries else None
            if isinstance(one, PassedOver):
                self.unusable = self.unusable | {one}

    def ready(self, deployment_id: int) -> Target | None:
        """What has been made ready to be called."""
        one = self._ready.get(deployment_id)
        return one if isinstance(one, Target) else None


class Snapshots:
    """Hands out the present snapshot; call it on a thread that may read the database. `board` knows how the
    deployments are, for whoever chooses among them."""

    def __init__(self, board: Board | None = None) -> None:
        self.board = board or Board()
        self._lock = threading.Lock()
        self._present: Snapshot | None = None
        self._asked_at = float("-inf")
        self._told: frozenset[PassedOver] = frozenset()

    def current(self, *, fresh: bool = False) -> Snapshot:
        with self._lock:
            self._asked_at = time.monotonic()
            present = self._present
            if present is None or fresh or self._asked_at - present.read_at > LONGEST:
                present = self._present = Snapshot(queries.catalogue(), self._asked_at)
            return present

    @property
    def wants_refresh(self) -> bool:
        return time.monotonic() - self._asked_at < IN_USE

    def refresh(self) -> None:
        """Read the registry again, with the deployments that were called, and swap it in."""
        present = self._present
        fresh = Snapshot(queries.catalogue(), time.monotonic())
        fresh.prepare(present.called() if present is not None else ())
        with self._lock:
            self._present = fresh

    def choose(
        self,
        text: str,
        requested: str,
        *,
        needs: frozenset[str] = frozenset(),
        prompt_tokens: int | None = None,
        previous: str = "",
    ) -> tuple[router.Choice, Plan]:
        """The model for a question, and what may be called for it, as `router.choose`. A refusal is never of an old
        copy.

        Raises `router.ModelUnavailable`, and ConfigurationError where nothing can be called.
        """
        tokens = router.tokens_of(text) if prompt_tokens is None else prompt_tokens
        wish = _Wish(text, requested, needs, tokens, previous)
        snapshot = self.current()
        try:
            choice = self._choose(wish, snapshot)
        except router.ModelUnavailable:
            snapshot = self.current(fresh=True)
            choice = self._choose(wish, snapshot)
        try:
            return choice, snapshot.plan(choice.candidates, needs)
        finally:
            self._tell_staff(snapshot)

    def _choose(self, wish: "_Wish", snapshot: Snapshot) -> router.Choice:
        """Many ask the same model in one moment: for those it is chosen once, while the copy lasts."""
        key = (wish.requested, wish.needs, wish.prompt_tokens // ALIKE)
        if (known := snapshot.named.get(key)) is not None:
            return known
        choice = router.choose(
            wish.text,
            wish.requested,
            snapshot.catalogue,
            needs=wish.needs,
            prompt_tokens=wish.prompt_tokens,
            previous=wish.previous,
            standing=_Standings(snapshot, self.board),
        )
        if wish.requested not in ("", router.AUTO):
            snapshot.named[key] = choice
        return choice

    def _tell_staff(self, snapshot: Snapshot) -> None:
        """Of deployments that cannot be called as they are registered; of each once, until it changes."""
        if snapshot.unusable is self._told:
            return
        for one in snapshot.unusable.difference(self._told):
            log.error("deployment_unusable", provider=one.provider, model=one.model, reason=one.reason)
        self._told = snapshot.unusable


@dataclass(frozen=True, slots=True)
class _Wish:
    text: str
    requested: str
    needs: frozenset[str]
    prompt_tokens: int
    previous: str


@dataclass(frozen=True, slots=True)
class _Standings(Mapping[int, Standing]):
    """How those deployments are that have been called, looked up as they are asked for: most are not."""

    snapshot: Snapshot
    board: Board

    def __getitem__(self, deployment_id: int) -> Standing:
        target = self.snapshot.ready(deployment_id)
        standing = self.board.standing(target) if target is not None else None
        if standing is None:
            raise KeyError(deployment_id)
        return standing

    def __iter__(self) -> Iterator[int]:
        return (pk for pk in self.snapshot.called() if pk in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _ready(row: Deployment, entry: DeploymentEntry) -> Ready:
    try:
        return _target(row, entry)
    except ConfigurationError as error:
        reason = str(error)
    except EncryptionError as error:
        reason = f"The stored key of {row.provider.name} cannot be read: {error}"
    return PassedOver(row.provider.name, row.model.name, reason)


def _target(row: Deployment, entry: DeploymentEntry) -> Target:
    """`entry` has what is known of the row besides. Raises ConfigurationError or EncryptionError."""
    profile = profile_for(row.upstream, row.provider.preset)
    return Target(
        deployment_id=row.pk,
        provider=row.provider.name,
        model=row.model.name,
        upstream=row.upstream,
        adapter=adapter_for(adapter_name(row.provider)),
        endpoint=endpoint_for(row.provider),
        timeouts=timeouts_for(row.model, row.provider.preset),
        prices=entry.prices,
        streaming=row.model.streaming,
        searches=profile.searches,
        continues_prefix=profile.continues_prefix or "continues_prefix" in row.model.capabilities,
        context_tokens=entry.context_tokens,
        keep_alive=row.keep_alive,
        order=row.order,
        weight=row.weight,
        limit=row.provider.max_concurrency,
        progressive=row.model.timeout_first_token is None,
        hedge_after=row.model.hedge_after,
    )
