"""Which names are gone, since when, and what stands for them."""

from datetime import date

import pytest

from providers.presets import PRESETS
from providers.retirements import _BY_VENDOR, retired_words, retirement_at
from providers.seeds import SEEDS

TODAY = date(2026, 11, 20)

RETIRED = [
    ("gpt-4-turbo", "2026-10-23", "gpt-6-luna"),
    ("gpt-3.5-turbo", "2026-10-23", "gpt-6-luna"),
    ("GPT-4", "2026-10-23", "gpt-6-luna"),
    ("gpt-4.1-nano", "2026-10-23", "gpt-6-luna"),
    ("o1-pro", "2026-10-23", "gpt-6.1-sol"),
    ("o4-mini-2025-04-16", "2026-10-23", "gpt-6.1-terra"),
    ("openai/gpt-4-turbo-2024-04-09", "2026-10-23", "gpt-6-luna"),
    ("gemini-2.0-flash-exp", "2026-06-01", "gemini-3.8-flash"),
    ("gemini-1.5-flash", "2025-09-29", "gemini-3.5-flash-lite"),
    ("models/gemini-1.5-pro", "2025-09-29", "gemini-3.8-flash"),
    ("gemini-pro", "2025-02-15", "gemini-3.8-flash"),
    ("sonar", "2026-09-27", "perplexity/sonar"),
    ("sonar-pro", "2026-09-27", "perplexity/sonar"),
    ("sonar-reasoning-pro", "2026-09-27", "perplexity/sonar"),
    ("sonar-reasoning", "2025-12-15", "perplexity/sonar"),
    ("claude-sonnet-4-20250514", "2026-06-15", "claude-sonnet-5-5"),
    ("anthropic/claude-3.5-sonnet", "2025-10-28", "claude-sonnet-5-5"),
    ("claude-3-opus-latest", "2026-01-05", "claude-opus-5-5"),
    ("deepseek-chat", "2026-07-24", "deepseek-flash"),
]


@pytest.mark.parametrize(("name", "since", "use"), RETIRED)
def test_a_retired_name_is_told_with_its_date_and_what_to_use(name: str, since: str, use: str) -> None:
    assert retired_words(name, TODAY) == f"{name} was retired on {since}; use {use}"


@pytest.mark.parametrize(
    "name",
    ["gpt-4o", "gemini-2.5-pro", "gpt-6-luna", "perplexity/sonar", "gemini-pro-latest", "claude-sonnet-4-6", "x", ""],
)
def test_what_lives_or_is_unknown_gets_no_word(name: str) -> None:
    assert retired_words(name, TODAY) == ""


def test_a_date_comes() -> None:
    assert retired_words("gpt-4o-mini", date(2027, 1, 13)) == ""
    assert retired_words("gpt-4o-mini", date(2027, 1, 14)) == "gpt-4o-mini was retired on 2027-01-14; use gpt-6-luna"


DYING = {
    "openai": "2026-12-11 gpt-5 gpt-5-mini gpt-5-nano gpt-5-pro o3 o3-pro 2027-04-01 gpt-5.1 gpt-5.4-nano "
    "2027-01-14 gpt-4o gpt-4o-mini gpt-4.1 gpt-4.1-mini gpt-4o-2024-08-06",
    "gemini": "2026-12-01 gemini-2.5-pro gemini-2.5-flash 2027-05-07 gemini-3.1-flash-lite",
    "anthropic": "2026-11-30 claude-sonnet-4-5 claude-sonnet-4-5-20250929",
}


@pytest.mark.parametrize("vendor", DYING)
def test_what_dies_has_its_date(vendor: str) -> None:
    day = None
    for word in DYING[vendor].split():
        if word.startswith("20"):
            day = date.fromisoformat(word)
            continue
        found = retirement_at(vendor, word)
        assert found is not None, word
        assert found.ends == day
        assert found.words(TODAY) == f"{found.name} retires on {day}; then use {found.replacement}"


def test_only_the_maker_is_judged() -> None:
    assert retirement_at("openrouter", "gpt-4-turbo") is None
    assert retirement_at("perplexity", "perplexity/sonar") is None
    assert retirement_at("perplexity", "sonar") is not None


def test_nothing_that_is_recommended_or_seeded_is_retired_itself() -> None:
    for (vendor, name), retirement in _BY_VENDOR.items():
        assert vendor in PRESETS
        assert name == name.lower()
        successor = retirement_at(vendor, retirement.replacement)
        assert successor is None or successor.ends > retirement.ends, name
    for preset, seeds in SEEDS.items():
        assert [seed.upstream for seed in seeds if retirement_at(preset, seed.upstream)] == []
