"""Alerts in the admin and on the dashboard: where they are told, what was, and what is tried."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.test import AsyncClient, Client

from accounts.models import User
from metrics.alerts.models import Alert, Channel, Delivery, Rules
from tests.metrics.alerting import follow, hook, mailbox
from tests.metrics.pages import shown, words
from tests.metrics.receivers import webhook
from threads import database
from threads.generation.runtime import Runtime

CHANNEL, ALERT, RULES = (f"/admin/alerts/{name}/" for name in ("channel", "alert", "rules"))
URL = "https://hooks.example.org/services/T1/secret-path"


def _form(**values: Any) -> dict[str, Any]:
    return {"name": "ops", "kind": "email", "addresses": "", "enabled": "on", **values}


def _said(response: Any) -> list[str]:
    return [re.sub(r"\s+", " ", one) for one in map(str, response.context["messages"])]


@pytest.mark.django_db
def test_a_channel_by_mail(admin_client: Client) -> None:
    page = admin_client.post(f"{CHANNEL}add/", _form())
    assert "Enter at least one e-mail address." in page.content.decode()
    page = admin_client.post(f"{CHANNEL}add/", _form(addresses="ada@example.org\nnobody"))
    assert "nobody is no e-mail address." in page.content.decode()
    admin_client.post(f"{CHANNEL}add/", _form(addresses=" ada@example.org \n\ngrace@example.org\n"))
    assert Channel.objects.get().recipients() == ["ada@example.org", "grace@example.org"]


@pytest.mark.django_db
def test_a_webhook_and_its_secret_never_come_out(admin_client: Client) -> None:
    made = admin_client.post(f"{CHANNEL}add/", _form(kind="chat", new_url=URL, new_secret="between-us"))
    assert made.status_code == 302
    row = Channel.objects.get()
    assert (row.url, row.secret, row.host) == (URL, "between-us", "hooks.example.org")
    form = f"{CHANNEL}{row.pk}/change/"
    pages = [admin_client.get(one).content.decode() for one in (form, CHANNEL, f"{CHANNEL}{row.pk}/history/")]
    pages.append(admin_client.post(form, _form(name="", new_url=URL, new_secret="between-us")).content.decode())
    for page in pages:
        assert "secret-path" not in page
        assert "between-us" not in page
        assert "hooks.example.org" in page or "history" in page.lower()
    admin_client.post(form, _form(kind="chat", name="other"))
    row.refresh_from_db()
    assert (row.name, row.url, row.secret) == ("other", URL, "between-us"), "blank keeps them"
    admin_client.post(form, _form(kind="chat", remove_secret="on"))
    row.refresh_from_db()
    assert (row.url, row.secret) == (URL, "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", "Enter the address of the webhook."),
        ("ftp://hooks.example.org/x", "Use an address like https://"),
        ("https://hooks.example.org/a b", "Use an address like https://"),
        ("https://hooks.example.org:port/", "This address cannot be read."),
        ("https://me:word@hooks.example.org/x", "Leave out the user name"),
        ("http://10.0.0.7/hook", "10.0.0.7 is inside, where nobody is called."),
        ("http://169.254.169.254/latest", "169.254.169.254 is inside"),
        ("http://metadata.google.internal/x", "metadata.google.internal is inside"),
    ],
)
def test_where_no_webhook_can_be(admin_client: Client, url: str, told: str) -> None:
    page = admin_client.post(f"{CHANNEL}add/", _form(kind="webhook", new_url=url))
    assert told in page.content.decode()
    assert not Channel.objects.exists()


@pytest.mark.django_db
def test_a_test_message_says_what_came_of_it(admin_client: Client) -> None:
    with webhook() as receiver:
        row = hook(receiver.url, secret="between us")
        mailbox("ada@example.org")
        hook("http://127.0.0.1:1/x", name="away")
        ids = [str(pk) for pk in Channel.objects.values_list("pk", flat=True)]
        page = admin_client.post(CHANNEL, {"action": "test", "_selected_action": ids}, follow=True)
        gone = "No connection to away (127.0.0.1:1): connection refused."
        assert _said(page) == [
            f"The test message to away (127.0.0.1) was not sent. {gone}",
            "The test message to hook (127.0.0.1) was sent: the other side has taken it.",
            "The test message to mail (ada@example.org) was sent: the other side has taken it.",
        ]
        assert [one.subject for one in mail.outbox] == ["[chatsite] Test"]
        assert receiver.events == ["test"]
        assert "x-chatsite-signature" in receiver.headers[0]
        form = _form(kind="webhook", name="hook", _test="Save and send a test message")
        page = admin_client.post(f"{CHANNEL}{row.pk}/change/", form, follow=True)
        assert "was sent" in _said(page)[0]
        assert page.redirect_chain[-1][0] == f"{CHANNEL}{row.pk}/change/"
        assert receiver.events == ["test", "test"]
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_without_a_mail_server_the_pages_say_so(admin_client: Client, settings: LazySettings) -> None:
    row = mailbox("ada@example.org")
    assert "EMAIL_URL" not in admin_client.get(CHANNEL).content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    for page in (CHANNEL, f"{CHANNEL}{row.pk}/change/"):
        assert "EMAIL_URL is not set, so mail goes nowhere." in admin_client.get(page).content.decode()


@pytest.mark.django_db
def test_what_was_told_and_what_was_not(admin_client: Client) -> None:
    with webhook() as receiver:
        hook(receiver.url)
        receiver.status = 503
        follow("bbbbbb")
        row = Alert.objects.get()
        page = words(admin_client.get(ALERT).content.decode())
        assert "first token, p95 open It is bad. 2026-05-20 12:00 - 1 waiting" in page
        page = words(admin_client.get(f"{ALERT}{row.pk}/change/").content.decode())
        assert "failed once, tried again 2026-05-20 12:05: hook answered 503" in page
        assert admin_client.post(f"{ALERT}{row.pk}/change/", {}).status_code == 403
        assert admin_client.get(f"{ALERT}add/").status_code == 403
        page = admin_client.post(ALERT, {"action": "again", "_selected_action": [row.pk]}, follow=True)
        assert _said(page) == ["1 will be tried within a minute."]
        assert Delivery.objects.get().next_at > datetime.now(UTC) - timedelta(minutes=1)  # type: ignore[operator]


@pytest.mark.django_db
def test_what_is_open_comes_first(admin_client: Client) -> None:
    follow("bbbbbb" + "f" * 11, title="it is over")
    follow("bbbbbb", subject="b", title="it is open")
    follow("bbbbbb" + "f" * 11, start=30, subject="c", title="it is over, too")
    follow("b", start=50, subject="d", title="it is new")
    [rows] = [admin_client.get(ALERT).context["cl"].result_list]
    assert [row.title for row in rows] == ["it is new", "it is open", "it is over, too", "it is over"]
    assert "it is new not told yet" in words(admin_client.get(ALERT).content.decode())


@pytest.mark.django_db
def test_staff_set_the_rules(admin_client: Client) -> None:
    assert admin_client.get(RULES, follow=True).redirect_chain
    form = {"missed_minutes": "0", "least_answers": "50", "breaker_minutes": "3", "fine_minutes": "15"}
    page = admin_client.post(f"{RULES}1/change/", form).content.decode()
    assert "Use a whole number from 1 to 120" in page
    admin_client.post(f"{RULES}1/change/", {**form, "missed_minutes": "10"})
    rules = Rules.current()
    assert (rules.missed_minutes, rules.least_answers, rules.breaker_minutes, rules.fine_minutes) == (10, 50, 3, 15)
    assert admin_client.post(f"{RULES}1/delete/").status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("page", [CHANNEL, ALERT, RULES])
def test_it_is_for_staff_who_may(user: User, page: str) -> None:
    client = Client()
    client.force_login(user)
    assert client.get(page).status_code == 302
    user.is_staff = True  # but with no permission
    user.save()
    assert client.get(page).status_code == 403


async def test_the_dashboard_shows_what_is_open(engine: Runtime, tab: AsyncClient) -> None:
    assert 'aria-labelledby="alerts"' not in await shown(tab)
    await database.write(follow, "bbbb", what="<b>It</b> is slow.")
    assert 'aria-labelledby="alerts"' not in await shown(tab), "not told yet"
    await database.write(follow, "bb", start=4, what="<b>It</b> is slow.")
    page = await shown(tab)
    assert "&lt;b&gt;It&lt;/b&gt; is slow." in page
    assert "Since 2026-05-20 12:00. Worst: a at b." in words(page).replace(" .", ".")
    await database.write(follow, "f" * 11, start=6)
    assert 'aria-labelledby="alerts"' not in await shown(tab)
