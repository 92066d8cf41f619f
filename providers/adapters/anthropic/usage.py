"""Anthropic's usage objects as `Usage`. Knows which figures there are and how they add up."""

from providers.adapters.figures import count
from providers.events import Usage

_PROMPT = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
_TOLD = (*_PROMPT, "output_tokens")


class Counts:
    """The figures of one answer. They come in several events, each with some of them: the last of each counts."""

    def __init__(self) -> None:
        self._told: dict[str, int] = {}

    def take(self, raw: object) -> Usage | None:
        """All that is known now; None where `raw` counts no tokens. `completion_tokens` includes thinking."""
        news = {name: tokens for name in _TOLD if (tokens := count(raw, name)) is not None}
        if not news:
            return None
        thinking = count(raw.get("output_tokens_details") if isinstance(raw, dict) else None, "thinking_tokens")
        told = self._told = {**self._told, **news, **({} if thinking is None else {"thinking": thinking})}
        prompt, completion = sum(told.get(name, 0) for name in _PROMPT), told.get("output_tokens", 0)
        return Usage(
            prompt_tokens=prompt,
            completion_tokens=completion,
            total_tokens=prompt + completion,
            reasoning_tokens=told.get("thinking"),
            cached_tokens=told.get("cache_read_input_tokens"),
        )
