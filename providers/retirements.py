"""Models that their makers have retired or will retire, when, and what to use in their place. Data and pure functions.

Facts of November 2026, from the makers' own pages of deprecations. A date is the first day without the model. What
stands for it is the makers' advice, moved on to their present generation. A provider's own list (`providers.offerings`)
may know better; gateways and clouds keep models longer or shorter than their makers, so only the maker's endpoint is
judged by this table.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime


@dataclass(frozen=True, slots=True)
class Retirement:
    """`vendor` is the preset of the maker's own endpoint; `ends` the first day on which `name` is gone."""

    name: str
    vendor: str
    ends: date
    replacement: str

    def words(self, today: date, name: str = "") -> str:
        """What happened or will happen, and what to use. `name` is how the asker wrote it."""
        when = f"was retired on {self.ends}; use" if self.ends <= today else f"retires on {self.ends}; then use"
        return f"{name or self.name} {when} {self.replacement}"


# (vendor, first day without them, what to use, names)
_TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("openai", "2025-07-14", "gpt-6.1-sol", "gpt-4.5-preview"),
    ("openai", "2025-07-28", "gpt-6.1-sol", "o1-preview"),
    ("openai", "2025-10-27", "gpt-6.1-terra", "o1-mini"),
    ("openai", "2026-02-17", "gpt-6.1-sol", "chatgpt-4o-latest"),
    ("openai", "2026-07-23", "gpt-6.1-sol", "gpt-5-chat-latest gpt-5.1-chat-latest gpt-5-codex gpt-5.1-codex"),
    ("openai", "2026-07-23", "gpt-6.1-sol", "gpt-5.1-codex-max gpt-5.2-codex o3-deep-research o4-mini-deep-research"),
    ("openai", "2026-07-23", "gpt-6.1-terra", "gpt-5.1-codex-mini"),
    ("openai", "2026-07-23", "gpt-6-luna", "gpt-4o-search-preview gpt-4o-mini-search-preview"),
    ("openai", "2026-08-10", "gpt-6.1-sol", "gpt-5.2-chat-latest gpt-5.3-chat-latest"),
    ("openai", "2026-09-28", "gpt-6-luna", "gpt-3.5-turbo-1106"),
    ("openai", "2026-10-23", "gpt-6-luna", "gpt-3.5-turbo gpt-3.5-turbo-0125 gpt-3.5-turbo-16k gpt-4 gpt-4-0613"),
    ("openai", "2026-10-23", "gpt-6-luna", "gpt-4-turbo gpt-4-1106-preview gpt-4.1-nano gpt-4o-2024-05-13"),
    ("openai", "2026-10-23", "gpt-6.1-sol", "o1 o1-pro o3-mini"),
    ("openai", "2026-10-23", "gpt-6.1-terra", "o4-mini"),
    ("openai", "2026-12-11", "gpt-6.1-sol", "gpt-5 gpt-5-pro o3 o3-pro"),
    ("openai", "2026-12-11", "gpt-6.1-terra", "gpt-5-mini"),
    ("openai", "2026-12-11", "gpt-6-luna", "gpt-5-nano"),
    ("openai", "2027-01-14", "gpt-6-luna", "gpt-4o gpt-4o-mini gpt-4.1 gpt-4.1-mini"),
    ("openai", "2027-04-01", "gpt-6.1-sol", "gpt-5.1 gpt-5.3-codex"),
    ("openai", "2027-04-01", "gpt-6-luna", "gpt-5.4-nano"),
    ("gemini", "2025-02-15", "gemini-3.8-flash", "gemini-pro gemini-pro-vision gemini-1.0-pro"),
    ("gemini", "2025-09-29", "gemini-3.8-flash", "gemini-1.5-pro"),
    ("gemini", "2025-09-29", "gemini-3.5-flash-lite", "gemini-1.5-flash gemini-1.5-flash-8b"),
    ("gemini", "2026-03-09", "gemini-3.1-pro-preview", "gemini-3-pro-preview"),
    ("gemini", "2026-05-25", "gemini-3.1-flash-lite", "gemini-3.1-flash-lite-preview"),
    ("gemini", "2026-06-01", "gemini-3.8-flash", "gemini-2.0-flash gemini-2.0-flash-001 gemini-2.0-flash-exp"),
    ("gemini", "2026-06-01", "gemini-3.5-flash-lite", "gemini-2.0-flash-lite gemini-2.0-flash-lite-001"),
    ("gemini", "2026-12-01", "gemini-3.8-flash", "gemini-2.5-pro"),
    ("gemini", "2026-12-01", "gemini-3.5-flash-lite", "gemini-2.5-flash"),
    ("gemini", "2027-05-07", "gemini-3.5-flash-lite", "gemini-3.1-flash-lite"),
    ("anthropic", "2025-10-28", "claude-sonnet-5-5", "claude-3-5-sonnet claude-3-5-sonnet-latest"),
    ("anthropic", "2026-01-05", "claude-opus-5-5", "claude-3-opus claude-3-opus-latest"),
    ("anthropic", "2026-02-19", "claude-sonnet-5-5", "claude-3-7-sonnet claude-3-7-sonnet-latest"),
    ("anthropic", "2026-02-19", "claude-haiku-5-5", "claude-3-5-haiku claude-3-5-haiku-latest"),
    ("anthropic", "2026-06-15", "claude-sonnet-5-5", "claude-sonnet-4 claude-sonnet-4-0"),
    ("anthropic", "2026-06-15", "claude-opus-5-5", "claude-opus-4 claude-opus-4-0"),
    ("anthropic", "2026-11-30", "claude-sonnet-5-5", "claude-sonnet-4-5"),
    # With its chat completions; the names live on at OpenRouter and other gateways.
    ("perplexity", "2025-12-15", "perplexity/sonar", "sonar-reasoning"),
    ("perplexity", "2026-09-27", "perplexity/sonar", "sonar sonar-pro sonar-reasoning-pro sonar-deep-research"),
    ("deepseek", "2026-07-24", "deepseek-flash", "deepseek-chat deepseek-reasoner"),
    ("xai", "2026-05-15", "grok-4.7", "grok-code-fast-1"),
)
_BY_VENDOR: dict[tuple[str, str], Retirement] = {
    (vendor, name): Retirement(name, vendor, date.fromisoformat(ends), replacement)
    for vendor, ends, replacement, names in _TABLE
    for name in names.split()
}
_BY_NAME: dict[str, Retirement] = {name: retirement for (_, name), retirement in _BY_VENDOR.items()}
# How gateways write the maker before a name, and what marks one release of a model.
_MAKERS = ("models/", "openai/", "google/", "gemini/", "anthropic/", "deepseek/", "x-ai/", "xai/")
_RELEASE = re.compile(r"(-\d{4}-\d{2}-\d{2}|-20\d{6})$")


def retirement_at(vendor: str, upstream: str) -> Retirement | None:
    """What is known of the name at the maker's own endpoint; one release goes with its model."""
    plain = upstream.removeprefix("models/")
    return _BY_VENDOR.get((vendor, plain)) or _BY_VENDOR.get((vendor, _RELEASE.sub("", plain)))


def retired_words(name: str, today: date | None = None) -> str:
    """For a name that is not registered: "gpt-4-turbo was retired on 2026-10-23; use gpt-6-luna", else "".

    However the name is written: with its maker before it, of one release, with dots for dashes.
    """
    today = today or datetime.now(UTC).date()
    plain = name.strip().lower()
    plain = next((plain.removeprefix(maker) for maker in _MAKERS if plain.startswith(maker)), plain)
    forms = (plain, _RELEASE.sub("", plain), _RELEASE.sub("", plain).replace(".", "-"))
    found = next((_BY_NAME[form] for form in forms if form in _BY_NAME), None)
    return found.words(today, name.strip()) if found is not None and found.ends <= today else ""
