"""The API's errors: JSON `{"error": {"type", "message", "request_id", …}}` with the right status.

What went wrong is told by `error`, or by a function like it, where a part of the API has a form of its own.
"""

import math
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol
from uuid import UUID

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, RawPostDataException
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from threads.generation.errors import Refused, unavailable

log = structlog.get_logger(__name__)

WAIT = 5.0  # seconds that a client is asked to wait where the provider said nothing
# For the documentation of calls that ask.
MAY_BE_SPENT: dict[str, Any] = {"responses": {402: {"description": "A budget that counts here is used up"}}}
NOT_KNOWN = {"retryable": None, "retry_after": None}  # of a failure whose event is no longer in the log
_TYPES = {400: "bad_request", 403: "forbidden", 404: "not_found", 405: "method_not_allowed", 429: "rate_limit"}
# How a provider's failure looks from outside; what is not listed is 502.
_STATUS = {
    "rate_limit": 429,
    "timeout": 504,
    "overloaded": 503,
    "interrupted": 503,
    "draining": 503,
    "internal": 500,
    "model_unavailable": 422,
    "context_length": 413,
    "cancelled": 409,
}


class Say(Protocol):
    """`error`, or what stands in its place. `more` goes into the object."""

    def __call__(
        self,
        status: int,
        type: str,
        message: str,
        *,
        retry_after: float | None = None,
        request_id: object = None,
        **more: Any,
    ) -> HttpResponse: ...


def error(
    status: int,
    type: str,
    message: str,
    *,
    retry_after: float | None = None,
    request_id: object = None,
    **more: Any,
) -> HttpResponse:
    """`request_id` is the answer's, where there is one; else the one that stands with this request in the log."""
    request_id = request_id or structlog.contextvars.get_contextvars().get("request_id") or uuid.uuid4()
    body: dict[str, Any] = {"type": type, "message": message, "request_id": str(request_id), **more}
    headers = {"X-Request-Id": str(request_id)}
    if retry_after is not None:
        body["retry_after"] = retry_after
        headers["Retry-After"] = str(max(1, math.ceil(retry_after)))
    return JsonResponse({"error": body}, status=status, headers=headers)


def failed(request_id: UUID, event: dict[str, Any], answer: Any, *, say: Say = error) -> HttpResponse:
    """For an answer that failed: its `error` event, and as `answer` what came of it."""
    status = _STATUS.get(event["type"], 502)
    retry_after = event["retry_after"] or (WAIT if status in {429, 503} else None)
    more = {"retryable": event["retryable"], "answer": answer}
    return say(status, event["type"], event["message"], retry_after=retry_after, request_id=request_id, **more)


def install(api: NinjaAPI, say: Say = error) -> None:
    for kind, handler in _HANDLERS.items():
        api.add_exception_handler(kind, partial(handler, say))


def _refused(say: Say, request: HttpRequest, refusal: Any) -> HttpResponse:
    return say(refusal.status, refusal.type, refusal.message, retry_after=refusal.retry_after)


def _missing(say: Say, request: HttpRequest, missing: Any) -> HttpResponse:
    return say(404, "not_found", str(missing) or "There is nothing here.")


def _unknown(say: Say, request: HttpRequest, _: Any) -> HttpResponse:
    response = say(
        401, "unauthenticated", "Send a valid API key as «Authorization: Bearer KEY», or sign in to the page."
    )
    response["WWW-Authenticate"] = "Bearer"
    return response


def _invalid(say: Say, request: HttpRequest, invalid: Any) -> HttpResponse:
    problems = [
        {"field": ".".join(str(part) for part in problem["loc"][1:]), "message": problem["msg"]}
        for problem in invalid.errors
    ]
    words = "; ".join(f"{problem['field'] or 'body'}: {problem['message']}" for problem in problems)
    return say(422, "invalid", words, problems=problems)


def _http(say: Say, request: HttpRequest, problem: Any) -> HttpResponse:
    if problem.__cause__ is not None:  # Ninja's own words for a body it cannot read say less
        return say(400, "bad_json", "The body is not valid JSON in UTF-8.")
    return say(problem.status_code, _TYPES.get(problem.status_code, "error"), problem.message)


def _too_big(say: Say, request: HttpRequest, _: Any) -> HttpResponse:
    return say(413, "too_large", f"A request has at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes.")


def _no_json(say: Say, request: HttpRequest, _: Any) -> HttpResponse:
    """The body was read as a form, when the CSRF token was looked for."""
    return say(400, "bad_request", "Send the body as JSON, with Content-Type: application/json.")


def _away(say: Say, request: HttpRequest, trouble: Any) -> HttpResponse:
    log.warning("api_unavailable", path=request.path, error=str(trouble))
    return _refused(say, request, unavailable())


def _fault(say: Say, request: HttpRequest, fault: Any) -> HttpResponse:
    log.error("api_fault", path=request.path, exc_info=fault)
    return say(500, "internal", "Something went wrong inside chatsite. The log has the details.")


_HANDLERS: dict[type[Exception], Callable[[Say, HttpRequest, Any], HttpResponse]] = {
    Refused: _refused,
    Http404: _missing,
    AuthenticationError: _unknown,
    ValidationError: _invalid,
    HttpError: _http,
    RequestDataTooBig: _too_big,
    RawPostDataException: _no_json,
    OperationalError: _away,
    InterfaceError: _away,
    Exception: _fault,
}
