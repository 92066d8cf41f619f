"""/healthz and /readyz: what load balancers and supervisors go by."""

import json
from typing import Any

import pytest
from asgiref.sync import ThreadSensitiveContext
from django.conf import LazySettings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import AsyncClient

from accounts.middleware import account_exists
from threads import database
from threads.generation.runtime import Runtime


async def _get(path: str) -> tuple[int, Any, Any]:
    async with ThreadSensitiveContext():
        response = await AsyncClient().get(path)
    return response.status_code, json.loads(response.content), response.headers


async def test_both_are_well_without_an_account(engine: Runtime) -> None:
    account_exists.forget()
    for path in ("/healthz", "/readyz"):
        status, body, _ = await _get(path)
        assert (status, body) == (200, {"status": "ok"})


async def test_a_migration_that_is_not_applied(engine: Runtime) -> None:
    rows = MigrationRecorder.Migration.objects.filter(app="threads").order_by("-name")
    newest = await database.read(lambda: rows[0].name)
    await database.write(rows.filter(name=newest).delete)
    try:
        status, body, headers = await _get("/readyz")
        assert (status, body["status"], list(body["missing"])) == (503, "unavailable", ["database"])
        assert "manage.py migrate" in body["missing"]["database"]
        assert int(headers["Retry-After"]) > 0
        assert (await _get("/healthz"))[0] == 200
    finally:
        await database.write(rows.create, app="threads", name=newest)
    assert (await _get("/readyz"))[0] == 200


async def test_while_it_shuts_down(engine: Runtime) -> None:
    engine.draining = True
    status, body, _ = await _get("/readyz")
    assert (status, list(body["missing"])) == (503, ["draining"])
    assert (await _get("/healthz"))[0] == 200


async def test_a_redis_that_is_away(engine: Runtime, settings: LazySettings) -> None:
    settings.REDIS_URL = "redis://:secret@127.0.0.1:1/0"  # a port where nothing listens
    status, body, _ = await _get("/readyz")
    assert (status, list(body["missing"])) == (503, ["redis"])
    assert "secret" not in json.dumps(body)
    status, body, _ = await _get("/readyz?without=redis")
    assert (status, list(body["missing"])) == (200, ["redis"])
    engine.draining = True
    assert (await _get("/readyz?without=redis"))[0] == 503


def _rename_migrations(old: str, new: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {old} RENAME TO {new}")


async def test_a_database_that_is_another(engine: Runtime) -> None:
    """Empty, as when the wrong file or name is configured."""
    await database.write(_rename_migrations, "django_migrations", "away")
    try:
        status, body, _ = await _get("/readyz")
        assert (status, list(body["missing"])) == (503, ["database"])
    finally:
        await database.write(_rename_migrations, "away", "django_migrations")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_answers_are_not_kept_by_caches(engine: Runtime, path: str) -> None:
    assert "no-store" in (await _get(path))[2]["Cache-Control"]
