"""What is said when nobody answered: one error that names what each candidate said."""

import pytest

from providers.dispatch.verdict import ALL_FAILED, Failure, verdict

_LIMITED = Failure("openai", "gpt-6.1-sol", "rate_limit", "openai gets too many requests.", True, 7.0)
_ALSO = Failure("google", "gemini-3.8-flash", "rate_limit", "google gets too many requests.", True, 3.0)
_SLOW = Failure("google", "gemini-3.8-flash", "timeout", "google did not begin to answer within 30 s.", True)
_KEY = Failure("google", "gemini-3.8-flash", "authentication", "google does not accept the API key. Check it.")


def test_a_single_one_speaks_for_itself() -> None:
    error = verdict([_LIMITED])
    assert (error.kind, str(error), error.retryable, error.retry_after) == (
        "rate_limit", "openai gets too many requests.", True, 7.0,
    )  # fmt: skip


def test_several_are_named_with_what_they_said() -> None:
    assert str(verdict([_LIMITED, _KEY])) == (
        "None of 2 candidates answered. gpt-6.1-sol at openai: openai gets too many requests. "
        "gemini-3.8-flash at google: google does not accept the API key. Check it."
    )


@pytest.mark.parametrize(
    ("failures", "kind", "retryable", "retry_after"),
    [
        ([_LIMITED, _ALSO], "rate_limit", True, 3.0),
        ([_SLOW, _SLOW], "timeout", True, None),
        ([_LIMITED, _SLOW], ALL_FAILED, True, 7.0),
        ([_SLOW, _KEY], ALL_FAILED, True, None),
        ([_KEY], "authentication", False, None),
        ([], "overloaded", True, None),
    ],
)
def test_the_kind_is_theirs_where_it_is_the_same(
    failures: list[Failure], kind: str, retryable: bool, retry_after: float | None
) -> None:
    error = verdict(failures)
    assert (error.kind, error.retryable, error.retry_after) == (kind, retryable, retry_after)
