"""What an edit changed of a row, as the trail keeps it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Model

_LONGEST: Final = 200
_OF_THE_SYSTEM: Final = frozenset(
    {"id", "company_id", "created_at", "updated_at", "warnings", "approval_status", "status"}
)


def columns_of(row: Model) -> dict[str, Any]:
    """Return a row's columns, to be compared with what they become."""
    columns = row._meta.concrete_fields  # noqa: SLF001 - Django documents `_meta` as public
    return {
        column.attname: row.__dict__[column.attname]
        for column in columns
        if column.attname not in _OF_THE_SYSTEM and column.attname in row.__dict__
    }


def changes_since(before: Mapping[str, Any], row: Model, *, also: Iterable[str] = ()) -> dict[str, Any]:
    """Return the facts of an edit: {"changes": {column: [before, after]}}, empty where nothing differs.

    A key, a list or an object is told by its name alone, as {}; numbers, days and instants say what they are. `also`
    names parts that are kept in other rows, such as lines.
    """
    after = columns_of(row)
    changed = {
        name: [_told(before[name]), _told(after[name])]
        for name in before
        if name in after and before[name] != after[name]
    }
    changed |= {name: [{}, {}] for name in also}
    return {"changes": changed} if changed else {}


def _told(value: Any) -> Any:
    if isinstance(value, UUID | dict | list | tuple):
        return {}
    if isinstance(value, Decimal):
        return {"number": f"{value.normalize():f}"}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return value[:_LONGEST] if isinstance(value, str) else value
