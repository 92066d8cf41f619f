"""What a model costs: staff's own word, else the provider's list, else the data of genai-prices. One place for all.

Prices are USD per million tokens, of a prompt of usual length. The data comes with the package and is never updated
from the network; what it does not know is unknown. Knows no row: `providers.offerings` brings what rows say.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from providers.dispatch.targets import Prices

UNKNOWN = Prices()
# What genai-prices calls the vendor of a preset. Not listed: it has no prices, or they are nobody's business.
_VENDORS = {
    "openai": "openai",
    "perplexity": "perplexity",
    "gemini": "google",
    "openrouter": "openrouter",
    "anthropic": "anthropic",
    "groq": "groq",
    "mistral": "mistral",
    "deepseek": "deepseek",
    "xai": "x-ai",
    "together": "together",
}
_SAMPLE = 1_000  # tokens: below every price step for long prompts


def prices_for(preset: str, upstream: str, told: Iterable[Prices] = (), at: datetime | None = None) -> Prices:
    """The first of `told` that says anything, taken whole, else what is published for `upstream` at the time `at`.

    `at` matters where a price changes on a day or for some hours; without it, now.
    """
    own = next((prices for prices in told if prices != UNKNOWN), None)
    return own or published(preset, upstream, at)


def published(preset: str, upstream: str, at: datetime | None = None) -> Prices:
    """From the data alone. The first call in a process reads it, which takes some tenths of a second."""
    vendor = _VENDORS.get(preset)
    hour = (at or datetime.now(UTC)).replace(minute=0, second=0, microsecond=0)
    return _published(vendor, upstream.removeprefix("models/"), hour) if vendor else UNKNOWN


@lru_cache(maxsize=4096)
def _published(vendor: str, upstream: str, hour: datetime) -> Prices:
    from genai_prices import Usage, calc_price  # reads its data: only a process that asks for prices pays for it

    def price(side: str, **tokens: int) -> Decimal:
        asked = calc_price(Usage(**tokens), upstream, provider_id=vendor, genai_request_timestamp=hour)
        return round(Decimal(getattr(asked, side)) * 1_000_000 / _SAMPLE, 6)

    try:
        return Prices(
            input=price("input_price", input_tokens=_SAMPLE),
            output=price("output_price", output_tokens=_SAMPLE),
            cached_input=price("input_price", input_tokens=_SAMPLE, cache_read_tokens=_SAMPLE),
        )
    except LookupError:
        return UNKNOWN
