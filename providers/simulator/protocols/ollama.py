"""Ollama's own protocol: whole answers, errors and models. Lines are `ollama_lines`, requests `ollama_request`."""

from collections.abc import Iterable, Sequence
from typing import Any

from providers.simulator.beats import Ask, Call, Failure, Finish, Reasoning, Said, Text, Trouble, Usage
from providers.simulator.protocols import ollama_request, ollama_server
from providers.simulator.protocols.base import About, Request
from providers.simulator.protocols.ollama_lines import LineWriter
from providers.simulator.protocols.ollama_words import (
    THINK_BEGINS,
    THINK_ENDS,
    ending,
    error,
    head,
    to_json,
    tool_calls,
)


class Ollama:
    def read(self, request: Request) -> Ask:
        return ollama_request.read(request)

    def writer(self, about: About) -> LineWriter:
        return LineWriter(about)

    def whole(self, about: About, said: Sequence[Said]) -> bytes:
        for beat in said:
            if isinstance(beat, Trouble):
                return error(beat.failure)
        thoughts, text = _joined(said, Reasoning), _joined(said, Text)
        message: dict[str, Any] = {"role": "assistant", "content": text}
        if thoughts and about.options.reasoning_key == "think":
            message["content"] = f"{THINK_BEGINS}{thoughts}{THINK_ENDS}{text}"
        elif thoughts:
            message["thinking"] = thoughts
        if calls := [beat for beat in said if isinstance(beat, Call)]:
            message["tool_calls"] = tool_calls(calls)
        answer = {**head(about.model, about.created, about.id), "message": message, "done": False}
        for beat in said:
            if isinstance(beat, Finish):
                counts = next((later.usage for later in said if isinstance(later, Usage)), beat.usage)
                answer |= ending(about, beat, counts)
        return to_json(answer)

    def refusal(self, failure: Failure) -> bytes:
        return error(failure)

    def models(self, names: Iterable[str]) -> bytes:
        return ollama_server.tags(names)


def _joined(said: Sequence[Said], kind: type[Text] | type[Reasoning]) -> str:
    return "".join(beat.text for beat in said if isinstance(beat, kind))
