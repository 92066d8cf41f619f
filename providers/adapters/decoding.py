"""From the bytes of a response to events, and the judgement of how the answer ended. Opens no connection.

A response may be a stream, one JSON object or neither, whatever was asked for and whatever its Content-Type says, so
its first character decides; only a web page is believed at once.
"""

from collections.abc import Callable, Mapping

from providers.adapters.framing import Answer, Framing, Stream, Whole
from providers.errors import EmptyAnswer, MalformedAnswer, ProviderError, StreamCut
from providers.events import Event, KeepAlive
from providers.types import Endpoint

_BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n"

# By the first byte of the body; b"" stands for every other.
Framings = Mapping[bytes, Callable[[Answer], Framing]]
EVENTS_OR_WHOLE: Framings = {b"{": Whole, b"[": Whole, b"": Stream}


class Decoder:
    """Feed it bytes until they end or `ended` is true, then close it once. It never raises: look at `failure`.

    Without a failure the last event from `close` is the Finish.
    """

    def __init__(
        self, answer: Answer, endpoint: Endpoint, content_type: str = "", framings: Framings = EVENTS_OR_WHOLE
    ) -> None:
        self.failure: ProviderError | None = None
        self._endpoint, self._answer, self._framings = endpoint, answer, framings
        self._body: Framing | None = None
        self._head = b""
        if "html" in content_type.lower():
            self._no_answer("a web page")

    @property
    def ended(self) -> bool:
        """Nothing that could still come would change the answer."""
        return self.failure is not None or (self._body is not None and self._body.ended)

    @property
    def settled(self) -> bool:
        """What could still come is at most a count of tokens."""
        return self._answer.settled

    def feed(self, data: bytes) -> list[Event]:
        """What these bytes say, in order; at least a KeepAlive for each comment and empty event."""
        if self.failure:
            return []
        if self._body is None:
            data = self._head = (self._head + data).removeprefix(_BOM).lstrip(_BLANK)
            if not data or _BOM.startswith(data):
                return [KeepAlive()]
            if data.startswith(b"<"):
                self._no_answer("a web page")
                return []
            self._body = self._framings.get(data[:1], self._framings[b""])(self._answer)
        events: list[Event] = []
        self._body.feed(data, events)
        self._look()
        return events

    def close(self, *, cut: bool = False) -> list[Event]:
        """The bytes have ended, or the connection broke (`cut`)."""
        events: list[Event] = []
        if self.failure:
            return events
        if self._body is not None:
            self._body.close(events)
        self._answer.close(events)
        if self._answer.failure or not cut:  # what a broken connection left behind need not be readable
            self._look()
        if self.failure is None:
            self._judge(events, cut=cut)
        return events

    def _judge(self, events: list[Event], *, cut: bool) -> None:
        answer, name = self._answer, self._endpoint.name
        finish = answer.finish(complete=not cut and self._body is not None and self._body.complete)
        if finish is not None:
            events.append(finish)
        elif cut or answer.spoke or (answer.started and not self.ended):
            self.failure = StreamCut(f"The answer of {name} broke off before its end.")
        elif answer.started or self._body is None or not self._body.foreign:
            self.failure = EmptyAnswer(f"{name} sent no answer, and no error either.")
        else:
            self._no_answer("something that is no answer of this protocol")

    def _look(self) -> None:
        broken = self._body.broken if self._body else ""
        if self._answer.failure:
            self.failure = self._answer.failure
        elif broken:
            self.failure = MalformedAnswer(f"The answer of {self._endpoint.name} cannot be read: {broken}.")

    def _no_answer(self, what: str) -> None:
        self.failure = MalformedAnswer(f"{self._endpoint.name} sent {what} instead of an answer. Check the base URL.")
