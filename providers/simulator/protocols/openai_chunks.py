"""Writes one streamed chat completion, in OpenAI's dialect or in that of others who speak it.

A chunk's JSON is the same but for the text, so head and tail are built once per answer and only the text is encoded.
"""

from collections.abc import Callable
from json.encoder import encode_basestring
from typing import Any

from providers.simulator.beats import (
    Call,
    Cite,
    End,
    Finish,
    Garbage,
    Open,
    Reasoning,
    Said,
    Text,
    Trouble,
    Usage,
)
from providers.simulator.protocols.base import About
from providers.simulator.protocols.openai_words import (
    HOLE,
    REASONING,
    THINK_BEGINS,
    THINK_ENDS,
    annotations,
    error,
    listed,
    to_json,
    usage,
)


class ChunkWriter:
    content_type = "text/event-stream"

    def __init__(self, about: About) -> None:
        self._about = about
        self._eol = b"\r\n" if about.options.crlf else b"\n"
        self._text = self._cut({"content": HOLE})
        self._reasoning = self._cut(REASONING[about.options.reasoning_key])
        self._tagged = about.options.reasoning_key == "think"
        self._thinking = False
        self._writers: dict[type[Said], Callable[[Any], bytes]] = {
            Open: lambda _: self._chunk({"role": "assistant", "content": "", "refusal": None}),
            Text: self._write_text,
            Reasoning: self._write_reasoning,
            Cite: self._write_sources,
            Call: lambda beat: self._chunk({"tool_calls": [_call_delta(beat)]}),
            Finish: self._write_finish,
            Usage: lambda beat: self._event(self._envelope([], usage(beat.usage))),
            End: lambda _: self._framed(b"[DONE]"),
            Trouble: lambda beat: self._event(error(beat.failure)),
            Garbage: lambda _: self._framed(self._text[0].removeprefix(b"data: ") + b'"broken o'),
        }

    def write(self, beat: Said) -> bytes:
        return self._writers[type(beat)](beat)

    def comment(self) -> bytes:
        return b": keep-alive" + self._eol * 2

    def _write_text(self, beat: Text) -> bytes:
        if self._thinking:
            self._thinking = False
            return self._fill(self._text, THINK_ENDS) + self._fill(self._text, beat.text)
        return self._fill(self._text, beat.text)

    def _write_reasoning(self, beat: Reasoning) -> bytes:
        if self._tagged and not self._thinking:
            self._thinking = True
            return self._fill(self._text, THINK_BEGINS) + self._fill(self._reasoning, beat.text)
        return self._fill(self._reasoning, beat.text)

    def _write_sources(self, beat: Cite) -> bytes:
        if self._about.options.citations_key != "annotations":
            return b""  # every chunk has listed them
        return self._chunk({"annotations": annotations(beat.sources)})

    def _write_finish(self, beat: Finish) -> bytes:
        choice = {"index": 0, "delta": {}, "logprobs": None, "finish_reason": beat.reason}
        closing = self._fill(self._text, THINK_ENDS) if self._thinking else b""
        return closing + self._event(self._envelope([choice], usage(beat.usage) if beat.usage else None))

    def _chunk(self, delta: dict[str, Any]) -> bytes:
        return self._event(self._envelope([{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}]))

    def _envelope(self, choices: list[dict[str, Any]], told: dict[str, Any] | None = None) -> dict[str, Any]:
        about = self._about
        envelope = {
            "id": f"chatcmpl-sim-{about.id}",
            "object": "chat.completion.chunk",
            "created": about.created,
            "model": about.model,
            "choices": choices,
            **listed(about),
        }
        return {**envelope, "usage": told} if told else envelope

    def _event(self, value: Any) -> bytes:
        return self._framed(to_json(value))

    def _framed(self, data: bytes) -> bytes:
        return b"data: " + data + self._eol * 2

    def _cut(self, delta: dict[str, Any]) -> list[bytes]:
        """The chunk of that delta, cut at its holes."""
        return self._chunk(delta).split(to_json(HOLE))

    @staticmethod
    def _fill(cut: list[bytes], text: str) -> bytes:
        return encode_basestring(text).encode().join(cut)


def _call_delta(piece: Call) -> dict[str, Any]:
    if piece.id:
        function = {"name": piece.name, "arguments": piece.arguments}
        return {"index": piece.index, "id": piece.id, "type": "function", "function": function}
    return {"index": piece.index, "function": {"arguments": piece.arguments}}
