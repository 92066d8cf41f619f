"""One answer, from JSON to events: the chunks of a stream, or the single object of a whole answer.

Knows the dialects of chat completions as they were seen, by what stands in the JSON and never by a vendor's name.
Knows no bytes and no HTTP. Any JSON whatsoever is safe to give it.
"""

from collections.abc import Callable
from typing import Any

from providers.adapters.http_status import error_for
from providers.adapters.http_words import Words, words_of
from providers.adapters.openai_chat.calls import Calls
from providers.adapters.openai_chat.usage import usage_of
from providers.adapters.speech import Speech
from providers.errors import ProviderError
from providers.events import Event, Finish, KeepAlive, Usage
from providers.text import storable
from providers.types import Endpoint, FinishReason

_KEEP_ALIVE = KeepAlive()
_REASONING_KEYS = ("reasoning_content", "reasoning")  # some servers send both, with the same text
# Words that are not here mean that the model stopped of itself.
FINISHES: dict[str, FinishReason] = {
    **dict.fromkeys(("length", "max_tokens", "model_length", "max_output_tokens"), "length"),
    **dict.fromkeys(("tool_calls", "function_call"), "tool_calls"),
    **dict.fromkeys(("content_filter", "sensitive", "safety", "recitation"), "content_filter"),
    **dict.fromkeys(("error", "abort", "network_error", "insufficient_system_resource"), "error"),
}


class Answer:
    """See `providers.adapters.framing.Answer`."""

    ended = False  # usage may follow the reason for the end; only the body tells that nothing does

    def __init__(self, endpoint: Endpoint) -> None:
        self.failure: ProviderError | None = None
        self.word = ""  # the provider's last word for the end
        self.started = False  # something that looks like chat completions came
        self.usage: Usage | None = None
        self.calls = Calls()
        self._endpoint = endpoint
        self._speech = Speech()
        self._reasoning_key_seen = False
        self._sources: tuple[object, object] = (None, None)

    def take(self, chunk: object, events: list[Event], *, whole: bool = False) -> None:
        """Adds what `chunk` says to `events`, at least a KeepAlive. `whole`: it is the answer, not a piece of it."""
        before = len(events)
        if isinstance(chunk, dict):
            choices = chunk.get("choices")
            if isinstance(choices, list):
                self.started = True
                for choice in choices:
                    if isinstance(choice, dict) and not choice.get("index"):
                        self._choice(choice, events, whole)
                        break
            self._beside(chunk, events)
        if len(events) == before:
            events.append(_KEEP_ALIVE)

    def fail(self, said: object) -> None:
        """The provider reports an error, in JSON or text of any shape."""
        self._fail(words_of(said))

    def close(self, events: list[Event]) -> None:
        self._speech.close(events)

    @property
    def spoke(self) -> bool:
        return self._speech.spoke

    @property
    def settled(self) -> bool:
        return self.word != ""

    def finish(self, *, complete: bool) -> Finish | None:
        if self.word:
            return Finish(FINISHES.get(self.word.lower(), "stop"), self.word)
        if complete and self.spoke:
            return Finish("tool_calls" if len(self.calls) else "stop")
        return None

    def _choice(self, choice: dict[str, Any], events: list[Event], whole: bool) -> None:
        delta, message = choice.get("delta"), choice.get("message")  # some send both, then one of them is idle
        if isinstance(message, dict) and (whole or not (self.spoke or isinstance(delta, dict))):
            self._delta(message, events)
        elif isinstance(delta, dict):
            self._delta(delta, events)
        if finish := choice.get("finish_reason"):
            self._end(finish)
        if usage := choice.get("usage"):
            self._count(usage, events)

    def _delta(self, delta: dict[str, Any], events: list[Event]) -> None:
        for key in _REASONING_KEYS:
            if reasoning := delta.get(key):
                self._reasoning_key_seen = True
                self._speech.reasoning(reasoning, events)
                break
        else:
            if (details := delta.get("reasoning_details")) and not self._reasoning_key_seen:
                self._details(details, events)
        for key, value in delta.items():
            if value and key in _PARTS:
                _PARTS[key](self, value, events)

    def _content(self, content: object, events: list[Event]) -> None:
        if isinstance(content, str):
            self._speech.text(content, events)
            return
        for part in content if isinstance(content, list) else ():
            if not isinstance(part, dict):
                continue
            if part.get("type") == "thinking":
                self._details(part.get("thinking"), events)
            else:
                self._speech.text(part.get("text"), events)

    def _details(self, details: object, events: list[Event]) -> None:
        """A list of {text} or {summary}; encrypted reasoning has neither."""
        if isinstance(details, str):
            self._speech.reasoning(details, events)
        for part in details if isinstance(details, list) else ():
            if isinstance(part, dict):
                self._speech.reasoning(part.get("text") or part.get("summary"), events)

    def _refusal(self, refusal: object, events: list[Event]) -> None:
        self._speech.refusal(refusal, events)

    def _tool_calls(self, pieces: object, events: list[Event]) -> None:
        for piece in pieces if isinstance(pieces, list) else ():
            if event := self.calls.take(piece):
                self._speech.add(event, events)

    def _function_call(self, piece: object, events: list[Event]) -> None:
        self._tool_calls([{"index": 0, "function": piece}], events)

    def _annotations(self, annotations: object, events: list[Event]) -> None:
        for annotation in annotations if isinstance(annotations, list) else ():
            if isinstance(annotation, dict):
                inner = annotation.get("url_citation")
                self._cite(inner if isinstance(inner, dict) else annotation, events)

    def _end(self, finish: object) -> None:
        """A repeated reason may be more exact than the first; a bare stop says nothing new."""
        word = storable(str(finish))
        if not self.word or word != "stop":
            self.word = word

    def _count(self, raw: object, events: list[Event]) -> None:
        usage = usage_of(raw) if isinstance(raw, dict) else None
        if usage and usage != self.usage:
            self.usage = usage
            events.append(usage)

    def _beside(self, chunk: dict[str, Any], events: list[Event]) -> None:
        """What stands beside the choices."""
        if "citations" in chunk or "search_results" in chunk:
            self._cite_all((chunk.get("citations"), chunk.get("search_results")), events)
        if usage := chunk.get("usage"):
            self._count(usage, events)
        elif "x_groq" in chunk and isinstance(chunk["x_groq"], dict):
            self._count(chunk["x_groq"].get("usage"), events)
        if chunk.get("error") or chunk.get("object") == "error":
            self._fail(words_of(chunk))
        elif "choices" not in chunk and chunk.get("message") and chunk.get("code"):
            self._fail(words_of(chunk))  # an error without a wrapper
        elif self.word and FINISHES.get(self.word.lower()) == "error":
            self._fail(Words(code=self.word))

    def _fail(self, words: Words) -> None:
        self.failure = self.failure or error_for(self._endpoint, words)

    def _cite_all(self, sources: tuple[object, object], events: list[Event]) -> None:
        """Lists that grow and come again in every chunk. The second knows titles; it stands in for a missing first."""
        if sources == self._sources:
            return
        self._sources = sources
        urls, results = ([*source] if isinstance(source, list) else [] for source in sources)
        titles = {result["url"]: result.get("title") for result in results if _has_url(result)}
        for source in urls or results:
            if isinstance(source, str):
                self._cite({"url": source, "title": titles.get(source)}, events)
            elif isinstance(source, dict):
                self._cite(source, events)

    def _cite(self, source: dict[str, Any], events: list[Event]) -> None:
        self._speech.cite(source.get("url"), source.get("title"), events)


def _has_url(source: object) -> bool:
    return isinstance(source, dict) and isinstance(source.get("url"), str)


_PARTS: dict[str, Callable[[Answer, Any, list[Event]], None]] = {
    "content": Answer._content,
    "refusal": Answer._refusal,
    "tool_calls": Answer._tool_calls,
    "function_call": Answer._function_call,
    "annotations": Answer._annotations,
}
