"""What a message about an alert says: as mail, as JSON, as a line in a chat. Reads rows it is given, and no others."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from metrics.alerts.models import Alert, Delivery

_BEGINNINGS = {"opened": "Alert", "worse": "Worse", "recovered": "Over"}
_EVERYBODY = re.compile(r"@(?=(?:channel|here|all|everyone)\b)", re.IGNORECASE)
TEST = "This is a test message of chatsite's alerts. Nothing is wrong."


@dataclass(frozen=True, slots=True)
class Message:
    """`key` is the same each time it is tried. `fields` is the JSON beside `text`; times are ISO 8601."""

    key: str
    subject: str
    text: str
    fields: Mapping[str, Any]

    def in_a_chat(self) -> str:
        """Nothing in it, such as a provider's own words, becomes a mention or a link with another name."""
        escaped = self.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return _EVERYBODY.sub("@\u200b", escaped)


def message(delivery: Delivery, alert: Alert) -> Message:
    lines = _over(alert) if delivery.event == Delivery.Event.RECOVERED else _wrong(alert)
    lines.append(_where(alert.path))
    return Message(
        key=str(delivery.key),
        subject=_one_line(f"[{_site()}] {_BEGINNINGS[delivery.event]}: {alert.title}"),
        text="\n".join(line for line in lines if line),
        fields={"id": str(delivery.key), "event": delivery.event, "site": settings.SITE_URL, "alert": _fields(alert)},
    )


def test_message(key: str) -> Message:
    """With all the fields of a real one, for those who write what receives it."""
    path = reverse("metrics:dashboard")
    alert = Alert(title="test", what=TEST, path=path)
    return Message(
        key=key,
        subject=f"[{_site()}] Test",
        text=f"{TEST}\n{_where(path)}",
        fields={"id": key, "event": "test", "site": settings.SITE_URL, "alert": _fields(alert)},
    )


def _wrong(alert: Alert) -> list[str]:
    over = f"Meanwhile it is over, since {_moment(alert.recovered_at)}." if alert.recovered_at else ""
    return [alert.what, f"Since {_moment(alert.since)}.", alert.worst, alert.advice, over]


def _over(alert: Alert) -> list[str]:
    """It ended when it was well again, which was told only after it stayed so."""
    ended = alert.fine_since or alert.recovered_at or alert.seen_at
    lasted = _length((ended - alert.since).total_seconds())
    return [
        f"Over: {alert.title}.",
        alert.ending,
        f"It began {_moment(alert.since)} and lasted {lasted}.",
        f"Last seen: {alert.what}",
    ]


def _fields(alert: Alert) -> dict[str, Any]:
    return {
        "id": alert.pk,
        "kind": alert.kind,
        "subject": alert.subject,
        "title": alert.title,
        "what": alert.what,
        "worst": alert.worst,
        "advice": alert.advice,
        "actual": alert.actual,
        "target": alert.target,
        "since": _iso(alert.since),
        "recovered_at": _iso(alert.recovered_at),
        "ending": alert.ending,
        "url": settings.SITE_URL + alert.path if settings.SITE_URL else None,
    }


def _site() -> str:
    return urlsplit(settings.SITE_URL).hostname or "chatsite"


def _where(path: str) -> str:
    """Without SITE_URL nobody knows by which name people come here."""
    return f"{settings.SITE_URL}{path}" if settings.SITE_URL else f"See {path} on your site."


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "–"


def _length(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    hours, minutes_left = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24} days"
    if not hours:
        return "1 minute" if minutes == 1 else f"{minutes} minutes"
    return f"{hours} h {minutes_left} min"
