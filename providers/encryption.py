"""Secrets at rest: AES-256-GCM, bound to the row they belong to. Knows keys and bytes, not what is being kept.

A sealed value is `v1.<key id>.<base64 of nonce and ciphertext>`. Table, column and the row's uuid are authenticated
with it, so a value copied to another place does not open. Keys come from `settings.FIELD_ENCRYPTION_KEYS`, newest
first: the first seals, all of them open; `manage.py rotate_encryption_keys` seals everything anew under the first.
"""

import base64
import binascii
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

VERSION = "v1"
NONCE_BYTES = 12
SHORTEST_KEY = 16  # characters: keys are derived, not stretched, so a short passphrase could be guessed


class EncryptionError(Exception):
    """A secret could not be sealed or opened. The words say what to do and never contain the secret."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a secret lives. `row` must never change over the row's life."""

    table: str
    column: str
    row: UUID

    def __str__(self) -> str:
        return f"{self.table}.{self.column} of {self.row}"


@dataclass(frozen=True, slots=True)
class _Key:
    id: str
    cipher: AESGCM = field(repr=False)


def seal(secret: str, place: Place) -> str:
    """Encrypt `secret` for `place` under the first key. Raises EncryptionError where no key is set."""
    key = _keys()[0]
    nonce = os.urandom(NONCE_BYTES)
    ciphertext = key.cipher.encrypt(nonce, secret.encode(), _bound_to(place))
    return f"{VERSION}.{key.id}.{base64.urlsafe_b64encode(nonce + ciphertext).decode()}"


def unseal(sealed: str, place: Place) -> str:
    """The secret again. Raises EncryptionError: key missing, value damaged, or value from another place."""
    key_id, body = _parts(sealed, place)
    key = next((key for key in _keys() if key.id == key_id), None)
    if key is None:
        raise EncryptionError(
            f"{place} is encrypted under the key {key_id}, which FIELD_ENCRYPTION_KEYS does not contain. "
            "Add that key again (after the newest one), or enter the secret anew."
        )
    try:
        return key.cipher.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], _bound_to(place)).decode()
    except InvalidTag:
        raise EncryptionError(f"{place} is damaged or was copied from another row. Enter the secret anew.") from None


def is_current(sealed: str, place: Place) -> bool:
    """Whether `sealed` is under the first key already."""
    return _parts(sealed, place)[0] == _keys()[0].id


def check_keys() -> None:
    """Raises EncryptionError where FIELD_ENCRYPTION_KEYS cannot be used."""
    _keys()


def _parts(sealed: str, place: Place) -> tuple[str, bytes]:
    version, _, rest = sealed.partition(".")
    key_id, _, encoded = rest.partition(".")
    try:
        body = base64.urlsafe_b64decode(encoded)
    except (binascii.Error, ValueError):
        body = b""
    if version != VERSION or len(body) <= NONCE_BYTES:
        raise EncryptionError(f"{place} is not an encrypted value. Enter the secret anew.")
    return key_id, body


def _bound_to(place: Place) -> bytes:
    return "\0".join((VERSION, place.table, place.column, str(place.row))).encode()


def _keys() -> list[_Key]:
    given: Sequence[str] = [str(key).strip() for key in getattr(settings, "FIELD_ENCRYPTION_KEYS", None) or []]
    phrases = [phrase for phrase in given if phrase]
    if not phrases:
        raise EncryptionError("FIELD_ENCRYPTION_KEYS is empty: set at least one long random key, newest first.")
    if any(len(phrase) < SHORTEST_KEY for phrase in phrases):
        raise EncryptionError(f"FIELD_ENCRYPTION_KEYS: every key needs at least {SHORTEST_KEY} characters.")
    return [_derive(phrase) for phrase in phrases]


@lru_cache(maxsize=16)
def _derive(phrase: str) -> _Key:
    return _Key(id=_expand(phrase, b"key id", 6).hex(), cipher=AESGCM(_expand(phrase, b"aes-256-gcm", 32)))


def _expand(phrase: str, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=b"chatsite field encryption: " + purpose).derive(phrase.encode())
