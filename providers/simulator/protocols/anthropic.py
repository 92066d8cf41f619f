"""Anthropic's Messages: whole answers, errors and models. Events are `anthropic_events`, requests
`anthropic_request`."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from providers.simulator.beats import Ask, Call, Cite, Failure, Finish, Reasoning, Said, Text, Trouble, Usage
from providers.simulator.protocols import anthropic_request
from providers.simulator.protocols.anthropic_events import EventWriter
from providers.simulator.protocols.anthropic_words import (
    REASONS,
    SIGNATURE,
    citation,
    error,
    message,
    refusal_headers,
    searches,
    to_json,
    tool_uses,
    usage,
)
from providers.simulator.protocols.base import About, Request

_STARTED = datetime(2026, 1, 1, tzinfo=UTC).isoformat().replace("+00:00", "Z")  # the models' date


class Anthropic:
    def read(self, request: Request) -> Ask:
        return anthropic_request.read(request)

    def writer(self, about: About) -> EventWriter:
        return EventWriter(about)

    def whole(self, about: About, said: Sequence[Said]) -> bytes:
        answer = message(about)
        for beat in said:
            if isinstance(beat, Trouble):
                return to_json(error(beat.failure))
            if isinstance(beat, Finish):
                answer["stop_reason"] = REASONS[beat.reason]
            if isinstance(beat, (Finish, Usage)) and beat.usage:
                answer["usage"] = usage(beat.usage)
        answer["content"] = list(_blocks(about, said))
        return to_json(answer)

    def refusal(self, failure: Failure) -> bytes:
        return to_json(error(failure))

    def refusal_headers(self, failure: Failure) -> list[tuple[str, str]]:
        return refusal_headers(failure)

    def models(self, names: Iterable[str]) -> bytes:
        rows = [{"type": "model", "id": name, "display_name": name, "created_at": _STARTED} for name in names]
        return to_json({"data": rows, "has_more": False, "first_id": rows[0]["id"], "last_id": rows[-1]["id"]})


def _blocks(about: About, said: Sequence[Said]) -> Iterable[dict[str, Any]]:
    yield from searches(about.sources)
    if thoughts := _joined(said, Reasoning):
        yield {"type": "thinking", "thinking": thoughts, "signature": SIGNATURE}
    sources = [source for beat in said if isinstance(beat, Cite) for source in beat.sources]
    cited = {"citations": [citation(source) for source in sources]} if sources else {}
    if (text := _joined(said, Text)) or cited:
        yield {"type": "text", "text": text, **cited}
    yield from tool_uses([beat for beat in said if isinstance(beat, Call)])


def _joined(said: Sequence[Said], kind: type[Text] | type[Reasoning]) -> str:
    return "".join(beat.text for beat in said if isinstance(beat, kind))
