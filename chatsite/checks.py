"""System checks: combinations of settings that would start and then disappoint. Each says what to do about it.

They run at every start and in `manage.py check`. A value that is wrong by itself is refused earlier, by `env`.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution

TAG = "chatsite"  # `manage.py check --tag chatsite` runs these alone
LEAST_SECRET = 32  # characters
LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]", "::1", ".localhost"}


def check_processes(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """Whether the processes of this configuration can hear each other."""
    if settings.GENERATION_WORKER == "external" and not settings.REDIS_URL:
        return [
            Caution(
                "GENERATION_WORKER=external without REDIS_URL: pages and workers hear of each other only by asking the "
                "database once a second.",
                hint="Set REDIS_URL, or use GENERATION_WORKER=embedded.",
                id="chatsite.W001",
            )
        ]
    return []


def check_storage(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """Whether the folder of an SQLite database can be written: SQLite makes files beside the database."""
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3"):
        return []
    folder = Path(database["NAME"]).resolve().parent
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            f"The folder of the database, {folder}, cannot be written.",
            hint="Let this user write there, or name another place: VAR_DIR=/path or DATABASE_URL=sqlite:////path/file.",
            id="chatsite.E001",
        )
    ]


def check_secrets(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """Whether sessions are signed with something that cannot be guessed."""
    if settings.DEBUG or len(settings.SECRET_KEY) >= LEAST_SECRET:
        return []
    return [
        Error(
            f"SECRET_KEY has {len(settings.SECRET_KEY)} characters; it needs at least {LEAST_SECRET}.",
            hint="Leave it unset and one is made, or use a long random text.",
            id="chatsite.E002",
        )
    ]


def check_debug(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """Whether error pages with the program's inner values would be shown to others."""
    foreign = sorted(set(settings.ALLOWED_HOSTS) - LOCAL_HOSTS)
    if not settings.DEBUG or not foreign:
        return []
    return [
        Caution(
            f"DEBUG is on while the site answers to {', '.join(foreign)}: error pages show its settings and variables.",
            hint="Set DEBUG=off.",
            id="chatsite.W002",
        )
    ]


def register_all() -> None:
    register(check_processes, TAG, Tags.compatibility)
    register(check_storage, TAG, Tags.files)
    register(check_secrets, TAG, Tags.security)
    register(check_debug, TAG, Tags.security)
