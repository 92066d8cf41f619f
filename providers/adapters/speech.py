"""What the model says, as events: mended, reasoning told from text, no source twice. Knows no JSON and no protocol."""

from providers.events import Citation, Event, ReasoningDelta, RefusalDelta, TextDelta
from providers.text import Mender, ThinkTags, storable


class Speech:
    """Takes whatever stood where a piece of text should be, and adds events to the list it is given.

    `spoke`: there were some.
    """

    def __init__(self) -> None:
        self.spoke = False
        self._text, self._reasoning, self._refusal = Mender(), Mender(), Mender()
        self._tags: ThinkTags | None = ThinkTags()
        self._cited: set[str] = set()

    def text(self, piece: object, events: list[Event]) -> None:
        if isinstance(piece, str) and (text := self._text.feed(piece)):
            self._say(text, events)

    def reasoning(self, piece: object, events: list[Event]) -> None:
        if isinstance(piece, str) and (text := self._reasoning.feed(piece)):
            self.add(ReasoningDelta(text), events)

    def refusal(self, piece: object, events: list[Event]) -> None:
        if isinstance(piece, str) and (text := self._refusal.feed(piece)):
            self.add(RefusalDelta(text), events)

    def cite(self, url: object, title: object, events: list[Event]) -> None:
        """A source is not said by the model: it alone is no answer."""
        if isinstance(url, str) and url and url not in self._cited:
            self._cited.add(url)
            events.append(Citation(storable(url), storable(title) if isinstance(title, str) else ""))

    def add(self, event: Event, events: list[Event]) -> None:
        """`event` is said too: a tool call."""
        self.spoke = True
        events.append(event)

    def close(self, events: list[Event]) -> None:
        """Nothing follows: adds what was held back in the hope of more."""
        if text := self._text.close():
            self._say(text, events)
        if self._tags is not None:
            self._pieces(self._tags.close(), events)
        if text := self._reasoning.close():
            self.add(ReasoningDelta(text), events)
        if text := self._refusal.close():
            self.add(RefusalDelta(text), events)

    def _say(self, text: str, events: list[Event]) -> None:
        if self._tags is None:
            self.spoke = True
            events.append(TextDelta(text))
            return
        self._pieces(self._tags.feed(text), events)
        if self._tags.passed:
            self._tags = None

    def _pieces(self, pieces: list[tuple[bool, str]], events: list[Event]) -> None:
        for is_reasoning, text in pieces:
            self.add(ReasoningDelta(text) if is_reasoning else TextDelta(text), events)
