"""The proof that receivables tie to the ledger (L8), for `manage.py check_books`."""

from collections.abc import Iterator
from typing import Any, Final

from django.db import connection

from backfill.tenancy.models import Company
from ledger.checks import Finding

# Day by day: what the control account holds of the documents' own entries and of their reversals, and what is open of
# these documents. What people booked on the account by hand, and entries that were linked to a recorded invoice, are
# not the documents' doing. While an allocation counts, both sides are settled, each at its own rate: what is open
# changes by the exchange difference alone, whichever of its documents were posted elsewhere.
_DAYS: Final = """
WITH own AS (
    SELECT id FROM ledger_journalentry WHERE company_id = %(company)s
        AND kind IN ('invoice', 'credit_memo', 'payment', 'refund_receipt', 'exchange_difference')
), entries AS (
    SELECT id FROM own UNION SELECT r.id FROM ledger_journalentry r JOIN own ON r.reverses_entry_id = own.id
), documents AS (
    SELECT coalesce(effective_date, document_date) AS posted_on, voided_on, base_amount FROM receivables_invoice
        WHERE company_id = %(company)s AND posted_at IS NOT NULL AND NOT is_recorded
    UNION ALL
    SELECT coalesce(effective_date, document_date), voided_on, base_amount FROM receivables_refundreceipt
        WHERE company_id = %(company)s AND posted_at IS NOT NULL
        AND (payment_id IS NOT NULL OR credit_memo_id IS NOT NULL)
    UNION ALL
    SELECT coalesce(effective_date, document_date), voided_on, -base_amount FROM receivables_payment
        WHERE company_id = %(company)s AND posted_at IS NOT NULL
    UNION ALL
    SELECT coalesce(effective_date, document_date), voided_on, -base_amount FROM receivables_creditmemo
        WHERE company_id = %(company)s AND posted_at IS NOT NULL AND NOT is_recorded
), allocations AS (
    SELECT applied_on, undone_on, base_credit - base_debit AS difference FROM receivables_allocation
        WHERE company_id = %(company)s
), changes (day, control, items) AS (
    SELECT l.entry_date, l.amount, 0 FROM ledger_journalline l
        JOIN ledger_account a ON a.id = l.account_id
            AND (a.slot = 'accounts_receivable' OR a.sub_type = 'accounts_receivable')
        WHERE l.company_id = %(company)s AND l.entry_id IN (SELECT id FROM entries)
    UNION ALL SELECT posted_on, 0, base_amount FROM documents
    UNION ALL SELECT voided_on, 0, -base_amount FROM documents WHERE voided_on IS NOT NULL
    UNION ALL SELECT applied_on, 0, difference FROM allocations
    UNION ALL SELECT undone_on, 0, -difference FROM allocations WHERE undone_on IS NOT NULL
), days AS (
    SELECT day, sum(sum(control)) OVER (ORDER BY day) AS control, sum(sum(items)) OVER (ORDER BY day) AS items
    FROM changes GROUP BY day
)
SELECT day, control, items FROM days WHERE control <> items ORDER BY day LIMIT 1
"""

_DRIFTED: Final = """
SELECT number, settled, settled_base, allocated, allocated_base FROM (
    SELECT d.document_number AS number, d.settled_amount AS settled, d.settled_base,
        coalesce(sum(a.amount), 0) AS allocated, coalesce(sum(a.{base}), 0) AS allocated_base
    FROM {table} d LEFT JOIN receivables_allocation a ON a.{column} = d.id AND a.undone_on IS NULL
    WHERE d.company_id = %(company)s GROUP BY d.id
) AS t WHERE (settled, settled_base) <> (allocated, allocated_base) LIMIT 1
"""
_SETTLED: Final = (
    ("receivables_invoice", "invoice_id", "base_debit", "invoice"),
    ("receivables_payment", "payment_id", "base_credit", "payment"),
    ("receivables_creditmemo", "credit_memo_id", "base_credit", "credit memo"),
    ("receivables_refundreceipt", "refund_id", "base_debit", "refund receipt"),
)


def prove_receivables(company: Company) -> Iterator[Finding]:
    """Yield what does not tie: the control account against open items, on the first day on which they differ; settled
    amounts against allocations."""
    row = _first(_DAYS, company)
    if row is not None:
        day, control, open_items = row
        yield Finding(
            "L8",
            f"accounts receivable on {day}",
            f"the control account holds {control} of the documents' entries, open items add up to {open_items}",
        )
    for table, column, base, noun in _SETTLED:
        row = _first(_DRIFTED.format(table=table, column=column, base=base), company)
        if row is not None:
            number, settled, settled_base, allocated, allocated_base = row
            yield Finding(
                "L8",
                f"{noun} {number}",
                f"settled by {settled} ({settled_base} in {company.base_currency}), but its allocations add up to "
                f"{allocated} ({allocated_base})",
            )


def _first(sql: str, company: Company) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"company": company.id})
        found: tuple[Any, ...] | None = cursor.fetchone()
    return found
