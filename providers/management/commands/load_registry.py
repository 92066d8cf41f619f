"""`manage.py load_registry FILE.toml [--dry-run]`: providers, models and routes from a file. See docs/registry.md."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from providers.registry_file import RegistryFileError
from providers.registry_load import load_and_look


class Command(BaseCommand):
    help = "Loads providers, models and routes from a TOML file. Loading it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.toml")
        parser.add_argument("--dry-run", action="store_true", help="Print what would change; change nothing.")

    def handle(self, *, file: str, dry_run: bool, **_options: Any) -> None:
        try:
            loaded = load_and_look(_text(file), os.environ, dry_run=dry_run)
        except RegistryFileError as error:
            faults = "1 fault" if len(error.lines) == 1 else f"{len(error.lines)} faults"
            raise CommandError("\n".join([f"{file}: {faults}, nothing was changed", *error.lines])) from None
        for change in loaded.changes:
            self.stdout.write(change)
        if not loaded.changes:
            self.stdout.write("nothing changed" if not dry_run else "nothing would change")
        elif dry_run:
            self.stdout.write("dry run: nothing was changed")
        for caution in loaded.cautions:
            self.stderr.write(f"caution: {caution}")


def _text(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"{file}: cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError as error:
        raise CommandError(f"{file}: is not UTF-8 text (byte {error.start + 1}).") from None
