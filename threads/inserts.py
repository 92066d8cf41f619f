"""Making and storing many rows at once, quickly. Runs in the caller's transaction; knows no table in particular.

One statement takes many rows: a statement for each would give the interpreter's lock away as often, and under load it
comes back only milliseconds later.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    AutoField,
    BooleanField,
    CharField,
    Field,
    ForeignKey,
    IntegerField,
    Model,
    TextField,
    UUIDField,
)
from django.db.models.base import ModelState

M = TypeVar("M", bound=Model)
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


def insert_alike(pattern: Model, varying: Sequence[str], values: Iterable[Sequence[Any]]) -> None:
    """INSERT a row for each of `values`: what its columns `varying` hold, all else as in `pattern`.

    What `bulk_create` spends on making and converting a row is spent on those few columns; a row then costs a third.
    Columns are named as attributes ("thread_id"). Automatic primary keys are left to the database and not read back.
    """
    here = connections[DEFAULT_DB_ALIAS]  # itself: its proxy would be asked for thousands of times
    fields = [field for field in pattern._meta.concrete_fields if not isinstance(field, AutoField)]
    alike = [field.get_db_prep_save(getattr(pattern, field.attname), here) for field in fields]
    place = {field.attname: at for at, field in enumerate(fields)}
    moving = [(place[name], _converter(fields[place[name]], here)) for name in varying]
    table = []
    for row in values:
        column = alike.copy()
        for (at, convert), value in zip(moving, row, strict=True):
            column[at] = value if convert is None or value is None else convert(value)
        table.append(column)
    insert(pattern._meta.db_table, [str(field.column) for field in fields], table)


def like(pattern: M, **values: Any) -> M:
    """A new row as `pattern`, but for these values. Making one anew looks at each of its fields and takes three times
    as long. What can be changed in place (an empty list) is shared by all."""
    row = object.__new__(type(pattern))
    row.__dict__ = {**pattern.__dict__, "_state": ModelState()}
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _converter(field: "Field[Any, Any]", here: BaseDatabaseWrapper) -> Callable[[Any], Any] | None:
    """What makes a value fit for the column; None where it is already, as text, numbers and truths of ours are."""
    stored = field.target_field if isinstance(field, ForeignKey) else field
    if isinstance(stored, CharField | TextField | IntegerField | BooleanField):
        return None
    if isinstance(stored, UUIDField):
        return None if here.features.has_native_uuid_field else attrgetter("hex")
    return lambda value: field.get_db_prep_save(value, here)
