"""`manage.py rotate_encryption_keys`: every stored secret under the first of FIELD_ENCRYPTION_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from providers.encryption import EncryptionError
from providers.rotation import rotate


class Command(BaseCommand):
    help = "Encrypts every stored secret anew under the newest key. Running it again changes nothing."

    def handle(self, **_options: Any) -> None:
        try:
            result = rotate()
        except EncryptionError as error:
            raise CommandError(str(error)) from None
        for failure in result.failures:
            self.stderr.write(failure)
        self.stdout.write(
            f"encrypted anew: {result.rotated}, already under the first key: {result.current}, "
            f"could not be opened: {len(result.failures)}"
        )
        if result.failures:
            raise CommandError("Some secrets could not be opened: keep their keys in FIELD_ENCRYPTION_KEYS.")
