"""One answer, from JSON to events: each value is a whole GenerateContentResponse that says a piece of the answer.

Knows no bytes and no HTTP. Any JSON whatsoever is safe to give it.
"""

from typing import Any

from providers.adapters.gemini.calls import Calls
from providers.adapters.gemini.usage import usage_of
from providers.adapters.http_status import error_for
from providers.adapters.http_words import Words, words_of
from providers.errors import ProviderError
from providers.events import Citation, Event, Finish, KeepAlive, ReasoningDelta, TextDelta, Usage
from providers.text import Mender, storable
from providers.types import Endpoint, FinishReason

_KEEP_ALIVE = KeepAlive()
_KNOWN = ("candidates", "promptFeedback", "usageMetadata")
_UNSET = ("", "0", "FINISH_REASON_UNSPECIFIED", "BLOCK_REASON_UNSPECIFIED", "BLOCKED_REASON_UNSPECIFIED")
# Every word that is not here says that something went wrong. The numbers are the words' own, as some clients ask for
# them; beyond 8 Google's two services number differently.
FINISHES: dict[str, FinishReason] = {
    **dict.fromkeys(("STOP", "1"), "stop"),
    **dict.fromkeys(("MAX_TOKENS", "2"), "length"),
    **dict.fromkeys(("SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"), "content_filter"),
    **dict.fromkeys(("MODEL_ARMOR", "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION"), "content_filter"),
    **dict.fromkeys(("3", "4", "6", "7", "8"), "content_filter"),
}


class Answer:
    """See `providers.adapters.framing.Answer`."""

    ended = settled = False  # old models give a reason for the end with every piece; only the body's end is the end

    def __init__(self, endpoint: Endpoint) -> None:
        self.failure: ProviderError | None = None
        self.started = self.spoke = False
        self.usage: Usage | None = None
        self._endpoint = endpoint
        self._whole = False
        self._word = ""  # the provider's last word for the end
        self._went_on = False  # … after which it said more
        self._calls = Calls()
        self._text, self._reasoning = Mender(), Mender()
        self._cited: set[str] = set()

    def take(self, value: object, events: list[Event], *, whole: bool = False) -> None:
        before, self._whole = len(events), whole
        if isinstance(value, dict):
            self.started = self.started or any(key in value for key in _KNOWN)
            candidate = _first(value.get("candidates"))
            if candidate is not None:
                self._content(candidate.get("content"), events)
                self._sources(candidate, events)
            if "usageMetadata" in value:
                self._count(value["usageMetadata"], events)
            if candidate is not None and "finishReason" in candidate:
                self._end(candidate)
            self._beside(value)
        if len(events) == before:
            events.append(_KEEP_ALIVE)

    def fail(self, said: object) -> None:
        self._fail(words_of(said))

    def close(self, events: list[Event]) -> None:
        self._say(self._text.close(), events)
        self._reason(self._reasoning.close(), events)
        if self._word:
            events += self._calls.close()

    def finish(self, *, complete: bool) -> Finish | None:
        """Where the body broke off, the reason counts if it came once, at the end, with the usage: so do all models
        that do not give it with every piece. An answer that came whole needs none."""
        if self._word and (complete or (self.usage and not self._went_on)):
            return Finish(FINISHES[self._word], self._word)
        return Finish("stop") if complete and self._whole and self.spoke else None

    def _content(self, content: object, events: list[Event]) -> None:
        parts = content.get("parts") if isinstance(content, dict) else None
        for part in parts if isinstance(parts, list) else ():
            if not isinstance(part, dict):
                continue
            if "functionCall" in part and (deltas := self._calls.take(part["functionCall"])):
                self._note()
                events += deltas
            text = part.get("text")
            if not isinstance(text, str):
                continue
            if part.get("thought") is True:
                self._reason(self._reasoning.feed(text), events)
            else:
                self._say(self._text.feed(text), events)

    def _say(self, text: str, events: list[Event]) -> None:
        if text:
            self._note()
            events.append(TextDelta(text))

    def _reason(self, text: str, events: list[Event]) -> None:
        if text:
            self._note()
            events.append(ReasoningDelta(text))

    def _note(self) -> None:
        self.spoke = True
        self._went_on = bool(self._word)

    def _sources(self, candidate: dict[str, Any], events: list[Event]) -> None:
        if grounding := candidate.get("groundingMetadata"):
            for chunk in _listed(grounding, "groundingChunks"):
                self._cite(chunk.get("web"), events)
        if citations := candidate.get("citationMetadata"):
            for key in ("citationSources", "citations"):  # the second is Vertex's
                for source in _listed(citations, key):
                    self._cite(source, events)

    def _cite(self, source: object, events: list[Event]) -> None:
        url, title = (source.get("uri"), source.get("title")) if isinstance(source, dict) else (None, None)
        if isinstance(url, str) and url and url not in self._cited:
            self._cited.add(url)
            events.append(Citation(storable(url), storable(title) if isinstance(title, str) else ""))

    def _count(self, raw: object, events: list[Event]) -> None:
        usage = usage_of(raw)
        if usage and usage != self.usage:
            self.usage = usage
            events.append(usage)

    def _end(self, candidate: dict[str, Any]) -> None:
        """A reason that came with a piece may be followed by a more exact one; a bare STOP says nothing new."""
        word = _word(candidate["finishReason"])
        if not word or (self._word and FINISHES.get(word) == "stop"):
            return
        self._word = word
        if word not in FINISHES:
            said = candidate.get("finishMessage")
            self._fail(Words(said if isinstance(said, str) and said else f"The answer ended with {word}.", code=word))

    def _beside(self, value: dict[str, Any]) -> None:
        """What stands beside the candidates: a refused question, an error."""
        feedback = value.get("promptFeedback")
        if isinstance(feedback, dict) and (reason := _word(feedback.get("blockReason"))):
            said = feedback.get("blockReasonMessage")
            message = said if isinstance(said, str) else ""
            self._fail(Words(message or f"blocked: {reason}", code=reason, type="content_filter"))
        if value.get("error") or ("candidates" not in value and value.get("message") and value.get("code")):
            self._fail(words_of(value))

    def _fail(self, words: Words) -> None:
        self.failure = self.failure or error_for(self._endpoint, words)


def _first(candidates: object) -> dict[str, Any] | None:
    """The candidate that was asked for; there are more only if several were."""
    for candidate in candidates if isinstance(candidates, list) else ():
        if isinstance(candidate, dict) and not candidate.get("index"):
            return candidate
    return None


def _listed(value: object, key: str) -> list[dict[str, Any]]:
    found = value.get(key) if isinstance(value, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _word(value: object) -> str:
    """A reason, which may be a word or its number; "" where none was given."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    word = storable(str(value))
    return "" if word in _UNSET else word
