"""How Gemini's answers fall into JSON objects: one array in pieces, or server-sent events among which bare JSON may
stand. Knows nothing of what the objects say.
"""

import json
import re

from providers.adapters.decoding import Framings
from providers.adapters.framing import Answer, Stream, Whole
from providers.adapters.gemini.objects import JsonObject
from providers.events import Event, KeepAlive

_BETWEEN = re.compile(rb"[ \t\r\n,]*+")
_BARE = re.compile(rb"[\r\n]\{")


class Array:
    """A JSON array whose objects are handed over one by one, as they become whole. See `framing.Framing`."""

    def __init__(self, answer: Answer) -> None:
        self.complete = False
        self._broken = ""
        self._answer = answer
        self._objects = _Objects(answer)
        self._begun = False

    @property
    def ended(self) -> bool:
        return self.complete

    @property
    def foreign(self) -> bool:
        return self._objects.foreign

    @property
    def broken(self) -> str:
        return self._broken or self._objects.broken

    def feed(self, data: bytes, events: list[Event]) -> None:
        before, place = len(events), 0
        while place < len(data) and not (self.complete or self.broken or self._answer.failure):
            place = self._objects.feed(data, place, events) if self._objects.reading else self._between(data, place)
        if len(events) == before:
            events.append(KeepAlive())

    def close(self, events: list[Event]) -> None:
        """Half an object is a broken connection: `complete` stays False."""

    def _between(self, data: bytes, place: int) -> int:
        if not self._begun:
            self._begun = True
            return place + 1
        place = _BETWEEN.match(data, place).end()  # type: ignore[union-attr] # matches always
        if data.startswith(b"{", place):
            self._objects.begin()
        elif data.startswith(b"]", place):
            self.complete = True
        elif place < len(data):
            self._broken = "it is no list of JSON objects"
        return place


class Events:
    """Server-sent events. A line that begins with a brace is no field of such an event but bare JSON, often over many
    lines: that is how some servers report an error in mid-stream. See `framing.Framing`."""

    def __init__(self, answer: Answer) -> None:
        self.complete = False
        self._answer = answer
        self._stream = Stream(answer)
        self._bare = _Objects(answer)
        self._at_line_start = True

    @property
    def ended(self) -> bool:
        return self._stream.ended

    @property
    def foreign(self) -> bool:
        return self._bare.foreign or self._stream.foreign

    @property
    def broken(self) -> str:
        return self._bare.broken or self._stream.broken

    def feed(self, data: bytes, events: list[Event]) -> None:
        place = 0
        while place < len(data) and not (self.broken or self._answer.failure):
            place = self._bare.feed(data, place, events) if self._bare.reading else self._lines(data, place, events)

    def close(self, events: list[Event]) -> None:
        """The end of the body is the only mark of the end that this protocol has."""
        self._stream.close(events)
        if self._bare.reading:
            self._answer.fail("")  # only errors come bare, and this one's words are lost
        self.complete = True

    def _lines(self, data: bytes, place: int, events: list[Event]) -> int:
        """Up to a line of bare JSON, whose place it returns."""
        if self._at_line_start and data.startswith(b"{", place):
            end = place
        else:
            end = found.end() - 1 if (found := _BARE.search(data, place)) else len(data)
            self._stream.feed(data[place:end], events)
        self._at_line_start = end < len(data) or data.endswith((b"\r", b"\n"))  # or right after bare JSON
        if end < len(data):
            self._stream.feed(b"\n\n", events)  # an event that was not yet closed comes first
            self._bare.begin()
        return end


class _Objects:
    """Hands over one object after another. `reading`: one has begun; `foreign`: one was whole."""

    def __init__(self, answer: Answer) -> None:
        self.foreign = False
        self.broken = ""
        self._answer = answer
        self._object: JsonObject | None = None

    @property
    def reading(self) -> bool:
        return self._object is not None

    def begin(self) -> None:
        self._object = JsonObject()

    def feed(self, data: bytes, place: int, events: list[Event]) -> int:
        """The place in `data` after what belongs to the object."""
        if self._object is None:
            return place
        place = self._object.feed(data, place)
        if self._object.too_large:
            self.broken = "one event is larger than 8 MiB"
        elif self._object.whole is not None:
            whole, self._object, self.foreign = self._object.whole, None, True
            self._hand_over(whole, events)
        return place

    def _hand_over(self, text: bytes, events: list[Event]) -> None:
        try:
            value = json.loads(text.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            self.broken = "an event is no JSON"
        else:
            self._answer.take(value, events)


FRAMINGS: Framings = {b"{": Whole, b"[": Array, b"": Events}
