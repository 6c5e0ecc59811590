"""Opening balances: entries on the first day of a fiscal year that bring balances in, by way of an account that carries
them (9000 and its like, or the slot opening_balance_equity). They are what a year starts with, not what moved in it.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from ledger.accounts.balances import Balance

# The accounts that carry balances have few lines, so they lead to the entries; the index of account sheets serves both.
_LINES = """
SELECT l.account_id, l.entry_id, l.entry_date, l.journal_number, l.line_number, l.amount, e.fiscal_year, e.sequence
    FROM ledger_journalline l JOIN ledger_journalentry e ON e.id = l.entry_id
    WHERE l.company_id = %(company)s AND l.entry_date = %(day)s AND l.entry_id IN (
        SELECT c.entry_id FROM ledger_account a JOIN ledger_journalline c
            ON c.company_id = a.company_id AND c.account_id = a.id AND c.entry_date = %(day)s
        WHERE a.company_id = %(company)s
            AND (a.report_group = 'carry_forward' OR a.slot = 'opening_balance_equity')
    )
"""


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """A line of an opening entry; `amount` is in base currency, debit positive."""

    account_id: UUID
    entry_id: UUID
    place: tuple[date, int, int]
    amount: Decimal
    entry_number: str


def opening_lines(*, company_id: UUID, day: date, account_id: UUID | None = None) -> list[OpeningLine]:
    """Return the lines of all opening entries on the first day of a fiscal year, of one account where that is named.
    One statement."""
    of_account = "AND l.account_id = %(account)s " if account_id else ""
    sql = f"{_LINES} {of_account} ORDER BY l.journal_number, l.line_number"
    with connection.cursor() as cursor:
        cursor.execute(sql, {"company": company_id, "day": day, "account": account_id})
        return [
            OpeningLine(account, entry, (on, number, line), amount, f"{year}-{sequence:06d}")
            for account, entry, on, number, line, amount, year, sequence in cursor.fetchall()
        ]


def opened(*, company_id: UUID, day: date) -> dict[UUID, Balance]:
    """Return debits and credits per account of all opening entries on the first day of a fiscal year. One statement."""
    found: dict[UUID, Balance] = {}
    for line in opening_lines(company_id=company_id, day=day):
        known = found.get(line.account_id, Balance())
        debit, credit = max(line.amount, Decimal(0)), max(-line.amount, Decimal(0))
        found[line.account_id] = Balance(known.debit + debit, known.credit + credit)
    return found
