"""System checks: combinations of settings that would start and then disappoint. Each says what to do about it.

They run at every start and in `manage.py check`. A value that is wrong by itself is refused earlier, by `env`.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution

TAG = "chatsite"  # `manage.py check --tag chatsite` runs these alone
LEAST_SECRET = 32  # characters
# Files here may be those of several machines, whose processes share no memory.
NETWORK_FILE_SYSTEMS = {
    *("afs", "beegfs", "ceph", "cifs", "davfs", "gfs2", "glusterfs", "gpfs", "lustre", "nfs", "nfs4", "ocfs2", "smb3"),
    *("fuse.ceph", "fuse.davfs2", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "smbfs"),
}
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


def check_network_storage(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """Whether an SQLite database lies where its processes cannot share memory."""
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3"):
        return []
    kind = file_system(Path(database["NAME"]).resolve().parent, _mounts())
    if kind not in NETWORK_FILE_SYSTEMS:
        return []
    where = f"The SQLite database {database['NAME']} lies on a network file system ({kind})"
    hint = "Use a local disk (VAR_DIR=/path), or PostgreSQL: DATABASE_URL=postgres://user:password@host:5432/name."
    if settings.GENERATION_WORKER == "external" or settings.REDIS_URL:
        return [Error(f"{where}, which several processes cannot share.", hint=hint, id="chatsite.E003")]
    return [Caution(f"{where}: it is slow there, and broken by a second machine.", hint=hint, id="chatsite.W007")]


def _mounts() -> str:
    try:
        return Path("/proc/self/mounts").read_text("utf-8", "replace")
    except OSError:
        return ""  # no Linux: not known


def file_system(path: Path, mounts: str) -> str:
    """The kind of file system that `path` is on, of those that `mounts` lists as /proc/self/mounts does; "" if none."""
    found, depth = "", -1
    for fields in map(str.split, mounts.splitlines()):
        if len(fields) < 3:
            continue
        place = Path(re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), fields[1]))  # spaces are written \040
        if path.is_relative_to(place) and len(place.parts) >= depth:
            found, depth = fields[2], len(place.parts)
    return found


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
    register(check_network_storage, TAG, Tags.files)
    register(check_secrets, TAG, Tags.security)
    register(check_debug, TAG, Tags.security)
