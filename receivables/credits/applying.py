"""Applying a customer's posted credit to invoices, and taking it off again."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from backfill.tenancy.actors import Actor
from ledger.documents.allocating import active, allocations_of, apply, facts, planned_facts, requests_of, take_off
from ledger.documents.store import documents as store
from ledger.documents.store.repeating import refuse_other_facts
from ledger.documents.types import DocumentType
from ledger.errors import ReferenceNotFound
from receivables.models import CreditMemo, Invoice, Payment
from receivables.taxation.advance_tax import follow_payments

CreditT = TypeVar("CreditT", Payment, CreditMemo)


def apply_to_invoices(
    doc_type: DocumentType[CreditT, Any],
    company_id: UUID,
    document_id: UUID,
    wanted: Sequence[Mapping[str, Any]],
    *,
    actor: Actor,
    on: date | None,
) -> CreditT:
    """Lock a credit, apply it and return it. Raises InvalidStateTransition for one that is not posted or void."""
    credit = store.lock(doc_type, company_id, document_id)
    if not credit.is_posted or credit.is_void:
        raise store.refusal(doc_type, credit, "applied")
    requests = requests_of(wanted, key="invoice_id")
    planned = apply(doc_type, credit, requests, targets=Invoice, actor=actor, on=on)
    if isinstance(credit, Payment):
        follow_payments(credit.company, [credit.id], actor=actor)
    else:
        credit.applied_at = timezone.now()
        credit.save(update_fields=["applied_at"])
    store.record(doc_type, [(credit, "applied", {"allocations": planned_facts(planned)})], actor)
    return credit


def take_off_invoices(
    doc_type: DocumentType[CreditT, Any],
    company_id: UUID,
    document_id: UUID,
    invoice_ids: Collection[UUID],
    *,
    actor: Actor,
    on: date | None,
) -> CreditT:
    """Lock a credit, take it off its invoices, or off the named ones only, and return it."""
    credit = store.lock(doc_type, company_id, document_id)
    rows = [row for row in active(credit) if row.debit_item.kind == "invoice"]
    chosen = [row for row in rows if not invoice_ids or row.debit_item.document_id in invoice_ids]
    if chosen:
        take_off(doc_type, credit, chosen, actor=actor, on=on)
        if isinstance(credit, Payment):
            follow_payments(credit.company, [credit.id], actor=actor)
        elif not credit.settled_amount:
            credit.applied_at = None
            credit.save(update_fields=["applied_at"])
        store.record(doc_type, [(credit, "unapplied", {"undone_allocations": facts(chosen)})], actor)
    else:
        _refuse_taken_off_otherwise(doc_type, credit, invoice_ids, on)
    return credit


def _refuse_taken_off_otherwise(
    doc_type: DocumentType[CreditT, Any], credit: CreditT, invoice_ids: Collection[UUID], on: date | None
) -> None:
    """What is off already was taken off on a day; another one would count for nothing. What was never on an invoice
    cannot be taken off it."""
    rows = [row for row in allocations_of(credit) if row.debit_item.kind == "invoice"]
    rows.sort(key=lambda row: (row.undone_on or date.max, row.id))
    days = {row.debit_item.document_id: row.undone_on for row in rows}
    for index, invoice_id in enumerate(invoice_ids):
        if invoice_id not in days:
            raise ReferenceNotFound(
                _("{noun} {number} was never applied to invoice {id}").format(
                    noun=doc_type.noun, number=credit, id=invoice_id
                ),
                field=f"invoice_ids[{index}]",
            )
    if (
        days
        and on is not None
        and on not in {day for key, day in days.items() if not invoice_ids or key in invoice_ids}
    ):
        last = max(day for day in days.values() if day)
        refuse_other_facts(
            _("{noun} {number} was taken off its invoices").format(noun=doc_type.noun, number=credit),
            {"on": (on, last)},
        )
