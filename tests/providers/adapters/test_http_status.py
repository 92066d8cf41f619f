"""From a provider's refusal to an error: the kind, whether to try again and when, and words that keep secrets."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from providers.adapters.http_status import error_for, retry_after
from providers.adapters.http_words import parse_body, words_of
from providers.types import Endpoint

KEY = "sekret-key-0123456789"
ENDPOINT = Endpoint(
    "Acme", "http://acme.test/v1", api_key=KEY, headers=(("X-Team-Token", "t-9876"), ("x-title", "chat"))
)


def failed(status: int, body: Any = "", content_type: str = "application/json", **headers: str) -> Any:
    raw = body if isinstance(body, str) else json.dumps(body)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return error_for(ENDPOINT, parse_body(raw.encode(), content_type), status=status, headers=names)


def openai(message: str = "No.", code: object = None, kind: object = "invalid_request_error") -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


@pytest.mark.parametrize(
    ("status", "body", "kind", "retryable"),
    [
        (400, openai(code="unsupported_parameter"), "invalid_request", False),
        (400, openai(code="context_length_exceeded"), "context_length", False),
        (400, openai("The maximum context length is 8 tokens", 400), "context_length", False),
        (400, openai(code="too_many_prompt_tokens"), "context_length", False),
        (400, openai(code="content_filter"), "content_filter", False),
        (400, {"code": "invalid-argument", "error": "Incorrect API key provided: xx"}, "authentication", False),
        (400, {"code": "invalid-argument", "error": "Unknown field"}, "invalid_request", False),
        (401, {"detail": "Invalid API Key"}, "authentication", False),
        (401, openai(code="401"), "authentication", False),
        (402, openai(code=402), "quota", False),
        (403, openai(code="unsupported_country_region_territory"), "permission", False),
        (403, openai(kind="chat_completions_not_available"), "permission", False),
        (403, {"error": {"message": "x", "code": 403, "metadata": {"reasons": ["hate"]}}}, "content_filter", False),
        (404, openai(code="DeploymentNotFound"), "model_not_found", False),
        (404, "Not Found", "model_not_found", False),
        (405, "", "invalid_request", False),
        (408, "", "timeout", True),
        (409, "", "upstream", True),
        (413, "<html><title>413 Too Large</title></html>", "context_length", False),
        (413, openai(code="rate_limit_exceeded"), "context_length", False),
        (422, {"detail": [{"loc": ["body", "model"], "msg": "missing"}]}, "invalid_request", False),
        (429, openai(code="rate_limit_exceeded", kind="tokens"), "rate_limit", True),
        (429, openai(code="RateLimitReached"), "rate_limit", True),
        (429, openai(code=None, kind="insufficient_quota"), "quota", False),
        (429, openai(code="credit_balance_exhausted"), "quota", False),
        (429, openai(code="project_spend_limit_exceeded"), "quota", False),
        (429, openai(code="organization_usage_limit_exceeded"), "quota", False),
        (429, "", "rate_limit", True),
        (500, 'data: {"error": {"message": "boom", "code": "500"}}\n\n', "upstream", True),
        (501, "", "upstream", False),
        (502, "<html><head><title>502 Bad Gateway</title></head></html>", "upstream", True),
        (503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}, "overloaded", True),
        (503, openai(code="server_is_overloaded"), "overloaded", True),
        (504, "", "timeout", True),
        (524, "", "upstream", True),
        (529, "", "overloaded", True),
        (302, "", "invalid_request", False),
    ],
)
def test_kinds(status: int, body: object, kind: str, retryable: bool) -> None:
    failure = failed(status, body)
    assert (failure.kind, failure.retryable, failure.status) == (kind, retryable, status)
    assert "Acme" in str(failure)


def test_the_providers_words_and_code_are_passed_on() -> None:
    failure = failed(400, openai("Use  another\nfield.", "bad_field"))
    assert str(failure) == "Acme refuses the request as it is. Acme says: “Use another field.”"
    assert failure.code == "bad_field"
    assert "“body.model: missing”" in str(failed(422, {"detail": [{"loc": ["body", "model"], "msg": "missing"}]}))
    assert "“502 Bad Gateway”" in str(failed(502, "<html><title>502 Bad Gateway</title>", "text/html"))
    assert "“just text”" in str(failed(500, "just text", "text/plain"))
    assert "“Provider returned error – Acme Cloud – out of memory”" in str(
        failed(
            502,
            {
                "error": {
                    "message": "Provider returned error",
                    "code": 502,
                    "metadata": {"provider_name": "Acme Cloud", "raw": "out of memory"},
                }
            },
        )
    )
    assert len(str(failed(500, openai("x" * 5000)))) < 420
    assert "HTTP 500" in str(failed(500, ""))


def test_a_key_is_never_repeated() -> None:
    for told in (
        f"Incorrect API key provided: {KEY}.",
        f"Bearer {KEY}",
        "token t-9876 is bad",
        "sk-proj-abcDEF123456 no",
    ):
        for body in (openai(told), {"detail": told}, told, f"<title>{told}</title>"):
            text = str(failed(401, body))
            assert not any(secret in text for secret in (KEY, "t-9876", "abcDEF123456")), text


def test_retry_after() -> None:
    now = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert retry_after({"retry-after": "20"}, now) == 20
    assert retry_after({"retry-after": "0.5"}, now) == 0.5
    assert retry_after({"retry-after": "Fri, 20 Nov 2026 09:00:30 GMT"}, now) == 30
    assert retry_after({"retry-after": "Fri, 20 Nov 2026 08:00:00 GMT"}, now) == 0
    assert retry_after({"retry-after": "1", "retry-after-ms": "250"}, now) == 0.25
    assert retry_after({"retry-after": "1", "retry-after-ms": "0"}, now) == 1
    assert retry_after({}, now) is None
    for nonsense in ("soon", "-3", "nan", "inf", "Fri, 99 Nov 2026"):
        assert retry_after({"retry-after": nonsense}, now) is None


def test_waiting_is_told_where_it_helps() -> None:
    failure = failed(429, openai(), retry_after="20")
    assert failure.retry_after == 20
    assert "in 20 s" in str(failure)
    assert failed(400, openai(), retry_after="20").retry_after is None
    assert failed(429, openai(code="insufficient_quota"), retry_after="20").retry_after is None
    assert (failed(402, "", retry_after="5").retryable, failed(402, "", retry_after="5").retry_after) == (True, 5)


def test_a_provider_that_says_whether_to_retry_is_believed() -> None:
    assert not failed(500, "", x_should_retry="false").retryable
    assert not failed(402, "", x_should_retry="false", retry_after="5").retryable
    failure = failed(400, "", x_should_retry="True", retry_after="5")
    assert (failure.retryable, failure.retry_after) == (True, 5)
    assert failed(429, openai(), x_should_retry="perhaps").retryable
    assert not failed(429, openai(code="insufficient_quota"), x_should_retry="true").retryable


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": {"message": "x", "type": "server_error"}}, "upstream"),
        ({"error": "text alone"}, "upstream"),
        ({"error": {"code": 429, "message": "x"}}, "rate_limit"),
        ({"error": {"code": "rate_limit_exceeded"}}, "rate_limit"),
        ({"error": {"message": "x", "status_code": 400, "code": "tool_use_failed"}}, "invalid_request"),
        ({"object": "error", "message": "max context length is 4", "code": 400}, "context_length"),
        ([{"error": {"code": 503, "message": "x"}}], "overloaded"),
        ({}, "upstream"),
        (None, "upstream"),
        ([], "upstream"),
        ({"error": {"error": {"error": {"error": {"error": "deep"}}}}}, "upstream"),
    ],
)
def test_errors_inside_a_stream(body: object, kind: str) -> None:
    failure = error_for(ENDPOINT, words_of(body))
    assert failure.kind == kind
    assert failure.status is None
