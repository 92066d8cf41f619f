"""Gemini's generateContent: whole answers, errors and models. Streams: `gemini_stream`, requests: `gemini_request`."""

from collections.abc import Iterable, Sequence
from typing import Any

from providers.simulator.beats import Ask, Call, Cite, Failure, Finish, Reasoning, Said, Text, Trouble, Usage
from providers.simulator.protocols import gemini_request, gemini_words
from providers.simulator.protocols.base import About, Request
from providers.simulator.protocols.gemini_stream import PieceWriter
from providers.simulator.protocols.gemini_words import (
    REASONS,
    error,
    function_calls,
    grounding,
    response,
    thought,
    to_json,
    usage,
)

_METHODS = ["generateContent", "countTokens"]


class Gemini:
    def read(self, request: Request) -> Ask:
        return gemini_request.read(request)

    def writer(self, about: About) -> PieceWriter:
        return PieceWriter(about)

    def whole(self, about: About, said: Sequence[Said]) -> bytes:
        parts: list[dict[str, Any]] = []
        if thoughts := _joined(said, Reasoning):
            parts.append(thought(thoughts))
        if text := _joined(said, Text):
            parts.append({"text": text})
        parts += function_calls(beat for beat in said if isinstance(beat, Call))
        candidate: dict[str, Any] = {}
        counts: dict[str, int] = {}
        for beat in said:
            if isinstance(beat, Trouble):
                return to_json(error(beat.failure), indent=2)
            if isinstance(beat, Cite):
                candidate |= grounding(beat.sources)
            if isinstance(beat, Finish):
                candidate["finishReason"] = REASONS[beat.reason]
            if isinstance(beat, (Finish, Usage)) and beat.usage:
                counts = usage(beat.usage)
        return to_json(response(about, parts, counts, **candidate), indent=2)

    def refusal(self, failure: Failure) -> bytes:
        return to_json(error(failure), indent=2)

    def refusal_status(self, failure: Failure) -> int:
        return gemini_words.status(failure)

    def refusal_headers(self, _failure: Failure) -> list[tuple[str, str]]:
        """None: how long to wait stands in the body."""
        return []

    def models(self, names: Iterable[str]) -> bytes:
        rows = [
            {
                "name": f"models/{name}",
                "version": "001",
                "displayName": name,
                "description": "Simulated.",
                "inputTokenLimit": 32_768,
                "outputTokenLimit": 8_192,
                "supportedGenerationMethods": _METHODS,
            }
            for name in names
        ]
        return to_json({"models": rows}, indent=2)


def _joined(said: Sequence[Said], kind: type[Text] | type[Reasoning]) -> str:
    return "".join(beat.text for beat in said if isinstance(beat, kind))
