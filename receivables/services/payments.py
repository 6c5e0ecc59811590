"""Payments: the verbs of their life by name, and applying them to invoices. What is particular to them is
`receivables.types.payments`."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from backfill.tenancy.actors import Actor
from ledger.documents import verbs
from receivables.credits.applying import apply_to_invoices, take_off_invoices
from receivables.models import Payment
from receivables.types.payments import PAYMENT

create_payment = partial(verbs.create, PAYMENT)
update_payment = partial(verbs.update, PAYMENT)
delete_payment = partial(verbs.delete, PAYMENT)
confirm_payment = partial(verbs.confirm, PAYMENT)
void_payment = partial(verbs.void, PAYMENT)


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
    return apply_to_invoices(PAYMENT, company_id, document_id, allocations, actor=actor, on=applied_on)


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
    return take_off_invoices(PAYMENT, company_id, document_id, invoice_ids, actor=actor, on=on)
