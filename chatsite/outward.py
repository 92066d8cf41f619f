"""How the site is reached and how it reaches people: its own address, its mail server. Values of settings, typed."""

from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# Scheme: usual port, STARTTLS, TLS from the first byte.
_SCHEMES = {"smtp": (25, False, False), "smtp+tls": (587, True, False), "smtps": (465, False, True)}
_USE = "use smtp://host:25, smtp+tls://user:password@host:587 or smtps://user:password@host:465"


@dataclass(frozen=True, slots=True)
class MailServer:
    backend: str = "django.core.mail.backends.dummy.EmailBackend"
    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False

    @property
    def sender(self) -> str:
        """Whom mail is from where nobody says so."""
        return self.user if "@" in self.user else "chatsite@localhost"


def mail_server(url: str) -> MailServer:
    """EMAIL_URL. "": mail goes nowhere. User and password are percent-encoded where they hold `@`, `:` or `/`."""
    if not url:
        return MailServer()
    parts, port = _split("EMAIL_URL", url, _USE)
    if parts.scheme not in _SCHEMES or not parts.hostname or parts.path.strip("/"):
        raise ImproperlyConfigured(f"EMAIL_URL: {_USE}.")
    usual, starttls, tls = _SCHEMES[parts.scheme]
    return MailServer(
        "django.core.mail.backends.smtp.EmailBackend", parts.hostname, port or usual,
        unquote(parts.username or ""), unquote(parts.password or ""), starttls, tls,
    )  # fmt: skip


def site_url(url: str) -> str:
    """SITE_URL without a slash at its end, or ""."""
    if not url:
        return ""
    parts, _ = _split("SITE_URL", url, "use https://chat.example.org")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ImproperlyConfigured(f"SITE_URL={url!r}: use the address people open, as https://chat.example.org.")
    return url.rstrip("/")


def _split(name: str, url: str, use: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name}: cannot be read; {use}.") from None
