"""What a call costs."""

from decimal import Decimal

import pytest

from providers.dispatch.targets import Prices
from providers.events import Usage

_KNOWN = Prices(Decimal("2.5"), Decimal(10))


@pytest.mark.parametrize(
    ("prices", "usage", "cost"),
    [
        (_KNOWN, Usage(1000, 500, 1500), Decimal("0.0075")),
        (_KNOWN, Usage(0, 0, 0), Decimal(0)),
        (Prices(Decimal(2), Decimal(10), Decimal("0.5")), Usage(1000, 0, 1000, cached_tokens=600), Decimal("0.0011")),
        (_KNOWN, Usage(1000, 0, 1000, cached_tokens=600), Decimal("0.0025")),  # no price of its own for the cached
        (Prices(Decimal(2), Decimal(10), Decimal(0)), Usage(10, 0, 10, cached_tokens=10), Decimal(0)),
        (_KNOWN, Usage(5, 0, 5, cached_tokens=9), Decimal("0.0000225")),  # more cached than there were: never negative
        (_KNOWN, Usage(1000, 500, 1500, cost_usd=0.25), Decimal("0.25")),  # told by the provider
        (_KNOWN, Usage(1000, 500, 1500, cost_usd=0.0), Decimal(0)),
        (Prices(), Usage(1000, 500, 1500, cost_usd=0.25), Decimal("0.25")),
        (Prices(), Usage(1000, 500, 1500), None),
        (Prices(input=Decimal(1)), Usage(1000, 500, 1500), None),
        (Prices(output=Decimal(1)), Usage(1000, 500, 1500), None),
    ],
)
def test_cost(prices: Prices, usage: Usage, cost: Decimal | None) -> None:
    assert prices.cost(usage) == cost
