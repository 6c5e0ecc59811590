"""Applying a posted credit to invoices later than its posting, and taking it off again."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from backfill.tenancy.actors import Actor
from receivables.models import Allocation, CreditMemo, Payment
from receivables.services.allocations import ZERO, allocate_credit, realise, undo_allocations, wanted_of

CreditT = TypeVar("CreditT", Payment, CreditMemo)


def apply_credit(
    kind: Any,
    credit: CreditT,
    allocations: Sequence[Mapping[str, Any]],
    *,
    actor: Actor,
    applied_on: date | None,
) -> CreditT:
    """Apply a locked, posted credit to invoices and realise the exchange difference. Returns the credit."""
    if not credit.is_posted or credit.is_void:
        raise kind.refusal(credit, "applied")
    day = applied_on or max(credit.posting_date, credit.company.today())
    made = allocate_credit(credit, wanted_of(allocations), base_currency=credit.company.base_currency, applied_on=day)
    gain = sum((row.base_credit - row.base_debit for row in made), ZERO)
    realise(credit.customer, gain, on=day, actor=actor, undoes=False, memo=f"Exchange difference of {credit}")
    credit.save(update_fields=["settled_amount", "settled_base", "status", "updated_at"])
    facts = [{"invoice_id": str(row.invoice_id), "amount": str(row.amount)} for row in made]
    kind.record(credit, "applied", actor, allocations=facts, on=day.isoformat())
    return credit


def unapply_credit(kind: Any, credit: CreditT, rows: Sequence[Allocation], *, actor: Actor, on: date | None) -> CreditT:
    """Undo allocations of a locked credit and take back their exchange difference. Returns the credit."""
    if not rows:
        return credit
    day = on or max(credit.posting_date, credit.company.today())
    undone = undo_allocations(credit.company_id, rows, on=day)
    realise(credit.customer, undone.gain, on=day, actor=actor, undoes=True, memo=f"Exchange difference of {credit}")
    credit.refresh_from_db(fields=["settled_amount", "settled_base", "status"])
    kind.record(credit, "unapplied", actor, on=day.isoformat(), **undone.facts())
    return credit
