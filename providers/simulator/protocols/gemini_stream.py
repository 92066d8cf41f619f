"""Writes one streamed answer as Gemini does: every piece is a whole response, as a server-sent event or, where the
client did not ask for those, as one object of a JSON array.

A piece's JSON is the same but for the text, so head and tail are built once per answer and only the text is encoded.
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

_HOLE = "\x00here\x00"
SSE = "sse"


class PieceWriter:
    """`About.form` is what the client asked for: `SSE`, or anything else for the array."""

    def __init__(self, about: About) -> None:
        self._about = about
        self._events = about.form == SSE
        self.content_type = "text/event-stream" if self._events else "application/json; charset=UTF-8"
        self._eol = b"\r\n" if about.options.crlf else b"\n"
        self._began = False
        self._counts = {"promptTokenCount": about.prompt_tokens, "totalTokenCount": about.prompt_tokens}
        if about.options.usage == "off" or not about.prompt_tokens:
            self._counts = {}
        self._text = self._cut({"text": _HOLE})
        self._thought = self._cut(thought(_HOLE))
        self._calls: list[Call] = []  # pieces of calls, which are told whole
        self._held: Finish | None = None  # told together with the usage that comes next
        self._writers: dict[type[Said], Callable[[Any], bytes]] = {
            Open: lambda _: b"",
            Text: lambda beat: self._framed(encode_basestring(beat.text).encode().join(self._text)),
            Reasoning: lambda beat: self._framed(encode_basestring(beat.text).encode().join(self._thought)),
            Cite: lambda beat: self._piece([{"text": ""}], self._counts, **grounding(beat.sources)),
            Call: self._write_call,
            Finish: self._write_finish,
            Usage: lambda beat: self._write_end(self._held, usage(beat.usage)),
            End: lambda _: self._write_end(self._held, self._counts) + self._closing(),
            Trouble: lambda beat: self._framed(self._json(error(beat.failure))),
            Garbage: lambda _: self._framed(self._text[0] + b'"broken o'),
        }

    def write(self, beat: Said) -> bytes:
        before = b"" if isinstance(beat, Call) else self._take_calls()
        return before + self._writers[type(beat)](beat)

    def comment(self) -> bytes:
        return b""

    def _write_call(self, beat: Call) -> bytes:
        before = self._take_calls() if beat.id else b""
        self._calls.append(beat)
        return before

    def _take_calls(self) -> bytes:
        calls, self._calls = self._calls, []
        return self._piece(function_calls(calls), self._counts) if calls else b""

    def _write_finish(self, beat: Finish) -> bytes:
        if beat.usage or self._about.options.usage == "late":
            return self._write_end(beat, usage(beat.usage) if beat.usage else self._counts)
        self._held = beat
        return b""

    def _write_end(self, finish: Finish | None, counts: dict[str, int]) -> bytes:
        """The last piece, or usage alone where the reason for the end has been told."""
        self._held = None
        if finish is not None:
            return self._piece([{"text": ""}], counts, finishReason=REASONS[finish.reason])
        return self._piece([], counts) if counts is not self._counts else b""

    def _closing(self) -> bytes:
        if self._events:
            return b""
        return b"\n]\n" if self._began else b"[]\n"

    def _piece(self, parts: list[dict[str, Any]], counts: dict[str, int], **candidate: Any) -> bytes:
        return self._framed(self._json(response(self._about, parts, counts, **candidate)))

    def _json(self, value: dict[str, Any]) -> bytes:
        return to_json(value, indent=None if self._events else 2)

    def _framed(self, data: bytes) -> bytes:
        if self._events:
            return b"data: " + data + self._eol * 2
        before, self._began = b"\n,\r\n" if self._began else b"[", True
        return before + data

    def _cut(self, part: dict[str, Any]) -> list[bytes]:
        """The piece with that part, cut at its hole."""
        return self._json(response(self._about, [part], self._counts)).split(to_json(_HOLE))
