"""Messages on their way: what arrives, what happens when nobody takes it, and who was to take it."""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings

from metrics.alerts import incidents, outbox, senders
from metrics.alerts.models import Alert, Channel, Delivery, Rules
from metrics.upkeep import Ended
from providers import rotation
from tests.metrics.alerting import at, finding, follow, hook, mailbox
from tests.metrics.receivers import Post, Receiver, mail_server, webhook

pytestmark = pytest.mark.django_db
NOBODY = "http://127.0.0.1:1/hook"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with webhook() as running:
        yield running


@pytest.fixture
def post(settings: LazySettings) -> Iterator[Post]:
    """The mail server that the settings name."""
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.DEFAULT_FROM_EMAIL = "chatsite@example.org"
        yield running


@pytest.fixture(autouse=True)
def _address(settings: LazySettings) -> None:
    settings.SITE_URL = "https://chat.example.org"


def _deliver(minute: float) -> None:
    outbox.send_due(at(minute), lambda: None)


# --- what arrives ------------------------------------------------------------------------------------------------
def test_a_mail_says_what_since_when_who_and_where(post: Post) -> None:
    mailbox("ada@example.org", "grace@example.org")
    follow("bbbbbb", what="The first token takes 3.20 s.", advice="Switch it off.")
    assert sorted(post.recipients) == ["ada@example.org", "grace@example.org"]
    mail = post.mails[0]
    assert mail["Subject"] == "[chat.example.org] Alert: first token, p95"
    assert (mail["From"], mail["Auto-Submitted"]) == ("chatsite@example.org", "auto-generated")
    assert mail["To"] in post.recipients, "nobody sees the others"
    assert mail.get_content().splitlines() == [
        "The first token takes 3.20 s.",
        "Since 2026-05-20 12:00 UTC.",
        "Worst: a at b.",
        "Switch it off.",
        "https://chat.example.org/x/",
    ]
    assert mail["Message-ID"] == f"<{Delivery.objects.get(to=mail['To']).key}@chat.example.org>"


def test_a_mail_says_how_long_it_lasted(post: Post) -> None:
    mailbox("ada@example.org")
    follow("bbbbbb" + "f" * 11)
    [_, mail] = post.mails
    assert mail["Subject"] == "[chat.example.org] Over: first token, p95"
    assert mail.get_content().splitlines() == [
        "Over: first token, p95.",
        "It is fine.",
        "It began 2026-05-20 12:00 UTC and lasted 6 minutes.",
        "Last seen: It is bad.",
        "https://chat.example.org/x/",
    ]


def test_a_webhook_is_signed(receiver: Receiver) -> None:
    hook(receiver.url, secret="between us")
    follow("bbbbbb", actual=3.2, target=1.5)
    [told], [headers], [body] = receiver.told, receiver.headers, receiver.bodies
    signed = hmac.new(b"between us", f"{headers['x-chatsite-timestamp']}.".encode() + body, hashlib.sha256)
    assert headers["x-chatsite-signature"] == f"sha256={signed.hexdigest()}"
    row, delivery = Alert.objects.get(), Delivery.objects.get()
    assert headers["x-chatsite-delivery"] == told["id"] == str(delivery.key)
    assert (headers["content-type"], told["event"]) == ("application/json", "opened")
    assert told["site"] == "https://chat.example.org"
    assert told["text"].startswith("It is bad.\nSince 2026-05-20 12:00 UTC.")
    assert told["alert"] == {
        "id": row.pk, "kind": "target", "subject": "ttft_p95", "title": "first token, p95", "what": "It is bad.",
        "worst": "Worst: a at b.", "advice": "", "actual": 3.2, "target": 1.5, "since": "2026-05-20T12:00:00+00:00",
        "recovered_at": None, "ending": "", "url": "https://chat.example.org/x/",
    }  # fmt: skip


def test_without_a_secret_nothing_is_signed(receiver: Receiver) -> None:
    hook(receiver.url)
    follow("bbbbbb")
    assert not [name for name in receiver.headers[0] if "signature" in name or "timestamp" in name]


def test_a_chat_gets_the_text_alone_and_nobody_is_called_by_it(receiver: Receiver) -> None:
    hook(receiver.url, kind="chat")
    follow("bbbbbb", what="It said: <!channel> & <https://x|y> @here, ask ada@example.org.")
    [told] = receiver.told
    assert list(told) == ["text"]
    assert "&lt;!channel&gt; &amp; &lt;https://x|y&gt; @\u200bhere, ask ada@example.org." in told["text"]


def test_without_an_address_of_the_site_the_path_is_told(receiver: Receiver, settings: LazySettings) -> None:
    settings.SITE_URL = ""
    hook(receiver.url)
    follow("bbbbbb")
    [told] = receiver.told
    assert told["text"].endswith("See /x/ on your site.")
    assert told["alert"]["url"] is None


# --- nobody takes it ---------------------------------------------------------------------------------------------
def test_what_was_not_taken_is_tried_again_until_it_is(receiver: Receiver) -> None:
    receiver.status = 503
    hook(receiver.url)
    follow("bbbbbb")
    [row] = Delivery.objects.all()
    assert (row.sent_at, row.tries, row.error) == (None, 1, "hook answered 503: no_service <b>&\ufffd")
    _deliver(5)
    assert len(receiver.bodies) == 1, "not before its time"
    for minute in (6, 7, 8):  # after a minute, and after two
        _deliver(minute)
    assert len(receiver.bodies) == 3
    receiver.status = 200
    _deliver(12)
    _deliver(13)
    row.refresh_from_db()
    assert (row.sent_at, row.tries, row.error) == (at(12), 4, "")
    assert len({one["id"] for one in receiver.told}) == 1, "the receiver can tell that it is the same"
    assert len(receiver.bodies) == 4


def test_pauses_grow_to_an_hour() -> None:
    pauses = [outbox.pause(tries) + outbox.EARLY for tries in range(1, 100)]
    assert pauses[:7] == [timedelta(minutes=one) for one in (1, 2, 4, 8, 16, 32, 60)]
    assert set(pauses[6:]) == {timedelta(hours=1)}


def test_after_a_day_it_is_given_up_and_can_be_asked_for_again(receiver: Receiver) -> None:
    receiver.status = 410
    hook(receiver.url)
    follow("bbbbbb")
    _deliver(60 * 24)
    _deliver(60 * 24 + 6)
    row = Delivery.objects.get()
    assert (row.given_up_at, row.next_at) == (at(60 * 24 + 6), None)
    _deliver(60 * 48)
    assert len(receiver.bodies) == 3
    receiver.status = 200
    assert outbox.try_again([row.pk], at(60 * 49)) == 1
    _deliver(60 * 49)
    row.refresh_from_db()
    assert row.sent_at == at(60 * 49)
    assert outbox.try_again([row.pk], at(60 * 50)) == 0


def test_nothing_is_over_before_it_was_wrong(receiver: Receiver) -> None:
    receiver.status = 500
    hook(receiver.url)
    follow("bbbbbb" + "f" * 11)
    assert set(receiver.events) == {"opened"}
    receiver.status = 200
    receiver.bodies.clear()
    for minute in (60, 61):
        _deliver(minute)
    assert receiver.events == ["opened", "recovered"]
    assert "Meanwhile it is over, since 2026-05-20 12:16 UTC." in receiver.told[0]["text"]


def test_one_that_is_away_holds_up_nobody_else(receiver: Receiver, post: Post) -> None:
    hook(NOBODY, name="away")
    hook(receiver.url)
    mailbox("ada@example.org", "gone@example.org", "grace@example.org")
    post.refused.add("gone@example.org")
    follow("bbbbbb")
    assert receiver.events == ["opened"]
    assert sorted(post.recipients) == ["ada@example.org", "grace@example.org"]
    failed = {row.to or row.channel.name: row.error for row in Delivery.objects.filter(sent_at=None)}
    assert failed == {
        "gone@example.org": "The mail server refused gone@example.org: 550 no gone@example.org here",
        "away": "No connection to away (127.0.0.1:1): connection refused.",
    }


def test_where_nobody_is_there_the_others_are_not_tried_in_the_same_minute(settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    mailbox("ada@example.org", "grace@example.org")
    follow("bbbbbb")
    assert {row.error for row in Delivery.objects.all()} == {
        "No mail through 127.0.0.1:1: [Errno 111] Connection refused"
    }


def test_a_silent_one_is_given_its_time_and_no_more(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(senders, "TIMEOUT", 0.1)
    receiver.held.clear()
    hook(receiver.url)
    follow("bbbbbb")
    assert Delivery.objects.get().error == "hook did not answer within 0.1 s."


def test_what_does_not_end_is_left_behind(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "PATIENCE", 0.1)
    receiver.held.clear()
    hook(receiver.url)
    follow("bbbbbb")
    assert Delivery.objects.get().error == "It did not end within 0.1 s."


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.status = 302
    hook(receiver.url)
    follow("bbbbbb")
    assert "sends its callers elsewhere (302)" in Delivery.objects.get().error


def test_without_a_mail_server_it_is_said(settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    mailbox("ada@example.org")
    follow("bbbbbb")
    [row] = Delivery.objects.all()
    assert (row.sent_at, row.error) == (None, senders.NO_MAIL)


@pytest.mark.parametrize("host", ["10.1.2.3", "169.254.169.254", "[::1]"])
def test_a_place_inside_is_not_called(host: str, settings: LazySettings) -> None:
    settings.PRIVATE_PROVIDER_HOSTS = ["127.0.0.1"]
    hook(f"http://{host}:1/hook")
    follow("bbbbbb")
    assert "is inside, where nobody is called" in Delivery.objects.get().error


# --- who sends it ------------------------------------------------------------------------------------------------
def test_a_process_that_ends_meanwhile_leaves_it_to_others(receiver: Receiver) -> None:
    """It may arrive twice then, with the same key: the claim ends, and nobody knows whether it arrived."""

    def ends() -> None:
        if receiver.arrived.is_set():
            raise Ended

    follow("bbbbb")
    receiver.held.clear()
    hook(receiver.url)
    incidents.follow([finding("bad")], Rules(), at(5))
    with pytest.raises(Ended):
        outbox.send_due(at(5), ends)
    receiver.held.set()
    _deliver(6)
    assert len(receiver.bodies) == 1, "it is claimed"
    _deliver(10)
    _deliver(11)
    assert len(receiver.bodies) == 2
    assert len({one["id"] for one in receiver.told}) == 1


def test_keys_are_changed_for_channels_too(receiver: Receiver, settings: LazySettings) -> None:
    row = hook(receiver.url, secret="between us")
    assert receiver.url not in row.url_sealed
    settings.FIELD_ENCRYPTION_KEYS = ["a-new-key-that-is-long-enough", *settings.FIELD_ENCRYPTION_KEYS]
    assert rotation.rotate().rotated == 2
    settings.FIELD_ENCRYPTION_KEYS = settings.FIELD_ENCRYPTION_KEYS[:1]
    row = Channel.objects.get()
    assert (row.url, row.secret) == (receiver.url, "between us")


def test_what_cannot_be_opened_is_said(receiver: Receiver, settings: LazySettings) -> None:
    hook(receiver.url)
    settings.FIELD_ENCRYPTION_KEYS = ["another-key-that-is-long-enough"]
    follow("bbbbbb")
    assert "FIELD_ENCRYPTION_KEYS does not contain" in Delivery.objects.get().error
    assert receiver.bodies == []
