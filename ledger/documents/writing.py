"""Writing columns of many rows in one statement, where Django's own would write a condition per row."""

from collections.abc import Sequence
from typing import Final

from django.db import connection
from django.db.models import Model

_TYPES: Final = {
    "CharField": "text",
    "DecimalField": "numeric",
    "DateField": "date",
    "DateTimeField": "timestamptz",
    "UUIDField": "uuid",
    "ForeignKey": "uuid",
}


def write_columns(rows: Sequence[Model], columns: Sequence[str]) -> None:
    """Write attributes of locked rows of one table, keyed by `id`; `columns` are attribute names such as `entry_id`."""
    if not rows:
        return
    meta = rows[0]._meta  # noqa: SLF001 - Django documents `_meta` as public
    fields = {field.attname: field for field in meta.concrete_fields}
    types = [_TYPES[fields[name].get_internal_type()] for name in columns]
    names = [connection.ops.quote_name(name) for name in columns]
    assignments = ", ".join(f"{name} = t.{name}" for name in names)
    arrays = ", ".join(f"%s::{kind}[]" for kind in ("uuid", *types))
    table = connection.ops.quote_name(meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS d SET {assignments} "  # noqa: S608 - names of our own columns
            f"FROM unnest({arrays}) AS t (id, {', '.join(names)}) WHERE d.id = t.id",
            [[row.pk for row in rows], *([getattr(row, name) for row in rows] for name in columns)],
        )
