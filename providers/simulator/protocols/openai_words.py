"""The vocabulary of chat completions that chunks and whole answers share: errors, usage, sources, reasoning keys."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from providers.simulator.beats import Counts, Failure, Source
from providers.simulator.protocols.base import About

HOLE = "\x00here\x00"
STARTED = 1_767_225_600  # the models' date, seconds since 1970

# How a reasoning token is told: the delta with a hole for the text.
REASONING: dict[str, dict[str, Any]] = {
    "reasoning_content": {"reasoning_content": HOLE},
    "reasoning": {"reasoning": HOLE},
    "reasoning_details": {"reasoning_details": [{"type": "reasoning.text", "index": 0, "text": HOLE}]},
    "openrouter": {
        "reasoning": HOLE,
        "reasoning_details": [{"type": "reasoning.text", "index": 0, "text": HOLE}],
    },
    "parts": {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": HOLE}]}]},
    "think": {"content": HOLE},
}
THINK_BEGINS, THINK_ENDS = "<think>\n", "\n</think>\n\n"

# Failure kind -> OpenAI's type and code; a kind that is not here is told by its status.
_ERRORS: dict[str, tuple[str, str | None]] = {
    "401": ("invalid_request_error", "invalid_api_key"),
    "402": ("insufficient_credits", "402"),
    "403": ("permission_error", "forbidden"),
    "404": ("invalid_request_error", "model_not_found"),
    "429": ("requests", "rate_limit_exceeded"),
    "quota": ("insufficient_quota", "insufficient_quota"),
    "context": ("invalid_request_error", "context_length_exceeded"),
    "filter": ("invalid_request_error", "content_filter"),
    "503": ("server_error", "server_is_overloaded"),
    "529": ("overloaded_error", None),
}


def to_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def error(failure: Failure) -> dict[str, Any]:
    if failure.kind == "loading":  # llama.cpp's own words
        return {"error": {"code": failure.status, "message": failure.message, "type": "unavailable_error"}}
    usual = ("server_error" if failure.status >= 500 else "invalid_request_error", None)
    kind, code = _ERRORS.get(failure.kind, usual)
    return {"error": {"message": failure.message, "type": kind, "param": failure.param, "code": code}}


def usage(counts: Counts) -> dict[str, Any]:
    return {
        "prompt_tokens": counts.prompt,
        "completion_tokens": counts.completion,
        "total_tokens": counts.prompt + counts.completion,
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": counts.reasoning},
    }


def annotations(sources: Iterable[Source]) -> list[dict[str, Any]]:
    return [
        {"type": "url_citation", "url_citation": {"url": s.url, "title": s.title, "start_index": 0, "end_index": 0}}
        for s in sources
    ]


def listed(about: About) -> dict[str, Any]:
    """Sources as some vendors repeat them beside the choices of every chunk."""
    listings: dict[str, Callable[[], Any]] = {
        "citations": lambda: [source.url for source in about.sources],
        "search_results": lambda: [{"url": source.url, "title": source.title} for source in about.sources],
    }
    key = about.options.citations_key
    return {key: listings[key]()} if about.sources and key in listings else {}
