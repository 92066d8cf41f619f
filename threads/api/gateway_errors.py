"""Errors as OpenAI's clients read them. Their `code` and `param` stand beside what every error of this API has.

Source: `openai._exceptions` and `openai._base_client` of the official Python client, 3.52, which asks again by itself
unless a header tells it not to.
"""

from typing import Any

from django.http import HttpResponse

from threads.api import errors

# OpenAI's own words, where programs go by them; elsewhere the code is the type.
_CODES = {
    "unauthenticated": "invalid_api_key",
    "model_unavailable": "model_not_found",
    "context_length": "context_length_exceeded",
    "rate_limit": "rate_limit_exceeded",
    "rate_limited": "rate_limit_exceeded",
    "quota": "insufficient_quota",
    "budget_reached": "insufficient_quota",
}
_TYPES = {"budget_reached": "insufficient_quota"}  # where OpenAI has the same word for both
_STATUS = {"model_unavailable": 404}
_PARAMS = {"model_unavailable": "model", "context_length": "messages"}


def say(
    status: int,
    type: str,
    message: str,
    *,
    retry_after: float | None = None,
    request_id: object = None,
    **more: Any,
) -> HttpResponse:
    """See `errors.Say`."""
    status = _STATUS.get(type, status)
    told = {**more, **_fields(type, more.get("problems"))}
    named = _TYPES.get(type, type)
    response = errors.error(status, named, message, retry_after=retry_after, request_id=request_id, **told)
    if more.get("retryable") is False:
        response["X-Should-Retry"] = "false"
    return response


def in_band(event: dict[str, Any], request_id: object) -> dict[str, Any]:
    """An `error` event as a chunk of a stream that has begun."""
    return {"error": {**event, "request_id": str(request_id), **_fields(event["type"], None)}}


def _fields(type: str, problems: list[dict[str, str]] | None) -> dict[str, str | None]:
    param = problems[0]["field"] if problems else _PARAMS.get(type)
    return {"param": param, "code": _CODES.get(type, type)}
