"""Many invoices at once, where one that refuses must not hold up the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from backfill.errors import DomainError
from backfill.tenancy.actors import Actor
from ledger.documents import verbs
from receivables.types.invoices import INVOICE


@dataclass(slots=True)
class Batch:
    """What became of the documents of a batch: how many are confirmed, and why others are not, by id."""

    confirmed: int = 0
    refusals: dict[UUID, DomainError] = field(default_factory=dict)


def confirm_invoices(*, company_id: UUID, invoice_ids: Sequence[UUID], actor: Actor) -> Batch:
    """Confirm invoices, together as far as they allow it: a batch with one that refuses is halved until that one
    stands alone. Every half is a transaction, so what is confirmed stays confirmed. Safe to repeat."""
    batch = Batch()
    _confirm(batch, company_id, list(dict.fromkeys(invoice_ids)), actor)
    return batch


def _confirm(batch: Batch, company_id: UUID, invoice_ids: Sequence[UUID], actor: Actor) -> None:
    if not invoice_ids:
        return
    try:
        verbs.confirm_many(INVOICE, company_id=company_id, document_ids=invoice_ids, actor=actor)
    except DomainError as refusal:
        if len(invoice_ids) == 1:
            batch.refusals[invoice_ids[0]] = refusal
            return
        middle = len(invoice_ids) // 2
        _confirm(batch, company_id, invoice_ids[:middle], actor)
        _confirm(batch, company_id, invoice_ids[middle:], actor)
    else:
        batch.confirmed += len(invoice_ids)
