"""The models that a vendor is registered with when its key is found in the environment. Data of late 2026.

The first of a vendor is its everyday model. Prices are USD per million tokens: input, output, cached input.
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Seed:
    upstream: str
    label: str
    input: Decimal | None = None
    output: Decimal | None = None
    cached_input: Decimal | None = None
    name: str = ""  # blank: the upstream name


def _seed(upstream: str, label: str, prices: str = "", name: str = "") -> Seed:
    """`prices` as "input/output" or "input/output/cached"."""
    amounts = [Decimal(amount) for amount in prices.split("/") if amount] + [None] * 3
    return Seed(upstream, label, amounts[0], amounts[1], amounts[2], name)


SEEDS: dict[str, tuple[Seed, ...]] = {
    "openai": (
        _seed("gpt-6-luna", "GPT-6 Luna", "0.1/0.5/0.01"),
        _seed("gpt-6.1-terra", "GPT-6.1 Terra", "1/5/0.05"),
        _seed("gpt-6.1-sol", "GPT-6.1 Sol", "2/10/0.1"),
        _seed("gpt-6-astra", "GPT-6 Astra", "10/50/1.0"),
    ),
    "perplexity": (_seed("perplexity/sonar", "Perplexity Sonar", "0.25/2.5/0.0625", name="sonar"),),
    "gemini": (
        _seed("gemini-3.8-flash", "Gemini 3.8 Flash", "0.75/3.75/0.075"),
        _seed("gemini-3.5-flash-lite", "Gemini 3.5 Flash-Lite", "0.3/2.5"),
        _seed("gemini-4-argon", "Gemini 4 Argon", "2/10/0.1"),
    ),
    "openrouter": (
        _seed("openai/gpt-6-luna", "GPT-6 Luna (OpenRouter)", "0.1/0.5"),
        _seed("anthropic/claude-sonnet-5.5", "Claude Sonnet 5.5 (OpenRouter)", "2/10"),
        _seed("google/gemini-3.8-flash", "Gemini 3.8 Flash (OpenRouter)", "0.75/3.75"),
        _seed("deepseek/deepseek-v4.1-flash", "DeepSeek V4.1 Flash (OpenRouter)", "0.21/0.84"),
        _seed("moonshotai/kimi-k3.1-pro", "Kimi K3.1 Pro (OpenRouter)", "2/10"),
        _seed("perplexity/sonar", "Perplexity Sonar (OpenRouter)", "1/1"),
    ),
    "anthropic": (
        _seed("claude-haiku-5-5", "Claude Haiku 5.5", "0.1/0.5/0.01"),
        _seed("claude-sonnet-5-5", "Claude Sonnet 5.5", "2/10/0.1"),
        _seed("claude-opus-5-5", "Claude Opus 5.5", "4/20/0.2"),
    ),
}

# Simulated models: what a person sees without any key. Only the start-up command registers them.
SIMULATED: tuple[Seed, ...] = (
    _seed("sim", "Demo", name="demo"),
    _seed("sim-fast", "Demo: fast"),
    _seed("sim-slow", "Demo: slow"),
    _seed("sim-thinking", "Demo: thinks first"),
    _seed("sim-sources", "Demo: names sources"),
    _seed("sim-code", "Demo: code"),
    _seed("sim-unicode", "Demo: every script"),
    _seed("sim:fault=cut@40", "Demo: breaks off in the middle", name="sim-cut"),
)
