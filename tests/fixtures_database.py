"""What a test has committed is taken out again. A pytest plugin, loaded by conftest.

Django flushes: it empties every table and then fills in again what it has to say about its models, which takes many
times as long as most tests. Here a table is touched only where something is in it.
"""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

KEPT = {"django_migrations", "django_content_type", "auth_permission"}  # written with the tables, and by no test
LARGE = 4 * 1024 * 1024  # bytes: from here on PostgreSQL throws files away sooner than it reads past deleted rows


def _with_rows(tables: list[str]) -> list[str]:
    asked = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in tables]  # noqa: S608 - our models'
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [row[0] for row in cursor.fetchall()]


def _large(tables: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT t FROM unnest(%s::text[]) t WHERE pg_relation_size(t::regclass) > %s", [tables, LARGE])
        return [row[0] for row in cursor.fetchall()]


def empty_the_tables() -> None:
    """Waits, as a flush does, for whoever is not through with a transaction yet."""
    tables = sorted(set(connection.introspection.django_table_names(include_views=False)) - KEPT)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"LOCK TABLE {', '.join(tables)}")
        filled = _with_rows(tables)
        if connection.vendor == "postgresql" and _large(filled):
            cursor.execute(f"TRUNCATE {', '.join(tables)}")
            return
        for table in filled:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608


@pytest.fixture(scope="session", autouse=True)
def _quick_flush() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: empty_the_tables())
        yield
