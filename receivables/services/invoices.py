"""Invoices: what a customer owes, from draft to paid."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from ledger.documents.allocating import undone_facts
from ledger.documents.lifecycle import Voided
from ledger.documents.models import Document, DocumentLine
from ledger.documents.type import Posting
from ledger.drafts import EntryDraft
from ledger.inventory import StockMove
from ledger.models import ControlSide, JournalEntry
from receivables.addresses import with_country_code
from receivables.confirmed_facts import facts_to_keep
from receivables.models import Invoice, InvoiceLine, InvoiceStatus
from receivables.particulars import invoice_supply_day, line_supply_day
from receivables.postings import invoice_entry
from receivables.printing.printability import refuse_what_cannot_be_printed
from receivables.services.billing_facts import (
    BILLING_FACTS,
    LINE_BILLING_FACTS,
    check_billing_facts,
    check_line_billing_facts,
)
from receivables.services.customer_facts import check_billable
from receivables.services.customers import SalesDocuments
from receivables.services.order_counts import count_invoiced, order_line_id, sales_order_of
from receivables.services.prepayments import give_back_prepayments, name_prepayments, take_off_prepayments
from receivables.services.refusals import refuse_credited, refuse_credited_after, refuse_recorded


class Invoices(SalesDocuments[Invoice, InvoiceLine]):
    model, line_model = Invoice, InvoiceLine
    noun, prefix = "invoice", "INV-"
    side, item_sign = ControlSide.RECEIVABLE, 1
    posted_status = InvoiceStatus.OPEN
    own_fields = (
        "terms",
        "notes",
        "billing_address",
        "shipping_address",
        "shipping_details",
        "ship_method",
        "due_at",
        *BILLING_FACTS,
    )
    free_when_posted = frozenset(
        {"due_date", "due_at", "terms", "notes", "memo", "metadata", "shipping_details", "ship_method"}
    )
    kept_on_posting = ("confirmed_facts",)
    stock_reason = "sale"
    way_out = "void it, or issue a credit memo"

    def take_party(self, invoice: Invoice, values: Mapping[str, Any]) -> str:
        refuse_recorded(self.noun, invoice)
        return super().take_party(invoice, values)

    def supply_day(self, invoice: Invoice) -> date:
        return invoice_supply_day(invoice)

    def line_supply_day(self, invoice: Invoice, facts: Mapping[str, Any]) -> date | None:
        return line_supply_day(invoice.company, facts)

    def fill(self, invoice: Invoice, values: Mapping[str, Any]) -> None:
        if values.get("sales_order_id"):
            invoice.sales_order = sales_order_of(invoice.company_id, values["sales_order_id"])
        for name in values.keys() & {"billing_address", "shipping_address"}:
            setattr(invoice, name, with_country_code(getattr(invoice, name), field=name))
        check_billing_facts(invoice, values)
        if "prepayments" in values:
            name_prepayments(invoice, values["prepayments"])
        _take_due_date(invoice, values)

    def line_facts(self, invoice: Invoice, values: Mapping[str, Any], path: str) -> dict[str, Any]:
        facts = {name: values[name] for name in (*_LINE_FACTS, *LINE_BILLING_FACTS) if name in values}
        check_line_billing_facts(facts, values, path)
        return {**facts, "order_line_id": order_line_id(invoice, values.get("order_line_ref", ""))}

    def before_posting(self, invoice: Invoice, posting: Posting[InvoiceLine], actor: Actor) -> None:
        refuse_recorded(self.noun, invoice)
        check_billable(invoice, invoice.customer)
        refuse_what_cannot_be_printed(invoice, posting.lines)
        invoice.confirmed_facts = facts_to_keep(invoice, posting.lines)

    def _changed_after_posting(self, invoice: Invoice, values: Mapping[str, Any], actor: Actor) -> Invoice:
        changed = super()._changed_after_posting(invoice, values, actor)
        refuse_what_cannot_be_printed(changed, ())
        return changed

    def stock_moves(self, invoice: Invoice, lines: Sequence[InvoiceLine]) -> Sequence[StockMove]:
        return goods_sold(invoice, lines)

    def entry(self, invoice: Invoice, posting: Posting[InvoiceLine]) -> EntryDraft:
        return invoice_entry(invoice, posting)

    def after_posting(self, invoice: Invoice, posting: Posting[InvoiceLine], actor: Actor) -> None:
        take_off_prepayments(invoice, actor)

    def void_report(
        self, *, company_id: UUID, document_id: UUID, actor: Actor, on: date | None = None, reason: str = ""
    ) -> Voided[Invoice]:
        with transaction.atomic():
            voided = super().void_report(
                company_id=company_id, document_id=document_id, actor=actor, on=on, reason=reason
            )
            if voided.on is not None:
                give_back_prepayments(voided.document, on=voided.on, actor=actor)
            return voided

    def mark_reversed(self, invoice: Invoice, reversal: JournalEntry, actor: Actor) -> dict[str, Any]:
        undone = super().mark_reversed(invoice, reversal, actor)
        give_back_prepayments(invoice, on=reversal.entry_date, actor=actor)
        return undone

    def check_void(self, invoice: Invoice) -> None:
        refuse_recorded(self.noun, invoice)

    def check_undoing(self, invoice: Invoice) -> None:
        refuse_credited(self.noun, invoice)

    def before_void(self, invoice: Invoice, on: date, actor: Actor) -> dict[str, Any]:
        self.check_undoing(invoice)
        refuse_credited_after(self.noun, invoice, on)
        return undone_facts(invoice)

    def after_change(self, invoice: Invoice) -> None:
        if invoice.sales_order_id is not None:
            count_invoiced(invoice.company_id, invoice.sales_order_id)


_LINE_FACTS = (
    *("billing_period_start", "billing_period_end", "fulfillment_line_ref", "order_line_ref", "subscription_item_id"),
)

invoices = Invoices()


def goods_sold(document: Document, lines: Sequence[DocumentLine]) -> list[StockMove]:
    """Return the stock moves of sold lines whose items are counted."""
    return [
        StockMove(
            item_id=line.item.id,
            quantity=-line.quantity,
            moved_on=document.posting_date,
            location_id=line.location_id,
            subject_id=document.id,
            line_id=line.id,
            path=f"lines[{line.line_number - 1}]",
        )
        for line in lines
        if line.item is not None and line.item.track_inventory
    ]


def due_date_after(day: date, days: int, *, field: str) -> date:
    """Return the day so many days later. Raises ValidationFailed naming `field` beyond the calendar's end."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise ValidationFailed(f"{days} days after {day} there is no calendar any more", field=field) from None


def _take_due_date(invoice: Invoice, values: Mapping[str, Any]) -> None:
    """The due date is the stated one, else the day of `due_at`, else the customer's terms after the invoice's date."""
    if values.get("due_at"):
        invoice.due_date = invoice.company.day_of(values["due_at"])
    elif "due_date" in values or "due_at" in values:
        invoice.due_date, invoice.due_at = values.get("due_date"), None
    elif invoice._state.adding and invoice.customer.payment_terms_days is not None:  # noqa: SLF001
        days = invoice.customer.payment_terms_days
        invoice.due_date = due_date_after(invoice.document_date, days, field="document_date")
    if invoice.due_date is not None and invoice.due_date < invoice.document_date and values.keys() & _DATES:
        raise ValidationFailed(
            f"the invoice of {invoice.document_date} cannot be due before, on {invoice.due_date}",
            field="due_at" if values.get("due_at") else "due_date",
        )


_DATES = frozenset({"due_at", "due_date", "document_date", "issued_at"})

create_invoice = invoices.create
update_invoice = invoices.update
delete_invoice = invoices.delete
submit_invoice = invoices.submit
approve_invoice = invoices.approve
reject_invoice = invoices.reject
confirm_invoice = invoices.confirm
confirm_invoices = invoices.confirm_many
void_invoice = invoices.void
