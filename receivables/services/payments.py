"""Payments: money from customers, applied to their invoices; what is left is the customer's credit."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from ledger.documents.allocating import ZERO, plan, requests_of, undone_facts
from ledger.documents.arithmetic import check_stated_total
from ledger.documents.errors import ReferenceNotFound
from ledger.documents.models import DocumentLine
from ledger.documents.references import take_account
from ledger.documents.type import Posting
from ledger.drafts import EntryDraft
from ledger.models import ControlSide
from ledger.money import ensure_precision
from receivables.models import Invoice, Payment, PaymentStatus
from receivables.postings import payment_entry
from receivables.services.applying import apply_to_invoices, take_off_invoices
from receivables.services.customers import SalesDocuments
from receivables.services.refusals import refuse_refunded


class Payments(SalesDocuments[Payment, DocumentLine]):
    model = Payment
    noun, prefix = "payment", "PAY-"
    side, item_sign = ControlSide.RECEIVABLE, -1
    needs_approval = False  # the money is there already
    posted_status = PaymentStatus.COMPLETED
    confirming_statuses = frozenset({"completed", "confirmed", "posted", "settled", "succeeded"})
    own_fields = (
        *("payment_method", "payment_method_type", "payment_method_details", "reference_number", "settled_at"),
    )
    free_when_posted = frozenset({"memo", "metadata", "reference_number", "payment_method_details", "settled_at"})
    stated_as: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **dict.fromkeys(("subtotal", "total_amount"), ("amount", "allocations")),
        **dict.fromkeys(("requested_allocations", "customer_id"), ("allocations", "invoice_id")),
    }
    numbers_on_creation = True
    way_out = "void it and record it anew"

    def take_party(self, payment: Payment, values: Mapping[str, Any]) -> str:
        """A payment that names no customer is its invoices' customer's, and in their currency."""
        if "allocations" in values or "invoice_id" in values:
            payment.requested_allocations = _requested(values)
        field = "allocations[0].invoice_id" if values.get("allocations") else "invoice_id"
        adding = payment._state.adding  # noqa: SLF001 - Django's documented flag
        first = _first_invoice(payment, field) if adding else None
        if first is not None and not values.get("customer_id"):
            super().take_party(payment, {"customer_id": first.customer_id})
        currency = super().take_party(payment, values)
        return first.currency if first is not None else currency

    def fill(self, payment: Payment, values: Mapping[str, Any]) -> None:
        _take_amounts(payment, values)
        take_account(payment, values, "deposit_to_account")

    def before_posting(self, payment: Payment, posting: Posting[DocumentLine], actor: Actor) -> None:
        requests = requests_of(payment.requested_allocations, key="invoice_id")
        posting.settle(plan(self, payment, requests, targets=Invoice, on=payment.posting_date))

    def entry(self, payment: Payment, posting: Posting[DocumentLine]) -> EntryDraft:
        return payment_entry(payment, posting)

    def check_undoing(self, payment: Payment) -> None:
        refuse_refunded(self.noun, payment)

    def before_void(self, payment: Payment, on: date, actor: Actor) -> dict[str, Any]:
        self.check_undoing(payment)
        return undone_facts(payment)


payments = Payments()
create_payment = payments.create
update_payment = payments.update
delete_payment = payments.delete
confirm_payment = payments.confirm
void_payment = payments.void


@transaction.atomic
def apply_payment(
    *,
    company_id: UUID,
    document_id: UUID,
    allocations: Sequence[Mapping[str, Any]],
    actor: Actor,
    applied_on: date | None = None,
) -> Payment:
    """Apply what is left of a payment to invoices: [{invoice_id, amount}]; no amount means as much as there is.

    All or nothing. Raises OverAllocated, SettlementMismatch, InvalidStateTransition.
    """
    return apply_to_invoices(payments, company_id, document_id, allocations, actor=actor, on=applied_on)


@transaction.atomic
def unapply_payment(
    *,
    company_id: UUID,
    document_id: UUID,
    actor: Actor,
    invoice_ids: Sequence[UUID] = (),
    on: date | None = None,
) -> Payment:
    """Take a payment off the invoices it paid, or off the named ones only; the money is the customer's credit again.

    Safe to repeat: what is not applied stays as it is.
    """
    return take_off_invoices(payments, company_id, document_id, invoice_ids, actor=actor, on=on)


def _requested(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the wished-for allocations as the JSON that a draft keeps. `invoice_id` alone: as much as there is."""
    stated = list(values.get("allocations") or ())
    named = values.get("invoice_id")
    if named and stated and all(str(one["invoice_id"]) != str(named) for one in stated):
        raise ValidationFailed(
            "invoice_id names another invoice than allocations; leave one of them out", field="invoice_id"
        )
    if not stated and named:
        stated = [{"invoice_id": named, "amount": None}]
    return [
        {
            "invoice_id": str(allocation["invoice_id"]),
            "amount": str(allocation["amount"]) if allocation.get("amount") is not None else None,
            "allocated_at": at.isoformat() if (at := allocation.get("allocated_at")) else None,
        }
        for allocation in stated
    ]


def _take_amounts(payment: Payment, values: Mapping[str, Any]) -> None:
    allocated = sum((Decimal(row["amount"] or 0) for row in payment.requested_allocations), ZERO)
    amount = values.get("amount")
    if amount is None and payment._state.adding:  # noqa: SLF001 - Django's documented flag
        amount = allocated
    if amount is not None:
        payment.total_amount = amount
    payment.total_amount = ensure_precision(payment.total_amount, payment.currency, field="amount")
    payment.subtotal = payment.total_amount
    if payment.total_amount <= 0:
        raise ValidationFailed("a payment has an amount above zero", field="amount")
    if values.get("fees") is not None:
        payment.fees = values["fees"]
    payment.fees = ensure_precision(payment.fees, payment.currency, field="fees")
    if not 0 <= payment.fees <= payment.total_amount:
        raise ValidationFailed(
            f"fees of {payment.fees} are not between 0 and the {payment.total_amount} paid", field="fees"
        )
    check_stated_total(values.get("net_amount"), payment.net_amount, field="net_amount")
    if allocated > payment.total_amount:
        raise ValidationFailed(
            f"the allocations add up to {allocated}, more than the {payment.total_amount} paid", field="allocations"
        )


def _first_invoice(payment: Payment, field: str) -> Invoice | None:
    if not payment.requested_allocations:
        return None
    first = payment.requested_allocations[0]["invoice_id"]
    invoice = Invoice.objects.filter(company_id=payment.company_id, id=first).first()
    if invoice is None:
        raise ReferenceNotFound(f"invoice {first} does not exist in this company", field=field)
    return invoice
