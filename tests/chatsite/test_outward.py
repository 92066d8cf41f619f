"""How the address of the mail server and of the site are read and refused."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatsite.outward import MailServer, mail_server, site_url

SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("smtp://localhost", MailServer(SMTP, "localhost")),
        ("smtp://mail.example.org:2525", MailServer(SMTP, "mail.example.org", 2525)),
        (
            "smtp+tls://ada%40example.org:p%3Aw%2F@mail.example.org",
            MailServer(SMTP, "mail.example.org", 587, "ada@example.org", "p:w/", starttls=True),
        ),
        ("smtps://me:word@[::1]/", MailServer(SMTP, "::1", 465, "me", "word", tls=True)),
    ],
)
def test_a_mail_server(url: str, read: MailServer) -> None:
    assert mail_server(url) == read


def test_without_one_mail_goes_nowhere() -> None:
    assert mail_server("").backend == "django.core.mail.backends.dummy.EmailBackend"


def test_whom_mail_is_from() -> None:
    assert mail_server("smtp://ada%40example.org:w@mail.example.org").sender == "ada@example.org"
    assert mail_server("smtp://ada:w@mail.example.org").sender == "chatsite@localhost"


@pytest.mark.parametrize("url", ["mail.example.org", "imap://h", "smtp://", "smtp://h:port", "smtp://h/folder"])
def test_what_is_no_mail_server(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"EMAIL_URL: .*use smtp://host:25"):
        mail_server(url)


def test_a_password_is_not_told() -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        mail_server("smtp://me:very-secret@host:port")
    assert "very-secret" not in str(refused.value)


def test_the_address_of_the_site() -> None:
    assert site_url("https://chat.example.org/") == "https://chat.example.org"
    assert site_url("http://10.0.0.7:8000") == "http://10.0.0.7:8000"
    assert site_url("") == ""


@pytest.mark.parametrize("url", ["chat.example.org", "https://", "ftp://x", "https://x/?a=1", "https://x:port"])
def test_what_is_no_address_of_a_site(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"SITE_URL.*https://chat"):
        site_url(url)
