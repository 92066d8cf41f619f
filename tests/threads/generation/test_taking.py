"""What a worker takes up: first calls are written down with the claims, or left to the runner."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.models import User
from providers.models import Model
from providers.snapshot import Snapshots
from tests.threads.generation.rows import generation_in, thread_of
from threads.generation import log, taking
from threads.generation.fold import fold
from threads.generation.offers import Offers
from threads.generation.taking import Taken
from threads.models import Attempt, Generation

MODEL = "sim:tokens=3"


@pytest.fixture
def queued(user: User, registry: Callable[[str], Model]) -> Callable[..., Generation]:
    registry(MODEL)

    def make(**columns: object) -> Generation:
        waits = {"state": "queued", "owner": "", "epoch": 0, "requested_model": MODEL}
        return generation_in(thread_of(user), **{**waits, **columns})

    return make


def _take(limit: int = 5) -> list[Taken]:
    return taking.take("w", limit, Snapshots(), Offers(), dead=True)


def test_the_first_call_is_written_down_with_the_claim(queued: Callable[..., Generation]) -> None:
    rows = [queued(), queued()]
    for row, taken in zip(rows, _take(), strict=True):
        assert taken.claim.generation_id == row.pk
        assert taken.prepared is not None
        assert taken.prepared.record is not None
        call = Attempt.objects.get(generation=row)
        assert (call.number, call.epoch, call.state, call.upstream) == (1, 1, "running", MODEL)
        entries = log.entries(row.pk)
        assert [entry.seq for entry in entries] == [1, 2, 3]
        assert entries[1:] == list(taken.entries)
        assert taken.prepared.answer == fold(entries)


def test_an_answer_that_was_begun_is_only_claimed(queued: Callable[..., Generation]) -> None:
    queued(state="running", epoch=1, lease_expires_at=timezone.now())
    [taken] = _take()
    assert (taken.claim.epoch, taken.prepared, taken.entries) == (2, None, ())
    assert not Attempt.objects.exists()


@pytest.mark.parametrize("columns", [{"cancel_requested_at": timezone.now()}, {"requested_model": "no such model"}])
def test_what_is_not_to_be_called_is_not_written_down(
    queued: Callable[..., Generation], columns: dict[str, object]
) -> None:
    queued(**columns)
    [taken] = _take()
    assert taken.prepared is not None
    assert taken.prepared.record is None
    assert not Attempt.objects.exists()


def test_a_claim_whose_call_cannot_be_written_down_is_none(
    queued: Callable[..., Generation], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = queued()

    def fails(*_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(log, "insert", fails)
    with pytest.raises(RuntimeError):
        _take()
    row.refresh_from_db()
    assert (row.state, row.owner, row.epoch) == ("queued", "", 0)
    assert not Attempt.objects.exists()
