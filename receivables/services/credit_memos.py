"""Credit memos: the verbs of their life by name, and applying them to invoices. What is particular to them is
`receivables.types.credit_memos`."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from backfill.tenancy.actors import Actor
from ledger.documents import verbs
from receivables.credits.applying import apply_to_invoices, take_off_invoices
from receivables.models import CreditMemo
from receivables.types.credit_memos import CREDIT_MEMO

create_credit_memo = partial(verbs.create, CREDIT_MEMO)
update_credit_memo = partial(verbs.update, CREDIT_MEMO)
delete_credit_memo = partial(verbs.delete, CREDIT_MEMO)
submit_credit_memo = partial(verbs.submit, CREDIT_MEMO)
approve_credit_memo = partial(verbs.approve, CREDIT_MEMO)
reject_credit_memo = partial(verbs.reject, CREDIT_MEMO)
void_credit_memo = partial(verbs.void, CREDIT_MEMO)


@transaction.atomic
def apply_credit_memo(
    *,
    company_id: UUID,
    document_id: UUID,
    allocations: Sequence[Mapping[str, Any]],
    actor: Actor,
    applied_on: date | None = None,
) -> CreditMemo:
    """Apply what is left of a credit memo to invoices: [{invoice_id, amount}]; no amount means as much as there is.

    All or nothing. Raises OverAllocated, SettlementMismatch, InvalidStateTransition.
    """
    return apply_to_invoices(CREDIT_MEMO, company_id, document_id, allocations, actor=actor, on=applied_on)


@transaction.atomic
def unapply_credit_memo(
    *, company_id: UUID, document_id: UUID, actor: Actor, invoice_ids: Sequence[UUID] = (), on: date | None = None
) -> CreditMemo:
    """Take a credit memo off the invoices it was applied to, or off the named ones only. Safe to repeat."""
    return take_off_invoices(CREDIT_MEMO, company_id, document_id, invoice_ids, actor=actor, on=on)
