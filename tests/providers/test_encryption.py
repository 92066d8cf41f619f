"""Secrets at rest: bound to their place, rotatable, and never shown by accident."""

from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from providers.encryption import EncryptionError, Place, is_current, seal, unseal
from providers.models import Provider

OLD, NEW = "an old passphrase, long enough", "a newer passphrase, long enough"
PLACE = Place("a_table", "a_column", uuid4())


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]


@given(st.text(max_size=200))
def test_what_is_sealed_opens_again(secret: str) -> None:
    sealed = seal(secret, PLACE)
    assert unseal(sealed, PLACE) == secret
    assert len(secret) < 4 or secret not in sealed


def test_sealing_twice_gives_two_values() -> None:
    assert seal("sk-1", PLACE) != seal("sk-1", PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("other_table", PLACE.column, PLACE.row),
        Place(PLACE.table, "other_column", PLACE.row),
        Place(PLACE.table, PLACE.column, uuid4()),
    ],
)
def test_a_value_copied_elsewhere_does_not_open(elsewhere: Place) -> None:
    with pytest.raises(EncryptionError, match="copied from another row"):
        unseal(seal("sk-1", PLACE), elsewhere)


@pytest.mark.parametrize("at", [0, 5, -20, -1])
def test_a_changed_value_does_not_open(at: int) -> None:
    sealed = seal("sk-a-rather-long-secret-000", PLACE)
    changed = [*sealed]
    changed[at] = "A" if changed[at] != "A" else "B"
    with pytest.raises(EncryptionError):
        unseal("".join(changed), PLACE)


@pytest.mark.parametrize("text", ["sk-in-clear", "v1", "v1.abc", "v1.abc.%%%", "v2.abc.AAAA", ""])
def test_what_was_never_sealed_is_told(text: str) -> None:
    with pytest.raises(EncryptionError, match="not an encrypted value"):
        unseal(text, PLACE)


def test_the_new_key_seals_and_the_old_one_still_opens(settings: Settings) -> None:
    old = seal("sk-1", PLACE)
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    assert unseal(old, PLACE) == "sk-1"
    assert not is_current(old, PLACE)
    assert is_current(seal("sk-1", PLACE), PLACE)


def test_a_missing_key_is_told_in_words(settings: Settings) -> None:
    sealed = seal("sk-1", PLACE)
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    with pytest.raises(EncryptionError, match="FIELD_ENCRYPTION_KEYS does not contain") as told:
        unseal(sealed, PLACE)
    assert "sk-1" not in str(told.value)


@pytest.mark.parametrize(("keys", "words"), [([], "is empty"), ([" "], "is empty"), (["short"], "16 characters")])
def test_useless_keys_are_refused(settings: Settings, keys: list[str], words: str) -> None:
    settings.FIELD_ENCRYPTION_KEYS = keys
    with pytest.raises(EncryptionError, match=words):
        seal("sk-1", PLACE)


def provider(name: str, key: str) -> Provider:
    row = Provider(name=name, preset="openai")
    row.set_api_key(key)
    row.save()
    return row


def rotate() -> str:
    output = StringIO()
    call_command("rotate_encryption_keys", stdout=output, stderr=output)
    return output.getvalue()


@pytest.mark.django_db
def test_a_key_is_nowhere_in_clear() -> None:
    row = provider("one", "sk-very-secret")
    stored = Provider.objects.get(pk=row.pk)
    assert stored.api_key == "sk-very-secret"
    assert "sk-very-secret" not in f"{Provider.objects.values().get()} {stored!r} {stored} {vars(stored)}"


@pytest.mark.django_db
def test_a_key_copied_to_another_row_does_not_open() -> None:
    one, two = provider("one", "sk-one"), provider("two", "sk-two")
    Provider.objects.filter(pk=two.pk).update(api_key_sealed=one.api_key_sealed)
    two.refresh_from_db()
    with pytest.raises(EncryptionError):
        _ = two.api_key


@pytest.mark.django_db
def test_rotation_leaves_nothing_under_the_old_key(settings: Settings) -> None:
    one, _none = provider("one", "sk-one"), Provider.objects.create(name="none", preset="ollama")
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    two = provider("two", "sk-two")
    assert "encrypted anew: 1, already under the first key: 1, could not be opened: 0" in rotate()
    assert "encrypted anew: 0, already under the first key: 2" in rotate()
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert [Provider.objects.get(pk=row.pk).api_key for row in (one, two)] == ["sk-one", "sk-two"]


@pytest.mark.django_db
def test_rotation_tells_what_it_cannot_open_and_leaves_it(settings: Settings) -> None:
    one = provider("one", "sk-one")
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    with pytest.raises(CommandError, match="could not be opened"):
        rotate()
    assert Provider.objects.get(pk=one.pk).api_key_sealed == one.api_key_sealed


@pytest.mark.django_db
def test_rotation_without_a_key_is_refused(settings: Settings) -> None:
    provider("one", "sk-one")
    settings.FIELD_ENCRYPTION_KEYS = []
    with pytest.raises(CommandError, match="FIELD_ENCRYPTION_KEYS is empty"):
        rotate()
