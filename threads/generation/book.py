"""The calls that one owner makes for an answer: which are open, whose words stand, what they cost together.

Knows records; the rows behind them are `ledger`'s.
"""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from providers.dispatch.targets import AttemptRecord
from threads.generation import ledger
from threads.generation.ledger import Spent
from threads.models import Attempt


class Book:
    """`first` is the call that was written down before, `earlier` what calls of earlier owners used."""

    def __init__(self, generation_id: UUID, *, first: AttemptRecord | None = None) -> None:
        self._generation_id = generation_id
        self.earlier: Spent | None = None
        self._records = [first] if first is not None else []
        self._ended: list[AttemptRecord] = []

    def __bool__(self) -> bool:
        return bool(self._records)

    def started(self, record: AttemptRecord) -> None:
        self._records.append(record)

    def ended(self, record: AttemptRecord) -> None:
        self._ended.append(record)

    def close(self) -> None:
        """Nobody reads the calls any more: those that have no end were interrupted now."""
        now = datetime.now(UTC)
        for record in self._records:
            record.finished_at = record.finished_at or now

    @property
    def answering(self) -> AttemptRecord | None:
        """The call that the answer is from: the one that finished it, else the last that said anything, else the
        last."""
        finished = [one for one in self._records if one.finish_reason and not one.error_kind]
        spoke = [one for one in self._records if one.first_token_at is not None]
        return next((rows[-1] for rows in (finished, spoke, self._records) if rows), None)

    @property
    def spent(self) -> Spent | None:
        """What all calls used, as far as it is known."""
        total = self.earlier
        for record in self._records:
            if (one := ledger.spent_on(record)) is not None:
                total = one if total is None else total + one
        return total

    @property
    def cost(self) -> Decimal:
        """What the calls of this owner cost, in USD, as far as it is known."""
        spent = [ledger.spent_on(record) for record in self._records]
        return sum((one.cost for one in spent if one is not None and one.cost is not None), Decimal(0))

    def take_ended(self) -> list[AttemptRecord]:
        """Calls that have ended since this was asked last."""
        ended, self._ended = self._ended, []
        return ended

    def settle(self, state: str = Attempt.State.CANCELLED) -> None:
        """Settle all; those that were interrupted as `state`. To be called where rows may be written."""
        settle(self._generation_id, self._records, state)


def settle(generation_id: UUID, records: list[AttemptRecord], state: str = Attempt.State.CANCELLED) -> None:
    for record in records:
        ledger.settle(generation_id, record, state)
