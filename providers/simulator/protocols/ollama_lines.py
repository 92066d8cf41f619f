"""Writes one streamed answer as Ollama does: lines of JSON, the last of which has the reason and the figures.

A line's JSON is the same but for the text, so head and tail are built once per answer and only the text is encoded.
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
    Garbage,
    Open,
    Reasoning,
    Said,
    Text,
    Trouble,
    Usage,
)
from providers.simulator.protocols.base import About
from providers.simulator.protocols.ollama_words import (
    THINK_BEGINS,
    THINK_ENDS,
    ending,
    error,
    head,
    to_json,
    tool_calls,
)

_HOLE = "\x00here\x00"


class LineWriter:
    content_type = "application/x-ndjson"

    def __init__(self, about: About) -> None:
        self._about = about
        self._eol = b"\r\n" if about.options.crlf else b"\n"
        self._head = head(about.model, about.created, about.id)
        self._text = self._cut({"content": _HOLE})
        self._tagged = about.options.reasoning_key == "think"
        self._reasoning = self._text if self._tagged else self._cut({"content": "", "thinking": _HOLE})
        self._thinking = False
        self._calls: list[Call] = []
        self._finish: Finish | None = None
        self._counts: Counts | None = None
        self._writers: dict[type[Said], Callable[[Any], bytes]] = {
            Open: lambda _: b"",
            Text: lambda beat: self._stop_thinking() + self._fill(self._text, beat.text),
            Reasoning: self._write_reasoning,
            Cite: lambda _: b"",
            Call: self._write_call,
            Finish: self._hold_finish,
            Usage: self._hold_usage,
            End: lambda _: self._write_end(),
            Trouble: lambda beat: error(beat.failure) + self._eol,
            Garbage: lambda _: self._text[0] + b'"broken o' + self._eol,
        }

    def write(self, beat: Said) -> bytes:
        return self._writers[type(beat)](beat)

    def comment(self) -> bytes:
        return b""

    def _write_reasoning(self, beat: Reasoning) -> bytes:
        if self._tagged and not self._thinking:
            self._thinking = True
            return self._fill(self._text, THINK_BEGINS) + self._fill(self._text, beat.text)
        return self._fill(self._reasoning, beat.text)

    def _stop_thinking(self) -> bytes:
        if not self._thinking:
            return b""
        self._thinking = False
        return self._fill(self._text, THINK_ENDS)

    def _write_call(self, beat: Call) -> bytes:
        """A call is told in one piece, so when the next begins or the answer ends."""
        told = self._write_held_calls() if beat.id else b""
        self._calls.append(beat)
        return told

    def _write_held_calls(self) -> bytes:
        if not self._calls:
            return b""
        message = {"role": "assistant", "content": "", "tool_calls": tool_calls(self._calls)}
        self._calls = []
        return self._stop_thinking() + self._line({**self._head, "message": message, "done": False})

    def _hold_finish(self, beat: Finish) -> bytes:
        self._finish, self._counts = beat, beat.usage
        return self._write_held_calls() + self._stop_thinking()

    def _hold_usage(self, beat: Usage) -> bytes:
        self._counts = beat.usage
        return b""

    def _write_end(self) -> bytes:
        if self._finish is None:  # after an error nothing is done
            return b""
        message = {"role": "assistant", "content": ""}
        return self._line({**self._head, "message": message, **ending(self._about, self._finish, self._counts)})

    def _line(self, value: dict[str, Any]) -> bytes:
        return to_json(value) + self._eol

    def _cut(self, message: dict[str, Any]) -> list[bytes]:
        """The line of that message, cut at its hole."""
        line = {**self._head, "message": {"role": "assistant", **message}, "done": False}
        return self._line(line).split(to_json(_HOLE))

    @staticmethod
    def _fill(cut: list[bytes], text: str) -> bytes:
        return encode_basestring(text).encode().join(cut)
