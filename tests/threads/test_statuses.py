"""What a person is told while an answer is waited for."""

import re
from typing import Any

import pytest

from providers.dispatch import policy
from tests.project_files import read
from threads import statuses

_GPT = {"provider": "openai", "model": "gpt-6.1-sol"}
_GEMINI = {"provider": "google", "model": "gemini-3.8-flash"}


def _instead(reason: str, before: dict[str, str], now: dict[str, str]) -> dict[str, Any]:
    return {"state": "falling_back", "reason": reason, **{f"from_{key}": value for key, value in before.items()}, **now}


@pytest.mark.parametrize(
    ("status", "text"),
    [
        ({"state": "queued"}, "Waiting for a free place…"),
        ({"state": "queued", **_GPT, "position": 3}, "Waiting for a free place…"),
        ({"state": "connecting", **_GPT}, "Connecting to openai…"),
        ({"state": "connecting"}, "Connecting to the provider…"),
        ({"state": "thinking"}, "Thinking…"),
        (
            {"state": "retrying", "reason": "rate_limit", "retry_in_s": 1.1, **_GPT},
            "Rate-limited, trying again in 2 s…",
        ),
        ({"state": "retrying", "reason": "empty", "retry_in_s": 0.0, **_GPT}, "Empty answer, trying again…"),
        ({"state": "retrying"}, "No answer, trying again…"),
        (_instead("timeout", _GPT, _GEMINI), "gpt-6.1-sol did not answer in time, asking gemini-3.8-flash…"),
        (_instead("overloaded", _GPT, {**_GPT, "provider": "azure"}), "openai is overloaded, asking azure…"),
        (_instead("something_new", _GPT, _GEMINI), "gpt-6.1-sol did not answer, asking gemini-3.8-flash…"),
        ({"state": "hedging", **_GEMINI}, "No answer yet, asking google too…"),
        ({"state": "taken_over"}, "The server was interrupted, going on…"),
        ({"state": "something_new"}, "something_new"),
    ],
)
def test_words(status: dict[str, Any], text: str) -> None:
    assert statuses.words(status) == {"state": status["state"], "text": text}


def test_no_status_no_words() -> None:
    assert statuses.words(None) is None


def test_every_kind_of_failure_has_its_words() -> None:
    for kind in policy.RULES:
        assert statuses.reason(kind) != statuses.reason("unheard of"), kind


def test_the_documentation_tells_of_every_state_and_reason() -> None:
    page = read("docs/api.md").split("### Statuses")[1].split("###")[0]
    assert re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE)[1:] == list(statuses._WORDS)
    reasons = set(re.findall(r"`([a-z_]+)`", page.split("A `reason` is")[1]))
    assert reasons == {kind for kind, rule in policy.RULES.items() if rule.elsewhere}
