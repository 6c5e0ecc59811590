"""Taking advance invoices off a final invoice (§ 14 (5) UStG).

The final invoice charges everything. On its confirmation each advance invoice is credited in full by a credit memo of
its own, which takes back what it posted and its tax; what the customer had paid on it then settles the final invoice.
So nothing is taxed or earned twice, and the final invoice demands the rest. An advance invoice that was not paid is
settled by its own credit memo, and takes nothing off.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from backfill.words import state_of
from ledger.currencies.money import quantize
from ledger.documents import verbs
from ledger.documents.copying import copied_line
from ledger.documents.store.documents import lock
from ledger.documents.verbs.confirm import post_stored
from ledger.errors import ReferenceNotFound
from ledger.models import ApprovalStatus
from receivables.credits.applying import apply_to_invoices
from receivables.models import CreditMemo, CreditMemoStatus, Invoice, InvoiceLine, InvoiceType
from receivables.types.credit_memos import CREDIT_MEMO

ZERO: Final = Decimal(0)
REASON: Final = "final_invoice"
"""Reason code of the credit memos."""
_ADVANCES: Final = frozenset({InvoiceType.ADVANCE, InvoiceType.PARTIAL, InvoiceType.PARTIAL_CONSTRUCTION})


def name_prepayments(invoice: Invoice, stated: Sequence[Mapping[str, Any]]) -> None:
    """Note the advance invoices that a draft takes off. Raises ReferenceNotFound, ValidationFailed naming the field."""
    wanted = [str(one["invoice_id"]) for one in stated]
    if invoice.is_posted and wanted == [one["invoice_id"] for one in invoice.prepayments]:
        return
    rows = Invoice.objects.filter(company_id=invoice.company_id, id__in=wanted)
    found = {str(row.id): row for row in rows}
    for index, key in enumerate(wanted):
        path = f"prepayments[{index}].invoice_id"
        if key not in found:
            raise ReferenceNotFound(_("invoice {id} does not exist in this company").format(id=key), field=path)
        if key in wanted[:index]:
            raise ValidationFailed(_("invoice {invoice} is taken off twice").format(invoice=found[key]), field=path)
        _check(invoice, found[key], path)
    invoice.prepayments = [_named(found[key]) for key in wanted]


def take_off_prepayments(invoice: Invoice, actor: Actor) -> None:
    """Credit the advance invoices of an invoice that was just posted, and settle it with what was paid on them.

    The caller holds the customer's lock. Raises OverCredited where an advance invoice was credited since.
    """
    if not invoice.prepayments:
        return
    facts, prepaid = [], ZERO
    for index, one in enumerate(invoice.prepayments):
        advance = Invoice.objects.select_related("company", "customer").get(
            company_id=invoice.company_id, id=one["invoice_id"]
        )
        _check(invoice, advance, f"prepayments[{index}].invoice_id")
        memo = _credited(advance, invoice, actor)
        amount = _applied(memo, invoice, actor)
        tax = quantize(advance.tax_amount * amount / advance.total_amount, invoice.currency)
        named = {**_named(advance), "amount": f"{quantize(amount, invoice.currency):f}", "tax_amount": f"{tax:f}"}
        facts.append({**named, "credit_memo_id": str(memo.id)})
        prepaid += amount
    invoice.refresh_from_db(fields=["settled_amount", "settled_base", "status"])
    invoice.prepayments, invoice.prepaid_amount = facts, prepaid
    invoice.save(update_fields=["prepayments", "prepaid_amount", "updated_at"])


def give_back_prepayments(invoice: Invoice, *, on: date, actor: Actor) -> None:
    """Void the credit memos of an invoice that is void: its advance invoices stand again."""
    for one in invoice.prepayments:
        key = one.get("credit_memo_id")
        if key and not CreditMemo.objects.filter(id=key, status=CreditMemoStatus.VOID).exists():
            reason = f"invoice {invoice} voided"
            verbs.void(CREDIT_MEMO, company_id=invoice.company_id, document_id=key, actor=actor, on=on, reason=reason)


def _check(invoice: Invoice, advance: Invoice, path: str) -> None:
    if advance.customer_id != invoice.customer_id or advance.currency != invoice.currency:
        raise ValidationFailed(
            _("invoice {advance} is another customer's, or in another currency").format(advance=advance), field=path
        )
    if not advance.is_posted or advance.is_void or advance.is_externally_posted:
        raise ValidationFailed(
            _("invoice {invoice} is {state}; only a confirmed one is taken off").format(
                invoice=advance, state=state_of(advance.status)
            ),
            field=path,
        )
    if advance.invoice_type not in _ADVANCES:
        message = _("invoice {invoice} is not an advance or partial invoice (invoice_type 386, 326 or 875)").format(
            invoice=advance
        )
        raise ValidationFailed(message, field=path)
    if advance.posting_date > invoice.posting_date or not advance.total_amount:
        message = _("invoice {invoice} of {day} is later, or of nothing").format(
            invoice=advance, day=advance.posting_date
        )
        raise ValidationFailed(message, field=path)


def _named(advance: Invoice) -> dict[str, str]:
    return {
        "invoice_id": str(advance.id),
        "number": advance.document_number,
        "date": advance.document_date.isoformat(),
    }


def _credited(advance: Invoice, final: Invoice, actor: Actor) -> CreditMemo:
    """Return the posted credit memo over all of an advance invoice. Who approved the final invoice approved it."""
    rows = InvoiceLine.objects.filter(document=advance).select_related("document").order_by("line_number")
    values = {
        "invoice_id": advance.id,
        "document_date": final.document_date,
        "effective_date": final.effective_date,
        "reason_code": REASON,
        "memo": f"Taken off {final}",
        "tax_behavior": advance.tax_behavior,
        "discount_details": advance.discount_details,
        "lines": [{**copied_line(line), "invoice_line_ref": str(line.id)} for line in rows],
        "total_amount": advance.total_amount,
        "tax_amount": advance.tax_amount,
    }
    draft = verbs.create(CREDIT_MEMO, values, company=final.company, actor=actor)
    memo = lock(CREDIT_MEMO, draft.company_id, draft.id)
    memo.approval_status = ApprovalStatus.APPROVED
    post_stored(CREDIT_MEMO, [memo], actor)
    return memo


def _applied(memo: CreditMemo, final: Invoice, actor: Actor) -> Decimal:
    """Settle the final invoice with what the advance invoice did not need; return how much that was."""
    wanted = min(memo.open_amount, Invoice.objects.get(id=final.id).open_amount)
    if wanted:
        apply_to_invoices(
            CREDIT_MEMO,
            final.company_id,
            memo.id,
            [{"invoice_id": final.id, "amount": wanted}],
            actor=actor,
            on=max(memo.posting_date, final.posting_date),
        )
    return wanted
