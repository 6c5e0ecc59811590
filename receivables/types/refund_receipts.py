"""Refund receipts: money back to customers, of a payment, of a credit memo, or of a sale on the spot."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, cast
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from backfill.words import state_of
from ledger.currencies.money import ensure_precision
from ledger.documents.allocating import ZERO, active, apply, plan, undo, undone_facts
from ledger.documents.headers import refuse_before
from ledger.documents.lines.arithmetic import check_stated_total
from ledger.documents.lines.values import LineValues
from ledger.documents.types import DocumentType, Policy, Posting, Values
from ledger.errors import ReferenceNotFound
from ledger.open_items.drafts import AllocationRequest
from ledger.open_items.errors import OverAllocated
from receivables.customers.customers import customers
from receivables.models import CreditMemo, Invoice, Payment, RefundReceipt, RefundReceiptLine, RefundStatus
from receivables.postings import refund_entry
from receivables.taxation.advance_tax import follow_document, follow_payments
from receivables.types.payments import PAYMENT
from receivables.types.side import SELLING


def _assign_customer(refund: RefundReceipt, values: Values) -> str:
    """What is given back decides whose it is, and its currency."""
    _assign_credit(refund, values)
    credit = refund.payment or refund.credit_memo
    if credit is None:
        return customers.take(refund, values, is_required=False)
    if values.get("customer_id") not in {None, "", credit.customer_id}:
        raise ReferenceNotFound(_("{number} is another customer's").format(number=credit), field="customer_id")
    customers.take(refund, {"customer_id": credit.customer_id}, is_required=False)
    return credit.currency


def _assign_credit(refund: RefundReceipt, values: Values) -> None:
    for name, model in (("payment", Payment), ("credit_memo", CreditMemo)):
        key = values.get(f"{name}_id")
        if f"{name}_id" not in values:
            continue
        found = model._default_manager.filter(company_id=refund.company_id, id=key).first() if key else None  # noqa: SLF001
        if key and found is None:
            raise ReferenceNotFound(
                (
                    _("payment {id} does not exist in this company")
                    if model is Payment
                    else _("credit memo {id} does not exist in this company")
                ).format(id=key),
                field=f"{name}_id",
            )
        setattr(refund, name, found)
    if refund.payment_id and refund.credit_memo_id:
        raise ValidationFailed(_("a refund is of a payment or of a credit memo, not of both"), field="credit_memo_id")


def _assign(refund: RefundReceipt, values: Values) -> None:
    _assign_amounts(refund, values)
    credit = refund.payment or refund.credit_memo
    if credit is not None and credit.is_posted and not refund.is_posted:
        refuse_before(refund, credit)


def _assign_amounts(refund: RefundReceipt, values: Values) -> None:
    """`total_amount` goes back to the customer; `net_amount` is that without tax, by default all of it."""
    total, net = values.get("total_amount"), values.get("net_amount")
    if total is not None:
        refund.total_amount = ensure_precision(total, refund.currency, field="total_amount")
    if net is not None or total is not None:
        refund.net_amount = ensure_precision(
            net if net is not None else refund.total_amount, refund.currency, field="net_amount"
        )
    if refund.total_amount <= 0 and not values.get("lines"):
        raise ValidationFailed(_("a refund has an amount above zero"), field="total_amount")
    if not 0 <= refund.net_amount <= refund.total_amount and not values.get("lines"):
        raise ValidationFailed(
            _("net_amount {net} is not between 0 and the total of {total}").format(
                net=refund.net_amount, total=refund.total_amount
            ),
            field="net_amount",
        )


def _stated_lines(
    refund: RefundReceipt, values: Values, given: Sequence[LineValues] | None
) -> Sequence[LineValues] | None:
    """A refund may be stated by its total alone: then it is one line, with the tax that the net amount leaves."""
    if values.get("lines") or (values.get("total_amount") is None and values.get("net_amount") is None):
        return given
    line = LineValues(description=refund.reason or "Refund", line_type="refund", amount=refund.net_amount)
    if refund.refunds_credit:  # what is given back was taxed where it was earned
        line["is_copied"] = True
    if tax := refund.total_amount - refund.net_amount:
        line["tax_amount"] = tax
    elif refund.refunds_credit or values.get("net_amount") is not None:
        line["tax_rate"] = ZERO  # money back of a credit, or stated to be without tax
    else:
        line["amount_includes_tax"] = True
    return [line]


def _has_tax_doubts(refund: RefundReceipt) -> bool:
    """Money that goes back of a payment or a credit memo is not a sale: nothing of it is to be taxed."""
    return not refund.refunds_credit


def _totalled(refund: RefundReceipt, values: Values) -> None:
    """Lines make the total, and what is left of it without tax; what was stated is compared."""
    refund.net_amount = refund.total_amount - refund.tax_amount
    check_stated_total(values.get("net_amount"), refund.net_amount, field="net_amount")


# --- Posting and voiding --------------------------------------------------------------------------------------


def _before_posting(refund: RefundReceipt, posting: Posting[RefundReceiptLine], actor: Actor) -> None:
    if not refund.refunds_credit:
        return
    credit = _locked_credit(refund)
    refuse_before(refund, credit)
    if isinstance(credit, Payment) and refund.paid_from_account_id is None:
        refund.paid_from_account_id = credit.deposit_to_account_id or _received_on(credit)
    _make_room(refund, credit, actor)
    request = AllocationRequest(
        document_id=credit.id, amount=refund.total_amount, path="", key="total_amount", amount_field="total_amount"
    )
    planned = plan(REFUND_RECEIPT, refund, [request], targets=type(credit), on=refund.posting_date, keeps_base=True)
    posting.settle(planned)
    if isinstance(credit, CreditMemo):
        credit.refunded_at = timezone.now()
        credit.save(update_fields=["refunded_at", "updated_at"])


def _locked_credit(refund: RefundReceipt) -> Payment | CreditMemo:
    credit: Payment | CreditMemo
    if refund.payment_id is not None:
        payments = Payment.objects.select_for_update(of=("self",)).select_related("company", "customer")
        credit, field = payments.get(company_id=refund.company_id, id=refund.payment_id), "payment_id"
    else:
        memos = CreditMemo.objects.select_for_update(of=("self",)).select_related("company", "customer")
        credit, field = (
            memos.get(company_id=refund.company_id, id=cast(UUID, refund.credit_memo_id)),
            "credit_memo_id",
        )
    if not credit.is_posted or credit.is_void:
        raise OverAllocated(
            _("{number} is {state}; there is nothing to refund").format(number=credit, state=state_of(credit.status)),
            field=field,
        )
    return credit


def _received_on(payment: Payment) -> UUID | None:
    """Return the account that the payment's entry put the money on: the role of that account may have moved since."""
    first = payment.entry.lines.order_by("line_number").first() if payment.entry and payment.net_amount else None
    return first.account_id if first else None


def _make_room(refund: RefundReceipt, credit: Payment | CreditMemo, actor: Actor) -> None:
    """Money that was applied to invoices and goes back leaves those invoices open again, the newest first."""
    missing = refund.total_amount - credit.open_amount
    if missing <= 0 or not isinstance(credit, Payment):
        return
    rows = [row for row in active(credit) if row.debit_item.kind == "invoice"]
    taken, freed = [], ZERO
    while rows and freed < missing:
        taken.append(rows.pop())
        freed += taken[-1].amount
    if freed < missing:
        return  # more than was ever paid: allocating the refund says so
    day, last = refund.posting_date, taken[-1].debit_item.document_id
    undo(PAYMENT, credit, taken, actor=actor, on=day)
    if freed > missing:
        kept = [AllocationRequest(document_id=last, amount=freed - missing)]
        apply(PAYMENT, credit, kept, targets=Invoice, actor=actor, on=day)


def _opens_item(refund: RefundReceipt) -> bool:
    """One that takes back a sale was never owed."""
    return refund.refunds_credit


def _after_posting(refund: RefundReceipt, posting: Posting[RefundReceiptLine], actor: Actor) -> None:
    if refund.payment_id is not None:
        follow_payments(refund.company, [refund.payment_id], actor=actor)


def _after_void(refund: RefundReceipt, on: date, actor: Actor) -> None:
    follow_document(refund, actor=actor)


def _release(refund: RefundReceipt, on: date, actor: Actor) -> dict[str, Any]:
    if not refund.refunds_credit:
        return {}
    return undone_facts(refund)


REFUND_RECEIPT: Final = DocumentType[RefundReceipt, RefundReceiptLine](
    key="refund_receipt",
    model=RefundReceipt,
    side=SELLING,
    prefix="RF-",
    statuses=RefundStatus,
    posted=RefundStatus.COMPLETED,
    accepts=frozenset({"succeeded", "confirmed", "posted"}),
    pays_out=True,
    needs_party=False,
    columns=("paid_from_account", "charge_id", "reason", "refunded_at"),
    line_columns=("charge_line_ref", "payment_line_ref"),
    internal=("payment", "credit_memo", "net_amount"),
    free_when_posted=frozenset({"reason"}),
    numbers_drafts=True,
    stands_for_lines="net_amount",
    item_sign=1,
    entry=refund_entry,
    policy=Policy(
        assign_party=_assign_customer,
        assign=_assign,
        line_inputs=_stated_lines,
        has_tax_doubts=_has_tax_doubts,
        totalled=_totalled,
        opens_item=_opens_item,
        before_posting=_before_posting,
        after_posting=_after_posting,
        before_void=_release,
        after_void=_after_void,
    ),
)
