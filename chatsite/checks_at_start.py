"""System checks that ask the database and Redis. `serve` and `run_worker` run them before they begin, and
`manage.py check --database default` does. What is away now may come back: that is a warning and holds up nothing.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as Caution
from django.db import Error as DatabaseError
from django.db import NotSupportedError, connection
from redis import Redis, RedisError

from chatsite import sole_host

TAG = "chatsite_start"


def check_database(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_options: Any
) -> list[CheckMessage]:
    """Whether the database can be used, and by this machine."""
    if not databases or "default" not in databases:
        return []
    if (database := settings.DATABASES["default"])["ENGINE"].endswith("sqlite3"):
        return _sole_host(Path(database["NAME"]).resolve())
    try:
        connection.ensure_connection()
        return _connections()
    except NotSupportedError as error:
        least = ".".join(map(str, connection.features.minimum_database_version or ()))
        return [Error(f"{error}", hint=f"Upgrade the server to PostgreSQL {least} or newer.", id="chatsite.E005")]
    except DatabaseError as error:
        return [
            Caution(
                f"The database does not answer ({type(error).__name__}).",
                hint="See that it runs and that DATABASE_URL names it. Nothing can be stored until it answers.",
                id="chatsite.W005",
            )
        ]


def _sole_host(file: Path) -> list[CheckMessage]:
    try:
        sole_host.claim(file)
    except sole_host.AnotherHost as other:
        return [
            Error(
                f"Another machine ({other.name}) uses the SQLite database {file} at this moment.",
                hint="SQLite serves one machine. Stop the processes there, or use PostgreSQL: DATABASE_URL=postgres://…",
                id="chatsite.E004",
            )
        ]
    except OSError as error:
        return [
            Caution(
                f"It cannot be told whether another machine uses {file} ({error}).",
                hint="SQLite serves one machine: see that no other one uses this file.",
                id="chatsite.W003",
            )
        ]
    return []


def _connections() -> list[CheckMessage]:
    """Whether the server has as many connections as one process may want."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(CASE name WHEN 'max_connections' THEN setting::int ELSE -setting::int END) FROM pg_settings "
            "WHERE name IN ('max_connections', 'superuser_reserved_connections', 'reserved_connections')"
        )
        available = cursor.fetchone()[0]
    if available >= settings.DATABASE_CONNECTIONS:
        return []
    return [
        Caution(
            f"This process may take {settings.DATABASE_CONNECTIONS} connections; PostgreSQL has {available} for all.",
            hint="Set DATABASE_CONNECTIONS lower, or max_connections of PostgreSQL higher; each process has its own.",
            id="chatsite.W006",
        )
    ]


def check_redis(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_options: Any
) -> list[CheckMessage]:
    """Whether Redis answers."""
    if not databases or not settings.REDIS_URL:
        return []
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
            client.ping()
    except RedisError as error:
        return [
            Caution(
                f"Redis does not answer ({type(error).__name__}): processes hear of each other only by asking the "
                "database once a second.",
                hint="See that it runs and that REDIS_URL names it, with its password.",
                id="chatsite.W004",
            )
        ]
    return []


def register_all() -> None:
    register(check_database, TAG)
    register(check_redis, TAG)
