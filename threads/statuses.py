"""What an answer's status says to a person. One table for page, stream and API."""

from typing import Any

_WORDS: dict[str, str] = {
    "queued": "Waiting for a free place…",
    "connecting": "Connecting to {provider}…",
    "thinking": "Thinking…",
    "retrying": "Trying again in {retry_in_s} s…",
    "falling_back": "Asking {model}…",
    "hedging": "Asking a second provider…",
    "taken_over": "The server was interrupted, going on…",
}


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "the provider"


def words(status: dict[str, Any] | None) -> dict[str, str] | None:
    """`{state, text}` of a `status` event, None where there is none."""
    if status is None:
        return None
    state = str(status["state"])
    return {"state": state, "text": _WORDS.get(state, state).format_map(_Known(status))}
