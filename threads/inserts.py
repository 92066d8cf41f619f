"""Storing many rows at once, quickly. Runs in the caller's transaction; knows no table in particular.

One statement takes many rows: a statement for each would give the interpreter's lock away as often, and under load it
comes back only milliseconds later.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.models import AutoField, Model

PARAMETERS = 30_000  # of one statement, where the database sets no lower limit


def insert(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """INSERT `rows`, whose values are the database's already."""
    quote = connection.ops.quote_name
    # Names are those of models; values travel as parameters.
    into = f"INSERT INTO {quote(table)} ({', '.join(map(quote, columns))}) VALUES "  # noqa: S608
    row_mark = f"({', '.join(['%s'] * len(columns))})"
    at_once = max(1, (connection.features.max_query_params or PARAMETERS) // len(columns))
    with connection.cursor() as cursor:
        for begin in range(0, len(rows), at_once):
            some = rows[begin : begin + at_once]
            cursor.execute(into + ", ".join([row_mark] * len(some)), [value for row in some for value in row])


def insert_alike(rows: Sequence[Model], varying: Collection[str]) -> None:
    """INSERT rows of one model that differ in the columns `varying` alone; all others are taken from the first.

    What `bulk_create` spends on converting a column is spent on those few; a row then costs half. Columns are named as
    attributes ("thread_id"). Automatic primary keys are left to the database and not read back.
    """
    if not rows:
        return
    first = rows[0]
    fields = [field for field in first._meta.concrete_fields if not isinstance(field, AutoField)]
    alike = [
        None if field.attname in varying else field.get_db_prep_save(getattr(first, field.attname), connection)
        for field in fields
    ]
    moving = [(at, field) for at, field in enumerate(fields) if field.attname in varying]
    table = []
    for row in rows:
        values = alike.copy()
        for at, field in moving:
            values[at] = field.get_db_prep_save(getattr(row, field.attname), connection)
        table.append(values)
    insert(first._meta.db_table, [str(field.column) for field in fields], table)
