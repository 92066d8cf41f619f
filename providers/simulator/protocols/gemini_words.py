"""The vocabulary of Gemini's protocol that streams and whole answers share: candidates, sources, usage, errors."""

import json
from collections.abc import Iterable
from typing import Any

from providers.simulator.beats import Call, Counts, Failure, Source
from providers.simulator.protocols.base import About

SIGNATURE = "c2ltdWxhdGVk"  # of thoughts: base64 that proves nothing
REASONS = {"stop": "STOP", "length": "MAX_TOKENS", "tool_calls": "STOP", "content_filter": "SAFETY"}

_STATUSES = {400: "INVALID_ARGUMENT", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED"}
_STATUSES |= {500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED"}
# What the vendor says under a status of its own. A question that its filter refuses is no error to it.
_OWN_STATUS = {"401": 400, "filter": 200}
_MESSAGES = {
    "401": "API key not valid. Please pass a valid API key. (simulated)",
    "context": "The input token count (40000) exceeds the maximum number of tokens allowed (32768). (simulated)",
}
_QUOTAS = {
    "429": "GenerateRequestsPerMinutePerProjectPerModel",
    "quota": "GenerateRequestsPerDayPerProjectPerModel-FreeTier",
}


def to_json(value: Any, indent: int | None = None) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=indent).encode("utf-8", "replace")


def response(about: About, parts: list[dict[str, Any]], counts: dict[str, int], **candidate: Any) -> dict[str, Any]:
    """A piece of an answer, or all of it. `counts` may be empty."""
    told: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0, **candidate}
    usage_told = {"usageMetadata": counts} if counts else {}
    return {"candidates": [told], **usage_told, "modelVersion": about.model, "responseId": f"sim-{about.id}"}


def thought(text: str) -> dict[str, Any]:
    return {"text": text, "thought": True}


def function_calls(pieces: Iterable[Call]) -> list[dict[str, Any]]:
    """Whole calls out of their pieces. The first of them is signed."""
    written: dict[int, str] = {}
    begun: dict[int, Call] = {}
    for piece in pieces:
        begun.setdefault(piece.index, piece)
        written[piece.index] = written.get(piece.index, "") + piece.arguments
    return [
        {
            "functionCall": {"name": call.name, "args": json.loads(written[index]), "id": call.id},
            **({"thoughtSignature": SIGNATURE} if index == 0 else {}),
        }
        for index, call in begun.items()
    ]


def grounding(sources: Iterable[Source]) -> dict[str, Any]:
    chunks = [{"web": {"uri": source.url, "title": source.title}} for source in sources]
    return {"groundingMetadata": {"webSearchQueries": ["simulated search"], "groundingChunks": chunks}}


def usage(counts: Counts) -> dict[str, int]:
    """What was thought is counted beside what was said; a count of zero is left out."""
    told = {
        "promptTokenCount": counts.prompt,
        "candidatesTokenCount": counts.completion - counts.reasoning,
        "thoughtsTokenCount": counts.reasoning,
        "totalTokenCount": counts.prompt + counts.completion,
    }
    return {name: count for name, count in told.items() if count}


def status(failure: Failure) -> int:
    return _OWN_STATUS.get(failure.kind, failure.status)


def error(failure: Failure) -> dict[str, Any]:
    if failure.kind == "filter":
        return {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT", "blockReasonMessage": failure.message}}
    code = status(failure)
    message = _MESSAGES.get(failure.kind, failure.message)
    if failure.retry_after is not None:
        message += f"\nPlease retry in {failure.retry_after:g}s."
    details = [{"@type": f"type.googleapis.com/google.rpc.{kind}", **told} for kind, told in _details(failure)]
    told: dict[str, Any] = {"code": code, "message": message, "status": _STATUSES.get(code, "UNKNOWN")}
    return {"error": {**told, "details": details} if details else told}


def _details(failure: Failure) -> Iterable[tuple[str, dict[str, Any]]]:
    if failure.kind == "401":
        yield "ErrorInfo", {"reason": "API_KEY_INVALID", "domain": "googleapis.com"}
    if failure.param:
        yield "BadRequest", {"fieldViolations": [{"field": failure.param, "description": failure.message}]}
    if quota := _QUOTAS.get(failure.kind):
        yield "QuotaFailure", {"violations": [{"quotaId": quota, "quotaValue": "15"}]}
    if failure.retry_after is not None:
        yield "RetryInfo", {"retryDelay": f"{failure.retry_after:g}s"}
