"""What may not be undone while something else stands on it, told with the way out."""

from datetime import date

from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from ledger.documents.allocating import active, other_of
from ledger.errors import InvalidStateTransition
from receivables.models import CreditMemo, CreditMemoStatus, Invoice, Payment


def refuse_refunded(noun: str, credit: Payment | CreditMemo) -> None:
    """Money that went back to the customer must come back first. Raises InvalidStateTransition."""
    others = (other_of(credit, row) for row in active(credit))
    refund = next((item for item in others if item.kind == "refund_receipt"), None)
    if refund is not None:
        raise InvalidStateTransition(
            _("{noun} {number} was refunded by {refund}; void that refund first").format(
                noun=noun, number=credit, refund=refund.number
            ),
            refund_id=str(refund.document_id),
        )


def refuse_credited(invoice: Invoice) -> None:
    """What was credited already would be taken back twice. Raises InvalidStateTransition."""
    memos = CreditMemo.objects.filter(company_id=invoice.company_id, invoice=invoice, posted_at__isnull=False)
    found = memos.exclude(status=CreditMemoStatus.VOID).first()
    if found is not None:
        raise InvalidStateTransition(
            _("invoice {invoice} was credited by {found}; void that credit memo first").format(
                invoice=invoice, found=found
            ),
            credit_memo_id=str(found.id),
        )


def refuse_credited_after(invoice: Invoice, on: date) -> None:
    """An invoice that is void on a day on which it was still credited would leave that credit for nothing. Raises
    ValidationFailed naming the first possible day."""
    memos = CreditMemo.objects.filter(company_id=invoice.company_id, invoice=invoice, posted_at__isnull=False)
    last = memos.filter(voided_on__gt=on).order_by("-voided_on").first()
    if last is not None:
        raise ValidationFailed(
            _(
                "invoice {invoice} was credited by {last} until {until}, when that was voided; "
                "void it on that day or later"
            ).format(invoice=invoice, last=last, until=last.voided_on),
            field="on",
            first_possible=str(last.voided_on),
        )


def refuse_taken_off(memo: CreditMemo) -> None:
    """A credit memo that takes an advance invoice off a final one stands as long as that. Raises
    InvalidStateTransition."""
    finals = Invoice.objects.filter(company_id=memo.company_id, customer_id=memo.customer_id)
    finals = finals.filter(prepayments__contains=[{"credit_memo_id": str(memo.id)}]).exclude(status="void")
    if memo.reason_code == "final_invoice" and (final := finals.first()) is not None:
        raise InvalidStateTransition(
            _("credit memo {memo} takes an advance invoice off invoice {final}; void that invoice instead").format(
                memo=memo, final=final
            ),
            invoice_id=str(final.id),
        )
