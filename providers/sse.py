"""From bytes to server-sent events. Knows the framing alone: no JSON, no vendor, no connection.

Lines are split on bytes (LF, CRLF, CR; a network read may end anywhere) and decoded one whole line at a time, so that
neither a cut character nor a Unicode line separator inside JSON does harm. The parser differs from a browser's in what
it reports: comments, `error:` fields (some servers fail that way) and a last event that no blank line ends.
"""

from typing import Literal, NamedTuple

from providers.errors import MalformedAnswer

MAX_EVENT = 8 * 1024 * 1024  # bytes
_BOM = b"\xef\xbb\xbf"


class ServerEvent(NamedTuple):
    """A message (its `data:` lines joined by LF, and its `event:` name), a comment's text, or an `error:` field's."""

    kind: Literal["message", "comment", "error"]
    data: str
    event: str = ""


class Parser:
    """Feed it bytes as they come. It never raises: when `failure` is set, it has given up and returns nothing more.

    `failure` is a MalformedAnswer: one line, or the data of one event, is larger than `limit` bytes.
    """

    def __init__(self, limit: int = MAX_EVENT) -> None:
        self.failure: MalformedAnswer | None = None
        self._limit = limit
        self._held: list[bytes] = []  # pieces of a line whose end has not come
        self._held_size = 0
        self._after_cr = False  # a LF that comes first now belongs to the CR before it
        self._at_start = True
        self._data: list[str] = []
        self._data_size = 0
        self._event = ""

    def feed(self, data: bytes) -> list[ServerEvent]:
        """The events that these bytes complete, in order."""
        if not data or self.failure:
            return []
        if self._after_cr and data.startswith(b"\n"):
            data = data[1:]
        self._after_cr = False
        if b"\r" in data:
            self._after_cr = data.endswith(b"\r")
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        whole, newline, rest = data.rpartition(b"\n")
        events: list[ServerEvent] = []
        if newline:
            if self._held:
                self._held.append(whole)
                whole = b"".join(self._held)
                self._held, self._held_size = [], 0
            self._take(whole, events)
        if rest and not self.failure:
            self._held.append(rest)
            self._held_size += len(rest)
            if self._held_size > self._limit:
                self._give_up()
        return events

    def close(self) -> list[ServerEvent]:
        """The stream has ended: what an unterminated last line and event hold."""
        events: list[ServerEvent] = []
        if self.failure:
            return events
        if self._held:
            last, self._held = b"".join(self._held), []
            self._take(last, events)
        self._dispatch(events)
        return events

    def _take(self, whole: bytes, events: list[ServerEvent]) -> None:
        lines = whole.split(b"\n")
        if self._at_start:
            self._at_start = False
            lines[0] = lines[0].removeprefix(_BOM)
        long = len(whole) > self._limit
        for line in lines:
            if not line:
                self._dispatch(events)
            elif long and len(line) > self._limit:
                return self._give_up()
            elif line.startswith(b"data:"):
                self._data_size += len(line)
                if self._data and self._data_size > self._limit:
                    return self._give_up()
                self._data.append(line[6 if line.startswith(b"data: ") else 5 :].decode("utf-8", "replace"))
            else:
                self._other(line, events)
        return None

    def _dispatch(self, events: list[ServerEvent]) -> None:
        if self._data:
            data = self._data[0] if len(self._data) == 1 else "\n".join(self._data)
            events.append(ServerEvent("message", data, self._event))
            self._data, self._data_size, self._event = [], 0, ""
        elif self._event:  # a name alone says something too: `event: ping`
            events.append(ServerEvent("message", "", self._event))
            self._event = ""

    def _other(self, line: bytes, events: list[ServerEvent]) -> None:
        field, _, value = line.decode("utf-8", "replace").partition(":")
        value = value.removeprefix(" ")
        match field:
            case "":
                events.append(ServerEvent("comment", value))
            case "error":
                events.append(ServerEvent("error", value))
            case "event":
                self._event = value
            case "data":
                self._data.append("")

    def _give_up(self) -> None:
        self.failure = MalformedAnswer(f"One event of the answer is larger than {self._limit >> 20} MiB.")
        self._held, self._data = [], []
