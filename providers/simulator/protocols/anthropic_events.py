"""Writes one streamed answer as Anthropic does: named events, and what is said in blocks that begin and end.

A delta's JSON is the same but for the text, so head and tail are built once per block and only the text is encoded.
"""

from collections.abc import Callable
from json.encoder import encode_basestring
from typing import Any

from providers.simulator.beats import (
    Call,
    Cite,
    Counts,
    End,
    Finish,
    FinishReason,
    Garbage,
    Open,
    Reasoning,
    Said,
    Text,
    Trouble,
    Usage,
)
from providers.simulator.protocols.anthropic_words import (
    REASONS,
    SIGNATURE,
    citation,
    error,
    message,
    searches,
    to_json,
    usage,
)
from providers.simulator.protocols.base import About

_HOLE = "\x00here\x00"
# Kind of block -> its first event, and the delta that fills it.
_BLOCKS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "text": ({"text": ""}, {"type": "text_delta", "text": _HOLE}),
    "thinking": ({"thinking": "", "signature": ""}, {"type": "thinking_delta", "thinking": _HOLE}),
    "tool_use": ({"input": {}}, {"type": "input_json_delta", "partial_json": _HOLE}),
}


class EventWriter:
    content_type = "text/event-stream; charset=utf-8"

    def __init__(self, about: About) -> None:
        self._about = about
        self._eol = b"\r\n" if about.options.crlf else b"\n"
        self._index = -1  # of the last block that began
        self._kind = ""  # of the block that is open
        self._cut = self._cut_delta("text", 0)
        self._held: FinishReason | None = None  # told together with the usage that comes next
        self._writers: dict[type[Said], Callable[[Any], bytes]] = {
            Open: lambda _: self._write_open(),
            Text: lambda beat: self._into("text") + self._fill(beat.text),
            Reasoning: lambda beat: self._into("thinking") + self._fill(beat.text),
            Cite: self._write_sources,
            Call: self._write_call,
            Finish: self._write_finish,
            Usage: lambda beat: self._change(self._take_held(), beat.usage),
            End: lambda _: self._write_end(),
            Trouble: lambda beat: self._event(error(beat.failure)),
            Garbage: lambda _: self._cut[0] + b'"broken o' + self._eol * 2,
        }

    def write(self, beat: Said) -> bytes:
        return self._writers[type(beat)](beat)

    def comment(self) -> bytes:
        return self._event({"type": "ping"})

    def _write_open(self) -> bytes:
        told: dict[str, Any] = {}
        if self._about.options.usage != "off":
            told["usage"] = usage(Counts(self._about.prompt_tokens, 1, 0))
        begun = self._event({"type": "message_start", "message": message(self._about, **told)})
        blocks = [self._begun_and_closed(block) for block in searches(self._about.sources)]
        return b"".join([begun, self.comment(), *blocks])

    def _begun_and_closed(self, block: dict[str, Any]) -> bytes:
        if "input" not in block:
            return self._begin(block) + self._close()
        asked = to_json(block["input"]).decode()
        told = self._begin({**block, "input": {}}) + self._delta({"type": "input_json_delta", "partial_json": asked})
        return told + self._close()

    def _write_sources(self, beat: Cite) -> bytes:
        deltas = [{"type": "citations_delta", "citation": citation(source)} for source in beat.sources]
        return self._into("text") + b"".join(self._delta(delta) for delta in deltas)

    def _write_call(self, beat: Call) -> bytes:
        if not beat.id:
            return self._fill(beat.arguments)
        block = {"type": "tool_use", "id": beat.id, "name": beat.name, **_BLOCKS["tool_use"][0]}
        return self._close() + self._begin(block) + self._fill("")

    def _write_finish(self, beat: Finish) -> bytes:
        if beat.usage or self._about.options.usage == "late":
            return self._close() + self._change(beat.reason, beat.usage)
        self._held = beat.reason
        return self._close()

    def _write_end(self) -> bytes:
        last = self._change(self._take_held(), None) if self._held else b""
        return last + self._event({"type": "message_stop"})

    def _take_held(self) -> FinishReason | None:
        held, self._held = self._held, None
        return held

    def _change(self, reason: FinishReason | None, counts: Counts | None) -> bytes:
        delta = {"stop_reason": REASONS[reason] if reason else None, "stop_sequence": None}
        told = {"usage": usage(counts)} if counts else {}
        return self._event({"type": "message_delta", "delta": delta, **told})

    def _into(self, kind: str) -> bytes:
        """What it takes for a block of that kind to be open."""
        if self._kind == kind:
            return b""
        return self._close() + self._begin({"type": kind, **_BLOCKS[kind][0]})

    def _begin(self, block: dict[str, Any]) -> bytes:
        self._index += 1
        self._kind = str(block["type"])
        if self._kind in _BLOCKS:
            self._cut = self._cut_delta(self._kind, self._index)
        return self._event({"type": "content_block_start", "index": self._index, "content_block": block})

    def _close(self) -> bytes:
        if not self._kind:
            return b""
        sign = {"type": "signature_delta", "signature": SIGNATURE}
        signed = self._delta(sign) if self._kind == "thinking" else b""
        self._kind = ""
        return signed + self._event({"type": "content_block_stop", "index": self._index})

    def _delta(self, delta: dict[str, Any]) -> bytes:
        return self._event({"type": "content_block_delta", "index": self._index, "delta": delta})

    def _event(self, value: dict[str, Any]) -> bytes:
        name = str(value["type"]).encode()
        return b"event: " + name + self._eol + b"data: " + to_json(value) + self._eol * 2

    def _cut_delta(self, kind: str, index: int) -> list[bytes]:
        """The delta of that block, cut at its hole."""
        event = {"type": "content_block_delta", "index": index, "delta": _BLOCKS[kind][1]}
        return self._event(event).split(to_json(_HOLE))

    def _fill(self, text: str) -> bytes:
        return encode_basestring(text).encode().join(self._cut)
