"""What was told already, so that nothing is said twice. Knows no JSON.

Servers of this protocol repeat a text up to four times: in pieces, and whole when a part, an item and the answer end.
"""

from providers.adapters.speech import Speech
from providers.events import Event


class Told:
    """The pieces of one kind of text in the present response, as they came."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def begin(self) -> None:
        self._pieces = []

    def note(self, piece: object) -> None:
        if isinstance(piece, str):
            self._pieces.append(piece)

    def rest(self, whole: str) -> str:
        """What they lack of the whole. Nothing where they are no beginning of it: better a word too few than the
        answer twice."""
        told = "".join(self._pieces)
        rest = whole[len(told) :] if whole.startswith(told) else ""
        self._pieces.append(rest)
        return rest


class Repeats:
    """Says each text of a response once."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._text, self._reasoning, self._refusal = Told(), Told(), Told()

    def begin(self) -> None:
        """Another response begins: what is whole from now on has nothing to do with what was told before."""
        for told in (self._text, self._reasoning, self._refusal):
            told.begin()

    def text(self, piece: object, events: list[Event]) -> None:
        self._text.note(piece)
        self._speech.text(piece, events)

    def reasoning(self, piece: object, events: list[Event]) -> None:
        self._reasoning.note(piece)
        self._speech.reasoning(piece, events)

    def refusal(self, piece: object, events: list[Event]) -> None:
        self._refusal.note(piece)
        self._speech.refusal(piece, events)

    def rest(self, *, reasoning: str, text: str, refusal: str, events: list[Event]) -> None:
        """All that was said in the present response, once more: adds what was missing."""
        self._speech.reasoning(self._reasoning.rest(reasoning), events)
        self._speech.text(self._text.rest(text), events)
        self._speech.refusal(self._refusal.rest(refusal), events)
