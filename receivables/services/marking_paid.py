"""Marking an invoice as paid: a payment over its rest, and what a repetition of that may state."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from backfill.tenancy.actors import Actor
from ledger.documents.allocating import active, other_of
from ledger.documents.store import documents as store
from ledger.documents.store.repeating import refuse_other_facts
from receivables.models import Invoice, Payment
from receivables.services.payments import create_payment
from receivables.types.invoices import INVOICE
from receivables.types.payments import PAYMENT


@transaction.atomic
def mark_invoice_paid(
    *,
    company_id: UUID,
    document_id: UUID,
    actor: Actor,
    paid_on: date | None = None,
    deposit_to_account_id: UUID | None = None,
    payment_method: str = "",
    reference_number: str = "",
    exchange_rate: Decimal | None = None,
) -> Invoice:
    """Record a payment for the rest of an invoice, dated `paid_on` (today by default), and return the invoice.

    Safe to repeat: a paid invoice is returned as it is, unless what is stated differs from how it was paid. Raises
    InvalidStateTransition for that, naming the field, and for a draft or void one.
    """
    invoice = store.lock(INVOICE, company_id, document_id)
    if not invoice.is_posted or invoice.is_void:
        raise store.refusal(INVOICE, invoice, "marked as paid")
    if not invoice.open_amount:
        stated = {
            "paid_on": paid_on,
            "deposit_to_account_id": deposit_to_account_id,
            "payment_method": payment_method,
            "reference_number": reference_number,
            "exchange_rate": exchange_rate,
        }
        _refuse_paid_otherwise(invoice, stated)
        return invoice
    create_payment(
        {
            "customer_id": invoice.customer_id,
            "amount": invoice.open_amount,
            "currency": invoice.currency,
            "exchange_rate": exchange_rate,
            "document_date": paid_on or invoice.company.today(),
            "deposit_to_account_id": deposit_to_account_id,
            "payment_method": payment_method,
            "reference_number": reference_number,
            "allocations": [{"invoice_id": invoice.id, "amount": invoice.open_amount}],
            "status": PAYMENT.posted,
        },
        company=invoice.company,
        actor=actor,
    )
    invoice.refresh_from_db()
    return invoice


def _refuse_paid_otherwise(invoice: Invoice, stated: Mapping[str, Any]) -> None:
    """A payment of the invoice must be as stated; else the last one tells what differs."""
    facts = {field: value for field, value in stated.items() if value not in (None, "")}
    if not facts:
        return
    items = [item for row in active(invoice) if (item := other_of(invoice, row)).kind == "payment"]
    paid = Payment.objects.filter(company_id=invoice.company_id).in_bulk([item.document_id for item in items])
    paid_by = [paid[item.document_id] for item in items if item.document_id is not None]
    known = [_as_recorded(payment) for payment in paid_by]
    if any(all(recorded[field] == value for field, value in facts.items()) for recorded in known):
        return
    recorded = known[-1] if known else {}
    if known:
        done = _("invoice {invoice} was paid by payment {payment}").format(invoice=invoice, payment=paid_by[-1])
    else:
        done = _("invoice {invoice} was settled otherwise").format(invoice=invoice)
    refuse_other_facts(done, {field: (value, recorded.get(field)) for field, value in facts.items()})


def _as_recorded(payment: Payment) -> dict[str, Any]:
    return {
        "paid_on": payment.document_date,
        "deposit_to_account_id": payment.deposit_to_account_id,
        "payment_method": payment.payment_method,
        "reference_number": payment.reference_number,
        "exchange_rate": payment.exchange_rate,
    }
