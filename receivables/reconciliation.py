"""The proof that documents say of themselves what their open items say (L8), for `manage.py check_books`."""

from collections.abc import Iterator
from typing import Final

from django.db import connection

from backfill.tenancy.models import Company
from ledger.checks.books import Finding

_DRIFTED: Final = """
SELECT d.document_number, d.settled_amount, d.settled_base, coalesce(abs(i.amount) - abs(i.open_amount), 0),
    coalesce(abs(i.base) - abs(i.open_base), 0)
FROM {table} d LEFT JOIN open_items_openitem i
    ON (i.company_id, i.document_id) = (d.company_id, d.id) AND i.closed_on IS NULL
WHERE d.company_id = %(company)s AND (d.settled_amount, d.settled_base)
    <> (coalesce(abs(i.amount) - abs(i.open_amount), 0), coalesce(abs(i.base) - abs(i.open_base), 0))
LIMIT 1
"""
_SETTLED: Final = (
    ("receivables_invoice", "invoice"),
    ("receivables_payment", "payment"),
    ("receivables_creditmemo", "credit memo"),
    ("receivables_refundreceipt", "refund receipt"),
)


def prove_receivables(company: Company) -> Iterator[Finding]:
    """Yield the documents whose settled amounts are not those of their open items."""
    for table, noun in _SETTLED:
        with connection.cursor() as cursor:
            cursor.execute(_DRIFTED.format(table=table), {"company": company.id})
            row = cursor.fetchone()
        if row is not None:
            number, settled, settled_base, allocated, allocated_base = row
            yield Finding(
                "L8",
                f"{noun} {number}",
                f"settled by {settled} ({settled_base} in {company.base_currency}), but its allocations add up to "
                f"{allocated} ({allocated_base})",
            )
