"""The vocabulary of Ollama's protocol that lines and whole answers share: heads, endings, tool calls, tags."""

import json
from datetime import UTC, datetime
from typing import Any

from providers.simulator.beats import Call, Counts, Failure, Finish
from providers.simulator.protocols.base import About

THINK_BEGINS, THINK_ENDS = "<think>\n", "\n</think>\n\n"
_WARM = 0.02  # seconds of "loading" that a server tells of a model that is in memory already
# Errors have no code: the server's own words are all that tells these from others of their status.
_SAID = {
    "quota": "you have reached your weekly usage limit, upgrade for higher limits: simulated",
    "503": "server busy, please try again: simulated",
}
_REASONS = {"length": "length"}  # all else is `stop`


def to_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def error(failure: Failure) -> bytes:
    return to_json({"error": _SAID.get(failure.kind, failure.message)})


def head(model: str, created: int, number: int) -> dict[str, Any]:
    """What every line begins with. `number` tells answers of the same second apart."""
    moment = datetime.fromtimestamp(created, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return {"model": model, "created_at": f"{moment}.{number % 1_000_000:06d}Z"}


def ending(about: About, finish: Finish, counts: Counts | None) -> dict[str, Any]:
    """What the last line has beside its message. Durations are what the model's name asks for."""
    options = about.options
    load = max(options.load, _WARM)
    spoken = counts.completion / (options.rate or 1000.0) if counts else 0.0
    told: dict[str, Any] = {
        "done_reason": _REASONS.get(finish.reason, "stop"),
        "done": True,
        "total_duration": _nanoseconds(load + options.ttft + spoken),
        "load_duration": _nanoseconds(load),
    }
    if counts:
        told |= {"prompt_eval_count": counts.prompt, "prompt_eval_duration": _nanoseconds(options.ttft)}
        told |= {"eval_count": counts.completion, "eval_duration": _nanoseconds(spoken)}
    return told


def tool_calls(pieces: list[Call]) -> list[dict[str, Any]]:
    """Complete calls from their pieces; this server gives them no ids."""
    texts: dict[int, str] = {}
    names: dict[int, str] = {}
    for piece in pieces:
        names[piece.index] = names.get(piece.index, "") + piece.name
        texts[piece.index] = texts.get(piece.index, "") + piece.arguments
    return [
        {"function": {"index": index, "name": name, "arguments": json.loads(texts[index] or "{}")}}
        for index, name in names.items()
    ]


def _nanoseconds(seconds: float) -> int:
    return round(seconds * 1_000_000_000)
