"""OpenAI chat completions: whole answers, errors and models. Chunks are `openai_chunks`, requests `openai_request`."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from providers.simulator.beats import Ask, Call, Cite, Failure, Finish, Reasoning, Said, Text, Trouble, Usage
from providers.simulator.protocols import openai_request
from providers.simulator.protocols.base import About, Request
from providers.simulator.protocols.openai_chunks import ChunkWriter
from providers.simulator.protocols.openai_words import (
    HOLE,
    REASONING,
    STARTED,
    THINK_BEGINS,
    THINK_ENDS,
    annotations,
    error,
    listed,
    to_json,
    usage,
)


class OpenAIChat:
    def read(self, request: Request) -> Ask:
        return openai_request.read(request)

    def writer(self, about: About) -> "ChunkWriter":
        return ChunkWriter(about)

    def whole(self, about: About, said: Sequence[Said]) -> bytes:
        for beat in said:
            if isinstance(beat, Trouble):  # some vendors report an error of the model with status 200
                return to_json(error(beat.failure))
        message: dict[str, Any] = {"role": "assistant", "content": _joined(said, Text) or None, "refusal": None}
        answer: dict[str, Any] = {
            "id": f"chatcmpl-sim-{about.id}",
            "object": "chat.completion",
            "created": about.created,
            "model": about.model,
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": None}],
            **listed(about),
        }
        if thoughts := _joined(said, Reasoning):
            _add_reasoning(message, about.options.reasoning_key, thoughts)
        if calls := [beat for beat in said if isinstance(beat, Call)]:
            message["tool_calls"] = _calls(calls)
        for beat in said:
            if isinstance(beat, Cite) and about.options.citations_key == "annotations":
                message["annotations"] = annotations(beat.sources)
            elif isinstance(beat, Finish):
                answer["choices"][0]["finish_reason"] = beat.reason
            if isinstance(beat, (Finish, Usage)) and beat.usage:
                answer["usage"] = usage(beat.usage)
        return to_json(answer)

    def refusal(self, failure: Failure) -> bytes:
        return to_json(error(failure))

    def models(self, names: Iterable[str]) -> bytes:
        rows = [{"id": name, "object": "model", "created": STARTED, "owned_by": "simulator"} for name in names]
        return to_json({"object": "list", "data": rows})


def _joined(said: Sequence[Said], kind: type[Text] | type[Reasoning]) -> str:
    return "".join(beat.text for beat in said if isinstance(beat, kind))


def _add_reasoning(message: dict[str, Any], key: str, thoughts: str) -> None:
    if key == "think":
        message["content"] = f"{THINK_BEGINS}{thoughts}{THINK_ENDS}{message['content'] or ''}"
        return
    told: dict[str, Any] = json.loads(json.dumps(REASONING[key]).replace(json.dumps(HOLE), json.dumps(thoughts)))
    if "content" in told and message["content"]:
        told["content"].append({"type": "text", "text": message["content"]})
    message.update(told)


def _calls(pieces: Iterable[Call]) -> list[dict[str, Any]]:
    calls: dict[int, dict[str, Any]] = {}
    for piece in pieces:
        if piece.id:
            function = {"name": piece.name, "arguments": ""}
            calls[piece.index] = {"id": piece.id, "type": "function", "function": function}
        calls[piece.index]["function"]["arguments"] += piece.arguments
    return list(calls.values())
