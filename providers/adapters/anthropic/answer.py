"""One answer, from JSON to events: the events of a stream, or the single message of a whole answer.

Goes by the `type` in the JSON; the names of server-sent events say the same. What it does not know (tools that the
server calls itself and their results, signatures, redacted thinking, compaction, a change of the model, whatever is
added later) says nothing. Knows no bytes and no HTTP. Any JSON whatsoever is safe to give it.
"""

from collections.abc import Callable
from typing import Any

from providers.adapters.anthropic.calls import Calls
from providers.adapters.anthropic.seam import Seam
from providers.adapters.anthropic.usage import Counts
from providers.adapters.http_status import error_for
from providers.adapters.http_words import words_of
from providers.errors import ProviderError
from providers.events import Citation, Event, Finish, KeepAlive, ReasoningDelta, TextDelta, ToolCallDelta, Usage
from providers.text import Mender, storable
from providers.types import Endpoint, FinishReason

_KEEP_ALIVE = KeepAlive()
# Words that are not here mean that the model stopped of itself.
FINISHES: dict[str, FinishReason] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "pause_turn": "length",  # the server's own tools have had all the turns they get: there is more to say
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}

_Reader = Callable[["Answer", dict[str, Any], list[Event]], None]


class Answer:
    """See `providers.adapters.framing.Answer`. `cut`: blanks that the beginning of this answer has and was not told."""

    def __init__(self, endpoint: Endpoint, cut: str = "") -> None:
        self.failure: ProviderError | None = None
        self.word = ""  # the provider's last word for the end
        self.started = False  # something that looks like this protocol came
        self.spoke = False  # and it said something
        self.ended = False  # nothing follows a `message_stop`
        self.usage: Usage | None = None
        self._endpoint = endpoint
        self._seam = Seam(cut)
        self._text, self._reasoning = Mender(), Mender()
        self._calls, self._counts = Calls(), Counts()
        self._cited: set[str] = set()
        self._streamed = False

    def take(self, value: object, events: list[Event], *, whole: bool = False) -> None:
        """Adds what `value` says to `events`, at least a KeepAlive. `whole`: it is the answer, not a piece of it."""
        before = len(events)
        self._streamed = not whole
        if isinstance(value, dict):
            reader = _EVENTS.get(_word(value))
            if reader is not None:
                self.started = True
                reader(self, value, events)
            elif value.get("error"):
                self.fail(value)
        if len(events) == before:
            events.append(_KEEP_ALIVE)

    def fail(self, said: object) -> None:
        """The provider reports an error, in JSON or text of any shape."""
        self.failure = self.failure or error_for(self._endpoint, words_of(said))

    def close(self, events: list[Event]) -> None:
        """Nothing follows: adds what was held back in the hope of more."""
        self._add_text(self._text.close(), events)
        self._add_reasoning(self._reasoning.close(), events)
        if self.word or self.ended:
            events += self._calls.close()

    @property
    def settled(self) -> bool:
        return self.word != ""

    def finish(self, *, complete: bool) -> Finish | None:
        """A mark that is no word of this protocol (`[DONE]`) does not make a stream complete."""
        if self.word:
            return Finish(FINISHES.get(self.word, "stop"), self.word)
        if self.spoke and (self.ended or (complete and not self._streamed)):
            return Finish("tool_calls" if len(self._calls) else "stop")
        return None

    def _begin(self, value: dict[str, Any], events: list[Event]) -> None:
        """The first event of a stream; after a pause of the server's own tools it may hold a whole message."""
        if isinstance(message := value.get("message"), dict):
            self._message(message, events)

    def _message(self, message: dict[str, Any], events: list[Event]) -> None:
        content = message.get("content")
        for block in content if isinstance(content, list) else ():
            if isinstance(block, dict):
                self._block(block, None, events)
                self._add_call(self._calls.end(None), events)
        self._end(message, message, events)

    def _block_begins(self, value: dict[str, Any], events: list[Event]) -> None:
        if isinstance(block := value.get("content_block"), dict):
            self._block(block, value.get("index"), events)

    def _block(self, block: dict[str, Any], index: object, events: list[Event]) -> None:
        match block.get("type"):
            case "text":
                self._say(block, events)
                citations = block.get("citations")
                for citation in citations if isinstance(citations, list) else ():
                    self._cite(citation, events)
            case "thinking":
                self._reason(block, events)
            case "tool_use":
                self._add_call(self._calls.begin(index, block), events)

    def _piece(self, value: dict[str, Any], events: list[Event]) -> None:
        delta = value.get("delta")
        if not isinstance(delta, dict):
            return
        match delta.get("type"):
            case "text_delta":
                self._say(delta, events)
            case "thinking_delta":
                self._reason(delta, events)
            case "input_json_delta":
                self._add_call(self._calls.piece(value.get("index"), delta.get("partial_json")), events)
            case "citations_delta":
                self._cite(delta.get("citation"), events)

    def _block_ends(self, value: dict[str, Any], events: list[Event]) -> None:
        self._add_call(self._calls.end(value.get("index")), events)

    def _message_changes(self, value: dict[str, Any], events: list[Event]) -> None:
        self._end(value.get("delta"), value, events)

    def _stop(self, _value: dict[str, Any], _events: list[Event]) -> None:
        self.ended = True

    def _ping(self, _value: dict[str, Any], _events: list[Event]) -> None:
        """Says nothing but that the connection lives."""

    def _error(self, value: dict[str, Any], _events: list[Event]) -> None:
        self.fail(value)

    def _end(self, told: object, beside: dict[str, Any], events: list[Event]) -> None:
        """The reason for the end, which comes once, and the usage beside it."""
        reason = told.get("stop_reason") if isinstance(told, dict) else None
        if isinstance(reason, str) and reason:
            self.word = storable(reason)
        usage = self._counts.take(beside.get("usage"))
        if usage and usage != self.usage:
            self.usage = usage
            events.append(usage)

    def _say(self, part: dict[str, Any], events: list[Event]) -> None:
        if isinstance(text := part.get("text"), str):
            self._add_text(self._text.feed(text), events)

    def _reason(self, part: dict[str, Any], events: list[Event]) -> None:
        if isinstance(text := part.get("thinking"), str):
            self._add_reasoning(self._reasoning.feed(text), events)

    def _cite(self, citation: object, events: list[Event]) -> None:
        """Only what the text rests on; not everything that a search found, nor places in a person's own documents."""
        url, title = (citation.get("url"), citation.get("title")) if isinstance(citation, dict) else (None, None)
        if isinstance(url, str) and url and (url := storable(url)) not in self._cited:
            self._cited.add(url)
            events.append(Citation(url, storable(title) if isinstance(title, str) else ""))

    def _add_text(self, text: str, events: list[Event]) -> None:
        if text := self._seam.feed(text):
            self.spoke = True
            events.append(TextDelta(text))

    def _add_reasoning(self, text: str, events: list[Event]) -> None:
        if text:
            self.spoke = True
            events.append(ReasoningDelta(text))

    def _add_call(self, call: ToolCallDelta | None, events: list[Event]) -> None:
        if call:
            self.spoke = True
            events.append(call)


def _word(value: dict[str, Any]) -> str:
    kind = value.get("type")
    return kind if isinstance(kind, str) else ""


_EVENTS: dict[str, _Reader] = {
    "message": Answer._message,
    "message_start": Answer._begin,
    "content_block_start": Answer._block_begins,
    "content_block_delta": Answer._piece,
    "content_block_stop": Answer._block_ends,
    "message_delta": Answer._message_changes,
    "message_stop": Answer._stop,
    "ping": Answer._ping,
    "error": Answer._error,
}
