"""What families of models can do, as data. The first pattern that fits an upstream name wins.

A model's row may say more. Facts of late 2026; unknown names get a cautious profile, so that a new model works
before anybody lists it here.
"""

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

CAPABILITIES = ("tools", "vision", "reasoning", "continues_prefix")  # what a model's row may claim for itself


@dataclass(frozen=True, slots=True)
class Profile:
    """`searches`: it answers from the web, where its protocol wants to be told so. `continues_prefix`: given the
    beginning of its answer as the last message, the model goes on from there.

    `context_tokens` bounds prompt and answer together, `output_tokens` the answer; None where not known.
    """

    streaming: bool = True
    tools: bool = False
    vision: bool = False
    reasoning: bool = False
    searches: bool = False
    continues_prefix: bool = False
    context_tokens: int | None = None
    output_tokens: int | None = None


_UNKNOWN = Profile()
_FULL = {"tools": True, "vision": True, "reasoning": True}
_MILLION = 1_048_576

# (pattern on the upstream name without the vendor's path, profile), specific before general.
_FAMILIES: tuple[tuple[str, Profile], ...] = (
    ("sim*", Profile(continues_prefix=True, context_tokens=32_768)),
    ("gpt-6*", Profile(**_FULL, context_tokens=1_050_000, output_tokens=128_000)),
    ("gpt-5.6*", Profile(**_FULL, context_tokens=1_050_000, output_tokens=128_000)),
    ("gpt-5.4-*", Profile(**_FULL, context_tokens=400_000, output_tokens=128_000)),
    ("gpt-5.[45]*", Profile(**_FULL, context_tokens=1_050_000, output_tokens=128_000)),
    ("gpt-5*", Profile(**_FULL, context_tokens=400_000, output_tokens=128_000)),
    ("gpt-4.1*", Profile(tools=True, vision=True, context_tokens=_MILLION, output_tokens=32_768)),
    ("gpt-4o*", Profile(tools=True, vision=True, context_tokens=128_000, output_tokens=16_384)),
    ("gpt-oss*", Profile(tools=True, reasoning=True, context_tokens=131_072)),
    ("gemini-4*", Profile(**_FULL, context_tokens=_MILLION, output_tokens=_MILLION)),
    ("gemini-*", Profile(**_FULL, context_tokens=_MILLION, output_tokens=65_536)),
    ("claude-haiku-4*", Profile(**_FULL, context_tokens=200_000, output_tokens=64_000)),
    ("claude-sonnet-4[-.]5*", Profile(**_FULL, context_tokens=200_000, output_tokens=64_000)),
    ("claude-*", Profile(**_FULL, context_tokens=1_000_000, output_tokens=128_000)),
    ("sonar-pro*", Profile(searches=True, context_tokens=200_000, output_tokens=8_000)),
    ("sonar-reasoning*", Profile(searches=True, reasoning=True, context_tokens=128_000)),
    ("sonar-deep-research*", Profile(searches=True, reasoning=True, context_tokens=128_000)),
    ("sonar*", Profile(searches=True, context_tokens=128_000)),
    ("deepseek-*", Profile(tools=True, reasoning=True, context_tokens=128_000)),
    ("kimi-*", Profile(tools=True, reasoning=True, context_tokens=256_000)),
    ("grok-4*", Profile(**_FULL, context_tokens=500_000)),
    ("glm-*", Profile(tools=True, reasoning=True, context_tokens=200_000)),
    ("qwen3*", Profile(tools=True, reasoning=True, context_tokens=131_072)),
    ("gemma4*", Profile(tools=True, vision=True, context_tokens=131_072)),
)
# A local server is started with a window of its own choosing, usually far below what the family could do.
_WINDOW_OF_PRESET: dict[str, int] = {"ollama": 8_192}


def profile_for(upstream: str, preset: str = "") -> Profile:
    """The profile of an upstream name such as `gpt-6-luna`, `openai/gpt-6-luna` or `qwen3:8b`."""
    family = upstream.rsplit("/", 1)[-1].lower()
    found = next((profile for pattern, profile in _FAMILIES if fnmatchcase(family, pattern)), _UNKNOWN)
    window = _WINDOW_OF_PRESET.get(preset)
    if window is None:
        return found
    return replace(found, context_tokens=window, output_tokens=None)
