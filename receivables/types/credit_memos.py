"""Credit memos: credit for goods that came back or invoices that were too high. Approving one posts it."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from backfill.words import state_of
from ledger.currencies.money import RATE_QUANTUM
from ledger.documents.allocating import apply, undone_facts
from ledger.documents.copying import taxed_as
from ledger.documents.headers import refuse_before
from ledger.documents.lines.arithmetic import PricedLine
from ledger.documents.lines.line_input import LineInput
from ledger.documents.lines.values import LineValues
from ledger.documents.types import Approval, DocumentType, Policy, Posting, StockEffect, Values
from ledger.errors import ReferenceNotFound
from ledger.open_items.drafts import AllocationRequest
from receivables.credits.credit_bounds import credited_of, refuse_over_credit, tax_in_parts
from receivables.credits.credit_conversion import convert_credit
from receivables.credits.goods_returned import goods_returned
from receivables.credits.refusals import refuse_refunded, refuse_taken_off
from receivables.customers.buyer_details import invoice_supply_day, line_supply_day
from receivables.customers.customer_facts import check_billable
from receivables.customers.customers import customers
from receivables.models import CreditMemo, CreditMemoLine, CreditMemoStatus, Invoice, InvoiceLine
from receivables.postings import credit_memo_entry
from receivables.printing.confirmed_facts import facts_to_keep
from receivables.printing.printability import refuse_what_cannot_be_printed
from receivables.types.side import SELLING

_SAY_ACCOUNT: Final = ("account_id", "account_code", "detail", "product_id", "product", "sku")


def _assign_customer(memo: CreditMemo, values: Values) -> str:
    """A credit memo for an invoice is for its customer, and in its currency."""
    if "invoice_id" in values:
        memo.invoice = _invoice(memo.company_id, values["invoice_id"]) if values["invoice_id"] else None
    invoice = memo.invoice
    if invoice is None:
        return customers.take(memo, values, is_required=True)
    customers.take(memo, {"customer_id": values.get("customer_id") or invoice.customer_id}, is_required=True)
    if invoice.customer_id != memo.customer_id:
        raise ReferenceNotFound(
            _("invoice {invoice} is another customer's").format(invoice=invoice), field="invoice_id"
        )
    return invoice.currency


def _invoice(company_id: UUID, invoice_id: UUID) -> Invoice:
    invoices = Invoice.objects.filter(company_id=company_id, id=invoice_id).select_related("customer")
    invoice = invoices.prefetch_related("lines__item").first()
    if invoice is None:
        raise ReferenceNotFound(
            _("invoice {id} does not exist in this company").format(id=invoice_id), field="invoice_id"
        )
    if not invoice.is_posted or invoice.is_void:
        raise ReferenceNotFound(
            _("invoice {invoice} is {state}; only a confirmed invoice can be credited").format(
                invoice=invoice, state=state_of(invoice.status)
            ),
            field="invoice_id",
        )
    return invoice


def _assign(memo: CreditMemo, values: Values) -> None:
    if memo.is_posted:
        return
    if memo.invoice is not None:
        _follow_invoice(memo, memo.invoice, values)
    elif "invoice_id" in values and values.get("exchange_rate") is None:
        memo.exchange_rate = None  # it was that of an invoice which it is not for any more


def _follow_invoice(memo: CreditMemo, invoice: Invoice, values: Values) -> None:
    """A credit memo is in its invoice's currency and at its rate, so that nothing of what the invoice posted is left
    over. It does not come before it. Raises ValidationFailed naming the field."""
    if memo.currency != invoice.currency:
        raise ValidationFailed(
            _("invoice {invoice} is in {currency}; so is its credit memo, not in {other}").format(
                invoice=invoice, currency=invoice.currency, other=memo.currency
            ),
            field="currency",
        )
    stated, rate = values.get("exchange_rate"), invoice.exchange_rate
    if rate is None and invoice.total_amount:  # recorded, its entry is in another currency
        rate = (invoice.base_amount / invoice.total_amount).quantize(RATE_QUANTUM)
    if stated is not None and stated != (Decimal(1) if rate is None else rate):
        raise ValidationFailed(
            _(
                "invoice {invoice} was posted at {rate}, and its credit is, too; leave the rate out, or state that one"
            ).format(invoice=invoice, rate=f"{(rate or Decimal(1)).normalize():f}"),
            field="exchange_rate",
        )
    memo.exchange_rate = rate
    refuse_before(memo, invoice)


def _supply_day(memo: CreditMemo) -> date:
    """What is credited was supplied with its invoice, and is taxed as it was there."""
    if memo.service_date is None and memo.invoice is not None:
        return invoice_supply_day(memo.invoice)
    return memo.service_date or memo.document_date


def _line_supply_day(memo: CreditMemo, facts: Values) -> date | None:
    """What a line credits was supplied with the line of the invoice that it names."""
    sold = _line_named(memo, facts.get("invoice_line_ref"))
    return line_supply_day(memo.company, vars(sold)) if sold else None


# --- Lines ----------------------------------------------------------------------------------------------------


def _stated_lines(memo: CreditMemo, values: Values, given: Sequence[LineValues] | None) -> Sequence[LineValues] | None:
    """A line that says nothing of tax, or of its account, has those of the invoice's line that it is about."""
    if not given or memo.invoice is None:
        return given
    return [_as_invoiced(memo, line, f"lines[{index}]") for index, line in enumerate(given)]


def _as_invoiced(memo: CreditMemo, line: LineValues, path: str) -> LineValues:
    line = _taxed_as_invoiced(memo, line, path)
    named = _invoice_line(memo, cast("Mapping[str, Any]", line).get("invoice_line_ref"), path)
    if named is None or any(line.get(key) for key in _SAY_ACCOUNT):
        return line
    account_id = named.account_id or (named.item.revenue_account_id if named.item else None)
    return {**line, "account_id": account_id} if account_id else line


def _taxed_as_invoiced(memo: CreditMemo, line: LineValues, path: str) -> LineValues:
    """Return a credit's line with the tax of the invoice's line that it names, else that of all its lines, if alike."""
    says_something = line.get("tax_code") or line.get("tax_status") or line.get("tax_details")
    if says_something or line.get("tax_rate") is not None or line.get("tax_amount") is not None or memo.invoice is None:
        return line
    named = _invoice_line(memo, cast("Mapping[str, Any]", line).get("invoice_line_ref"), path)
    sold = [named] if named else list(memo.invoice.lines.all())
    ways = {(one.tax_code, one.tax_status, one.tax_rate, one.tax_exempt_reason) for one in sold}
    is_stated = any(one.stated_tax is not None for one in sold)
    if len(ways) != 1 or (is_stated and not sold[0].tax_rate):
        return line
    return {**line, **taxed_as(sold[0])}


def _invoice_line(memo: CreditMemo, reference: Any, path: str) -> InvoiceLine | None:
    """Return the line of the memo's invoice that is meant: by id, key or reference, else by number."""
    named = _line_named(memo, reference)
    if named is not None or memo.invoice is None or not reference:
        return named
    raise ReferenceNotFound(
        _("invoice {invoice} has no line {reference}").format(invoice=memo.invoice, reference=reference),
        field=f"{path}.invoice_line_ref",
    )


def _line_named(memo: CreditMemo, reference: Any) -> InvoiceLine | None:
    if memo.invoice is None or not reference:
        return None
    prefetch_related_objects([memo.invoice], "lines__item")
    lines = list(memo.invoice.lines.all())
    for names in (lambda line: {str(line.id), line.line_key, line.line_ref}, lambda line: {str(line.line_number)}):
        for line in lines:
            if str(reference) in names(line):
                return line
    return None


def _line_values(memo: CreditMemo, values: Values, path: str) -> Mapping[str, Any]:
    return {"invoice_line": _invoice_line(memo, values.get("invoice_line_ref"), path)}


def _fitted_lines(memo: CreditMemo, stated: Sequence[LineInput], priced: Sequence[PricedLine]) -> Sequence[LineInput]:
    """Credits in parts take back exactly the tax that the invoice charged."""
    return stated if memo.invoice is None else tax_in_parts(stated, priced, credited_of(memo.invoice, but=memo))


# --- Posting and voiding --------------------------------------------------------------------------------------


def _before_posting(memo: CreditMemo, posting: Posting[CreditMemoLine], actor: Actor) -> None:
    check_billable(memo, memo.customer)
    refuse_what_cannot_be_printed(memo, posting.lines)
    memo.confirmed_facts = facts_to_keep(memo, posting.lines)
    if memo.invoice is not None:
        refuse_over_credit(memo, posting.lines, credited_of(memo.invoice, but=memo))
        convert_credit(memo, posting)


def _after_posting(memo: CreditMemo, posting: Posting[CreditMemoLine], actor: Actor) -> None:
    """A credit for an invoice goes to that invoice first; what it does not need stays with the customer."""
    if memo.invoice_id is not None and memo.total_amount:
        requests = [AllocationRequest(document_id=memo.invoice_id, key="invoice_id")]
        apply(CREDIT_MEMO, memo, requests, targets=Invoice, actor=actor, on=memo.posting_date)
    memo.applied_at = timezone.now() if memo.settled_amount else None
    memo.save(update_fields=["applied_at", "updated_at"])


def _check_edited(memo: CreditMemo) -> None:
    refuse_what_cannot_be_printed(memo, ())


def _check_undoing(memo: CreditMemo) -> None:
    if not memo.is_externally_posted:
        refuse_taken_off(memo)
    refuse_refunded(CREDIT_MEMO.noun, memo)


def _release(memo: CreditMemo, on: date, actor: Actor) -> dict[str, Any]:
    return undone_facts(memo)


CREDIT_MEMO: Final = DocumentType[CreditMemo, CreditMemoLine](
    key="credit_memo",
    model=CreditMemo,
    side=SELLING,
    prefix="CM-",
    statuses=CreditMemoStatus,
    posted=CreditMemoStatus.OPEN,
    accepts=frozenset({"approved", "issued", "confirmed", "posted"}),
    approval=Approval.POSTS,
    columns=("reason_code", "notes"),
    line_columns=("invoice_line_ref", "reason_code", "return_quantity"),
    internal=("invoice", "applied_at", "refunded_at", "is_externally_posted", "due_date", "confirmed_facts"),
    kept_on_posting=("confirmed_facts",),
    internal_line=("invoice_line",),
    free_when_posted=frozenset({"notes", "reason_code"}),
    item_sign=-1,
    settled_as=(CreditMemoStatus.PARTIALLY_APPLIED, CreditMemoStatus.APPLIED),
    stock=StockEffect(reason="return", moves=goods_returned),
    entry=credit_memo_entry,
    policy=Policy(
        assign_party=_assign_customer,
        assign=_assign,
        supply_day=_supply_day,
        line_supply_day=_line_supply_day,
        line_inputs=_stated_lines,
        line_values=_line_values,
        fitted_lines=_fitted_lines,
        before_posting=_before_posting,
        after_posting=_after_posting,
        check_edited=_check_edited,
        check_undoing=_check_undoing,
        before_void=_release,
    ),
)
