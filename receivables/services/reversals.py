"""An entry was reversed in the journal: the document that posted it is void, the one that only linked it is a draft."""

from typing import Any
from uuid import UUID

from django.db import connection

from backfill.tenancy.actors import Actor
from ledger.models import ApprovalStatus, JournalEntry
from receivables.services.credit_memos import credit_memos
from receivables.services.invoices import invoices
from receivables.services.parties import lock_customers
from receivables.services.payments import payments
from receivables.services.recorded import unlink_entry
from receivables.services.refund_receipts import refund_receipts
from receivables.services.sales_receipts import sales_receipts

_TABLES = ("invoice", "creditmemo", "payment", "salesreceipt", "refundreceipt")
_ENTRIES = (*((table, "entry_id") for table in _TABLES), ("allocation", "settlement_entry_id"))
_OWNERS = " UNION ".join(
    f"SELECT customer_id FROM receivables_{table} WHERE company_id = %(company)s AND {column} = %(entry)s"  # noqa: S608
    for table, column in _ENTRIES
)

_BY_KIND: dict[str, Any] = {
    "invoice": invoices,
    "credit_memo": credit_memos,
    "payment": payments,
    "sales_receipt": sales_receipts,
    "refund_receipt": refund_receipts,
}


def lock_owners(company_id: UUID, entry_id: UUID) -> None:
    """Lock the customers whose documents an entry posted, is linked to, or settles. One statement to find them."""
    with connection.cursor() as cursor:
        cursor.execute(_OWNERS, {"company": company_id, "entry": entry_id})
        lock_customers(company_id, [row[0] for row in cursor.fetchall()])


def follow_reversal(original: JournalEntry, reversal: JournalEntry, actor: Actor) -> None:
    """Called inside the reversal's transaction. Voiding a document reverses its entry too: then nothing is left to do.

    Raises InvalidStateTransition when something stands on the document that must be undone first.
    """
    kinds: list[Any] = [_BY_KIND[original.kind]] if original.kind in _BY_KIND else [invoices, credit_memos]
    for kind in kinds:
        found = kind.rows().filter(company_id=original.company_id, entry=original)
        row = found.exclude(approval_status=ApprovalStatus.VOID).first()
        if row is None:
            continue
        document = kind.locked(row.company_id, row.id)
        if getattr(document, "is_recorded", False):
            kind.before_void(document, reversal.entry_date, actor)
            unlink_entry(document, actor)
        elif not document.is_void:
            kind.mark_reversed(document, reversal, actor)
