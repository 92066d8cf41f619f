"""The vocabulary of Anthropic's protocol that events and whole answers share: errors, usage, searches, reasons."""

import json
from collections.abc import Sequence
from typing import Any

from providers.simulator.beats import Call, Counts, Failure, Source
from providers.simulator.protocols.base import About

SIGNATURE = "c2ltdWxhdGVk"  # of a block of thinking: base64 that proves nothing
REASONS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use", "content_filter": "refusal"}
_QUERY = "simulated search"

# Failure kind -> the vendor's type; a kind that is not here is told by its status.
_ERRORS = {
    "401": "authentication_error",
    "402": "billing_error",
    "403": "permission_error",
    "404": "not_found_error",
    "408": "timeout_error",
    "413": "request_too_large",
    "429": "rate_limit_error",
    "quota": "billing_error",
    "503": "overloaded_error",
    "504": "timeout_error",
    "529": "overloaded_error",
    "loading": "overloaded_error",
}
# These have no type of their own: what they are stands in the words alone.
_MESSAGES = {
    "context": "prompt is too long: 200001 tokens > 200000 maximum (simulated)",
    "filter": "Output blocked by content filtering policy (simulated)",
}


def to_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def error(failure: Failure) -> dict[str, Any]:
    kind = _ERRORS.get(failure.kind, "api_error" if failure.status >= 500 else "invalid_request_error")
    message = _MESSAGES.get(failure.kind, failure.message)
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_simulated"}


def refusal_headers(failure: Failure) -> list[tuple[str, str]]:
    """The vendor says itself whether another try may help."""
    again = failure.kind != "quota" and (failure.status in (408, 409, 429) or failure.status >= 500)
    wait = [] if failure.retry_after is None else [("retry-after", f"{failure.retry_after:g}")]
    return [("x-should-retry", str(again).lower()), *wait]


def usage(counts: Counts) -> dict[str, Any]:
    return {
        "input_tokens": counts.prompt,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": counts.completion,
        "output_tokens_details": {"thinking_tokens": counts.reasoning},
    }


def message(about: About, **more: Any) -> dict[str, Any]:
    """What a whole answer and a stream's first event have in common."""
    head = {"id": f"msg_sim_{about.id}", "type": "message", "role": "assistant", "model": about.model}
    return {**head, "content": [], "stop_reason": None, "stop_sequence": None, **more}


def searches(sources: Sequence[Source]) -> list[dict[str, Any]]:
    """The blocks in which the vendor tells that it has searched, and what it found."""
    if not sources:
        return []
    call = {"type": "server_tool_use", "id": "srvtoolu_sim", "name": "web_search", "input": {"query": _QUERY}}
    found = [
        {"type": "web_search_result", "url": source.url, "title": source.title, "encrypted_content": SIGNATURE}
        for source in sources
    ]
    return [call, {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_sim", "content": found}]


def citation(source: Source) -> dict[str, Any]:
    told = {"url": source.url, "title": source.title, "encrypted_index": SIGNATURE, "cited_text": source.title}
    return {"type": "web_search_result_location", **told}


def tool_uses(pieces: Sequence[Call]) -> list[dict[str, Any]]:
    """Complete calls from their pieces."""
    texts: dict[int, str] = {}
    for piece in pieces:
        texts[piece.index] = texts.get(piece.index, "") + piece.arguments
    return [
        {"type": "tool_use", "id": piece.id, "name": piece.name, "input": json.loads(texts[piece.index] or "{}")}
        for piece in pieces
        if piece.id
    ]
