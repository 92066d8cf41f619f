"""What is done once a minute, in one of all processes: look, take up what was seen, send, forget what is old."""

from collections.abc import Callable
from datetime import datetime, timedelta

from metrics.alerts import incidents, outbox, watch
from metrics.alerts.models import Alert, Rules

KEPT = timedelta(days=400)


def minute(now: datetime, rest: Callable[[], None]) -> None:
    rules = Rules.current()
    incidents.follow(watch.look(rules, now), rules, now)
    rest()
    outbox.send_due(now, rest)
    Alert.objects.filter(recovered_at__lt=now - KEPT).delete()
