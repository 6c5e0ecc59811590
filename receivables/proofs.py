"""The proof that receivables tie to the ledger (L8), for `manage.py check_books`."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from django.db import connection

from backfill.tenancy.models import Company
from ledger.checks import Finding

# What the control account holds of the documents' own entries and of their reversals. What people booked on the
# account by hand, and entries that were linked to a recorded invoice, are not the documents' doing.
_CONTROL: Final = """
WITH own AS (
    SELECT id FROM ledger_journalentry WHERE company_id = %(company)s
        AND kind IN ('invoice', 'credit_memo', 'payment', 'refund_receipt', 'exchange_difference')
), entries AS (
    SELECT id FROM own UNION SELECT r.id FROM ledger_journalentry r JOIN own ON r.reverses_entry_id = own.id
)
SELECT coalesce(sum(l.amount), 0) FROM ledger_journalline l
    JOIN ledger_account a ON a.id = l.account_id
        AND (a.slot = 'accounts_receivable' OR a.sub_type = 'accounts_receivable')
    WHERE l.company_id = %(company)s AND l.entry_id IN (SELECT id FROM entries)
"""

# Open items of the documents that post themselves; where one of them is settled by, or settles, something that was
# posted elsewhere, the other side is missing from the entries above and is put back here.
_OPEN: Final = """
SELECT
    (SELECT coalesce(sum(base_amount - settled_base), 0) FROM receivables_invoice
        WHERE company_id = %(company)s AND posted_at IS NOT NULL AND status <> 'void' AND NOT is_recorded)
  + (SELECT coalesce(sum(a.base_credit), 0) FROM receivables_allocation a
        LEFT JOIN receivables_creditmemo c ON c.id = a.credit_memo_id
        WHERE a.company_id = %(company)s AND a.undone_on IS NULL
        AND (a.settlement_entry_id IS NOT NULL OR c.is_recorded))
  - (SELECT coalesce(sum(a.base_debit), 0) FROM receivables_allocation a
        JOIN receivables_invoice i ON i.id = a.invoice_id AND i.is_recorded
        WHERE a.company_id = %(company)s AND a.undone_on IS NULL)
  + (SELECT coalesce(sum(base_amount - settled_base), 0) FROM receivables_refundreceipt
        WHERE company_id = %(company)s AND posted_at IS NOT NULL AND status <> 'void'
        AND (payment_id IS NOT NULL OR credit_memo_id IS NOT NULL))
  - (SELECT coalesce(sum(base_amount - settled_base), 0) FROM receivables_payment
        WHERE company_id = %(company)s AND posted_at IS NOT NULL AND status <> 'void')
  - (SELECT coalesce(sum(base_amount - settled_base), 0) FROM receivables_creditmemo
        WHERE company_id = %(company)s AND posted_at IS NOT NULL AND status <> 'void' AND NOT is_recorded)
"""

_DRIFTED: Final = """
SELECT number, settled, allocated FROM (
    SELECT d.document_number AS number, d.settled_amount AS settled, coalesce(sum(a.amount), 0) AS allocated
    FROM {table} d LEFT JOIN receivables_allocation a ON a.{column} = d.id AND a.undone_on IS NULL
    WHERE d.company_id = %(company)s GROUP BY d.id
) AS t WHERE settled <> allocated LIMIT 1
"""
_SETTLED: Final = (
    ("receivables_invoice", "invoice_id", "invoice"),
    ("receivables_payment", "payment_id", "payment"),
    ("receivables_creditmemo", "credit_memo_id", "credit memo"),
    ("receivables_refundreceipt", "refund_id", "refund receipt"),
)


def prove_receivables(company: Company) -> Iterator[Finding]:
    """Yield what does not tie: the control account against open items, settled amounts against allocations."""
    control, open_items = _figure(_CONTROL, company), _figure(_OPEN, company)
    if control != open_items:
        yield Finding(
            "L8",
            "accounts receivable",
            f"the control account holds {control} of the documents' entries, open items add up to {open_items}",
        )
    for table, column, noun in _SETTLED:
        with connection.cursor() as cursor:
            cursor.execute(_DRIFTED.format(table=table, column=column), {"company": company.id})
            row = cursor.fetchone()
        if row is not None:
            yield Finding("L8", f"{noun} {row[0]}", f"settled by {row[1]}, but its allocations add up to {row[2]}")


def _figure(sql: str, company: Company) -> Decimal:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"company": company.id})
        return Decimal(cursor.fetchone()[0])
