"""How many requests may be asked twice at once. A slow hour of a provider must not double the calls to it."""

SAVED = 10.0  # hedges that a quiet time may save up for a busy one


class HedgeBudget:
    """Every request earns `share` of a hedge (0 to 1)."""

    def __init__(self, share: float) -> None:
        self.share = share
        self._left = 0.0

    def earn(self) -> None:
        self._left = min(self._left + self.share, SAVED)

    @property
    def has_one(self) -> bool:
        return self._left > 1 - 1e-9  # a share is no exact fraction

    def spend(self) -> None:
        self._left -= 1
