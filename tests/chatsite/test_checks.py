from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

from chatsite import checks
from chatsite.checks import TAG

GOOD_SECRET = "x" * 50


def ids() -> set[str | None]:
    return {message.id for message in run_checks(tags=[TAG])}


def test_the_settings_of_the_tests_are_fine() -> None:
    assert ids() == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"GENERATION_WORKER": "external", "REDIS_URL": ""}, {"chatsite.W001"}),
        ({"GENERATION_WORKER": "external", "REDIS_URL": "redis://127.0.0.1:6379/0"}, set()),
        ({"SECRET_KEY": "short", "DEBUG": False}, {"chatsite.E002"}),
        ({"SECRET_KEY": "short", "DEBUG": True, "ALLOWED_HOSTS": []}, set()),
        ({"SECRET_KEY": GOOD_SECRET, "DEBUG": True, "ALLOWED_HOSTS": ["chat.example.org"]}, {"chatsite.W002"}),
        ({"SECRET_KEY": GOOD_SECRET, "DEBUG": True, "ALLOWED_HOSTS": ["localhost", "127.0.0.1"]}, set()),
        ({"SECRET_KEY": GOOD_SECRET, "DEBUG": False, "ALLOWED_HOSTS": ["chat.example.org"]}, set()),
    ],
)
def test_combinations_of_settings(settings: Any, changes: dict[str, Any], expected: set[str]) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    assert ids() == expected


def test_a_database_folder_that_is_not_there(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = settings.DATABASES["default"]
    monkeypatch.setitem(database, "ENGINE", "django.db.backends.sqlite3")
    monkeypatch.setitem(database, "NAME", str(tmp_path / "missing" / "db.sqlite3"))
    assert ids() == {"chatsite.E001"}
    (tmp_path / "missing").mkdir()
    assert ids() == set()


def test_every_message_says_what_to_do(settings: Any) -> None:
    settings.GENERATION_WORKER, settings.REDIS_URL = "external", ""
    settings.SECRET_KEY = "short"
    found = run_checks(tags=[TAG])
    assert len(found) == 2
    assert all(message.hint for message in found)


# --- where SQLite lies -----------------------------------------------------------------------------------------
MOUNTS = r"""
/dev/root / ext4 rw 0 0
fileserver:/data /srv nfs4 rw,vers=4.2 0 0
/dev/disk /srv/local xfs rw 0 0
fileserver:/more /srv/with\040space nfs rw 0 0
a broken line
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib", "ext4"),
        ("/srv", "nfs4"),
        ("/srv/chat/var", "nfs4"),
        ("/srvother", "ext4"),
        ("/srv/local/var", "xfs"),
        ("/srv/with space/var", "nfs"),
    ],
)
def test_the_file_system_of_a_folder(folder: str, kind: str) -> None:
    assert checks.file_system(Path(folder), MOUNTS) == kind
    assert checks.file_system(Path(folder), "") == ""


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"GENERATION_WORKER": "embedded", "REDIS_URL": ""}, {"chatsite.W007"}),
        ({"GENERATION_WORKER": "embedded", "REDIS_URL": "redis://127.0.0.1:6379/0"}, {"chatsite.E003"}),
        ({"GENERATION_WORKER": "external", "REDIS_URL": ""}, {"chatsite.E003", "chatsite.W001"}),
    ],
)
def test_sqlite_on_a_network_file_system(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, changes: dict[str, str], expected: set[str]
) -> None:
    monkeypatch.setattr(checks, "_mounts", lambda: f"fileserver:/data {tmp_path} nfs4 rw 0 0")
    database = settings.DATABASES["default"]
    monkeypatch.setitem(database, "ENGINE", "django.db.backends.sqlite3")
    monkeypatch.setitem(database, "NAME", str(tmp_path / "db.sqlite3"))
    for name, value in changes.items():
        setattr(settings, name, value)
    assert ids() == expected
    monkeypatch.setitem(database, "ENGINE", "django.db.backends.postgresql")
    assert ids() == expected - {"chatsite.E003", "chatsite.W007"}
