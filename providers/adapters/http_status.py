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
            "billing_error",
        ),
        QuotaExceeded,
    ),
    **dict.fromkeys(
        ("rate_limit_exceeded", "rate_limit_error", "ratelimitreached", "slow_down", "too_many_requests"), RateLimited
    ),
    **dict.fromkeys(("model_not_found", "deploymentnotfound", "not_found_error"), ModelNotFound),
    # Google's words for a status. A precondition that fails is the region, or billing that the model asks for.
    **dict.fromkeys(("api_key_invalid", "unauthenticated"), AuthenticationFailed),
    "failed_precondition": PermissionDenied,
    "resource_exhausted": RateLimited,
    "unavailable": Overloaded,
    "deadline_exceeded": TimedOut,
    **dict.fromkeys(
        ("context_length_exceeded", "too_many_prompt_tokens", "exceed_context_size_error", "request_too_large"),
        ContextTooLong,
    ),
    "timeout_error": TimedOut,
    **dict.fromkeys(
        ("content_filter", "content_policy_violation", "responsibleaipolicyviolation", "data_inspection_failed"),
        ContentBlocked,
    ),
    # What OpenAI's Responses say inside a stream, where no status tells whose fault it was.
    **dict.fromkeys(
        ("invalid_prompt", "bio_policy", "misalignment_policy_violation", "image_content_policy_violation"),
        ContentBlocked,
    ),
    **dict.fromkeys(
        (
            *("invalid_image", "invalid_image_format", "invalid_image_mode", "invalid_image_url"),
            *("invalid_base64_image", "image_too_large", "image_too_small", "image_file_too_large"),
            *("image_parse_error", "image_file_not_found", "empty_image_file", "unsupported_image_media_type"),
            *("failed_to_download_image", "data_residency_mismatch"),
        ),
        InvalidRequest,
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
    504: TimedOut,
    529: Overloaded,
}
# Some vendors give no code for these, under statuses (None: inside a stream) that mean many things.
_BY_WORDS: tuple[tuple[tuple[int | None, ...], str, Kind], ...] = (
    ((None, 400, 422, 500), r"context (length|window|size|limit)|max(imum)? context", ContextTooLong),
    ((None, 400, 422, 500), r"prompt is too long|too many (prompt|input) tokens", ContextTooLong),
    ((None, 400), r"input token count .{0,40}exceeds", ContextTooLong),  # Gemini
    ((400,), r"(incorrect|invalid) api[ _-]?key|api[ _-]?key (is )?(not valid|invalid)", AuthenticationFailed),
    ((None, 400), r"credit balance is too low|reached your (specified )?(api )?usage limits", QuotaExceeded),
    ((429,), r"\b(session|hourly|daily|weekly|monthly) usage limit", QuotaExceeded),  # Ollama's cloud
    ((None, 400), r"blocked by content filter", ContentBlocked),
)
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
# Perplexity's answer to what it called Sonar: a refusal that has nothing to do with the key.
_RETIRED = re.compile(r"chat_completions_not_available|agent_api_migration_required|now the agent api", re.IGNORECASE)
_RETIRED_ADVICE = (
    "{name} has retired this endpoint; the API key is not the reason. Use its Agent API instead: the preset perplexity."
)


def error_for(
    endpoint: Endpoint, words: Words, *, status: int | None = None, headers: Mapping[str, str] | None = None
) -> ProviderError:
    """The error itself. `status` and `headers` are the response's; without them it is an error inside a stream."""
    told = status or words.status
    kind = _kind(told, words)
    wait = words.retry_after if (by_header := retry_after(headers or {})) is None else by_header
    retryable = _retryable(kind, told, wait, headers or {})
    if not (retryable or kind.default_retryable):
        wait = None
    advice = _RETIRED_ADVICE if _RETIRED.search(f"{words.code} {words.type} {words.message}") else _ADVICE[kind]
    message = advice.format(name=endpoint.name, later="later" if wait is None else f"in {math.ceil(wait)} s")
    said = clean(words.message, endpoint)
    if said:
        message += f" {endpoint.name} says: “{said}”"
    elif status and kind in (UpstreamFailed, InvalidRequest):
        message += f" (HTTP {status})"
    return kind(
        message,
        retryable=retryable,
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
    if words.used_up:
        return QuotaExceeded
    for code in (words.code.lower(), words.type.lower()):
        if code in _BY_CODE:
            return _BY_CODE[code]
        if code.endswith("_spend_limit_exceeded"):
            return QuotaExceeded
    if words.moderated and status == 403:
        return ContentBlocked
    for statuses, pattern, kind in _BY_WORDS:
        if status in statuses and re.search(pattern, words.message, re.IGNORECASE):
            return kind
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    refused = words.type == "invalid_request_error" if status is None else 300 <= status < 500
    return InvalidRequest if refused else UpstreamFailed


def _retryable(kind: Kind, status: int | None, wait: float | None, headers: Mapping[str, str]) -> bool:
    """A vendor that says so itself knows best; but no waiting fills an account."""
    told = headers.get("x-should-retry", "").lower()
    if told == "false" or (told == "true" and kind is not QuotaExceeded):
        return told == "true"
    if status == 402:
        return wait is not None
    return kind.default_retryable and status not in _NEVER_AGAIN


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
