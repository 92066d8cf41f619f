"""One answer, from JSON to events: the lines of a stream, or the single object of a whole answer.

Knows the chat protocol and the older one of single prompts (`response` instead of `message`). Knows no bytes and no
HTTP. Any JSON whatsoever is safe to give it.
"""

from typing import Any

from providers.adapters.figures import amount, count
from providers.adapters.http_status import error_for
from providers.adapters.http_words import words_of
from providers.adapters.ollama.calls import Calls
from providers.adapters.speech import Speech
from providers.errors import ProviderError
from providers.events import Event, Finish, KeepAlive, Loaded, Usage
from providers.text import storable
from providers.types import Endpoint, FinishReason

_KEEP_ALIVE = KeepAlive()
_SECONDS = 1e-9  # durations are told in nanoseconds
_NOTICEABLE = 0.1  # seconds: a model that is in memory already "loads" in a few hundredths
# Every other word means that there was nothing more to say: `stop`, after tool calls too; `load` and `unload`, where
# nothing was asked; and none at all, from old servers.
_FINISHES: dict[str, FinishReason] = {"length": "length"}


class Answer:
    """See `providers.adapters.framing.Answer`."""

    settled = False  # the last line brings the figures and ends it

    def __init__(self, endpoint: Endpoint) -> None:
        self.failure: ProviderError | None = None
        self.started = False
        self.ended = False
        self.usage: Usage | None = None
        self._word = ""
        self._endpoint = endpoint
        self._speech, self._calls = Speech(), Calls()

    def take(self, value: object, events: list[Event], *, whole: bool = False) -> None:  # noqa: ARG002 - lines are alike
        before = len(events)
        if isinstance(value, dict):
            self._line(value, events)
        if len(events) == before:
            events.append(_KEEP_ALIVE)

    def fail(self, said: object) -> None:
        self.failure = self.failure or error_for(self._endpoint, words_of(said))

    def close(self, events: list[Event]) -> None:
        self._speech.close(events)

    @property
    def spoke(self) -> bool:
        return self._speech.spoke

    def finish(self, *, complete: bool) -> Finish | None:  # noqa: ARG002 - the last line says that it is the last
        return Finish(_FINISHES.get(self._word, "stop"), self._word) if self.ended else None

    def _line(self, line: dict[str, Any], events: list[Event]) -> None:
        message = line.get("message")
        if isinstance(message, dict):
            self.started = True
            self._speech.reasoning(message.get("thinking"), events)
            self._speech.text(message.get("content"), events)
            if calls := message.get("tool_calls"):
                self._call(calls, line.get("created_at"), events)
        elif "response" in line:
            self.started = True
            self._speech.reasoning(line.get("thinking"), events)
            self._speech.text(line["response"], events)
        if line.get("error"):
            self.fail(line)
        elif line.get("done"):
            self._end(line, events)

    def _call(self, calls: object, moment: object, events: list[Event]) -> None:
        for call in calls if isinstance(calls, list) else ():
            if event := self._calls.take(call, moment if isinstance(moment, str) else ""):
                self._speech.add(event, events)

    def _end(self, line: dict[str, Any], events: list[Event]) -> None:
        """The last line. A prompt that was in the server's cache may not be counted."""
        self.started = self.ended = True
        word = line.get("done_reason")
        self._word = storable(word) if isinstance(word, str) else ""
        prompt, completion = count(line, "prompt_eval_count"), count(line, "eval_count")
        if prompt is not None or completion is not None:
            prompt, completion = prompt or 0, completion or 0
            self.usage = Usage(prompt, completion, prompt + completion)
            events.append(self.usage)
        load = (amount(line.get("load_duration")) or 0) * _SECONDS
        if load > _NOTICEABLE:
            events.append(Loaded(load))
