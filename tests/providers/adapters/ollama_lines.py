"""Lines as an Ollama server writes them, for the tests of its adapter."""

import json

from providers.adapters.ollama import decoder
from providers.events import Event
from tests.providers.adapters.reading import decode, folded, without_keep_alives


def line(content: str = "", **more: object) -> dict[str, object]:
    message = {"role": "assistant", "content": content, **more}
    return {"model": "m", "created_at": "2026-11-01T10:00:00.5Z", "message": message, "done": False}


def done(reason: str | None = "stop", **figures: object) -> dict[str, object]:
    last = {**line(), "done": True, **figures}
    return last if reason is None else {**last, "done_reason": reason}


def call(name: object = "now", arguments: object = None, **more: object) -> dict[str, object]:
    return {"function": {"name": name, "arguments": {} if arguments is None else arguments}, **more}


def ndjson(*values: object) -> bytes:
    return b"".join(json.dumps(value, ensure_ascii=False).encode() + b"\n" for value in values)


def events_of(*values: object) -> list[Event]:
    """What these lines say; they must be a sound answer."""
    events, failure = decode([ndjson(*values)], make=decoder)
    assert failure is None
    folded(events)
    return without_keep_alives(events)
