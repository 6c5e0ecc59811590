"""Payments: money from customers, applied to their invoices; what is left is the customer's credit."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from ledger.currencies.money import ensure_precision
from ledger.documents.allocating import ZERO, plan, requests_of, undone_facts
from ledger.documents.lines.arithmetic import check_stated_total
from ledger.documents.models import DocumentLine
from ledger.documents.store.documents import is_new
from ledger.documents.types import Approval, DocumentType, Policy, Posting, Values
from ledger.errors import ReferenceNotFound
from receivables.credits.refusals import refuse_refunded
from receivables.customers.customers import customers
from receivables.models import Invoice, Payment, PaymentStatus
from receivables.postings import payment_entry
from receivables.taxation.advance_tax import check_stated_code, follow_document, follow_payments
from receivables.types.side import SELLING


def _assign_customer(payment: Payment, values: Values) -> str:
    """A payment that names no customer is its invoices' customer's, and in their currency."""
    if "allocations" in values or "invoice_id" in values:
        payment.requested_allocations = _requested(values)
    field = "allocations[0].invoice_id" if values.get("allocations") else "invoice_id"
    first = _first_invoice(payment, field) if is_new(payment) else None
    if first is not None and not values.get("customer_id"):
        customers.take(payment, {"customer_id": first.customer_id}, is_required=True)
    currency = customers.take(payment, values, is_required=True)
    return first.currency if first is not None else currency


def _requested(values: Values) -> list[dict[str, Any]]:
    """Return the wished-for allocations as the JSON that a draft keeps. `invoice_id` alone: as much as there is."""
    stated: list[Mapping[str, Any]] = list(values.get("allocations") or ())
    named = values.get("invoice_id")
    if named and stated and all(str(one["invoice_id"]) != str(named) for one in stated):
        raise ValidationFailed(
            _("invoice_id names another invoice than allocations; leave one of them out"), field="invoice_id"
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


def _first_invoice(payment: Payment, field: str) -> Invoice | None:
    if not payment.requested_allocations:
        return None
    first = payment.requested_allocations[0]["invoice_id"]
    invoice = Invoice.objects.filter(company_id=payment.company_id, id=first).first()
    if invoice is None:
        raise ReferenceNotFound(_("invoice {first} does not exist in this company").format(first=first), field=field)
    return invoice


def _assign_amounts(payment: Payment, values: Values) -> None:
    allocated = sum((Decimal(row["amount"] or 0) for row in payment.requested_allocations), ZERO)
    amount = values.get("amount")
    if amount is None and is_new(payment):
        amount = allocated
    if amount is not None:
        payment.total_amount = amount
    payment.total_amount = ensure_precision(payment.total_amount, payment.currency, field="amount")
    payment.subtotal = payment.total_amount
    if payment.total_amount <= 0:
        raise ValidationFailed(_("a payment has an amount above zero"), field="amount")
    if values.get("fees") is not None:
        payment.fees = values["fees"]
    payment.fees = ensure_precision(payment.fees, payment.currency, field="fees")
    if not 0 <= payment.fees <= payment.total_amount:
        raise ValidationFailed(
            _("fees of {fees} are not between 0 and the {total} paid").format(
                fees=payment.fees, total=payment.total_amount
            ),
            field="fees",
        )
    if "tax_code" in values:
        check_stated_code(payment)
    check_stated_total(values.get("net_amount"), payment.net_amount, field="net_amount")
    if allocated > payment.total_amount:
        raise ValidationFailed(
            _("the allocations add up to {allocated}, more than the {total} paid").format(
                allocated=allocated, total=payment.total_amount
            ),
            field="allocations",
        )


def _before_posting(payment: Payment, posting: Posting[DocumentLine], actor: Actor) -> None:
    requests = requests_of(payment.requested_allocations, key="invoice_id")
    posting.settle(plan(PAYMENT, payment, requests, targets=Invoice, on=payment.posting_date))


def _after_posting(payment: Payment, posting: Posting[DocumentLine], actor: Actor) -> None:
    """Tax what pays no invoice on the day of the payment."""
    planned = posting.settlement.planned if posting.settlement else ()
    if payment.open_amount > 0 or any(row.applied_on > payment.posting_date for row in planned):
        follow_payments(payment.company, [payment.id], actor=actor)


def _after_void(payment: Payment, on: date, actor: Actor) -> None:
    follow_document(payment, actor=actor)


def _check_undoing(payment: Payment) -> None:
    refuse_refunded(PAYMENT.noun, payment)


def _release(payment: Payment, on: date, actor: Actor) -> dict[str, Any]:
    return undone_facts(payment)


PAYMENT: Final = DocumentType[Payment, DocumentLine](
    key="payment",
    model=Payment,
    side=SELLING,
    prefix="PAY-",
    statuses=PaymentStatus,
    posted=PaymentStatus.COMPLETED,
    accepts=frozenset({"confirmed", "posted", "settled", "succeeded"}),
    approval=Approval.NONE,  # the money is there already
    columns=(
        *("payment_method", "payment_method_type", "payment_method_details", "reference_number", "settled_at"),
        "tax_code",
        "deposit_to_account",
    ),
    internal=("fees", "requested_allocations"),
    free_when_posted=frozenset({"reference_number", "payment_method_details", "settled_at"}),
    stated_as={
        **dict.fromkeys(("subtotal", "total_amount"), ("amount", "allocations")),
        **dict.fromkeys(("requested_allocations", "customer_id"), ("allocations", "invoice_id")),
    },
    numbers_drafts=True,
    item_sign=-1,
    entry=payment_entry,
    way_out=gettext_lazy("void it and record it anew"),
    policy=Policy(
        assign_party=_assign_customer,
        assign=_assign_amounts,
        before_posting=_before_posting,
        after_posting=_after_posting,
        check_undoing=_check_undoing,
        before_void=_release,
        after_void=_after_void,
    ),
)
