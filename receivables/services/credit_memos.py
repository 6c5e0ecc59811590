"""Credit memos: credit for goods that came back or invoices that were too high. Approving one posts it."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from ledger.documents.allocating import apply, undone_facts
from ledger.documents.arithmetic import Charges
from ledger.documents.copying import taxed_as
from ledger.documents.errors import ReferenceNotFound
from ledger.documents.headers import refuse_before
from ledger.documents.references import References
from ledger.documents.stated import StatedLine
from ledger.documents.type import Posting
from ledger.documents.values import LineValues
from ledger.drafts import EntryDraft
from ledger.inventory import StockMove
from ledger.models import ControlSide
from ledger.money import RATE_QUANTUM
from ledger.open_items.drafts import AllocationRequest
from receivables.confirmed_facts import facts_to_keep
from receivables.models import CreditMemo, CreditMemoLine, CreditMemoStatus, Invoice, InvoiceLine
from receivables.particulars import invoice_supply_day, line_supply_day
from receivables.postings import credit_memo_entry
from receivables.printing.printability import refuse_what_cannot_be_printed
from receivables.services.applying import apply_to_invoices, take_off_invoices
from receivables.services.credit_bounds import credited_of, refuse_over_credit, tax_in_parts
from receivables.services.credit_conversion import convert_credit
from receivables.services.customer_facts import check_billable
from receivables.services.customers import SalesDocuments
from receivables.services.goods_returned import goods_returned
from receivables.services.refusals import refuse_recorded, refuse_refunded, refuse_taken_off

_LINE_FACTS = ("invoice_line_ref", "reason_code", "return_quantity")
_SAY_ACCOUNT = ("account_id", "account_code", "detail", "product_id", "product", "sku")


class CreditMemos(SalesDocuments[CreditMemo, CreditMemoLine]):
    model, line_model = CreditMemo, CreditMemoLine
    noun, prefix = "credit memo", "CM-"
    side, item_sign = ControlSide.RECEIVABLE, -1
    posted_status = CreditMemoStatus.OPEN
    confirming_statuses = frozenset({"open", "approved", "issued", "confirmed", "posted"})
    own_fields = ("reason_code", "notes")
    free_when_posted = frozenset({"memo", "metadata", "notes", "reason_code"})
    posts_on_approval = True
    kept_on_posting = ("confirmed_facts",)
    stock_reason = "return"

    def take_party(self, memo: CreditMemo, values: Mapping[str, Any]) -> str:
        refuse_recorded(self.noun, memo)
        if "invoice_id" in values:
            memo.invoice = _invoice(memo.company_id, values["invoice_id"]) if values["invoice_id"] else None
        invoice = memo.invoice
        if invoice is None:
            return super().take_party(memo, values)
        super().take_party(memo, {"customer_id": values.get("customer_id") or invoice.customer_id})
        if invoice.customer_id != memo.customer_id:
            raise ReferenceNotFound(f"invoice {invoice} is another customer's", field="invoice_id")
        return invoice.currency

    def fill(self, memo: CreditMemo, values: Mapping[str, Any]) -> None:
        if memo.is_posted:
            return
        if memo.invoice is not None:
            _follow_invoice(memo, memo.invoice, values)
        elif "invoice_id" in values and values.get("exchange_rate") is None:
            memo.exchange_rate = None  # it was that of an invoice which it is not for any more

    def supply_day(self, memo: CreditMemo) -> date:
        """What is credited was supplied with its invoice, and is taxed as it was there."""
        if memo.service_date is None and memo.invoice is not None:
            return invoice_supply_day(memo.invoice)
        return super().supply_day(memo)

    def line_supply_day(self, memo: CreditMemo, facts: Mapping[str, Any]) -> date | None:
        """What a line credits was supplied with the line of the invoice that it names."""
        sold = _line_named(memo, facts.get("invoice_line_ref"))
        return line_supply_day(memo.company, vars(sold)) if sold else None

    def stated_lines(self, memo: CreditMemo, values: Mapping[str, Any]) -> Sequence[LineValues] | None:
        """A line that says nothing of tax, or of its account, has those of the invoice's line that it is about."""
        given = super().stated_lines(memo, values)
        if not given or memo.invoice is None:
            return given
        return [_as_invoiced(memo, line, f"lines[{index}]") for index, line in enumerate(given)]

    def line_facts(self, memo: CreditMemo, values: Mapping[str, Any], path: str) -> dict[str, Any]:
        facts = {name: values[name] for name in _LINE_FACTS if name in values}
        return {**facts, "invoice_line": _invoice_line(memo, values.get("invoice_line_ref"), path)}

    def _charged(self, memo: CreditMemo, stated: Sequence[StatedLine], references: References) -> Charges:
        reckoned = super()._charged(memo, stated, references)
        if memo.invoice is None:
            return reckoned
        fitted = tax_in_parts(stated, reckoned.lines, credited_of(memo.invoice, but=memo))
        return reckoned if fitted == list(stated) else super()._charged(memo, fitted, references)

    def before_posting(self, memo: CreditMemo, posting: Posting[CreditMemoLine], actor: Actor) -> None:
        refuse_recorded(self.noun, memo)
        check_billable(memo, memo.customer)
        refuse_what_cannot_be_printed(memo, posting.lines)
        memo.confirmed_facts = facts_to_keep(memo, posting.lines)
        if memo.invoice is not None:
            refuse_over_credit(memo, posting.lines, credited_of(memo.invoice, but=memo))
            convert_credit(memo, posting)

    def _changed_after_posting(self, memo: CreditMemo, values: Mapping[str, Any], actor: Actor) -> CreditMemo:
        changed = super()._changed_after_posting(memo, values, actor)
        refuse_what_cannot_be_printed(changed, ())
        return changed

    def stock_moves(self, memo: CreditMemo, lines: Sequence[CreditMemoLine]) -> Sequence[StockMove]:
        return goods_returned(memo, lines)

    def entry(self, memo: CreditMemo, posting: Posting[CreditMemoLine]) -> EntryDraft:
        return credit_memo_entry(memo, posting)

    def after_posting(self, memo: CreditMemo, posting: Posting[CreditMemoLine], actor: Actor) -> None:
        """A credit for an invoice goes to that invoice first; what it does not need stays with the customer."""
        if memo.invoice_id is not None and memo.total_amount:
            requests = [AllocationRequest(document_id=memo.invoice_id, key="invoice_id")]
            apply(self, memo, requests, targets=Invoice, actor=actor, on=memo.posting_date)
        memo.applied_at = timezone.now() if memo.settled_amount else None
        memo.save(update_fields=["applied_at", "updated_at"])

    def check_void(self, memo: CreditMemo) -> None:
        refuse_recorded(self.noun, memo)
        refuse_taken_off(memo)

    def check_undoing(self, memo: CreditMemo) -> None:
        refuse_refunded(self.noun, memo)

    def before_void(self, memo: CreditMemo, on: date, actor: Actor) -> dict[str, Any]:
        self.check_undoing(memo)
        return undone_facts(memo)


credit_memos = CreditMemos()
create_credit_memo = credit_memos.create
update_credit_memo = credit_memos.update
delete_credit_memo = credit_memos.delete
submit_credit_memo = credit_memos.submit
approve_credit_memo = credit_memos.approve
reject_credit_memo = credit_memos.reject
void_credit_memo = credit_memos.void


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
    memo = apply_to_invoices(credit_memos, company_id, document_id, allocations, actor=actor, on=applied_on)
    memo.applied_at = timezone.now()
    memo.save(update_fields=["applied_at"])
    return memo


@transaction.atomic
def unapply_credit_memo(
    *, company_id: UUID, document_id: UUID, actor: Actor, invoice_ids: Sequence[UUID] = (), on: date | None = None
) -> CreditMemo:
    """Take a credit memo off the invoices it was applied to, or off the named ones only. Safe to repeat."""
    memo = take_off_invoices(credit_memos, company_id, document_id, invoice_ids, actor=actor, on=on)
    if not memo.settled_amount:
        memo.applied_at = None
        memo.save(update_fields=["applied_at"])
    return memo


def _invoice(company_id: UUID, invoice_id: UUID) -> Invoice:
    invoices = Invoice.objects.filter(company_id=company_id, id=invoice_id).select_related("customer")
    invoice = invoices.prefetch_related("lines__item").first()
    if invoice is None:
        raise ReferenceNotFound(f"invoice {invoice_id} does not exist in this company", field="invoice_id")
    if not invoice.is_posted or invoice.is_void:
        raise ReferenceNotFound(
            f"invoice {invoice} is {invoice.status}; only a confirmed invoice can be credited", field="invoice_id"
        )
    return invoice


def _follow_invoice(memo: CreditMemo, invoice: Invoice, values: Mapping[str, Any]) -> None:
    """A credit memo is in its invoice's currency and at its rate, so that nothing of what the invoice posted is left
    over. It does not come before it. Raises ValidationFailed naming the field."""
    if memo.currency != invoice.currency:
        raise ValidationFailed(
            f"invoice {invoice} is in {invoice.currency}; so is its credit memo, not in {memo.currency}",
            field="currency",
        )
    stated, rate = values.get("exchange_rate"), invoice.exchange_rate
    if rate is None and invoice.total_amount:  # recorded, its entry is in another currency
        rate = (invoice.base_amount / invoice.total_amount).quantize(RATE_QUANTUM)
    if stated is not None and stated != (Decimal(1) if rate is None else rate):
        raise ValidationFailed(
            f"invoice {invoice} was posted at {(rate or Decimal(1)).normalize():f}, and its credit is, too; leave the "
            "rate out, or state that one",
            field="exchange_rate",
        )
    memo.exchange_rate = rate
    refuse_before(memo, invoice)


def _invoice_line(memo: CreditMemo, reference: Any, path: str) -> InvoiceLine | None:
    """Return the line of the memo's invoice that is meant: by id, key or reference, else by number."""
    named = _line_named(memo, reference)
    if named is not None or memo.invoice is None or not reference:
        return named
    raise ReferenceNotFound(f"invoice {memo.invoice} has no line {reference}", field=f"{path}.invoice_line_ref")


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
