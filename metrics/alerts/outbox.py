"""Messages that wait: each claimed by one process, sent, tried again, given up in words.

A message is claimed before it is sent and recorded after. A process that dies in between leaves its claim, and when
that ends (`LEASE`) the message is sent again, with the same key: rather twice than never. What the network does happens
on threads of its own, which know no database; the caller waits for them with patience that ends.
"""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db.models import Exists, F, OuterRef

from metrics.alerts import messages
from metrics.alerts.models import Channel, Delivery
from metrics.alerts.senders import Hook, Mailbox, NotSent
from providers.encryption import EncryptionError

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
GIVE_UP = timedelta(hours=24)
LONGEST_PAUSE = timedelta(hours=1)
EARLY = timedelta(seconds=10)  # that a pause may be cut short, so that it does not miss a minute's look by a moment
MOST = 100  # messages claimed at once
BEGIN = 15.0  # seconds in which a channel's messages are begun, one after another
PATIENCE = 30.0  # seconds in which they must have ended
_LOOK = 0.1

Rest = Callable[[], None]
Outcome = tuple[int, NotSent | None]


@dataclass(frozen=True, slots=True)
class Parcel:
    delivery: int
    tries: int
    created_at: datetime
    sender: Mailbox | Hook
    message: messages.Message


def send_due(now: datetime, rest: Rest) -> None:
    """Send what is due. `rest` is called now and then, and may end it all by raising."""
    parcels: dict[object, list[Parcel]] = {}
    for row in _due(now):
        if _claim(row, now) and (parcel := _packed(row, now)) is not None:
            parcels.setdefault(row.channel_id, []).append(parcel)
    waiting = {one.delivery: one for several in parcels.values() for one in several}
    outcomes = queue.SimpleQueue[Outcome]()
    for several in parcels.values():
        threading.Thread(target=_carry, args=(several, outcomes), name="alerts", daemon=True).start()
    deadline = time.monotonic() + PATIENCE
    while waiting and time.monotonic() < deadline:
        rest()
        try:
            delivery, failure = outcomes.get(timeout=_LOOK)
        except queue.Empty:
            continue
        _record(waiting.pop(delivery), failure, now)
    for parcel in waiting.values():
        _record(parcel, NotSent(f"It did not end within {PATIENCE:g} s."), now)


def sender_for(channel: Channel, to: str) -> Mailbox | Hook:
    """Raises EncryptionError where the channel's secrets cannot be opened."""
    if channel.kind == Channel.Kind.EMAIL:
        return Mailbox(to)
    return Hook(channel.name, channel.url, channel.secret, bare=channel.kind == Channel.Kind.CHAT)


def try_again(deliveries: Sequence[int], now: datetime) -> int:
    """Those of them that were not sent, also those given up. How many there are."""
    unsent = Delivery.objects.filter(pk__in=deliveries, sent_at=None)
    return unsent.update(next_at=now, given_up_at=None, created_at=now)


def pause(tries: int) -> timedelta:
    """After so many failures: 1, 2, 4 … minutes."""
    return min(timedelta(minutes=2 ** min(tries - 1, 10)), LONGEST_PAUSE) - EARLY


def _due(now: datetime) -> list[Delivery]:
    """An alert's messages to somebody go in their order: nothing is over before it was wrong."""
    earlier = Delivery.objects.filter(
        alert=OuterRef("alert"), channel=OuterRef("channel"), to=OuterRef("to"), pk__lt=OuterRef("pk"),
        sent_at=None, given_up_at=None,
    )  # fmt: skip
    rows = Delivery.objects.filter(next_at__lte=now, channel__enabled=True).exclude(Exists(earlier))
    return list(rows.select_related("alert", "channel").order_by("next_at", "pk")[:MOST])


def _claim(row: Delivery, now: datetime) -> bool:
    mine = Delivery.objects.filter(pk=row.pk, tries=row.tries, next_at=row.next_at)
    return bool(mine.update(next_at=now + LEASE, tries=F("tries") + 1))


def _packed(row: Delivery, now: datetime) -> Parcel | None:
    message = messages.message(row, row.alert)
    try:
        sender = sender_for(row.channel, row.to)
    except EncryptionError as error:
        failed = Parcel(row.pk, row.tries + 1, row.created_at, Mailbox(row.to), message)
        _record(failed, NotSent(str(error)), now)
        return None
    return Parcel(row.pk, row.tries + 1, row.created_at, sender, message)


def _carry(parcels: Sequence[Parcel], outcomes: "queue.SimpleQueue[Outcome]") -> None:
    """One after another. Where nobody is there, the others are not tried now."""
    away: NotSent | None = None
    begun = time.monotonic()
    for parcel in parcels:
        failure = away
        if time.monotonic() - begun > BEGIN:
            failure = NotSent("Left for later: the ones before it took so long.")
        if failure is None:
            failure = _sent(parcel)
        outcomes.put((parcel.delivery, failure))
        away = failure if failure is not None and failure.away else None


def _sent(parcel: Parcel) -> NotSent | None:
    try:
        parcel.sender.send(parcel.message)
    except NotSent as failure:
        return failure
    except Exception as error:  # whatever it is, the message is not lost and staff are told
        log.exception("alert_sender_broke", delivery=parcel.delivery)
        return NotSent(f"A fault of this program: {type(error).__name__}.")
    return None


def _record(parcel: Parcel, failure: NotSent | None, now: datetime) -> None:
    mine = Delivery.objects.filter(pk=parcel.delivery, sent_at=None)
    if failure is None:
        mine.update(sent_at=now, next_at=None, error="")
        return
    given_up = now - parcel.created_at >= GIVE_UP
    log.warning("alert_not_sent", delivery=parcel.delivery, tries=parcel.tries, given_up=given_up, reason=str(failure))
    if given_up:
        mine.update(given_up_at=now, next_at=None, error=str(failure))
    else:
        mine.update(next_at=now + pause(parcel.tries), error=str(failure))
