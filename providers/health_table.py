"""How the deployments are, as all processes have seen it: what each of them writes down, and all of it put together.

Owns the rows of `DeploymentHealth`. A row is written when its deployment's health has changed, and now and then to show
that its process lives; one that is not written any more is as good as gone. Their times are the database's, so that the
clocks of machines need not agree. Knows no call and no request.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from providers.dispatch.breaker import State
from providers.dispatch.health import Board, Health, Key
from providers.models import Deployment, DeploymentHealth

PAUSE = 2.0  # seconds between looks at the board
HEARTBEAT = 6.0  # seconds after which everything is written again
STALE = timedelta(seconds=15)  # what is older says nothing of now

_WORST_FIRST: tuple[State, ...] = ("open", "half_open", "closed")
_WRITTEN = (
    *("breaker", "open_until", "in_flight", "first_token_s", "last_error_kind", "last_error", "last_error_at"),
    *("needs_staff", "updated_at"),
)


@dataclass(frozen=True, slots=True)
class News:
    """What is to be written down. `alive`: it is everything, because the heartbeat is due."""

    changed: Sequence[Health]
    alive: bool


class Reporter:
    """What `board` has seen, written down as `process` saw it. `news` is for the board's event loop, all else for a
    thread that may use the database, one call at a time."""

    def __init__(self, process: str, board: Board, clock: Callable[[], float] = time.monotonic) -> None:
        self.process = process
        self._board, self._clock = board, clock
        self._told: dict[Key, Health] = {}
        self._beat_at = float("-inf")

    def news(self) -> News | None:
        """None: there is nothing to write."""
        seen = self._board.report()
        alive = self._clock() - self._beat_at >= HEARTBEAT
        changed = seen if alive else [one for one in seen if self._told.get(_key(one)) != _lasting(one)]
        return News(changed, alive) if changed else None

    def write(self, news: News) -> None:
        """In one statement; and with a heartbeat the rows of processes that are gone go, too."""
        with transaction.atomic():
            known = _deployments({one.model for one in news.changed})
            rows = [self._row(known[_key(one)], one) for one in news.changed if _key(one) in known]
            DeploymentHealth.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["process", "deployment"], update_fields=_WRITTEN
            )
            if news.alive:
                DeploymentHealth.objects.filter(updated_at__lt=Now() - STALE).delete()
        self._told.update((_key(one), _lasting(one)) for one in news.changed)
        if news.alive:
            self._beat_at = self._clock()

    def leave(self) -> None:
        """The process ends: what it saw is nobody's business any more."""
        if self._told:
            DeploymentHealth.objects.filter(process=self.process).delete()

    def everywhere(self) -> list[Health]:
        """As all processes see the deployments: this one at this moment, the others a moment ago."""
        return together([*self._board.report(), *stored(but=self.process)])

    def _row(self, deployment_id: int, one: Health) -> DeploymentHealth:
        # Expressions, which the type checker does not expect in a row.
        times: dict[str, Any] = {"updated_at": Now()}
        if one.rest_s > 0:
            times["open_until"] = Now() + timedelta(seconds=one.rest_s)
        return DeploymentHealth(
            process=self.process,
            deployment_id=deployment_id,
            breaker=one.state,
            in_flight=one.in_flight,
            first_token_s=one.first_token_s,
            last_error_kind=one.last_error,
            last_error=one.last_error_message,
            last_error_at=one.last_error_at,
            needs_staff=one.needs_staff,
            **times,
        )


def stored(*, but: str = "") -> list[Health]:
    """What the processes that live have written down, without the one named `but`."""
    rows = DeploymentHealth.objects.exclude(process=but).filter(updated_at__gte=Now() - STALE)
    named = rows.annotate(
        provider=F("deployment__provider__name"),
        model=F("deployment__model__name"),
        upstream=F("deployment__upstream"),
        now=Now(),
    )
    return [_health(row) for row in named.order_by("provider", "model", "upstream", "process").values()]


def together(seen: Iterable[Health]) -> list[Health]:
    """One for each deployment: calls are added up, of breakers and first tokens the worst is taken, of errors the
    latest."""
    by_key: dict[Key, list[Health]] = {}
    for one in seen:
        by_key.setdefault(_key(one), []).append(one)
    return [_merged(several) for _, several in sorted(by_key.items())]


def _merged(several: Sequence[Health]) -> Health:
    first_tokens = [one.first_token_s for one in several if one.first_token_s is not None]
    failed = [(one.last_error_at, at) for at, one in enumerate(several) if one.last_error_at is not None]
    latest = several[max(failed)[1]] if failed else several[0]
    return replace(
        latest,
        state=min((one.state for one in several), key=_WORST_FIRST.index),
        in_flight=sum(one.in_flight for one in several),
        first_token_s=max(first_tokens, default=None),
        rest_s=max(one.rest_s for one in several),
        needs_staff=next((one.needs_staff for one in several if one.needs_staff), ""),
    )


def _key(one: Health) -> Key:
    return one.provider, one.model, one.upstream


def _lasting(one: Health) -> Health:
    """Without what changes by itself as time goes by."""
    return replace(one, rest_s=0.0)


def _deployments(models: set[str]) -> dict[Key, int]:
    rows = Deployment.objects.filter(model__name__in=models)
    named = rows.values_list("provider__name", "model__name", "upstream", "pk")
    return {(provider, model, upstream): pk for provider, model, upstream, pk in named}


def _health(row: Mapping[str, Any]) -> Health:
    rest = max(0.0, (row["open_until"] - row["now"]).total_seconds()) if row["open_until"] is not None else 0.0
    rested = row["breaker"] == "open" and not rest
    return Health(
        row["provider"],
        row["model"],
        row["upstream"],
        state="half_open" if rested else cast("State", row["breaker"]),
        in_flight=row["in_flight"],
        limit=None,
        first_token_s=row["first_token_s"],
        rest_s=rest,
        last_error=row["last_error_kind"],
        last_error_message=row["last_error"],
        last_error_at=row["last_error_at"],
        needs_staff=row["needs_staff"],
    )
