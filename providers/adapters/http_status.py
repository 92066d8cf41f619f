"""What a provider's refusal means: a status, headers and its words become one error of `providers.errors`.

Serves every adapter, because most vendors write their errors much like OpenAI does; also for errors inside a stream.
Knows no connection and nothing of answers. Here, and only here, a provider's words decide something.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from providers.adapters.http_words import Words, clean
from providers.errors import (
    AuthenticationFailed,
    ContentBlocked,
    ContextTooLong,
    InvalidRequest,
    ModelNotFound,
    Overloaded,
    PermissionDenied,
    ProviderError,
    QuotaExceeded,
    RateLimited,
    TimedOut,
    UpstreamFailed,
)
from providers.types import Endpoint

Kind = type[ProviderError]

_BY_CODE: dict[str, Kind] = {
    **dict.fromkeys(("invalid_api_key", "authentication_error", "invalid_authentication_error"), AuthenticationFailed),
    **dict.fromkeys(
        (
            "permission_error",
            "permission_denied",
            "unsupported_country_region_territory",
            "chat_completions_not_available",
            "agent_api_migration_required",
        ),
        PermissionDenied,
    ),
    **dict.fromkeys(
        (
            "insufficient_quota",
            "credit_balance_exhausted",
            "organization_usage_limit_exceeded",
            "billing_hard_limit_reached",
            "billing_not_active",
            "insufficient_balance",
            "exceeded_current_quota_error",
        ),
        QuotaExceeded,
    ),
    **dict.fromkeys(
        ("rate_limit_exceeded", "rate_limit_error", "ratelimitreached", "slow_down", "too_many_requests"), RateLimited
    ),
    **dict.fromkeys(("model_not_found", "deploymentnotfound", "not_found_error"), ModelNotFound),
    **dict.fromkeys(("context_length_exceeded", "too_many_prompt_tokens", "exceed_context_size_error"), ContextTooLong),
    **dict.fromkeys(
        ("content_filter", "content_policy_violation", "responsibleaipolicyviolation", "data_inspection_failed"),
        ContentBlocked,
    ),
    **dict.fromkeys(
        ("server_is_overloaded", "overloaded", "overloaded_error", "engine_overloaded_error", "unavailable_error"),
        Overloaded,
    ),
}
_BY_STATUS: dict[int, Kind] = {
    401: AuthenticationFailed,
    402: QuotaExceeded,
    403: PermissionDenied,
    404: ModelNotFound,
    408: TimedOut,
    409: UpstreamFailed,
    413: ContextTooLong,
    429: RateLimited,
    451: PermissionDenied,
    499: UpstreamFailed,
    503: Overloaded,
    529: Overloaded,
}
# Some vendors give no code for these two, under statuses that mean many things.
_TOO_LONG = re.compile(
    r"context (length|window|size)|maximum context|max context|prompt is too long|too many (prompt|input) tokens",
    re.IGNORECASE,
)
_BAD_KEY = re.compile(r"(incorrect|invalid) api[ _-]?key|api[ _-]?key (is )?(not valid|invalid)", re.IGNORECASE)
_NEVER_AGAIN = frozenset({400, 401, 402, 403, 404, 405, 413, 415, 422, 501, 505})

_ADVICE: dict[Kind, str] = {
    AuthenticationFailed: "{name} does not accept the API key. Check the key of this provider.",
    PermissionDenied: "{name} does not allow this with the present key.",
    QuotaExceeded: "The account at {name} has no credit left or has reached its limit. Add credit or raise the limit.",
    RateLimited: "{name} gets too many requests from this account. Try again {later}.",
    ModelNotFound: "{name} has no such model, or nothing at this address. Check the model's name and the base URL.",
    InvalidRequest: "{name} refuses the request as it is.",
    ContextTooLong: "This is too long for the model at {name}. Shorten it, or choose a model with a larger context.",
    ContentBlocked: "A content filter at {name} blocked the request. Put it differently, or choose another model.",
    Overloaded: "{name} is overloaded or still loading the model. Try again {later}.",
    TimedOut: "{name} took too long. Try again {later}.",
    UpstreamFailed: "{name} failed to answer. Try again {later}.",
}


def error_for(
    endpoint: Endpoint, words: Words, *, status: int | None = None, headers: Mapping[str, str] | None = None
) -> ProviderError:
    """The error itself. `status` and `headers` are the response's; without them it is an error inside a stream."""
    told = status or words.status
    kind = _kind(told, words)
    wait = retry_after(headers or {}) if kind.default_retryable or told == 402 else None
    message = _ADVICE[kind].format(name=endpoint.name, later="later" if wait is None else f"in {math.ceil(wait)} s")
    said = clean(words.message, endpoint)
    if said:
        message += f" {endpoint.name} says: “{said}”"
    elif status and kind in (UpstreamFailed, InvalidRequest):
        message += f" (HTTP {status})"
    return kind(
        message,
        retryable=_retryable(kind, told, wait, headers or {}),
        retry_after=wait,
        status=status,
        code=words.code or words.type,
    )


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds to wait, from `Retry-After-Ms`, or `Retry-After` in seconds or as a date; None where not told."""
    precise = _number(headers.get("retry-after-ms"))
    if precise:
        return precise / 1000
    value = headers.get("retry-after", "").strip()
    seconds = _number(value)
    if seconds is not None or not value:
        return seconds
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())


def _kind(status: int | None, words: Words) -> Kind:
    if status == 413:
        return ContextTooLong
    for code in (words.code.lower(), words.type.lower()):
        if code in _BY_CODE:
            return _BY_CODE[code]
        if code.endswith("_spend_limit_exceeded"):
            return QuotaExceeded
    if words.moderated and status == 403:
        return ContentBlocked
    if status in (None, 400, 422, 500) and _TOO_LONG.search(words.message):
        return ContextTooLong
    if status == 400 and _BAD_KEY.search(words.message):
        return AuthenticationFailed
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return InvalidRequest if status is not None and 300 <= status < 500 else UpstreamFailed


def _retryable(kind: Kind, status: int | None, wait: float | None, headers: Mapping[str, str]) -> bool:
    if status == 402:
        return wait is not None
    if not kind.default_retryable or status in _NEVER_AGAIN:
        return False
    return headers.get("x-should-retry", "").lower() != "false"


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
