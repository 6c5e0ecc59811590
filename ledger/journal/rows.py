"""Writing journal rows: a few with INSERT, many through COPY in PostgreSQL's text format.

Nothing is filled in: `created_at` and the rest must be set.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from backfill.database.prepared import prepared_cursor
from ledger.journal.resolving import ResolvedLine
from ledger.models import ApprovalStatus, EntryStatus, JournalEntry, LineTaxRole

_ENTRY_FIELDS = tuple(JournalEntry._meta.concrete_fields)  # noqa: SLF001 - Django documents `_meta` as public
_ENTRY_COLUMNS = tuple(str(field.column) for field in _ENTRY_FIELDS)
_entry_row = attrgetter(*(field.attname for field in _ENTRY_FIELDS))
_LINE_COLUMNS = (
    *("company_id", "entry_id", "entry_date", "journal_number", "line_number", "account_id", "amount"),
    *("currency_amount", "description", "tax_code", "tax_role", "personal_account", "line_ref", "class_id"),
    *("location_id", "dimensions", "metadata"),
)
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_BUFFER = 1 << 16
_MOST_INSERTED = 1_000


def insert_entry(entry: JournalEntry) -> None:
    """Insert one complete entry."""
    _insert("ledger_journalentry", _ENTRY_COLUMNS, [_entry_row(entry)])


def insert_lines(entry: JournalEntry, lines: list[ResolvedLine]) -> None:
    """Insert the lines of an entry that is there. Of very many the values are more than PostgreSQL binds (65,535)."""
    if len(lines) > _MOST_INSERTED:
        copy_lines([(entry, lines)])
        return
    _insert("ledger_journalline", _LINE_COLUMNS, [_line_row(entry, line) for line in lines])


def copy_entries(entries: Iterable[JournalEntry]) -> None:
    """Insert complete entries."""
    _copy("ledger_journalentry", _ENTRY_COLUMNS, map(_entry_row, entries))


def copy_lines(entries: Iterable[tuple[JournalEntry, list[ResolvedLine]]]) -> None:
    """Insert the lines of entries that `copy_entries` has written."""
    _copy("ledger_journalline", _LINE_COLUMNS, (_line_row(entry, line) for entry, lines in entries for line in lines))


def _line_row(entry: JournalEntry, line: ResolvedLine) -> list[Any]:
    return [
        entry.company_id,
        entry.id,
        entry.entry_date,
        entry.first_journal_number,
        line.line_number,
        line.account_id,
        line.amount,
        line.currency_amount,
        line.description,
        line.tax_code,
        line.tax_role,
        line.personal_account,
        line.line_ref,
        line.class_id,
        line.location_id,
        line.dimensions,
        line.metadata,
    ]


def _insert(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    row = f"({', '.join(['%s'] * len(columns))})"
    values: list[Any] = [
        Jsonb(value) if isinstance(value, dict | list) else value for values in rows for value in values
    ]
    sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * len(rows))}"  # noqa: S608 - constants
    with prepared_cursor() as cursor:
        cursor.execute(sql, values)


def _copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY into a temporary table and insert from there: PostgreSQL does not COPY into a table with row-level
    security, and one INSERT fires the statement triggers once for all rows."""
    names, staged = ", ".join(columns), f"staged_{table}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {staged} (LIKE {table} INCLUDING DEFAULTS) ON COMMIT DROP")
        # Django wraps the errors of `execute` but not of `copy`.
        with connection.wrap_database_errors, cursor.copy(f"COPY {staged} ({names}) FROM STDIN") as copy:
            for chunk in _chunks(rows):
                copy.write(chunk)
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {staged}")  # noqa: S608 - constants
        cursor.execute(f"TRUNCATE {staged}")


def _chunks(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    buffer: list[str] = []
    size = 0
    for row in rows:
        text = "\t".join([_FORMATS[type(value)](value) for value in row])
        buffer.append(text)
        size += len(text)
        if size > _BUFFER:
            yield "\n".join(buffer) + "\n"
            buffer, size = [], 0
    if buffer:
        yield "\n".join(buffer) + "\n"


def _escaped(value: str) -> str:
    # Nothing printable but the backslash means anything to COPY, and most texts are just that.
    return value if value.isprintable() and "\\" not in value else value.translate(_ESCAPES)


def _json(value: Any) -> str:
    return _escaped(json.dumps(value)) if value else ("[]" if isinstance(value, list) else "{}")


_FORMATS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "\\N",
    str: _escaped,
    EntryStatus: str,
    ApprovalStatus: str,
    LineTaxRole: str,
    bool: lambda value: "t" if value else "f",
    int: str,
    Decimal: str,
    UUID: lambda value: f"{value.int:032x}",  # PostgreSQL needs no hyphens, and Python is slow to put them in
    date: date.isoformat,
    datetime: datetime.isoformat,
    dict: _json,
    list: _json,
}
