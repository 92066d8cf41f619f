"""`manage.py ensure_account`: the first account without a browser, from options or SETUP_EMAIL and SETUP_PASSWORD.

Meant to run at every start: it does nothing where an account exists, or where it is told nothing.
"""

import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import services
from accounts.errors import AlreadySetUp
from accounts.models import User

EXISTS = "An account exists already; nothing was changed."


class Command(BaseCommand):
    help = "Make the first (staff) account if there is none yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", help="default: SETUP_EMAIL, or the file SETUP_EMAIL_FILE names")
        parser.add_argument("--password", help="default: SETUP_PASSWORD, or the file SETUP_PASSWORD_FILE names")

    def handle(self, *, email: str | None, password: str | None, **_options: Any) -> None:
        if User.objects.exists():
            self.stdout.write(EXISTS)
            return
        email, password = email or _from_environment("SETUP_EMAIL"), password or _from_environment("SETUP_PASSWORD")
        if not email and not password:
            self.stdout.write("No account yet: open /setup/ in a browser, or set SETUP_EMAIL and SETUP_PASSWORD.")
            return
        if not email or not password:
            missing = "SETUP_PASSWORD (or --password)" if email else "SETUP_EMAIL (or --email)"
            raise CommandError(f"The first account needs both an e-mail and a password: set {missing}, too.")
        try:
            user = services.create_first_account(email=email, password=password)
        except AlreadySetUp:
            self.stdout.write(EXISTS)
        except ValidationError as error:
            told = " ".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())
            raise CommandError(f"The first account cannot be made. {told}") from error
        else:
            self.stdout.write(f"The account {user.email} is made. Sign in with it.")


def _from_environment(name: str) -> str:
    if value := os.environ.get(name):
        return value
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{name}_FILE={path}: cannot be read ({error}).") from error
