"""What happened to one answer: the content of its page. No word of the conversation. Reads the database."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import Http404

from metrics import sightings
from metrics.dashboard import words
from metrics.dashboard.waterfall import KINDS, waterfall
from threads import statuses
from threads.models import Generation

Payload = dict[str, Any]


def inspected(generation_id: UUID) -> dict[str, Any]:
    """Raises `Http404` where there is none."""
    seen = sightings.find(generation_id)
    if seen is None:
        raise Http404("There is no such answer.")
    generation = seen.generation
    return {
        "generation": generation,
        "reason": statuses.reason(generation.error_kind) if generation.error_kind else "",
        "facts": [(name, text) for name, text in _facts(generation) if text],
        "waterfall": waterfall(generation, seen.attempts, datetime.now(UTC)),
        "log": [
            (words.seconds((at - generation.created_at).total_seconds()), _LINES[entry.type](entry.payload))
            for at, entry in seen.log
        ],
    }


def _facts(generation: Generation) -> list[tuple[str, str]]:
    about = "≈ " if generation.usage_estimated else ""
    answered = f"{generation.model} at {generation.provider}" if generation.model else ""
    return [
        ("asked for", generation.requested_model),
        ("answered by", answered),
        ("asked at", f"{generation.created_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("first token after", _after(generation, generation.first_token_at)),
        ("ended after", _after(generation, generation.finished_at)),
        ("stopped within", _stopped(generation)),
        ("tokens in", "" if generation.prompt_tokens is None else f"{about}{generation.prompt_tokens:,}"),
        ("tokens out", "" if generation.completion_tokens is None else f"{about}{generation.completion_tokens:,}"),
        ("cost", "" if generation.cost_usd is None else words.usd(generation.cost_usd)),
        ("taken over", f"{generation.takeovers} times" if generation.takeovers else ""),
        ("ended with", generation.finish_reason),
        ("who", generation.user.email),
        ("organisation", generation.organization.slug),
    ]


def _after(generation: Generation, at: datetime | None) -> str:
    return "" if at is None else words.seconds((at - generation.created_at).total_seconds())


def _stopped(generation: Generation) -> str:
    asked, ended = generation.cancel_requested_at, generation.finished_at
    return "" if asked is None or ended is None or ended < asked else words.seconds((ended - asked).total_seconds())


def _attempt(payload: Payload) -> str:
    kind = KINDS.get(str(payload.get("kind")), "Asked")
    return f"{kind}: {payload.get('model', '')} at {payload.get('provider', '')}"


def _status(payload: Payload) -> str:
    return (statuses.words(payload) or {"text": ""})["text"]


def _reset(payload: Payload) -> str:
    kept = payload.get("keep_chars") or 0
    return f"Began anew after {kept:,} characters" if kept else "Began anew"


def _error(payload: Payload) -> str:
    return f"Error: {payload.get('message', '')}"


def _done(payload: Payload) -> str:
    return f"Ended: {payload.get('state', '')}"


_LINES: dict[str, Callable[[Payload], str]] = {
    "attempt": _attempt,
    "status": _status,
    "reset": _reset,
    "error": _error,
    "done": _done,
}
