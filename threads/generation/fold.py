"""Folding the log gives the answer. Pure: no clock, no database, no rendering.

This is the one definition of what an event means; the stored message, the page and the API all come from it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from threads.generation.entries import Entry


@dataclass(slots=True)
class Answer:
    """An answer as far as the log is known. `seq` is the last entry folded in; `state` is `done`'s, or running."""

    seq: int = 0
    state: str = "running"
    finish_reason: str = ""
    reasoning: str = ""
    citations: list[dict[str, str]] = field(default_factory=list)
    tool_calls: list[dict[str, Any]] = field(default_factory=list)
    usage: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    status: dict[str, Any] | None = None
    attempt: dict[str, Any] | None = None
    _pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    @property
    def ended(self) -> bool:
        return self.state != "running"

    @property
    def begun(self) -> bool:
        """Whether a model has said anything yet."""
        return bool(self.text or self.reasoning or self.citations or self.tool_calls)

    def append_text(self, text: str) -> None:
        self._pieces.append(text)

    def apply(self, entry: Entry) -> None:
        """Fold in the next entry. Raises ValueError when it is not the next one: the reader missed something."""
        if entry.seq != self.seq + 1:
            raise ValueError(f"entry {entry.seq} does not follow {self.seq}")
        self.seq = entry.seq
        if step := _STEPS.get(entry.type):
            step(self, entry.payload)


def fold(entries: Iterable[Entry]) -> Answer:
    answer = Answer()
    for entry in entries:
        answer.apply(entry)
    return answer


def _delta(answer: Answer, payload: dict[str, Any]) -> None:
    answer.status = None
    answer.append_text(payload["text"])


def _reasoning(answer: Answer, payload: dict[str, Any]) -> None:
    answer.status = None
    answer.reasoning += payload["text"]


def _citation(answer: Answer, payload: dict[str, Any]) -> None:
    if all(known["url"] != payload["url"] for known in answer.citations):
        answer.citations.append({"url": payload["url"], "title": payload.get("title", "")})


def _tool_call(answer: Answer, payload: dict[str, Any]) -> None:
    """A piece of a call: the first with this index opens it, the others add to its arguments."""
    for call in answer.tool_calls:
        if call["index"] == payload["index"]:
            call["id"] = call["id"] or payload.get("id", "")
            call["name"] = call["name"] or payload.get("name", "")
            call["arguments"] += payload.get("arguments", "")
            return
    answer.tool_calls.append(
        {
            "index": payload["index"],
            "id": payload.get("id", ""),
            "name": payload.get("name", ""),
            "arguments": payload.get("arguments", ""),
        }
    )


def _reset(answer: Answer, payload: dict[str, Any]) -> None:
    """What follows replaces the text after `keep_chars`; all else of the abandoned attempt goes."""
    answer._pieces = [answer.text[: payload["keep_chars"]]]
    if payload["keep_chars"] == 0:
        answer.reasoning, answer.citations, answer.tool_calls = "", [], []


def _usage(answer: Answer, payload: dict[str, Any]) -> None:
    answer.usage = payload


def _status(answer: Answer, payload: dict[str, Any]) -> None:
    answer.status = payload


def _attempt(answer: Answer, payload: dict[str, Any]) -> None:
    answer.attempt = payload


def _error(answer: Answer, payload: dict[str, Any]) -> None:
    answer.error = payload


def _done(answer: Answer, payload: dict[str, Any]) -> None:
    answer.state, answer.finish_reason, answer.status = payload["state"], payload.get("finish_reason") or "", None


_STEPS: dict[str, Callable[[Answer, dict[str, Any]], None]] = {
    "delta": _delta,
    "reasoning": _reasoning,
    "citation": _citation,
    "tool_call": _tool_call,
    "reset": _reset,
    "usage": _usage,
    "status": _status,
    "attempt": _attempt,
    "error": _error,
    "done": _done,
}
