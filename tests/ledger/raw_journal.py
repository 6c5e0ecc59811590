"""The journal written by hand, past every service: what the guards must withstand.

`RawPosting` writes a posted entry that the guards accept; an attack changes one thing about it.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

import orjson
from django.db import connection

from backfill.ids import uuid7
from backfill.tenancy.models import Company

DAY = date(2026, 1, 15)
SOME_HASH = "ab" * 32


def execute(sql: str, *params: Any) -> int:
    """Run one statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return int(cursor.rowcount)


def value(sql: str, *params: Any) -> Any:
    """Return the first column of the first row."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        row = cursor.fetchone()
        return row[0] if row else None


def insert(table: str, **columns: Any) -> int:
    names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
    values = [orjson.dumps(item).decode() if isinstance(item, dict) else item for item in columns.values()]
    return execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", *values)


def flush_constraints() -> None:
    """Do what COMMIT does: run the deferred checks. Afterwards they are deferred again."""
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("SET CONSTRAINTS ALL DEFERRED")


@dataclass(frozen=True)
class RawLine:
    account_id: UUID
    amount: Any
    currency_amount: Any = None
    columns: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RawPosting:
    """An entry and everything that posting moves along with it, as plain INSERTs and UPDATEs."""

    company: Company
    lines: tuple[RawLine, ...]
    columns: dict[str, Any] = field(default_factory=dict)
    moves_head: bool = True
    moves_counter: bool = True
    makes_period: bool = True
    numbers: int = 1
    entry_id: UUID = field(default_factory=uuid7)

    def but(self, **changes: Any) -> Self:
        return replace(self, **changes)

    def having(self, **columns: Any) -> Self:
        return replace(self, columns=self.columns | columns)

    def with_line(self, number: int, **changes: Any) -> Self:
        lines = list(self.lines)
        lines[number - 1] = replace(lines[number - 1], **changes)
        return replace(self, lines=tuple(lines))

    def write(self) -> UUID:
        """Post it: period, counter, entry, lines, head. Nothing is checked here."""
        row = self.row()
        if self.makes_period:
            self.write_period(row)
        if self.moves_counter:
            self.write_counter(row)
        insert("ledger_journalentry", **row)
        self.write_lines(row)
        if self.moves_head:
            self.write_head(row)
        return self.entry_id

    def write_over(self, draft_id: UUID) -> UUID:
        """Post it by completing a stored draft."""
        posting = replace(self, entry_id=draft_id)
        row = posting.row()
        posting.write_period(row)
        posting.write_counter(row)
        names = ", ".join(f"{name} = %s" for name in row)
        values = [orjson.dumps(item).decode() if isinstance(item, dict) else item for item in row.values()]
        execute(f"UPDATE ledger_journalentry SET {names} WHERE id = %s", *values, draft_id)
        posting.write_lines(row)
        posting.write_head(row)
        return draft_id

    def row(self) -> dict[str, Any]:
        """Return the entry's columns: the next free numbers, chained to the last entry."""
        at = datetime(2026, 2, 1, 12, tzinfo=UTC)
        company = self.company.id
        number = value("SELECT next_journal_number FROM ledger_journalhead WHERE company_id = %s", company) or 1
        previous = value("SELECT last_hash FROM ledger_journalhead WHERE company_id = %s", company) or "0" * 64
        year = self.columns.get("fiscal_year", 2026)
        last = value(
            "SELECT last_sequence FROM ledger_entrycounter WHERE company_id = %s AND fiscal_year = %s", company, year
        )
        return {
            "id": self.entry_id,
            "company_id": company,
            "status": "posted",
            "approval_status": "approved",
            "entry_date": DAY,
            "period": "2026-01",
            "fiscal_year": year,
            "sequence": (last or 0) + 1,
            "first_journal_number": number,
            "last_journal_number": number + self.numbers - 1,
            "memo": "by hand",
            "document_number": "",
            "kind": "manual",
            "source_system": "",
            "source_id": "",
            "connection_id": "",
            "dimensions": {},
            "metadata": {},
            "currency": self.company.base_currency,
            "exchange_rate": Decimal(1),
            "rate_source": "",
            "line_count": len(self.lines),
            "total_amount": sum(
                Decimal(line.amount) for line in self.lines if not str(line.amount).startswith(("-", "N"))
            ),
            "content_digest": "",
            "reversal_reason": "",
            "provenance": {},
            "created_by": "hand",
            "overrides_soft_lock": False,
            "prev_hash": previous,
            "hash": f"{number:064x}",
            "created_at": at,
            "updated_at": at,
            "posted_at": at,
        } | self.columns

    def write_period(self, row: dict[str, Any]) -> None:
        execute(
            "INSERT INTO ledger_period (id, company_id, name, number, fiscal_year, starts_on, ends_on, status,"
            " booking_count, locked_by, approved_by, closing_hash)"
            " VALUES (%s, %s, '2026-01', 0, 2026, '2026-01-01', '2026-01-31', 'open', 1, '', '', '')"
            " ON CONFLICT (company_id, name) DO NOTHING",
            uuid7(),
            row["company_id"],
        )

    def write_counter(self, row: dict[str, Any]) -> None:
        execute(
            "INSERT INTO ledger_entrycounter (company_id, fiscal_year, last_sequence) VALUES (%s, %s, %s)"
            " ON CONFLICT (company_id, fiscal_year) DO UPDATE SET last_sequence = EXCLUDED.last_sequence",
            row["company_id"],
            row["fiscal_year"],
            row["sequence"],
        )

    def write_head(self, row: dict[str, Any]) -> None:
        execute(
            "UPDATE ledger_journalhead SET next_journal_number = %s, last_hash = %s WHERE company_id = %s",
            row["last_journal_number"] + 1,
            row["hash"],
            row["company_id"],
        )

    def write_lines(self, row: dict[str, Any]) -> None:
        for number, line in enumerate(self.lines, start=1):
            insert_line(row, number, line)


def insert_line(row: dict[str, Any], number: int, line: RawLine) -> None:
    """Add one line to the entry with the columns `row`."""
    columns = {
        "company_id": row["company_id"],
        "entry_id": row["id"],
        "line_number": number,
        "account_id": line.account_id,
        "entry_date": row["entry_date"],
        "journal_number": row["first_journal_number"],
        "amount": line.amount,
        "currency_amount": line.amount if line.currency_amount is None else line.currency_amount,
        "description": "",
        "tax_code": "",
        "tax_role": "",
        "personal_account": "",
        "line_ref": "",
        "class_id": "",
        "location_id": "",
        "dimensions": {},
        "metadata": {},
    }
    insert("ledger_journalline", **columns | line.columns)


def posted_row(entry_id: UUID) -> dict[str, Any]:
    """Return what `insert_line` needs to know of an entry that stands in the journal."""
    names = ("id", "company_id", "entry_date", "first_journal_number")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(names)} FROM ledger_journalentry WHERE id = %s", [entry_id])
        return dict(zip(names, cursor.fetchone(), strict=True))
