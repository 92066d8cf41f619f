"""One message on its way: to a mail server, or to a webhook. Raises `NotSent`, in words for staff and free of secrets.

Reads no rows, so that it may run on any thread. Webhooks go through the client that calls to providers go through, and
where providers may not be, webhooks may not be either.
"""

import asyncio
import hashlib
import hmac
import json
import smtplib
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.mail import EmailMessage

from metrics.alerts.messages import Message
from providers.adapters import http
from providers.addresses import AddressRefused
from providers.errors import ProviderError
from providers.text import storable
from providers.validation import address_policy

TIMEOUT = 10.0  # seconds until a webhook must have answered
NO_MAIL = "EMAIL_URL is not set, so mail goes nowhere. Set it and start the site again."
_WORDS = 200  # characters of an answer that are told


class NotSent(Exception):
    """`away`: nobody was there, so others need not be tried at the same place now."""

    def __init__(self, words: str, *, away: bool = False) -> None:
        super().__init__(words)
        self.away = away


@dataclass(frozen=True, slots=True)
class Mailbox:
    address: str

    def send(self, message: Message) -> None:
        if not mail_works():
            raise NotSent(NO_MAIL, away=True)
        headers = {"Message-ID": f"<{message.key}@{_domain()}>", "Auto-Submitted": "auto-generated"}
        mail = EmailMessage(message.subject, f"{message.text}\n", to=[self.address], headers=headers)
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            [(code, said)] = error.recipients.values()
            raise NotSent(f"The mail server refused {self.address}: {code} {_words(said)}") from None
        except smtplib.SMTPResponseException as error:
            words = _words(error.smtp_error)
            away = isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPConnectError)
            raise NotSent(f"The mail server said {error.smtp_code}: {words}", away=away) from None
        except (OSError, smtplib.SMTPException) as error:  # OSError: no server there, no time, no trust in it
            server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
            raise NotSent(
                f"No mail through {server}: {_words(str(error)) or type(error).__name__}", away=True
            ) from None
        except ValueError as error:  # the address or a header cannot be written
            raise NotSent(f"The mail to {self.address} could not be made: {_words(str(error))}") from None


@dataclass(frozen=True, slots=True)
class Hook:
    """`bare`: for chats, which know `text` alone. `secret` signs, or is ""."""

    name: str
    url: str
    secret: str = ""
    bare: bool = False

    def send(self, message: Message) -> None:
        content = {"text": message.in_a_chat()} if self.bare else {"text": message.text, **message.fields}
        body = json.dumps(content).encode()
        asyncio.run(self._post(body, {**self._signature(body), "x-chatsite-delivery": message.key}))

    def _signature(self, body: bytes) -> dict[str, str]:
        headers = {"content-type": "application/json", "accept": "*/*"}
        if not self.secret:
            return headers
        at = str(int(time.time()))
        signed = hmac.new(self.secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
        return {**headers, "x-chatsite-timestamp": at, "x-chatsite-signature": f"sha256={signed.hexdigest()}"}

    async def _post(self, body: bytes, headers: dict[str, str]) -> None:
        try:
            async with asyncio.timeout(TIMEOUT), http.make_client(allowing()) as client:
                response = await http.post(client, self.url, headers, body, self.name)
                try:
                    await self._judge(response)
                finally:
                    await http.close(response)
        except TimeoutError:
            raise NotSent(f"{self.name} did not answer within {TIMEOUT:g} s.", away=True) from None
        except ProviderError as error:
            raise NotSent(str(error), away=True) from None

    async def _judge(self, response: httpx.Response) -> None:
        if response.is_success:
            return
        if response.has_redirect_location:
            raise NotSent(f"{self.name} sends its callers elsewhere ({response.status_code}). Enter the address there.")
        said = b""
        async for data in http.chunks(response, self.name):
            said += data
            if len(said) > _WORDS * 4:
                break
        raise NotSent(f"{self.name} answered {response.status_code}: {_words(said) or 'nothing else'}")


def mail_works() -> bool:
    return not settings.EMAIL_BACKEND.endswith(".dummy.EmailBackend")


def allowing() -> Callable[[str, str], None]:
    """Asked for each address before it is connected to."""
    policy = address_policy()

    def allow(host: str, ip: str) -> None:
        try:
            policy.check(host, ip)
        except AddressRefused:
            raise AddressRefused(refusal(host)) from None

    return allow


def refusal(host: str) -> str:
    return f"{host} is inside, where nobody is called. If a webhook really is there, list it in PRIVATE_PROVIDER_HOSTS."


def _domain() -> str:
    return (
        urlsplit(settings.SITE_URL).hostname or settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(" >") or "chatsite"
    )


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(storable(text).split())[:_WORDS]
