"""Moves stored secrets to the newest encryption key. Knows where they are kept, not what for."""

from dataclasses import dataclass

from django.apps import apps
from django.db import transaction

from providers.encryption import EncryptionError, Place, check_keys, is_current, seal, unseal

# (model, column) of everything sealed. The row's uuid is its primary key.
SEALED = (
    ("providers.Provider", "api_key_sealed"),
    ("alerts.Channel", "url_sealed"),
    ("alerts.Channel", "secret_sealed"),
)


@dataclass(frozen=True, slots=True)
class Rotation:
    """Counts, and one sentence for every secret that could not be opened (it stays as it is)."""

    rotated: int
    current: int
    failures: tuple[str, ...]


def rotate() -> Rotation:
    """Seal everything under the first key. Raises EncryptionError where no key is set."""
    check_keys()
    rotated, current, failures = 0, 0, list[str]()
    for label, column in SEALED:
        model = apps.get_model(label)
        for key in model._default_manager.exclude(**{column: ""}).values_list("pk", flat=True):
            with transaction.atomic():
                row = model._default_manager.select_for_update().get(pk=key)
                place = Place(model._meta.db_table, column, row.pk)
                sealed = getattr(row, column)
                try:
                    if is_current(sealed, place):
                        current += 1
                        continue
                    secret = unseal(sealed, place)
                except EncryptionError as error:
                    failures.append(str(error))
                    continue
                model._default_manager.filter(pk=key).update(**{column: seal(secret, place)})
                rotated += 1
    return Rotation(rotated, current, tuple(failures))
