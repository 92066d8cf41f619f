"""What the model says, as events: mended, and nothing twice. Knows no JSON.

Servers of this protocol repeat a text up to four times: in pieces, and whole when a part, an item and the answer end.
"""

from providers.events import Citation, Event, ReasoningDelta, RefusalDelta, TextDelta
from providers.text import Mender, ThinkTags, storable


class _Told:
    """Text of one kind: its pieces mended, and what they lack of the whole."""

    def __init__(self) -> None:
        self._mender = Mender()
        self._pieces: list[str] = []  # of the present response, as they came

    def begin(self) -> None:
        self._pieces = []

    def piece(self, text: str) -> str:
        self._pieces.append(text)
        return self._mender.feed(text)

    def rest(self, whole: str) -> str:
        """Nothing where the pieces are no beginning of it: better a word too few than the answer twice."""
        told = "".join(self._pieces)
        return self.piece(whole[len(told) :]) if whole.startswith(told) else ""

    def close(self) -> str:
        return self._mender.close()


class Speech:
    """Adds events to the list it is given. `spoke`: there were some."""

    def __init__(self) -> None:
        self.spoke = False
        self._text, self._reasoning, self._refusal = _Told(), _Told(), _Told()
        self._tags: ThinkTags | None = ThinkTags()
        self._cited: set[str] = set()

    def begin(self) -> None:
        """Another response begins: what is whole from now on has nothing to do with what was told before."""
        for told in (self._text, self._reasoning, self._refusal):
            told.begin()

    def text(self, piece: object, events: list[Event]) -> None:
        if isinstance(piece, str):
            self._say(self._text.piece(piece), events)

    def reasoning(self, piece: object, events: list[Event]) -> None:
        if isinstance(piece, str):
            self._reason(self._reasoning.piece(piece), events)

    def refusal(self, piece: object, events: list[Event]) -> None:
        if isinstance(piece, str):
            self._decline(self._refusal.piece(piece), events)

    def rest(self, *, reasoning: str, text: str, refusal: str, events: list[Event]) -> None:
        """All that was said in the present response, once more: adds what was missing."""
        self._reason(self._reasoning.rest(reasoning), events)
        self._say(self._text.rest(text), events)
        self._decline(self._refusal.rest(refusal), events)

    def cite(self, url: object, title: object, events: list[Event]) -> None:
        if isinstance(url, str) and url and url not in self._cited:
            self._cited.add(url)
            events.append(Citation(storable(url), storable(title) if isinstance(title, str) else ""))

    def close(self, events: list[Event]) -> None:
        """Nothing follows: adds what was held back in the hope of more."""
        self._say(self._text.close(), events)
        if self._tags is not None:
            self._add(self._tags.close(), events)
        self._reason(self._reasoning.close(), events)
        self._decline(self._refusal.close(), events)

    def _say(self, text: str, events: list[Event]) -> None:
        if not text:
            return
        if self._tags is None:
            self.spoke = True
            events.append(TextDelta(text))
            return
        self._add(self._tags.feed(text), events)
        if self._tags.passed:
            self._tags = None

    def _add(self, pieces: list[tuple[bool, str]], events: list[Event]) -> None:
        for is_reasoning, text in pieces:
            self.spoke = True
            events.append(ReasoningDelta(text) if is_reasoning else TextDelta(text))

    def _reason(self, text: str, events: list[Event]) -> None:
        if text:
            self.spoke = True
            events.append(ReasoningDelta(text))

    def _decline(self, text: str, events: list[Event]) -> None:
        if text:
            self.spoke = True
            events.append(RefusalDelta(text))
