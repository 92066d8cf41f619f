"""How the body of a response falls into JSON values: server-sent events, or one value. Knows no protocol.

A framing hands each value to an `Answer`, and tells how the body ended. It never raises: look at `broken`.
"""

import json
from typing import Protocol

from providers.errors import ProviderError
from providers.events import Event, Finish, KeepAlive, Usage
from providers.sse import MAX_EVENT, Parser, ServerEvent


class Answer(Protocol):
    """One answer, from the JSON of a protocol to events. Any JSON whatsoever is safe to give it.

    `failure`: the provider reported an error. `started`: something came that looks like this protocol. `spoke`: and it
    said something. `usage`: the last that was told.
    """

    failure: ProviderError | None
    started: bool
    usage: Usage | None

    @property
    def spoke(self) -> bool: ...

    @property
    def ended(self) -> bool:
        """The protocol's own last word has come: nothing that follows would change the answer."""
        ...

    @property
    def settled(self) -> bool:
        """The answer itself is over; what may follow is bookkeeping, which comes soon or not at all."""
        ...

    def take(self, value: object, events: list[Event], *, whole: bool = False) -> None:
        """Add what `value` says to `events`, at least a KeepAlive. `whole`: it is the answer, not a piece of it."""
        ...

    def fail(self, said: object) -> None:
        """The provider reports an error, in JSON or text of any shape."""
        ...

    def close(self, events: list[Event]) -> None:
        """Nothing follows: add what was held back in the hope of more."""
        ...

    def finish(self, *, complete: bool) -> Finish | None:
        """How it ended; None where nothing shows that it did. `complete`: the body says that this is all."""
        ...


class Framing(Protocol):
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


class Stream:
    """Server-sent events, one value each."""

    def __init__(self, answer: Answer) -> None:
        self.foreign = self._done = False
        self.broken = ""
        self._answer = answer
        self._parser = Parser()

    @property
    def ended(self) -> bool:
        return self._done or self._answer.ended

    @property
    def complete(self) -> bool:
        """Some servers give no reason for the end. Their last chunk before `[DONE]` has the usage; without that,
        the mark is no proof, because gateways send it after an answer that broke off as well."""
        return self._done and self._answer.usage is not None

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
                answer.fail(json_or_text(data))
            else:
                events.append(KeepAlive())
        if self._parser.failure and not self.broken:
            self.broken = "one event is larger than 8 MiB"

    def _message(self, data: str, events: list[Event], *, last: bool) -> None:
        if data.startswith("[DONE]"):
            self._done = True
            return
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            if not data.isspace() and not last:  # half an event at the very end is a broken connection
                self.broken = "an event is no JSON"
            return
        self._answer.take(value, events)
        self.foreign = True


class Whole:
    """One JSON object, or a list of one."""

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
        body = json_or_text(b"".join(self._parts).decode("utf-8-sig", "replace"))
        if isinstance(body, str):
            self.broken = "it is no JSON"
            return
        self.ended = self.complete = self.foreign = True
        self._answer.take(body[0] if isinstance(body, list) and body else body, events, whole=True)


def json_or_text(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
