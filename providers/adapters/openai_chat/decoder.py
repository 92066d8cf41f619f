"""From the bytes of a response to events, and the judgement of how the answer ended. Opens no connection.

A response may be a stream, one JSON object or neither, whatever was asked for and whatever its Content-Type says, so
its first character decides; only a web page is believed at once.
"""

import json
from typing import Protocol

from providers.adapters.openai_chat.answer import FINISHES, Answer
from providers.errors import EmptyAnswer, MalformedAnswer, ProviderError, StreamCut
from providers.events import Event, Finish, KeepAlive
from providers.sse import MAX_EVENT, Parser, ServerEvent
from providers.types import Endpoint

_BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n"


class Decoder:
    """Feed it bytes until they end or `ended` is true, then close it once. It never raises: look at `failure`.

    Without a failure the last event from `close` is the Finish.
    """

    def __init__(self, endpoint: Endpoint, content_type: str = "") -> None:
        self.failure: ProviderError | None = None
        self._endpoint = endpoint
        self._answer = Answer(endpoint)
        self._body: _Body | None = None
        self._head = b""
        if "html" in content_type.lower():
            self._no_answer("a web page")

    @property
    def ended(self) -> bool:
        """Nothing that could still come would change the answer."""
        return self.failure is not None or (self._body is not None and self._body.ended)

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
            self._body = _Whole(self._answer) if data.startswith((b"{", b"[")) else _Stream(self._answer)
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
        if answer.finish:
            events.append(Finish(FINISHES.get(answer.finish.lower(), "stop"), answer.finish))
        elif self._body is not None and self._body.complete and answer.spoke:
            events.append(Finish("tool_calls" if len(answer.calls) else "stop"))
        elif cut or answer.spoke or (answer.started and not self.ended):
            self.failure = StreamCut(f"The answer of {name} broke off before its end.")
        elif answer.started or self._body is None or not self._body.foreign:
            self.failure = EmptyAnswer(f"{name} sent no answer, and no error either.")
        else:
            self._no_answer("something that is no chat completion")

    def _look(self) -> None:
        broken = self._body.broken if self._body else ""
        if self._answer.failure:
            self.failure = self._answer.failure
        elif broken:
            self.failure = MalformedAnswer(f"The answer of {self._endpoint.name} cannot be read: {broken}.")

    def _no_answer(self, what: str) -> None:
        self.failure = MalformedAnswer(f"{self._endpoint.name} sent {what} instead of an answer. Check the base URL.")


class _Body(Protocol):
    """`complete`: the provider said that this is all. `foreign`: there was JSON of some other kind."""

    @property
    def ended(self) -> bool: ...
    @property
    def complete(self) -> bool: ...
    @property
    def foreign(self) -> bool: ...
    @property
    def broken(self) -> str: ...

    def feed(self, data: bytes, events: list[Event]) -> None: ...
    def close(self, events: list[Event]) -> None: ...


class _Stream:
    """Server-sent events, one chunk each."""

    def __init__(self, answer: Answer) -> None:
        self.ended = self.foreign = False
        self.broken = ""
        self._answer = answer
        self._parser = Parser()

    @property
    def complete(self) -> bool:
        """Some servers give no reason for the end. Their last chunk before `[DONE]` has the usage; without that,
        the mark is no proof, because gateways send it after an answer that broke off as well."""
        return self.ended and self._answer.usage is not None

    def feed(self, data: bytes, events: list[Event]) -> None:
        self._take(self._parser.feed(data), events)

    def close(self, events: list[Event]) -> None:
        if not self.ended and not self.broken:
            self._take(self._parser.close(), events, last=True)

    def _take(self, messages: list[ServerEvent], events: list[Event], *, last: bool = False) -> None:
        answer = self._answer
        for kind, data, event in messages:
            if self.ended or answer.failure or self.broken:
                return
            if kind == "message" and data and event != "error":
                self._message(data, events, last=last)
            elif kind == "error" or event == "error":
                answer.fail(_json_or_text(data))
            else:
                events.append(KeepAlive())
        if self._parser.failure and not self.broken:
            self.broken = "one event is larger than 8 MiB"

    def _message(self, data: str, events: list[Event], *, last: bool) -> None:
        if data.startswith("[DONE]"):
            self.ended = True
            return
        try:
            chunk = json.loads(data)
        except (ValueError, RecursionError):
            if not data.isspace() and not last:  # half an event at the very end is a broken connection
                self.broken = "an event is no JSON"
            return
        self._answer.take(chunk, events)
        self.foreign = True


class _Whole:
    """One JSON object."""

    def __init__(self, answer: Answer) -> None:
        self.ended = self.complete = self.foreign = False
        self.broken = ""
        self._answer = answer
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes, events: list[Event]) -> None:
        self._parts.append(data)
        self._size += len(data)
        if self._size > MAX_EVENT:
            self.broken = "it is larger than 8 MiB"
        events.append(KeepAlive())

    def close(self, events: list[Event]) -> None:
        body = _json_or_text(b"".join(self._parts).decode("utf-8-sig", "replace"))
        if isinstance(body, str):
            self.broken = "it is no JSON"
            return
        self.ended = self.complete = self.foreign = True
        self._answer.take(body[0] if isinstance(body, list) and body else body, events, whole=True)


def _json_or_text(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
