"""Troubles from their beginning to their end: which finding begins one, when it is told, when it is over.

Whoever changes a row first has done it: the update's condition is the state it leaves, and only who changed the row
writes the messages, in the same transaction.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet

from metrics.alerts.findings import Finding
from metrics.alerts.models import Alert, Channel, Delivery, Rules

log = structlog.get_logger(__name__)

QUIET = timedelta(hours=1)  # without anything to judge by, after which an alert is over, too
SLACK = timedelta(seconds=30)  # looks are a minute apart, more or less
Event = Delivery.Event


def follow(findings: Iterable[Finding], rules: Rules, now: datetime) -> None:
    """Take up one look. What is alive and was not seen at all counts as unknown."""
    live = {(row.kind, row.subject): row for row in Alert.objects.filter(recovered_at=None)}
    for finding in findings:
        row = live.pop((finding.kind, finding.subject), None)
        _STEPS[finding.state](row, finding, rules, now)
    for row in live.values():
        _unknown(row, Finding(row.kind, row.subject, "unknown"), rules, now)


def open_now() -> list[Alert]:
    """What was told and is not over, the newest first."""
    return list(Alert.objects.filter(recovered_at=None).exclude(told_at=None))


def lasting(kind: str, rules: Rules) -> timedelta:
    """How long something of this kind must be wrong before it is told."""
    minutes = {Alert.Kind.TARGET: rules.missed_minutes, Alert.Kind.BREAKER: rules.breaker_minutes}
    return timedelta(minutes=minutes.get(Alert.Kind(kind), 0))


# --- one step each -----------------------------------------------------------------------------------------------
def _bad(row: Alert | None, finding: Finding, rules: Rules, now: datetime) -> None:
    seen = _seen(finding, now)
    if row is None:
        row, _ = Alert.objects.get_or_create(
            kind=finding.kind, subject=finding.subject, recovered_at=None, defaults={**seen, "since": now}
        )
    forgotten = row.told_at is None and now - row.seen_at > _memory(finding.kind, rules)
    since = {"since": now} if forgotten else {}
    if not _this(row).filter(recovered_at=None).update(**seen, **since, fine_since=None):
        return  # over meanwhile, by another process: the next look begins anew
    row.since = since.get("since", row.since)
    if row.told_at is None:
        if now - row.since >= lasting(finding.kind, rules) - SLACK:
            _open(row, finding, now)
    elif finding.level > row.level:
        _worsen(row, finding, now)


def _fine(row: Alert | None, finding: Finding, rules: Rules, now: datetime) -> None:
    if row is None:
        return
    if row.told_at is None:
        _forget(row)
    elif row.fine_since is None:
        _this(row).filter(recovered_at=None, fine_since=None).update(fine_since=now)
    elif now - row.fine_since >= timedelta(minutes=rules.fine_minutes) - SLACK:
        _recover(row, finding.what, now)


def _unknown(row: Alert | None, finding: Finding, rules: Rules, now: datetime) -> None:
    if row is None:
        return
    if row.told_at is None:
        if now - row.seen_at > _memory(finding.kind, rules):
            _forget(row)
    elif now - row.seen_at >= QUIET:
        _recover(row, "For an hour there was too little to judge by.", now)


def _gone(row: Alert | None, finding: Finding, rules: Rules, now: datetime) -> None:  # noqa: ARG001 - one of the steps
    if row is None:
        return
    if row.told_at is None:
        _forget(row)
    else:
        _recover(row, finding.what, now)


_STEPS = {"bad": _bad, "fine": _fine, "unknown": _unknown, "gone": _gone}


# --- changes, each by one process --------------------------------------------------------------------------------
def _open(row: Alert, finding: Finding, now: datetime) -> None:
    with transaction.atomic():
        if _this(row).filter(told_at=None, recovered_at=None).update(told_at=now, level=finding.level):
            messages = [
                (channel, to) for channel in Channel.objects.filter(enabled=True) for to in channel.recipients()
            ]
            _write(row, Event.OPENED, finding.level, messages, now)
            log.warning("alert_opened", kind=row.kind, title=finding.title, what=finding.what, told_to=len(messages))


def _worsen(row: Alert, finding: Finding, now: datetime) -> None:
    with transaction.atomic():
        if _this(row).filter(level__lt=finding.level, recovered_at=None).update(level=finding.level):
            _write(row, Event.WORSE, finding.level, _told(row), now)
            log.warning("alert_worse", kind=row.kind, title=finding.title, what=finding.what)


def _recover(row: Alert, ending: str, now: datetime) -> None:
    with transaction.atomic():
        if _this(row).filter(recovered_at=None).update(recovered_at=now, ending=ending):
            _write(row, Event.RECOVERED, row.level, _told(row), now)
            log.warning("alert_over", kind=row.kind, title=row.title)


def _forget(row: Alert) -> None:
    _this(row).filter(told_at=None).delete()


def _told(row: Alert) -> list[tuple[Channel, str]]:
    """Those who were told of the beginning, as far as they are still to be told anything."""
    told = row.deliveries.filter(event=Event.OPENED).select_related("channel")
    return [(one.channel, one.to) for one in told if one.channel.enabled and one.to in one.channel.recipients()]


def _write(row: Alert, event: Event, level: int, messages: list[tuple[Channel, str]], now: datetime) -> None:
    Delivery.objects.bulk_create(
        Delivery(alert=row, channel=channel, to=to, event=event, level=level, created_at=now, next_at=now)
        for channel, to in messages
    )


def _this(row: Alert) -> QuerySet[Alert]:
    return Alert.objects.filter(pk=row.pk)


def _memory(kind: str, rules: Rules) -> timedelta:
    """How long something untold is remembered while nothing is seen of it."""
    return max(lasting(kind, rules), timedelta(minutes=2)) + SLACK


def _seen(finding: Finding, now: datetime) -> dict[str, Any]:
    columns = ("title", "what", "worst", "advice", "path", "actual", "target")
    return {"seen_at": now, **{name: getattr(finding, name) for name in columns}}
