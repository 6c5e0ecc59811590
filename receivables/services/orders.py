"""Quotes and sales orders: they post nothing; a quote becomes a sales order, an order becomes invoices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from ledger.documents.copying import copied_line, part_of
from ledger.documents.values import LineValues
from ledger.money import ensure_precision
from receivables.errors import NotConvertible
from receivables.models import (
    Invoice,
    Quote,
    QuoteLine,
    QuoteStatus,
    SalesOrder,
    SalesOrderLine,
    SalesOrderStatus,
)
from receivables.services.customers import SalesDocuments
from receivables.services.invoices import invoices

_KEPT = ("currency", "tax_behavior", "discount_details", "memo", "dimensions", "metadata", "subsidiary_id")


def _total_alone(document: Any, values: Mapping[str, Any]) -> Sequence[LineValues] | None:
    """The contract states a quote or an order by its total; we keep that as its one line."""
    total = values.get("total_amount")
    if values.get("lines") or total is None:
        return None
    if not document._state.adding and document.total_amount == total:  # noqa: SLF001 - Django's documented flag
        return None
    ensure_precision(total, document.currency, field="total_amount")
    description = getattr(document, "description", "") or document.memo or "Total"
    return [LineValues(description=description, line_type="total", amount=total, amount_includes_tax=True)]


class Quotes(SalesDocuments[Quote, QuoteLine]):
    model, line_model = Quote, QuoteLine
    noun, prefix = "quote", "QU-"
    needs_approval = False  # nothing is posted
    needs_party = False
    posted_status = QuoteStatus.SENT
    confirming_statuses = frozenset({"sent", "open", "confirmed"})
    own_fields = ("customer_name", "description", "expires_at")
    free_when_posted = frozenset({"memo", "metadata", "expires_at"})
    numbers_on_creation = True

    def fill(self, quote: Quote, values: Mapping[str, Any]) -> None:
        if quote.customer is not None and not quote.customer_name:
            quote.customer_name = quote.customer.name

    def stated_lines(self, quote: Quote, values: Mapping[str, Any]) -> Sequence[LineValues] | None:
        return _total_alone(quote, values) or super().stated_lines(quote, values)


class SalesOrders(SalesDocuments[SalesOrder, SalesOrderLine]):
    model, line_model = SalesOrder, SalesOrderLine
    noun, prefix = "sales order", "SO-"
    needs_approval = False  # nothing is posted
    needs_party = False
    posted_status = SalesOrderStatus.OPEN
    confirming_statuses = frozenset({"open", "confirmed", "approved"})
    numbers_on_creation = True

    def fill(self, order: SalesOrder, values: Mapping[str, Any]) -> None:
        if values.get("quote"):
            order.quote = values["quote"]

    def stated_lines(self, order: SalesOrder, values: Mapping[str, Any]) -> Sequence[LineValues] | None:
        return _total_alone(order, values) or super().stated_lines(order, values)

    def before_void(self, order: SalesOrder, on: date, actor: Actor) -> dict[str, Any]:
        invoiced = Invoice.objects.filter(company_id=order.company_id, sales_order=order).exclude(status="void").first()
        if invoiced is not None:
            raise NotConvertible(f"sales order {order} is invoiced by {invoiced}; void that first")
        return {}


quotes = Quotes()
create_quote = quotes.create
update_quote = quotes.update
delete_quote = quotes.delete
submit_quote = quotes.submit
approve_quote = quotes.approve
reject_quote = quotes.reject
send_quote = quotes.confirm
void_quote = quotes.void

sales_orders = SalesOrders()
create_sales_order = sales_orders.create
update_sales_order = sales_orders.update
delete_sales_order = sales_orders.delete
submit_sales_order = sales_orders.submit
approve_sales_order = sales_orders.approve
reject_sales_order = sales_orders.reject
confirm_sales_order = sales_orders.confirm
void_sales_order = sales_orders.void


@dataclass(frozen=True, slots=True)
class OrderQuantity:
    """How much of an order's line, by its id, is to be invoiced or was fulfilled now."""

    line_id: UUID
    quantity: Decimal


@transaction.atomic
def accept_quote(*, company_id: UUID, document_id: UUID, actor: Actor) -> Quote:
    """The customer accepts: sent → accepted."""
    return _answered(company_id, document_id, QuoteStatus.ACCEPTED, actor)


@transaction.atomic
def decline_quote(*, company_id: UUID, document_id: UUID, actor: Actor) -> Quote:
    """The customer declines: sent → declined."""
    return _answered(company_id, document_id, QuoteStatus.DECLINED, actor)


@transaction.atomic
def convert_quote(*, company_id: UUID, document_id: UUID, actor: Actor) -> SalesOrder:
    """Make an open sales order of a quote, once: converting again returns the same order.

    Raises NotConvertible for a declined, void or expired quote and one without a customer of ours.
    """
    quote = quotes.locked(company_id, document_id)
    made = SalesOrder.objects.filter(company_id=company_id, quote=quote).exclude(status=SalesOrderStatus.VOID).first()
    if made is not None:
        return made
    if quote.status in {QuoteStatus.DECLINED, QuoteStatus.VOID}:
        raise quotes.refusal(quote, "converted")
    last_day = quote.company.day_of(quote.expires_at) if quote.expires_at else None
    if last_day and last_day < quote.company.today() and quote.status != QuoteStatus.ACCEPTED:
        raise NotConvertible(f"quote {quote} expired on {last_day}; make a new one")
    if not quote.is_posted:
        quote = quotes.confirm(company_id=company_id, document_id=document_id, actor=actor)
    order = sales_orders.create(
        {
            **{name: getattr(quote, name) for name in _KEPT},
            "customer_id": quote.customer_id,
            "quote": quote,
            "status": SalesOrderStatus.OPEN.value,
            "lines": [copied_line(line) for line in quotes.lines_of(quote)],
        },
        company=quote.company,
        actor=actor,
    )
    quote.status = QuoteStatus.CONVERTED
    quote.save(update_fields=["status", "updated_at"])
    quotes.record(quote, "converted", actor, sales_order_id=str(order.id))
    return order


@transaction.atomic
def convert_sales_order(
    *, company_id: UUID, document_id: UUID, actor: Actor, quantities: Sequence[OrderQuantity] | None = None
) -> Invoice:
    """Draft an invoice of what an order has left to invoice, or of the given quantities, and return it.

    Raises NotConvertible when nothing is left, OverInvoiced when more is asked for than is left.
    """
    order = sales_orders.locked(company_id, document_id)
    if not order.is_posted or order.is_void:
        raise sales_orders.refusal(order, "invoiced")
    if order.customer_id is None:
        raise NotConvertible(f"sales order {order} names no customer; set one first", field="customer_id")
    lines = sales_orders.lines_of(order)
    wanted = _wanted(lines, quantities)
    if not wanted:
        raise NotConvertible(f"sales order {order} has nothing left to invoice")
    invoice = invoices.create(
        {
            **{name: getattr(order, name) for name in _KEPT},
            "customer_id": order.customer_id,
            "sales_order_id": order.id,
            "discount_details": _discount_share(order, lines, wanted),
            "lines": [
                {
                    **copied_line(line, quantity=wanted[line.id], before=line.invoiced_quantity),
                    "order_line_ref": str(line.id),
                }
                for line in lines
                if line.id in wanted
            ],
        },
        company=order.company,
        actor=actor,
    )
    sales_orders.record(order, "converted", actor, invoice_id=str(invoice.id))
    return invoice


@transaction.atomic
def fulfil_sales_order(
    *, company_id: UUID, document_id: UUID, actor: Actor, quantities: Sequence[OrderQuantity] | None = None
) -> SalesOrder:
    """Count pieces of an order as delivered: the given quantities on top of what was, or all that is left."""
    order = sales_orders.locked(company_id, document_id)
    if not order.is_posted or order.is_void:
        raise sales_orders.refusal(order, "fulfilled")
    lines = {line.id: line for line in sales_orders.lines_of(order)}
    left = [OrderQuantity(line.id, line.quantity - line.fulfilled_quantity) for line in lines.values()]
    for delivered in quantities if quantities is not None else left:
        line = lines.get(delivered.line_id)
        if line is None:
            raise ValidationFailed(f"sales order {order} has no line {delivered.line_id}", field="quantities")
        line.fulfilled_quantity += delivered.quantity
        if not 0 <= line.fulfilled_quantity <= line.quantity:
            raise ValidationFailed(
                f"line {line.line_number} has {line.quantity.normalize():f} ordered; "
                f"{line.fulfilled_quantity.normalize():f} would be delivered",
                field="quantities",
            )
    SalesOrderLine.objects.bulk_update(lines.values(), ["fulfilled_quantity"])
    sales_orders.record(order, "fulfilled", actor)
    return order


def _answered(company_id: UUID, document_id: UUID, status: QuoteStatus, actor: Actor) -> Quote:
    quote = quotes.locked(company_id, document_id)
    if quote.status == status:
        return quote
    if quote.status != QuoteStatus.SENT:
        raise quotes.refusal(quote, status.value)
    quote.status = status
    quote.save(update_fields=["status", "updated_at"])
    quotes.record(quote, status.value, actor)
    return quote


def _wanted(lines: Sequence[SalesOrderLine], quantities: Sequence[OrderQuantity] | None) -> dict[UUID, Decimal]:
    if quantities is None:
        left = {line.id: line.quantity - line.invoiced_quantity for line in lines}
    else:
        known = {line.id for line in lines}
        left = {}
        for asked in quantities:
            if asked.line_id not in known:
                raise ValidationFailed(f"the sales order has no line {asked.line_id}", field="quantities")
            left[asked.line_id] = left.get(asked.line_id, Decimal(0)) + asked.quantity
    return {key: quantity for key, quantity in left.items() if quantity > 0}


def _discount_share(
    order: SalesOrder, lines: Sequence[SalesOrderLine], wanted: Mapping[UUID, Decimal]
) -> list[dict[str, Any]]:
    """A discount on the whole order goes along with its lines, piece by piece, so that all invoices together give
    what the order gives."""
    is_all = all(wanted.get(line.id) == line.quantity for line in lines)
    if is_all:
        return list(order.discount_details)
    parts = (
        part_of(
            line.document_discount,
            line,
            before=line.invoiced_quantity,
            quantity=wanted.get(line.id, Decimal(0)),
            currency=order.currency,
        )
        for line in lines
    )
    discount = sum(parts, Decimal(0))
    return [{"amount": str(discount)}] if discount else []
