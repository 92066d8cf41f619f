"""What an answer's status says to a person. One table for page, stream and API.

Knows the payloads of `status` events (docs/api.md), not who wrote them.
"""

import math
from typing import Any

_WORDS: dict[str, str] = {
    "queued": "Waiting for a free place…",
    "connecting": "Connecting to {provider}…",
    "thinking": "Thinking…",
    "retrying": "{reason}, trying again{later}…",
    "falling_back": "{from} {fault}, asking {to}…",
    "hedging": "No answer yet, asking {provider} too…",
    "taken_over": "The server was interrupted, going on…",
}
# Kind of failure (providers.errors) -> how it is told alone, and of somebody.
_REASONS: dict[str, tuple[str, str]] = {
    "connection": ("No connection", "cannot be reached"),
    "timeout": ("No answer in time", "did not answer in time"),
    "authentication": ("Wrong key", "does not accept its key"),
    "permission": ("Not allowed", "does not allow this"),
    "quota": ("Out of credit", "is out of credit"),
    "rate_limit": ("Rate-limited", "is rate-limited"),
    "model_not_found": ("Model not found", "was not found"),
    "invalid_request": ("Request refused", "refused the request"),
    "context_length": ("Too long", "cannot take so long a conversation"),
    "content_filter": ("Blocked by a filter", "blocked the request"),
    "overloaded": ("Overloaded", "is overloaded"),
    "upstream": ("The provider failed", "failed"),
    "stream_cut": ("The answer broke off", "broke off"),
    "empty": ("Empty answer", "sent no answer"),
    "malformed": ("Unreadable answer", "sent something unreadable"),
    "lost": ("Interrupted", "was interrupted"),
}
_NO_ANSWER = ("No answer", "did not answer")


def reason(kind: str) -> str:
    """A kind of failure in two or three words."""
    return _REASONS.get(kind, _NO_ANSWER)[0]


def words(status: dict[str, Any] | None) -> dict[str, str] | None:
    """`{state, text}` of a `status` event, None where there is none."""
    if status is None:
        return None
    state = str(status["state"])
    return {"state": state, "text": _WORDS.get(state, state).format_map(_named(status))}


def _named(status: dict[str, Any]) -> dict[str, str]:
    """What the words above are filled with."""
    alone, of_somebody = _REASONS.get(str(status.get("reason")), _NO_ANSWER)
    before, now = _who(status, "from_"), _who(status, "")
    wait = float(status.get("retry_in_s") or 0)
    same_model = before[1] == now[1]  # then the providers tell them apart
    return {
        "provider": now[0],
        "reason": alone,
        "fault": of_somebody,
        "later": f" in {math.ceil(wait)} s" if wait else "",
        "from": before[0] if same_model else before[1],
        "to": now[0] if same_model else now[1],
    }


def _who(status: dict[str, Any], which: str) -> tuple[str, str]:
    provider = str(status.get(f"{which}provider") or "the provider")
    return provider, str(status.get(f"{which}model") or provider)
