"""Writing rows in one statement of fixed text: they travel as one JSON array, which PostgreSQL takes apart by the
types of the table. Django's own binds every value of every row by itself, which took a third of an invoice's time."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, TypeAlias

import orjson
from django.db import connection, router
from django.db.models import Field, Model

from backfill.database.prepared import prepared_cursor

_Field: TypeAlias = "Field[Any, Any]"


def insert_rows(rows: Sequence[Model]) -> None:
    """Insert rows of one table, with the times that it notes by itself. Defaults are the model's: nothing else is
    filled in."""
    if not rows:
        return
    model = type(rows[0])
    fields = _fields(model)
    _execute(_insert(model), [{str(field.column): field.pre_save(row, add=True) for field in fields} for row in rows])
    for row in rows:
        row._state.adding, row._state.db = False, router.db_for_write(model)  # noqa: SLF001 - as Django's bulk_create does


def write_columns(rows: Sequence[Model], columns: Sequence[str]) -> None:
    """Write attributes of locked rows of one table, keyed by `id`; `columns` are attribute names such as `entry_id`."""
    if not rows:
        return
    model = type(rows[0])
    names = {field.attname: str(field.column) for field in _fields(model) if field.attname in columns}
    records = [{"id": row.pk, **{column: getattr(row, name) for name, column in names.items()}} for row in rows]
    _execute(_update(model, tuple(names.values())), records)


def write_rows(rows: Sequence[Model]) -> None:
    """Write all columns of locked rows of one table, keyed by `id`."""
    if rows:
        write_columns(rows, [field.attname for field in _fields(type(rows[0])) if not field.primary_key])


def _execute(statement: str, records: Iterable[dict[str, Any]]) -> None:
    with prepared_cursor() as cursor:
        cursor.execute(statement, [orjson.dumps(list(records), default=_text).decode()])


@cache
def _fields(model: type[Model]) -> tuple[_Field, ...]:
    return tuple(model._meta.concrete_fields)  # noqa: SLF001 - Django documents `_meta` as public


@cache
def _insert(model: type[Model]) -> str:
    table = _table(model)
    names = ", ".join(_quoted(str(field.column)) for field in _fields(model))
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM json_populate_recordset(NULL::{table}, %s)"  # noqa: S608


@cache
def _update(model: type[Model], columns: tuple[str, ...]) -> str:
    table = _table(model)
    assignments = ", ".join(f"{name} = t.{name}" for name in map(_quoted, columns))
    return (
        f"UPDATE {table} AS d SET {assignments} "  # noqa: S608 - names of our own columns
        f"FROM json_populate_recordset(NULL::{table}, %s) AS t WHERE d.id = t.id"
    )


def _table(model: type[Model]) -> str:
    return _quoted(model._meta.db_table)  # noqa: SLF001 - Django documents `_meta` as public


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"{type(value).__name__} is not a value of a column")
