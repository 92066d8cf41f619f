"""Alerts for tests: findings, channels, and minutes that pass as a test says."""

from datetime import UTC, datetime, timedelta
from typing import Any

from metrics.alerts import incidents, outbox
from metrics.alerts.findings import Finding, State
from metrics.alerts.models import Channel, Rules

NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def finding(state: State, kind: str = "target", subject: str = "ttft_p95", **fields: Any) -> Finding:
    said = {"title": "first token, p95", "what": f"It is {state}.", "worst": "Worst: a at b.", "path": "/x/"}
    return Finding(kind, subject, state, **{**said, **fields})


def seen(minute: float, *findings: Finding, rules: Rules | None = None) -> None:
    """A look in that minute, and the sending after it."""
    incidents.follow(findings, rules or Rules(), at(minute))
    outbox.send_due(at(minute), lambda: None)


def follow(states: str, *, start: int = 0, **fields: Any) -> int:
    """A look a minute: b is bad, f fine, u unknown, - not seen at all. The minute after the last."""
    words: dict[str, State] = {"b": "bad", "f": "fine", "u": "unknown"}
    for minute, letter in enumerate(states, start=start):
        seen(minute, *([finding(words[letter], **fields)] if letter in words else []))
    return start + len(states)


def hook(url: str, secret: str = "", kind: str = "webhook", name: str = "hook") -> Channel:
    row = Channel(name=name, kind=kind)
    row.set_url(url, "127.0.0.1")
    row.set_secret(secret)
    row.save()
    return row


def mailbox(*addresses: str) -> Channel:
    return Channel.objects.create(name="mail", kind="email", addresses=list(addresses))
