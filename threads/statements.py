"""Queries that are built once, for the few that run many times a second: Django takes longer to build one than the
database to answer it, and whoever waits for its first word waits for several. Knows no table.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model
from django.db.models.query import QuerySet
from django.db.models.sql import Query, UpdateQuery

M = TypeVar("M", bound=Model)


class Statement:
    """`query` as the database gets it. Each of `marks` is a value in it that every execution replaces by its own; they
    are the database's, as are the values (see `key`), and rows come as it gives them."""

    def __init__(self, query: Query, *marks: Any) -> None:
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        self._sql, parameters = compiler.as_sql()
        self._parameters = list(parameters)
        self._places = [self._parameters.index(mark) for mark in marks]
        select = compiler.select or ()
        self._converters = compiler.get_converters([column for column, _, _ in select])
        fields = (compiler.klass_info or {}).get("select_fields", ())
        self._names = [select[at][0].target.attname for at in fields]
        self._fields, self._others = slice(len(fields)), dict(compiler.annotation_col_map or {})

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(self._sql, self._with(values))
            return list(cursor.fetchall())

    def objects(self, model: type[M], *values: Any) -> list[M]:
        """Rows as `model`; what else was selected is set on them by its name."""
        return [self._object(model, list(row)) for row in self.rows(*values)]

    def _object(self, model: type[M], row: list[Any]) -> M:
        for at, (converters, column) in self._converters.items():
            for convert in converters:
                row[at] = convert(row[at], column, connection)
        made = model.from_db(DEFAULT_DB_ALIAS, self._names, row[self._fields])
        for name, at in self._others.items():
            setattr(made, name, row[at])
        return made

    def run(self, *values: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self._sql, self._with(values))

    def _with(self, values: tuple[Any, ...]) -> list[Any]:
        parameters = self._parameters.copy()
        for place, value in zip(self._places, values, strict=True):
            parameters[place] = value
        return parameters


@contextmanager
def together() -> Iterator[None]:
    """Statements in here are sent without waiting for one another's answers, where the database can do that; errors
    come at its end at the latest. Not for such as are asked how many rows they met: that is not known yet."""
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def update(rows: QuerySet[Any], **values: Any) -> Query:
    """What `rows.update(**values)` would run."""
    query = cast("UpdateQuery", rows.query.chain(UpdateQuery))
    query.add_update_values(values)
    return query


def key(model: type[Model], value: UUID) -> Any:
    """A primary key as the database has it."""
    return model._meta.pk.get_db_prep_value(value, connections[DEFAULT_DB_ALIAS])


def marks(model: type[Model], number: int) -> list[Any]:
    """So many different primary keys that no row has, as the database would have them."""
    return [key(model, UUID(int=at)) for at in range(number)]


def uuid(value: Any) -> UUID:
    """A primary key from a row."""
    return value if isinstance(value, UUID) else UUID(value)
