"""Rows of answers and calls with given timings, made directly. To be called on a database thread."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Organization, User
from accounts.services import personal_organization
from threads.models import Attempt, Generation, Thread

NOW = datetime(2026, 5, 20, 12, 34, 56, tzinfo=UTC)


def later(moment: datetime, seconds: float) -> datetime:
    return moment + timedelta(seconds=seconds)


def call(kind: str = "first", state: str = "completed", *, sent: float = 0.01, **columns: Any) -> dict[str, Any]:
    """A call; times are seconds from the question."""
    times = {"opened_at": 0.1, "first_token_at": 0.5, "last_token_at": 1.5, "finished_at": 1.6}
    return {
        "provider": "one",
        "model": "fast",
        "upstream": "f",
        "http_status": 200,
        "usage_source": "reported",
        "prompt_tokens": 100,
        "completion_tokens": 11,
        "cost_usd": Decimal("0.001"),
        "longest_gap_s": 0.2,
        "kind": kind,
        "state": state,
        "sent_at": sent,
        **times,
        **columns,
    }


FAILED: dict[str, Any] = {
    "state": "failed",
    "error_kind": "overloaded",
    "http_status": 503,
    "usage_source": "unknown",
    **dict.fromkeys(
        (
            *("opened_at", "first_token_at", "last_token_at", "prompt_tokens", "completion_tokens", "cost_usd"),
            "longest_gap_s",
        )
    ),
}


def answer(
    user: User,
    end: datetime,
    calls: Sequence[dict[str, Any]] = (),
    *,
    took: float = 2.0,
    organization: Organization | None = None,
    thread: Thread | None = None,
    **columns: Any,
) -> Generation:
    """One that ended at `end`, `took` seconds after it was asked for."""
    asked = later(end, -took)
    calls = calls or [call()]
    for name in ("first_token_at", "cancel_requested_at"):
        if columns.get(name) is not None:
            columns[name] = later(asked, columns[name])
    row = Generation.objects.create(
        organization=organization or personal_organization(user=user), user=user, thread=thread, created_at=asked,
        finished_at=end,
        **{"state": "completed", "provider": calls[-1]["provider"], "model": calls[-1]["model"],
           "first_token_at": later(asked, 0.51), **columns},
    )  # fmt: skip
    for number, made in enumerate(calls, start=1):
        moments = {
            name: later(asked, value) for name, value in made.items() if name.endswith("_at") and value is not None
        }
        Attempt.objects.create(generation=row, number=number, epoch=1, **{**made, **moments})
    return row
