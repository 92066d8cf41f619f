"""The registry as the engine uses it: read once, kept for a moment, shared by all answers of a process.

Owns the copy and its age. A change by staff is in force within `KEEP` seconds where somebody calls `refresh` so often
(no question waits for it then), and within `LONGEST` where nobody does.
"""

import contextlib
import threading
import time
from dataclasses import dataclass, field

from providers import queries
from providers.dispatch import router
from providers.dispatch.catalogue import Catalogue
from providers.dispatch.targets import Prices, Target
from providers.encryption import EncryptionError
from providers.models import Deployment
from providers.profiles import profile_for
from providers.registry import ConfigurationError, adapter_for, adapter_name, endpoint_for, timeouts_for

KEEP = 1.0  # seconds
LONGEST = 3.0
IN_USE = 60.0  # seconds that a copy is kept fresh after somebody asked for it


@dataclass(slots=True)
class Snapshot:
    catalogue: Catalogue
    read_at: float
    _targets: dict[int, Target] = field(default_factory=dict)

    def target(self, deployment_id: int) -> Target:
        """The deployment, ready to be called. Raises ConfigurationError or EncryptionError, in words for staff."""
        if deployment_id not in self._targets:
            self._targets[deployment_id] = _target(deployment_id)
        return self._targets[deployment_id]

    def called(self) -> list[int]:
        return list(self._targets)

    def prepare(self, deployment_id: int) -> None:
        """Have a target ready, if it is still there and can be called."""
        with contextlib.suppress(Deployment.DoesNotExist, ConfigurationError, EncryptionError):
            self.target(deployment_id)


class Snapshots:
    """Hands out the present snapshot; call it on a thread that may read the database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._present: Snapshot | None = None
        self._asked_at = float("-inf")

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
        for deployment_id in present.called() if present is not None else ():
            fresh.prepare(deployment_id)
        with self._lock:
            self._present = fresh

    def choose(self, text: str, requested: str) -> tuple[router.Choice, Target]:
        """The model for a question and the deployment to call. A refusal is never of an old copy.

        Raises `router.ModelUnavailable`, and what `Snapshot.target` raises.
        """
        snapshot = self.current()
        try:
            choice = router.choose(text, requested, snapshot.catalogue)
        except router.ModelUnavailable:
            snapshot = self.current(fresh=True)
            choice = router.choose(text, requested, snapshot.catalogue)
        return choice, snapshot.target(choice.deployments[0].id)


def _target(deployment_id: int) -> Target:
    row = queries.deployment(deployment_id)
    profile = profile_for(row.upstream, row.provider.preset)
    return Target(
        deployment_id=row.pk,
        provider=row.provider.name,
        model=row.model.name,
        upstream=row.upstream,
        adapter=adapter_for(adapter_name(row.provider)),
        endpoint=endpoint_for(row.provider),
        timeouts=timeouts_for(row.model),
        prices=Prices(row.model.price_input, row.model.price_output, row.model.price_cached_input),
        streaming=row.model.streaming,
        continues_prefix=profile.continues_prefix or "continues_prefix" in row.model.capabilities,
        context_tokens=profile.context_tokens,
    )
