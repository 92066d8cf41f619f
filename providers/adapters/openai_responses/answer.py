"""One answer, from JSON to events: the events of a stream, or the single object of a whole answer.

Knows the dialects of Responses as they were seen, by what stands in the JSON and never by a vendor's name. Knows no
bytes and no HTTP. Any JSON whatsoever is safe to give it.
"""

from collections.abc import Callable
from typing import Any

from providers.adapters.http_status import error_for
from providers.adapters.http_words import Words, words_of
from providers.adapters.openai_responses.calls import Calls
from providers.adapters.openai_responses.output import objects, read
from providers.adapters.openai_responses.repeats import Repeats
from providers.adapters.openai_responses.usage import usage_of
from providers.adapters.speech import Speech
from providers.errors import ProviderError
from providers.events import Event, Finish, KeepAlive, ToolCallDelta, Usage
from providers.text import storable
from providers.types import Endpoint, FinishReason

_KEEP_ALIVE = KeepAlive()
_UNENDED = ("in_progress", "queued")
_FAILED = ("failed", "cancelled")
# Why an answer is incomplete. Reasons that are not here cut it short too.
_INCOMPLETE: dict[str, FinishReason] = {"content_filter": "content_filter"}


class Answer:
    """See `providers.adapters.framing.Answer`."""

    ended = False  # gateways that run tools themselves send one response after another

    def __init__(self, endpoint: Endpoint) -> None:
        self.failure: ProviderError | None = None
        self.started = False
        self.usage: Usage | None = None
        self._endpoint = endpoint
        self._speech, self._calls = Speech(), Calls()
        self._told = Repeats(self._speech)
        self._items: list[dict[str, Any]] = []  # of the present response, finished
        self._word = ""  # the provider's last word for the end
        self._short: FinishReason | None = None  # the end came too early

    def take(self, value: object, events: list[Event], *, whole: bool = False) -> None:
        before = len(events)
        if isinstance(value, dict):
            kind = value.get("type")
            if not whole and isinstance(kind, str) and kind.startswith("response."):
                self.started = True
                if kind in _EVENTS:
                    _EVENTS[kind](self, value, events)
            elif value.get("object") == "response" or (whole and isinstance(value.get("output"), list)):
                self.started = True
                self._end(value, events)
            elif kind == "error" or value.get("error") or value.get("object") == "error" or _bare_error(value):
                self.fail(value)
        if len(events) == before:
            events.append(_KEEP_ALIVE)

    def fail(self, said: object) -> None:
        self._fail(words_of(said))

    def close(self, events: list[Event]) -> None:
        self._speech.close(events)
        events += self._calls.close()

    @property
    def spoke(self) -> bool:
        return self._speech.spoke or len(self._calls) > 0

    @property
    def settled(self) -> bool:
        return self._word != ""

    def finish(self, *, complete: bool) -> Finish | None:  # noqa: ARG002 - only what ends a response shows that it did
        if not self._word:
            return None
        return Finish(self._short or ("tool_calls" if len(self._calls) else "stop"), self._word)

    # --- the events of a stream --------------------------------------------------------------------------------
    def _created(self, _event: dict[str, Any], _events: list[Event]) -> None:
        self._told.begin()
        self._calls.begin(again=bool(self._word))
        self._items, self._word = [], ""

    def _text(self, event: dict[str, Any], events: list[Event]) -> None:
        self._told.text(event.get("delta"), events)

    def _reasoning(self, event: dict[str, Any], events: list[Event]) -> None:
        self._told.reasoning(event.get("delta"), events)

    def _refusal(self, event: dict[str, Any], events: list[Event]) -> None:
        self._told.refusal(event.get("delta"), events)

    def _annotation(self, event: dict[str, Any], events: list[Event]) -> None:
        self._cite([event.get("annotation")], events)

    def _thought(self, event: dict[str, Any], events: list[Event]) -> None:
        """Perplexity's search: what it thinks while it looks, what it found, and what that took so far."""
        self._told.reasoning(event.get("thought"), events)
        self._cite(event.get("results"), events)
        self._count(event.get("usage"), events)

    def _item_added(self, event: dict[str, Any], events: list[Event]) -> None:
        item = event.get("item")
        if isinstance(item, dict) and item.get("type") == "function_call":
            _add(self._calls.open(_place(event), item), events)

    def _arguments(self, event: dict[str, Any], events: list[Event]) -> None:
        _add(self._calls.piece(_place(event), event.get("delta")), events)

    def _arguments_done(self, event: dict[str, Any], events: list[Event]) -> None:
        _add(self._calls.whole(_place(event), event.get("arguments")), events)

    def _item_done(self, event: dict[str, Any], events: list[Event]) -> None:
        item = event.get("item")
        if not isinstance(item, dict):
            return
        if item.get("type") == "function_call":
            _add(self._calls.end(_place(event), item), events)
        elif item.get("type") == "search_results":
            self._cite(item.get("results"), events)
        elif item.get("type") in ("message", "reasoning"):
            self._items.append(item)

    def _error(self, event: dict[str, Any], _events: list[Event]) -> None:
        self.fail(event)

    def _ended(self, event: dict[str, Any], events: list[Event]) -> None:
        response = event.get("response")
        told = response if isinstance(response, dict) else {}
        error = told.get("error") or event.get("error")  # Perplexity's stands beside the response
        self._end({**told, "error": error}, events, word=str(event["type"]).removeprefix("response."))

    # --- the whole response ------------------------------------------------------------------------------------
    def _end(self, response: dict[str, Any], events: list[Event], word: str = "") -> None:
        """`word`: what the event itself says of the end; a whole answer has no event."""
        output = read(response.get("output") or self._items)
        self._told.rest(reasoning=output.reasoning, text=output.text, refusal=output.refusal, events=events)
        self._cite(output.sources, events)
        events += self._calls.output(output.calls)
        self._count(response.get("usage"), events)
        told, error = (word, response.get("status")), response.get("error")
        failed = next((status for status in _FAILED if status in told), "")
        if error or failed:
            self._fail(words_of(error) if error else Words(code=failed))
        elif "incomplete" in told:
            self._word = _reason(response.get("incomplete_details")) or "incomplete"
            self._short = _INCOMPLETE.get(self._word, "length")
        elif word or response.get("status") not in _UNENDED:
            self._word, self._short = "completed", None

    def _cite(self, sources: object, events: list[Event]) -> None:
        for source in objects(sources):
            inner = source.get("url_citation")
            told = inner if isinstance(inner, dict) else source
            self._speech.cite(told.get("url"), told.get("title"), events)

    def _count(self, raw: object, events: list[Event]) -> None:
        usage = usage_of(raw) if isinstance(raw, dict) else None
        if usage and usage != self.usage:
            self.usage = usage
            events.append(usage)

    def _fail(self, words: Words) -> None:
        self.failure = self.failure or error_for(self._endpoint, words)


def _add(delta: ToolCallDelta | None, events: list[Event]) -> None:
    if delta is not None:
        events.append(delta)


def _place(event: dict[str, Any]) -> int | None:
    place = event.get("output_index")
    return place if isinstance(place, int) else None


def _reason(details: object) -> str:
    reason = details.get("reason") if isinstance(details, dict) else None
    return storable(reason) if isinstance(reason, str) else ""


def _bare_error(value: dict[str, Any]) -> bool:
    """An error without a wrapper."""
    return bool(value.get("message") and value.get("code"))


_EVENTS: dict[str, Callable[[Answer, dict[str, Any], list[Event]], None]] = {
    "response.created": Answer._created,
    "response.output_text.delta": Answer._text,
    "response.refusal.delta": Answer._refusal,
    "response.output_text.annotation.added": Answer._annotation,
    "response.output_item.added": Answer._item_added,
    "response.output_item.done": Answer._item_done,
    "response.function_call_arguments.delta": Answer._arguments,
    "response.function_call_arguments.done": Answer._arguments_done,
    **dict.fromkeys(
        ("response.reasoning_text.delta", "response.reasoning_summary_text.delta", "response.reasoning.delta"),
        Answer._reasoning,
    ),
    **dict.fromkeys(
        (
            "response.reasoning.started",
            "response.reasoning.search_queries",
            "response.reasoning.search_results",
            "response.reasoning.fetch_url_queries",
            "response.reasoning.fetch_url_results",
            "response.reasoning.stopped",
        ),
        Answer._thought,
    ),
    **dict.fromkeys(
        (
            "response.completed",
            "response.incomplete",
            "response.failed",
            "response.cancelled",
            "response.done",
        ),
        Answer._ended,
    ),
    "response.error": Answer._error,  # OpenRouter
}
