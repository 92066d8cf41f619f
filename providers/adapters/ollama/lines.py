"""The framing of NDJSON: a body falls into lines of one JSON value each. Knows no protocol.

Lines are split on bytes and decoded whole, so that a network read may end anywhere, inside a character too. JSON holds
no raw CR or LF, so either ends a line; empty lines only show that the connection lives.
"""

import json

from providers.adapters.framing import Answer
from providers.events import Event, KeepAlive
from providers.sse import MAX_EVENT


class Lines:
    """See `providers.adapters.framing.Framing`. A whole answer is the same with one line."""

    complete = False  # nothing about a line says that it is the last

    def __init__(self, answer: Answer) -> None:
        self.foreign = False
        self.broken = ""
        self._answer = answer
        self._spread = False  # one value over many lines, as some proxies lay it out
        self._held: list[bytes] = []  # pieces of a line whose end has not come
        self._held_size = 0

    @property
    def ended(self) -> bool:
        return self._answer.ended

    def feed(self, data: bytes, events: list[Event]) -> None:
        if b"\r" in data:
            data = data.replace(b"\r", b"\n")
        whole, newline, rest = (b"", b"", data) if self._spread else data.rpartition(b"\n")
        if newline:
            self._held.append(whole)
            whole = b"".join(self._held)
            self._held, self._held_size = [], 0
            if not self.foreign and whole.partition(b"\n")[0].strip() == b"{":
                self._spread, rest = True, whole + newline + rest
            else:
                self._take(whole.split(b"\n"), events)
        if rest:
            self._hold(rest)

    def close(self, events: list[Event]) -> None:
        """An unterminated last line counts, unless the connection ended in the middle of it."""
        last = b"".join(self._held).strip()
        if not last or not self._open or self._read(last, events):
            return
        if last.startswith(b"{"):
            self._answer.started = True  # and then broke off
        else:
            self.broken = "a line is no JSON"

    @property
    def _open(self) -> bool:
        return not (self.broken or self._answer.failure or self._answer.ended)

    def _take(self, lines: list[bytes], events: list[Event]) -> None:
        for line in lines:
            if not self._open:
                return
            if not line or line.isspace():
                events.append(KeepAlive())
            elif len(line) > MAX_EVENT:
                self.broken = "a line is larger than 8 MiB"
            elif not self._read(line, events):
                self.broken = "a line is no JSON"

    def _read(self, line: bytes, events: list[Event]) -> bool:
        """False where the line is no JSON."""
        try:
            value = json.loads(line.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            return False
        self._answer.take(value, events)
        self.foreign = True
        return True

    def _hold(self, rest: bytes) -> None:
        self._held.append(rest)
        self._held_size += len(rest)
        if self._held_size > MAX_EVENT and self._open:
            self.broken = "a line is larger than 8 MiB"
