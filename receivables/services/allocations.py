"""Applying credits to debits and undoing it. Payments and credit memos settle invoices and refunds.

Lock order: the customer, the credits, then invoices by key. A thousand invoices cost the same statements as one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from backfill.tenancy.actors import Actor
from ledger.documents.errors import ReferenceNotFound, SettlementMismatch
from ledger.documents.models import SettledDocument
from ledger.documents.settling import Match, match, settle, write_settled
from ledger.posting import post
from receivables.models import Allocation, CreditMemo, Customer, Invoice, Payment, RefundReceipt
from receivables.postings import exchange_difference_entry

ZERO: Final = Decimal(0)
Credit = Payment | CreditMemo
_SIDES: Final[tuple[tuple[type[SettledDocument], str], ...]] = (
    *((Payment, "payment"), (CreditMemo, "credit_memo"), (Invoice, "invoice"), (RefundReceipt, "refund")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An amount to apply to an invoice; None takes as much as both sides have."""

    invoice_id: UUID
    amount: Decimal | None = None
    allocated_at: datetime | None = None
    path: str = "allocations"


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing did: the allocations, and the exchange gain in base currency that it takes back."""

    allocations: list[Allocation]
    gain: Decimal

    def facts(self) -> dict[str, Any]:
        if not self.allocations:
            return {}
        return {
            "undone_allocations": [
                {"invoice_id": str(row.invoice_id), "amount": str(row.amount)} for row in self.allocations
            ]
        }


def locked_invoices(company_id: UUID, invoice_ids: Iterable[UUID]) -> dict[UUID, Invoice]:
    """Return invoices locked in the order of their keys."""
    rows = Invoice.objects.select_for_update(of=("self",)).filter(company_id=company_id, id__in=set(invoice_ids))
    return {invoice.id: invoice for invoice in rows.order_by("id")}


def allocate_credit(
    credit: Credit, wanted: Sequence[Wanted], *, base_currency: str, applied_on: date
) -> list[Allocation]:
    """Apply a locked credit to invoices, in the order given, and write invoices and allocations.

    The credit itself is settled in memory; the caller writes it. Raises OverAllocated, SettlementMismatch,
    ReferenceNotFound naming the allocation.
    """
    invoices = locked_invoices(credit.company_id, (want.invoice_id for want in wanted))
    allocations = []
    for want in wanted:
        invoice = _settleable(invoices.get(want.invoice_id), credit, want)
        amount = want.amount if want.amount is not None else min(invoice.open_amount, credit.open_amount)
        if want.amount is None and not amount:
            continue
        settled = match(
            invoice,
            credit,
            amount,
            base_currency=base_currency,
            field=f"{want.path}.amount",
            names=f"invoice {invoice}",
        )
        allocations.append(
            _allocation(
                credit,
                settled,
                invoice=invoice,
                allocated_at=want.allocated_at,
                applied_on=_both_posted(applied_on, credit, invoice),
            )
        )
    write_settled(invoices.values())
    return Allocation.objects.bulk_create(allocations)


def allocate_refund(credit: Credit, refund: RefundReceipt, *, base_currency: str, applied_on: date) -> Allocation:
    """Give back what is left of a locked credit through a refund. Both are settled in memory only."""
    settled = match(
        refund,
        credit,
        refund.total_amount,
        base_currency=base_currency,
        field="total_amount",
        names=f"refund receipt {refund}",
    )
    allocation = _allocation(credit, settled, refund=refund, applied_on=_both_posted(applied_on, credit, refund))
    allocation.save(force_insert=True)
    return allocation


def undo_allocations(company_id: UUID, allocations: Sequence[Allocation], *, on: date) -> Undone:
    """Undo active allocations of one customer: both sides are open again, written in one statement per table."""
    sides: dict[type[SettledDocument], dict[UUID, SettledDocument]] = {}
    for model, name in (
        (Payment, "payment"),
        (CreditMemo, "credit_memo"),
        (Invoice, "invoice"),
        (RefundReceipt, "refund"),
    ):
        keys = {key for row in allocations if (key := getattr(row, f"{name}_id")) is not None}
        rows = model._default_manager.select_for_update(of=("self",)).filter(company_id=company_id, id__in=keys)  # noqa: SLF001
        sides[model] = {row.id: row for row in rows.order_by("id")} if keys else {}
    gain = Decimal(0)
    for row in allocations:
        for document in _sides_of(row, sides):
            is_debit = isinstance(document, Invoice | RefundReceipt)
            settle(document, -row.amount, -(row.base_debit if is_debit else row.base_credit))
        gain += row.base_credit - row.base_debit
        row.undone_on = on
    for documents in sides.values():
        write_settled(documents.values())
    Allocation.objects.filter(id__in=[row.id for row in allocations]).update(undone_on=on)
    return Undone(list(allocations), gain)


def release(document: Any, customer: Customer, *, embedded: Decimal, on: date, actor: Actor, **of: UUID) -> Undone:
    """Undo everything that settles, or is settled by, a document that is about to be void.

    `embedded` is the exchange gain that the document's own entry holds: its reversal takes that back by itself.
    """
    undone = undo_allocations(document.company_id, active_allocations(document.company_id, **of), on=on)
    left = undone.gain - embedded
    realise(customer, left, on=on, actor=actor, undoes=True, memo=f"Exchange difference of {document}")
    document.settled_amount = document.settled_base = Decimal(0)
    return undone


def active_allocations(company_id: UUID, **of: UUID) -> list[Allocation]:
    """Return the allocations that count, newest last: `payment_id`, `invoice_id`, … say of what."""
    return list(Allocation.objects.filter(company_id=company_id, undone_on=None, **of).order_by("created_at", "id"))


def realise(customer: Customer, gain: Decimal, *, on: date, actor: Actor, undoes: bool, memo: str) -> None:
    """Post the exchange difference of an application, or of its undoing, that no other entry holds."""
    if gain:
        post(exchange_difference_entry(customer, gain, on=on, undoes=undoes, memo=memo), actor=actor)


def wanted_of(allocations: Sequence[Mapping[str, Any]]) -> list[Wanted]:
    """Return the allocations that a body states, duplicates of one invoice kept apart."""
    return [
        Wanted(
            invoice_id=UUID(str(allocation["invoice_id"])),
            amount=Decimal(str(allocation["amount"])) if allocation.get("amount") is not None else None,
            allocated_at=_instant(allocation.get("allocated_at")),
            path=f"allocations[{index}]",
        )
        for index, allocation in enumerate(allocations)
    ]


def _settleable(invoice: Invoice | None, credit: Credit, want: Wanted) -> Invoice:
    if invoice is None:
        raise ReferenceNotFound(
            f"invoice {want.invoice_id} does not exist in this company", field=f"{want.path}.invoice_id"
        )
    if invoice.customer_id != credit.customer_id:
        raise SettlementMismatch(
            f"invoice {invoice} is another customer's; a credit settles its own customer's invoices",
            field=f"{want.path}.invoice_id",
        )
    if not invoice.is_posted or invoice.is_void:
        raise SettlementMismatch(
            f"invoice {invoice} is {invoice.status}; only a confirmed invoice can be paid",
            field=f"{want.path}.invoice_id",
        )
    return invoice


def _allocation(credit: Credit, settled: Match, *, applied_on: date, **more: Any) -> Allocation:
    return Allocation(
        company_id=credit.company_id,
        customer_id=credit.customer_id,
        payment=credit if isinstance(credit, Payment) else None,
        credit_memo=credit if isinstance(credit, CreditMemo) else None,
        amount=settled.amount,
        base_debit=settled.base_debit,
        base_credit=settled.base_credit,
        applied_on=applied_on,
        **more,
    )


def _both_posted(day: date, *sides: SettledDocument) -> date:
    """Return the first day from `day` on at which both sides are in the books: money that came before the invoice was
    the customer's credit until then, and is so in reports as of a day between."""
    return max(day, *(side.posting_date for side in sides))


def _sides_of(
    row: Allocation, sides: Mapping[type[SettledDocument], Mapping[UUID, SettledDocument]]
) -> list[SettledDocument]:
    keys = (
        (Payment, row.payment_id),
        (CreditMemo, row.credit_memo_id),
        (Invoice, row.invoice_id),
        (RefundReceipt, row.refund_id),
    )
    return [sides[model][key] for model, key in keys if key is not None]


def _instant(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
