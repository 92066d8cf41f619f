"""What the suite spares itself: nothing of one test is left for the next, and what is shared is shared by design."""

import ssl
import threading
from collections.abc import Callable

import certifi
import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from accounts.models import User
from tests import fixtures_database, run
from tests.fixtures_database import KEPT, empty_the_tables

PATIENCE = 10.0  # seconds


@pytest.mark.parametrize("large", [fixtures_database.LARGE, -1], ids=["row by row", "whole files"])
def test_what_a_test_committed_is_taken_out(
    transactional_db: None, user: User, large: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fixtures_database, "LARGE", large)
    group = Group.objects.create(name="A table between two others")
    group.permissions.add(Permission.objects.all()[0])
    user.groups.add(group)
    permissions, types = Permission.objects.count(), ContentType.objects.count()
    empty_the_tables()
    known = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    assert {table for table, model in known.items() if model._base_manager.exists()} == KEPT - {"django_migrations"}
    assert (Permission.objects.count(), ContentType.objects.count()) == (permissions, types)


@pytest.mark.parametrize("name", ["ada@example.org", "grace@example.org"])
def test_it_is_done_after_each_test(transactional_db: None, make_user: Callable[..., User], name: str) -> None:
    """Whichever comes second finds nobody."""
    assert not User.objects.exists()
    make_user(name)


def test_it_waits_for_whoever_is_still_writing(transactional_db: None, make_user: Callable[..., User]) -> None:
    wrote, may_end = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            make_user("late@example.org")
            wrote.set()
            may_end.wait(PATIENCE)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    assert wrote.wait(PATIENCE)
    threading.Timer(0.05, may_end.set).start()
    empty_the_tables()
    writer.join()
    assert not User.objects.exists()


def test_clients_share_the_authorities_and_nothing_else() -> None:
    make = ssl.create_default_context
    assert make(cafile=certifi.where()) is make(cafile=certifi.where())
    assert make() is not make()
    assert make(ssl.Purpose.CLIENT_AUTH, cafile=certifi.where()) is not make(cafile=certifi.where())


def test_bytecode_is_kept_where_it_would_be_left_away() -> None:
    told = {"PYTHONDONTWRITEBYTECODE": "1", "LANG": "C"}
    assert run.compiled_once(told).keys() == {"PYTHONPYCACHEPREFIX", "LANG"}
    assert run.compiled_once({**told, "PYTHONPYCACHEPREFIX": "/there"})["PYTHONPYCACHEPREFIX"] == "/there"
    assert run.compiled_once({"LANG": "C"}) == {"LANG": "C"}
