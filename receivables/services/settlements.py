"""Following the journal: entries that settle an invoice's entry, and entries that are reversed there."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Q, QuerySet

from backfill.tenancy.actors import Actor
from ledger.documents.errors import OverAllocated
from ledger.documents.settling import settle, write_settled
from ledger.models import JournalEntry, Settlement
from ledger.registry import SettlementLinks
from receivables.models import Allocation, Invoice
from receivables.services.allocations import undo_allocations
from receivables.services.parties import lock_customers


def settled_in_journal(settlement: Settlement, actor: Actor) -> None:
    """An entry settles the entry of an invoice: the invoice follows."""
    invoice = Invoice.objects.filter(company_id=settlement.company_id, entry_id=settlement.open_entry_id).first()
    if invoice is None:
        return
    lock_customers(invoice.company_id, [invoice.customer_id])
    take_settlement(Invoice.objects.select_for_update(of=("self",)).get(id=invoice.id), settlement)


def take_settlement(invoice: Invoice, settlement: Settlement) -> Allocation:
    """Count a settlement of its entry on a locked invoice. Raises OverAllocated when payments have settled it too."""
    amount, base = settlement.document_amount, settlement.base_amount
    if amount > invoice.open_amount:
        raise OverAllocated(
            f"invoice {invoice} has {invoice.open_amount} left to pay; {amount} cannot be settled", field="amount"
        )
    if amount == invoice.open_amount:
        base = invoice.open_base
    settle(invoice, amount, base)
    write_settled([invoice])
    return Allocation.objects.create(
        company_id=invoice.company_id,
        customer_id=invoice.customer_id,
        invoice=invoice,
        settlement_entry_id=settlement.settlement_entry_id,
        amount=amount,
        base_debit=base,
        base_credit=base,
        applied_on=max(settlement.settled_on, invoice.posting_date),
    )


def unsettled_in_journal(settlement: Settlement, actor: Actor) -> None:
    """A settlement was undone: the invoice is open again."""
    rows = Allocation.objects.filter(
        company_id=settlement.company_id,
        settlement_entry_id=settlement.settlement_entry_id,
        invoice__entry_id=settlement.open_entry_id,
        undone_on=None,
    )
    found = list(rows.order_by("created_at", "id"))
    if found:
        lock_customers(settlement.company_id, [found[0].customer_id])
        undo_allocations(settlement.company_id, found, on=settlement.undone_on or settlement.settled_on)


def settlement_links(entry: JournalEntry) -> SettlementLinks:
    """Return which documents' entries an entry settles, and which settle it: payments and credits on invoices."""
    rows = Allocation.objects.filter(company_id=entry.company_id, undone_on=None, settlement_entry=None)
    credited = rows.filter(Q(payment__entry=entry) | Q(credit_memo__entry=entry))
    debited = rows.filter(Q(invoice__entry=entry) | Q(refund__entry=entry))
    return SettlementLinks(
        settles=(*_entries(credited, "invoice"), *_entries(credited, "refund")),
        settled_by=(*_entries(debited, "payment"), *_entries(debited, "credit_memo")),
    )


def _entries(rows: QuerySet[Allocation], side: str) -> Iterator[UUID]:
    named = rows.filter(**{f"{side}__entry__isnull": False}).order_by()
    yield from named.values_list(f"{side}__entry_id", flat=True).distinct()
