"""What a model costs: staff's word, the provider's, the published data; unknown stays unknown."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from providers.dispatch.targets import Prices
from providers.events import Usage
from providers.presets import PRESETS
from providers.prices import _VENDORS, UNKNOWN, prices_for, published
from providers.seeds import SEEDS

THEN = datetime(2026, 11, 20, 12, 34, 56, tzinfo=UTC)


def prices(text: str) -> Prices:
    return Prices(*(Decimal(amount) for amount in text.split("/")))


@pytest.mark.parametrize(
    ("preset", "upstream", "amounts"),
    [
        ("openai", "gpt-6-luna", "0.1/0.5/0.01"),
        ("openai", "gpt-6-astra", "10/50/1"),
        ("openai", "gpt-6.1-terra", "1/5/0.05"),
        ("anthropic", "claude-haiku-5-5", "0.1/0.5/0.01"),
        ("anthropic", "claude-fable-5-2", "8/40/0.2"),
        ("gemini", "gemini-3.8-flash", "0.75/3.75/0.075"),
        ("gemini", "models/gemini-4-argon", "2/10/0.1"),
        ("perplexity", "perplexity/sonar", "0.25/2.5/0.0625"),
        ("openrouter", "anthropic/claude-sonnet-5.5", "2/10/0.1"),
        ("openrouter", "openai/gpt-oss-120b:free", "0/0/0"),
        ("xai", "grok-4.7", "2/6/0.5"),
        ("groq", "openai/gpt-oss-120b", "0.15/0.6/0.075"),
    ],
)
def test_published_prices(preset: str, upstream: str, amounts: str) -> None:
    assert prices_for(preset, upstream, at=THEN) == prices(amounts)


@pytest.mark.parametrize(
    ("preset", "upstream"),
    [("ollama", "qwen3:8b"), ("openai-compatible", "gpt-6-luna"), ("simulator", "sim"), ("openai", "no-such-model")],
)
def test_what_nobody_published_is_unknown(preset: str, upstream: str) -> None:
    found = prices_for(preset, upstream, at=THEN)
    assert found == UNKNOWN
    assert found.cost(Usage(10, 10, 20)) is None


def test_the_first_who_says_anything_is_taken_whole() -> None:
    staff, listed = Prices(input=Decimal(3)), prices("7/8/9")
    assert prices_for("openai", "gpt-6-luna", [staff, listed], THEN) == staff
    assert prices_for("openai", "gpt-6-luna", [UNKNOWN, listed], THEN) == listed
    assert prices_for("openai", "gpt-6-luna", [UNKNOWN, UNKNOWN], THEN) == prices("0.1/0.5/0.01")
    free = prices("0/0/0")
    assert prices_for("openai", "gpt-6-luna", [free, listed], THEN) == free


def test_a_price_may_change_on_a_day() -> None:
    assert published("gemini", "gemini-3.8-flash", THEN) != published(
        "gemini", "gemini-3.8-flash", datetime(2027, 6, 1, tzinfo=UTC)
    )


def test_every_vendor_has_prices_and_every_seed_one() -> None:
    assert set(_VENDORS) <= set(PRESETS)
    for preset, seeds in SEEDS.items():
        unpriced = [seed.upstream for seed in seeds if published(preset, seed.upstream, THEN) == UNKNOWN]
        assert unpriced == []
