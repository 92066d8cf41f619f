"""The models that a vendor is registered with when its key is found in the environment. Data of late 2026.

The first of a vendor is its everyday model. What they cost, `providers.prices` knows.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seed:
    upstream: str
    label: str
    name: str = ""  # blank: the upstream name
    keep_alive: str = ""


SEEDS: dict[str, tuple[Seed, ...]] = {
    "openai": (
        Seed("gpt-6-luna", "GPT-6 Luna"),
        Seed("gpt-6.1-terra", "GPT-6.1 Terra"),
        Seed("gpt-6.1-sol", "GPT-6.1 Sol"),
        Seed("gpt-6-astra", "GPT-6 Astra"),
    ),
    "perplexity": (Seed("perplexity/sonar", "Perplexity Sonar", name="sonar"),),
    "gemini": (
        Seed("gemini-3.8-flash", "Gemini 3.8 Flash"),
        Seed("gemini-3.5-flash-lite", "Gemini 3.5 Flash-Lite"),
        Seed("gemini-3.1-pro-preview", "Gemini 3.1 Pro"),
        Seed("gemini-4-argon", "Gemini 4 Argon"),
    ),
    "openrouter": (
        Seed("openai/gpt-6-luna", "GPT-6 Luna (OpenRouter)"),
        Seed("anthropic/claude-sonnet-5.5", "Claude Sonnet 5.5 (OpenRouter)"),
        Seed("google/gemini-3.8-flash", "Gemini 3.8 Flash (OpenRouter)"),
        Seed("deepseek/deepseek-v4.1-flash", "DeepSeek V4.1 Flash (OpenRouter)"),
        Seed("moonshotai/kimi-k3.1-pro", "Kimi K3.1 Pro (OpenRouter)"),
        Seed("x-ai/grok-4.7", "Grok 4.7 (OpenRouter)"),
        Seed("z-ai/glm-5.3", "GLM 5.3 (OpenRouter)"),
        Seed("qwen/qwen3.7-plus", "Qwen 3.7 Plus (OpenRouter)"),
        Seed("perplexity/sonar", "Perplexity Sonar (OpenRouter)"),
    ),
    "anthropic": (
        Seed("claude-haiku-5-5", "Claude Haiku 5.5"),
        Seed("claude-sonnet-5-5", "Claude Sonnet 5.5"),
        Seed("claude-opus-5-5", "Claude Opus 5.5"),
        Seed("claude-fable-5-2", "Claude Fable 5.2"),
    ),
}

# Below every priority that staff are likely to give: their own routes win.
LOWEST_PRIORITY = -1_000


@dataclass(frozen=True, slots=True)
class RouteSeed:
    """`auto` takes `model` (a name) for messages of `intent`, where no route of a higher priority takes them first."""

    intent: str
    model: str
    priority: int = LOWEST_PRIORITY


# What a vendor's models are registered for. A gateway comes after the vendors it leads to.
ROUTES: dict[str, tuple[RouteSeed, ...]] = {
    "openai": (
        RouteSeed("simple", "gpt-6-luna"),
        RouteSeed("code", "gpt-6.1-sol"),
        RouteSeed("reasoning", "gpt-6.1-sol"),
    ),
    "perplexity": (RouteSeed("lookup", "sonar"),),
    "gemini": (RouteSeed("creative", "gemini-3.8-flash"),),
    "openrouter": (
        RouteSeed("lookup", "perplexity/sonar", LOWEST_PRIORITY - 1),
        RouteSeed("creative", "google/gemini-3.8-flash", LOWEST_PRIORITY - 1),
        RouteSeed("code", "anthropic/claude-sonnet-5.5", LOWEST_PRIORITY - 1),
        RouteSeed("reasoning", "anthropic/claude-sonnet-5.5", LOWEST_PRIORITY - 1),
        RouteSeed("simple", "openai/gpt-6-luna", LOWEST_PRIORITY - 1),
    ),
    "anthropic": (
        RouteSeed("simple", "claude-haiku-5-5"),
        RouteSeed("code", "claude-sonnet-5-5"),
        RouteSeed("reasoning", "claude-sonnet-5-5"),
    ),
}

# Simulated models: what a person sees without any key. Only the start-up command registers them.
SIMULATED: tuple[Seed, ...] = (
    Seed("sim", "Demo", name="demo"),
    Seed("sim-fast", "Demo: fast"),
    Seed("sim-slow", "Demo: slow"),
    Seed("sim-thinking", "Demo: thinks first"),
    Seed("sim-sources", "Demo: names sources"),
    Seed("sim-code", "Demo: code"),
    Seed("sim-unicode", "Demo: every script"),
    Seed("sim:fault=cut@40", "Demo: breaks off in the middle", name="sim-cut"),
)
