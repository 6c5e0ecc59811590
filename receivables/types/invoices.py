"""Invoices: what a customer owes, from draft to paid."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.errors import ValidationFailed
from backfill.letters.addresses import with_country_code
from backfill.tenancy.actors import Actor
from ledger.documents.allocating import undone_facts
from ledger.documents.stock import GOODS_SOLD
from ledger.documents.store.documents import is_new
from ledger.documents.types import DocumentType, Policy, Posting, Values
from receivables.credits.refusals import refuse_credited, refuse_credited_after
from receivables.customers.buyer_details import invoice_supply_day, line_supply_day
from receivables.customers.customer_facts import check_billable
from receivables.models import Invoice, InvoiceLine, InvoiceStatus
from receivables.postings import invoice_entry
from receivables.printing.confirmed_facts import facts_to_keep
from receivables.printing.printability import refuse_what_cannot_be_printed
from receivables.taxation.advance_tax import follow_document
from receivables.types.billing_facts import (
    BILLING_FACTS,
    LINE_BILLING_FACTS,
    check_billing_facts,
    check_line_billing_facts,
)
from receivables.types.order_counts import count_invoiced, order_line_id, sales_order_of
from receivables.types.prepayments import give_back_prepayments, name_prepayments, take_off_prepayments
from receivables.types.side import SELLING

_DATES: Final = frozenset({"due_at", "due_date", "document_date", "issued_at"})


def _assign(invoice: Invoice, values: Values) -> None:
    if values.get("sales_order_id"):
        invoice.sales_order = sales_order_of(invoice.company_id, values["sales_order_id"])
    for name in values.keys() & {"billing_address", "shipping_address"}:
        setattr(invoice, name, with_country_code(getattr(invoice, name), field=name))
    check_billing_facts(invoice, values)
    if "prepayments" in values:
        name_prepayments(invoice, values["prepayments"])
    _assign_due_date(invoice, values)


def _assign_due_date(invoice: Invoice, values: Values) -> None:
    """The due date is the stated one, else the day of `due_at`, else the customer's terms after the invoice's date."""
    if values.get("due_at"):
        invoice.due_date = invoice.company.day_of(values["due_at"])
    elif "due_date" in values or "due_at" in values:
        invoice.due_date, invoice.due_at = values.get("due_date"), None
    elif is_new(invoice) and invoice.customer.payment_terms_days is not None:
        days = invoice.customer.payment_terms_days
        invoice.due_date = due_date_after(invoice.document_date, days, field="document_date")
    if invoice.due_date is not None and invoice.due_date < invoice.document_date and values.keys() & _DATES:
        raise ValidationFailed(
            _("the invoice of {date} cannot be due before, on {due}").format(
                date=invoice.document_date, due=invoice.due_date
            ),
            field="due_at" if values.get("due_at") else "due_date",
        )


def due_date_after(day: date, days: int, *, field: str) -> date:
    """Return the day so many days later. Raises ValidationFailed naming `field` beyond the calendar's end."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise ValidationFailed(
            _("{days} days after {day} there is no calendar any more").format(days=days, day=day), field=field
        ) from None


def _line_supply_day(invoice: Invoice, facts: Values) -> date | None:
    return line_supply_day(invoice.company, facts)


def _line_values(invoice: Invoice, values: Values, path: str) -> Mapping[str, Any]:
    facts = {name: values[name] for name in LINE_BILLING_FACTS if name in values}
    check_line_billing_facts(facts, values, path)
    return {**facts, "order_line_id": order_line_id(invoice, values.get("order_line_ref", ""))}


def _before_posting(invoice: Invoice, posting: Posting[InvoiceLine], actor: Actor) -> None:
    check_billable(invoice, invoice.customer)
    refuse_what_cannot_be_printed(invoice, posting.lines)
    invoice.confirmed_facts = facts_to_keep(invoice, posting.lines)


def _after_posting(invoice: Invoice, posting: Posting[InvoiceLine], actor: Actor) -> None:
    take_off_prepayments(invoice, actor)


def _check_edited(invoice: Invoice) -> None:
    refuse_what_cannot_be_printed(invoice, ())


def _check_undoing(invoice: Invoice) -> None:
    refuse_credited(invoice)


def _release(invoice: Invoice, on: date, actor: Actor) -> dict[str, Any]:
    refuse_credited_after(invoice, on)
    if invoice.is_externally_posted:  # it becomes a draft again, its entry is reversed
        follow_document(invoice, actor=actor)
    return undone_facts(invoice)


def _give_back(invoice: Invoice, on: date, actor: Actor) -> None:
    give_back_prepayments(invoice, on=on, actor=actor)
    follow_document(invoice, actor=actor)


def _count(invoice: Invoice) -> None:
    if invoice.sales_order_id is not None:
        count_invoiced(invoice.company_id, invoice.sales_order_id)


INVOICE: Final = DocumentType[Invoice, InvoiceLine](
    key="invoice",
    model=Invoice,
    side=SELLING,
    prefix="INV-",
    statuses=InvoiceStatus,
    posted=InvoiceStatus.OPEN,
    accepts=frozenset({"confirmed", "posted"}),
    columns=(
        *("terms", "notes", "billing_address", "shipping_address", "shipping_details", "ship_method", "due_at"),
        *BILLING_FACTS,
    ),
    line_columns=(
        *("billing_period_start", "billing_period_end", "fulfillment_line_ref", "order_line_ref"),
        *("subscription_item_id", *LINE_BILLING_FACTS),
    ),
    internal=("due_date", "prepayments", "prepaid_amount", "sales_order", "is_externally_posted", "confirmed_facts"),
    kept_on_posting=("confirmed_facts",),
    internal_line=("order_line",),
    free_when_posted=frozenset({"due_date", "due_at", "terms", "notes", "shipping_details", "ship_method"}),
    item_sign=1,
    settled_as=(InvoiceStatus.PARTIALLY_PAID, InvoiceStatus.PAID),
    stock=GOODS_SOLD,
    entry=invoice_entry,
    way_out=gettext_lazy("void it, or issue a credit memo"),
    policy=Policy(
        assign=_assign,
        supply_day=invoice_supply_day,
        line_supply_day=_line_supply_day,
        line_values=_line_values,
        before_posting=_before_posting,
        after_posting=_after_posting,
        check_edited=_check_edited,
        check_undoing=_check_undoing,
        before_void=_release,
        after_void=_give_back,
        after_change=_count,
    ),
)
