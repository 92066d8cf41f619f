"""Why a call failed. Adapters raise these, already mapped; nobody downstream reads a provider's words to decide.

ProviderError
├── ConnectionFailed         no connection (DNS, refused, reset, TLS) before the response's head       connection
├── TimedOut                 the provider was too slow                                                 timeout
├── AuthenticationFailed     the key is missing, wrong or expired                                      authentication
├── PermissionDenied         the key is right and may not do this (region, model, retired endpoint)    permission
├── QuotaExceeded            out of credit or over a spending limit; waiting does not help             quota
├── RateLimited              too many requests; `retry_after` where told                               rate_limit
├── ModelNotFound            the provider has no model of this name                                    model_not_found
├── InvalidRequest           the provider refuses the request as it is                                 invalid_request
│   └── ContextTooLong       … because it is too long                                                  context_length
├── ContentBlocked           refused by a content filter before any answer                             content_filter
├── Overloaded               503, 529, a model still loading                                           overloaded
├── UpstreamFailed           5xx and errors inside a stream                                            upstream
├── StreamCut                the stream ended without a finish reason                                  stream_cut
├── EmptyAnswer              a success status and no answer at all                                     empty
└── MalformedAnswer          not what was asked for: a web page, broken JSON, an event too large       malformed
"""

from typing import ClassVar


class ProviderError(Exception):
    """`str(error)` is a sentence for a person, free of secrets. `retryable`: the same call may succeed later.

    `retry_after` is in seconds; `status` is the HTTP status where there was one; `code` the provider's own code.
    """

    kind: ClassVar[str] = "provider"
    default_retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        retryable: bool | None = None,
        retry_after: float | None = None,
        status: int | None = None,
        code: str = "",
    ) -> None:
        super().__init__(message)
        self.retryable = self.default_retryable if retryable is None else retryable
        self.retry_after = retry_after
        self.status = status
        self.code = code


class ConnectionFailed(ProviderError):
    kind, default_retryable = "connection", True


class TimedOut(ProviderError):
    kind, default_retryable = "timeout", True


class AuthenticationFailed(ProviderError):
    kind = "authentication"


class PermissionDenied(ProviderError):
    kind = "permission"


class QuotaExceeded(ProviderError):
    kind = "quota"


class RateLimited(ProviderError):
    kind, default_retryable = "rate_limit", True


class ModelNotFound(ProviderError):
    kind = "model_not_found"


class InvalidRequest(ProviderError):
    kind = "invalid_request"


class ContextTooLong(InvalidRequest):
    kind = "context_length"


class ContentBlocked(ProviderError):
    kind = "content_filter"


class Overloaded(ProviderError):
    kind, default_retryable = "overloaded", True


class UpstreamFailed(ProviderError):
    kind, default_retryable = "upstream", True


class StreamCut(ProviderError):
    kind, default_retryable = "stream_cut", True


class EmptyAnswer(ProviderError):
    kind, default_retryable = "empty", True


class MalformedAnswer(ProviderError):
    kind = "malformed"
