"""Gemini's `usageMetadata` as `Usage`. Knows which of its counts stand beside each other and which inside another."""

from providers.adapters.figures import count
from providers.events import Usage


def usage_of(raw: object) -> Usage | None:
    """None where `raw` counts no tokens: early events may tell the kind of traffic alone.

    The prompt includes what tools added to it, the completion what was thought. A count of zero is left out.
    """
    prompt, by_tools = count(raw, "promptTokenCount"), count(raw, "toolUsePromptTokenCount")
    said, thought = count(raw, "candidatesTokenCount"), count(raw, "thoughtsTokenCount")
    total = count(raw, "totalTokenCount")
    if all(told is None for told in (prompt, by_tools, said, thought, total)):
        return None
    prompt_tokens, completion_tokens = (prompt or 0) + (by_tools or 0), (said or 0) + (thought or 0)
    return Usage(
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        total_tokens=prompt_tokens + completion_tokens if total is None else total,
        reasoning_tokens=thought,
        cached_tokens=count(raw, "cachedContentTokenCount"),
    )
