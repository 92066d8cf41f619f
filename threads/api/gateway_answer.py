"""An answer's log as OpenAI's clients read it: chunks of a stream, or one completion.

Pure: entries in, JSON out. Source: the types of the official Python client, 3.52 (`openai.types.chat`); reasoning in
`reasoning_content` and sources as `annotations` of a delta are what other servers of this protocol have.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from threads.generation.entries import Entry, encode
from threads.generation.fold import Answer

DONE = b"data: [DONE]\n\n"
_FINISHES = {"length", "tool_calls", "content_filter"}
_STOPPED = {
    "type": "cancelled",
    "message": "This call was stopped before its end.",
    "retryable": False,
    "retry_after": None,
}
_RESTARTED = {
    "type": "restarted",
    "message": "The provider broke off, and another one began anew: what was said so far does not stand. Ask again.",
    "retryable": True,
    "retry_after": None,
}
RESTARTING = {
    "type": "draining",
    "message": "The server restarts, and this answer took longer than it could wait. Ask again.",
    "retryable": True,
    "retry_after": 1.0,
}


def failure(answer: Answer) -> dict[str, Any] | None:
    """Why an answer that has ended is none, as the payload of an `error` event; None for one that is complete."""
    if answer.state == "completed":
        return None
    return answer.error or _STOPPED


def completion(answer: Answer, request_id: UUID, created: int) -> dict[str, Any]:
    """A whole answer. `created` in seconds since 1970."""
    message: dict[str, Any] = {"role": "assistant", "content": answer.text, "refusal": None}
    if answer.reasoning:
        message["reasoning_content"] = answer.reasoning
    message["annotations"] = [_annotation(citation, len(answer.text)) for citation in answer.citations]
    if answer.tool_calls:
        message["content"] = answer.text or None
        message["tool_calls"] = [_whole_call(call, request_id) for call in answer.tool_calls]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(answer)}
    return {
        "id": f"chatcmpl-{request_id}",
        "object": "chat.completion",
        "created": created,
        "model": _model(answer),
        "choices": [choice],
        "usage": usage(answer.usage),
    }


def usage(told: dict[str, Any] | None) -> dict[str, Any] | None:
    """From the payload of a `usage` event. What OpenAI does not tell, `cost_usd` and `estimated`, stands beside."""
    if told is None:
        return None
    return {
        "prompt_tokens": told["prompt_tokens"],
        "completion_tokens": told["completion_tokens"],
        "total_tokens": told["total_tokens"],
        "prompt_tokens_details": {"cached_tokens": told.get("cached_tokens")},
        "completion_tokens_details": {"reasoning_tokens": told.get("reasoning_tokens")},
        "cost_usd": told.get("cost_usd"),
        "estimated": told.get("estimated", False),
    }


class Chunks:
    """Feed it the log from its first entry. What a client has put together at the end is the answer that is stored,
    or it was told of an error: text that is sent cannot be taken back.

    `failure` is set when the answer has failed, in the payload of an `error` event, and then no frame was made of it;
    `over` when nothing follows.
    """

    def __init__(self, request_id: UUID, created: int, *, include_usage: bool = False) -> None:
        self.failure: dict[str, Any] | None = None
        self.over = False
        self._request_id, self._created, self._include_usage = request_id, created, include_usage
        self._answer = Answer()
        self._begun = False
        self._told: list[str] = []  # of the text
        self._behind = False  # text was taken back: what follows is compared with what was told
        self._told_calls = False
        self._told_sources: set[str] = set()

    def take(self, entry: Entry) -> bytes:
        """The frames that this entry makes, often none."""
        if self.over:
            return b""
        self._answer.apply(entry)
        step = _STEPS.get(entry.type)
        return b"" if step is None else step(self, entry.payload)

    # --- what a model says -----------------------------------------------------------------------------------
    def _delta(self, payload: dict[str, Any]) -> bytes:
        text = self._news() if self._behind else payload["text"]
        if not text:
            return b""
        self._told.append(text)
        return self._say({"content": text})

    def _news(self) -> str:
        """What of the text was not told yet, where it agrees with what was."""
        told, text = "".join(self._told), self._answer.text
        if told.startswith(text):
            return ""
        # White space at its end is not shown to the model that goes on, which writes its own.
        known = next((known for known in (told, told.rstrip()) if text.startswith(known)), None)
        if known is None:
            self._fail(_RESTARTED)
            return ""
        self._behind = False
        self._told = [known]
        return text[len(known) :]

    def _reasoning(self, payload: dict[str, Any]) -> bytes:
        return self._say({"reasoning_content": payload["text"]})

    def _citation(self, payload: dict[str, Any]) -> bytes:
        if payload["url"] in self._told_sources:
            return b""
        self._told_sources.add(payload["url"])
        return self._say({"annotations": [_annotation(payload, len(self._answer.text))]})

    def _tool_call(self, payload: dict[str, Any]) -> bytes:
        index, function = payload["index"], {"arguments": payload.get("arguments", "")}
        [call] = [call for call in self._answer.tool_calls if call["index"] == index]
        piece: dict[str, Any] = {"index": index, "function": function}
        if payload.get("name"):
            function = {"name": payload["name"], **function}
            piece = {"index": index, "id": _call_id(call, self._request_id), "type": "function", "function": function}
        self._told_calls = True
        return self._say({"tool_calls": [piece]})

    def _reset(self, _: dict[str, Any]) -> bytes:
        if self._told_calls:
            self._fail(_RESTARTED)
        self._behind = bool(self._told)
        return b""

    # --- the end ---------------------------------------------------------------------------------------------
    def _done(self, _: dict[str, Any]) -> bytes:
        if (reason := failure(self._answer)) is not None:
            self._fail(reason)
            return b""
        if self._behind and self._answer.text.rstrip() != "".join(self._told).rstrip():
            self._fail(_RESTARTED)
            return b""
        self.over = True
        frames = [self._say({}, _finish(self._answer))]
        if self._include_usage:
            frames.append(self._frame([], usage(self._answer.usage)))
        return b"".join([*frames, DONE])

    def _fail(self, reason: dict[str, Any]) -> None:
        self.failure, self.over = reason, True

    # --- frames ----------------------------------------------------------------------------------------------
    def _say(self, delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        if self._begun:
            return self._frame([choice])
        self._begun = True
        role = {"role": "assistant", "content": "", "refusal": None}
        return self._frame([{**choice, "delta": role, "finish_reason": None}]) + self._frame([choice])

    def _frame(self, choices: list[dict[str, Any]], usage: dict[str, Any] | None = None) -> bytes:
        chunk: dict[str, Any] = {
            "id": f"chatcmpl-{self._request_id}",
            "object": "chat.completion.chunk",
            "created": self._created,
            "model": _model(self._answer),
            "choices": choices,
        }
        if self._include_usage:
            chunk["usage"] = usage
        return frame(chunk)


def frame(body: dict[str, Any]) -> bytes:
    return f"data: {encode(body)}\n\n".encode()


def _finish(answer: Answer) -> str:
    """Some providers say "stop" behind a call of a tool, too."""
    if answer.finish_reason in _FINISHES:
        return answer.finish_reason
    return "tool_calls" if answer.tool_calls else "stop"


def _model(answer: Answer) -> str:
    return str(answer.attempt["model"]) if answer.attempt is not None else ""


def _annotation(citation: dict[str, Any], place: int) -> dict[str, Any]:
    """Where in the text a source belongs is not known: it marks the place where it came, and no text."""
    told = {"start_index": place, "end_index": place, "url": citation["url"], "title": citation.get("title", "")}
    return {"type": "url_citation", "url_citation": told}


def _whole_call(call: dict[str, Any], request_id: UUID) -> dict[str, Any]:
    function = {"name": call["name"], "arguments": call["arguments"]}
    return {"id": _call_id(call, request_id), "type": "function", "function": function}


def _call_id(call: dict[str, Any], request_id: UUID) -> str:
    """Some providers give their calls none, but a program's answer to a call has to name it."""
    return str(call["id"]) or f"call_{request_id.hex[:16]}{call['index']}"


_STEPS: dict[str, Callable[[Chunks, dict[str, Any]], bytes]] = {
    "delta": Chunks._delta,
    "reasoning": Chunks._reasoning,
    "citation": Chunks._citation,
    "tool_call": Chunks._tool_call,
    "reset": Chunks._reset,
    "done": Chunks._done,
}
