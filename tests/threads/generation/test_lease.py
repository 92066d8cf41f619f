"""Leases: who may claim what, in which order, for how long."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from tests.threads.generation.rows import Make
from threads.generation import lease
from threads.models import Generation

_HOUR = timedelta(hours=1)


def test_the_abandoned_come_first_then_the_oldest(make: Make) -> None:
    young, abandoned = [make("queued") for _ in range(3)], [make("running", expires=-_HOUR, epoch=4) for _ in range(2)]
    claims = lease.claim("w", 4)
    assert [claim.generation_id for claim in claims] == [row.pk for row in (*abandoned, *young[:2])]
    assert [(claim.epoch, claim.taken_over) for claim in claims] == [(5, True), (5, True), (1, False), (1, False)]
    assert [claim.generation_id for claim in lease.claim("w", 4)] == [young[2].pk]
    assert lease.claim("w", 4) == []


@pytest.mark.parametrize("limit", [0, -3])
def test_without_room_nothing_is_claimed(make: Make, limit: int) -> None:
    make("queued")
    assert lease.claim("w", limit) == []
    assert Generation.objects.get().state == "queued"


@pytest.mark.parametrize("state", Generation.ENDED)
def test_what_has_ended_is_nobodys(make: Make, state: str) -> None:
    make(state, expires=-_HOUR)
    assert lease.claim("w", 5) == []


def test_what_somebody_holds_is_his(make: Make) -> None:
    held = make("running", expires=_HOUR, owner="another", epoch=1)
    assert lease.claim("w", 5) == []
    held.refresh_from_db()
    assert (held.owner, held.epoch, held.takeovers) == ("another", 1, 0)


def test_a_claim_writes_down_whose_it_is(make: Make) -> None:
    row = make("queued")
    lease.claim("first", 1)
    row.refresh_from_db()
    assert (row.state, row.owner, row.epoch, row.takeovers) == ("running", "first", 1, 0)
    assert row.lease_expires_at is not None
    begun = row.started_at
    Generation.objects.update(lease_expires_at=Now() - _HOUR)
    lease.claim("second", 1)
    row.refresh_from_db()
    assert (row.owner, row.epoch, row.takeovers, row.started_at) == ("second", 2, 1, begun)


def test_a_lease_runs_by_the_clock_of_the_database(make: Make) -> None:
    """It ends `LEASE` after the database's own now, whatever this process thinks the time is."""
    make("queued")
    lease.claim("w", 1)
    mine = Generation.objects.all()
    assert mine.filter(lease_expires_at__gt=Now() + lease.LEASE - timedelta(seconds=2)).exists()
    assert mine.filter(lease_expires_at__lte=Now() + lease.LEASE).exists()
    mine.update(lease_expires_at=Now() - _HOUR)
    lease.renew("w", [mine.get().pk])
    assert mine.filter(lease_expires_at__gt=Now() + lease.LEASE - timedelta(seconds=2)).exists()


def test_renewing_keeps_ones_own_and_tells_of_stops(make: Make) -> None:
    mine, stopped = make("running", expires=_HOUR, owner="w"), make("running", expires=_HOUR, owner="w")
    Generation.objects.filter(pk=stopped.pk).update(cancel_requested_at=timezone.now())
    others, done = make("running", expires=_HOUR, owner="x"), make("completed", owner="w")
    unasked = make("running", expires=-_HOUR, owner="w")
    renewal = lease.renew("w", [mine.pk, stopped.pk, others.pk, done.pk])
    assert renewal.held == {mine.pk, stopped.pk}
    assert renewal.cancelled == {stopped.pk}
    assert Generation.objects.filter(pk=unasked.pk, lease_expires_at__lt=Now()).exists()


def test_released_it_can_be_claimed_at_once(make: Make) -> None:
    mine, kept = (make("running", expires=_HOUR, owner="w", epoch=1) for _ in range(2))
    others = make("running", expires=_HOUR, owner="x", epoch=1)
    lease.release(mine.pk, 1)
    lease.release(others.pk, 0)
    assert [claim.generation_id for claim in lease.claim("next", 5)] == [mine.pk]
    assert lease.renew("w", [mine.pk, kept.pk]).held == {kept.pk}


def test_only_owners_that_died_count(make: Make) -> None:
    dead, handed_over = (make("running", expires=-_HOUR, owner=owner, epoch=1) for owner in ("w", ""))
    lease.claim("next", 5)
    counted = dict(Generation.objects.values_list("pk", "takeovers"))
    assert counted == {dead.pk: 1, handed_over.pk: 0}


def test_who_cannot_tell_the_dead_takes_what_was_handed_over(make: Make) -> None:
    make("running", expires=-_HOUR, owner="w", epoch=1)
    handed_over, queued = make("running", expires=-_HOUR, epoch=1), make("queued")
    claims = lease.claim("next", 5, dead=False)
    assert [claim.generation_id for claim in claims] == [handed_over.pk, queued.pk]


def test_whose_lease_is_next_to_run_out(make: Make) -> None:
    assert lease.due("w") is None
    make("running", expires=timedelta(seconds=10), owner="w")
    make("running", expires=-_HOUR, owner="x")
    assert lease.due("w") is None
    make("running", expires=_HOUR, owner="x")
    make("running", expires=timedelta(seconds=20), owner="x")
    assert 0 < (lease.due("w") or 0) <= 20
