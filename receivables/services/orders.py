"""Quotes and sales orders: they post nothing; a quote becomes a sales order, an order becomes invoices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from ledger.documents import verbs
from ledger.documents.copying import copied_line, part_of
from ledger.documents.store import documents as store
from receivables.errors import NotConvertible
from receivables.models import (
    Invoice,
    Quote,
    QuoteStatus,
    SalesOrder,
    SalesOrderLine,
    SalesOrderStatus,
)
from receivables.services.invoices import create_invoice
from receivables.types.quotes import QUOTE
from receivables.types.sales_orders import SALES_ORDER

_KEPT = ("currency", "tax_behavior", "discount_details", "memo", "dimensions", "metadata", "subsidiary_id")


create_quote = partial(verbs.create, QUOTE)
update_quote = partial(verbs.update, QUOTE)
delete_quote = partial(verbs.delete, QUOTE)
submit_quote = partial(verbs.submit, QUOTE)
approve_quote = partial(verbs.approve, QUOTE)
reject_quote = partial(verbs.reject, QUOTE)
send_quote = partial(verbs.confirm, QUOTE)
void_quote = partial(verbs.void, QUOTE)

create_sales_order = partial(verbs.create, SALES_ORDER)
update_sales_order = partial(verbs.update, SALES_ORDER)
delete_sales_order = partial(verbs.delete, SALES_ORDER)
submit_sales_order = partial(verbs.submit, SALES_ORDER)
approve_sales_order = partial(verbs.approve, SALES_ORDER)
reject_sales_order = partial(verbs.reject, SALES_ORDER)
confirm_sales_order = partial(verbs.confirm, SALES_ORDER)
void_sales_order = partial(verbs.void, SALES_ORDER)


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
    quote = store.lock(QUOTE, company_id, document_id)
    made = SalesOrder.objects.filter(company_id=company_id, quote=quote).exclude(status=SalesOrderStatus.VOID).first()
    if made is not None:
        return made
    if quote.status in {QuoteStatus.DECLINED, QuoteStatus.VOID}:
        raise store.refusal(QUOTE, quote, "converted")
    last_day = quote.company.day_of(quote.expires_at) if quote.expires_at else None
    if last_day and last_day < quote.company.today() and quote.status != QuoteStatus.ACCEPTED:
        raise NotConvertible(
            _("quote {quote} expired on {last_day}; make a new one").format(quote=quote, last_day=last_day)
        )
    if not quote.is_posted:
        quote = verbs.confirm(QUOTE, company_id=company_id, document_id=document_id, actor=actor)
    order = create_sales_order(
        {
            **{name: getattr(quote, name) for name in _KEPT},
            "customer_id": quote.customer_id,
            "quote": quote,
            "status": SalesOrderStatus.OPEN.value,
            "lines": [copied_line(line) for line in store.lines_of(QUOTE, quote)],
        },
        company=quote.company,
        actor=actor,
    )
    quote.status = QuoteStatus.CONVERTED
    quote.save(update_fields=["status", "updated_at"])
    store.record(QUOTE, [(quote, "converted", {"sales_order_id": str(order.id)})], actor)
    return order


@transaction.atomic
def convert_sales_order(
    *, company_id: UUID, document_id: UUID, actor: Actor, quantities: Sequence[OrderQuantity] | None = None
) -> Invoice:
    """Draft an invoice of what an order has left to invoice, or of the given quantities, and return it.

    Raises NotConvertible when nothing is left, OverInvoiced when more is asked for than is left.
    """
    order = store.lock(SALES_ORDER, company_id, document_id)
    if not order.is_posted or order.is_void:
        raise store.refusal(SALES_ORDER, order, "invoiced")
    if order.customer_id is None:
        raise NotConvertible(
            _("sales order {order} names no customer; set one first").format(order=order), field="customer_id"
        )
    lines = store.lines_of(SALES_ORDER, order)
    wanted = _wanted(lines, quantities)
    if not wanted:
        raise NotConvertible(_("sales order {order} has nothing left to invoice").format(order=order))
    invoice = create_invoice(
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
    store.record(SALES_ORDER, [(order, "converted", {"invoice_id": str(invoice.id)})], actor)
    return invoice


@transaction.atomic
def fulfil_sales_order(
    *, company_id: UUID, document_id: UUID, actor: Actor, quantities: Sequence[OrderQuantity] | None = None
) -> SalesOrder:
    """Count pieces of an order as delivered: the given quantities on top of what was, or all that is left."""
    order = store.lock(SALES_ORDER, company_id, document_id)
    if not order.is_posted or order.is_void:
        raise store.refusal(SALES_ORDER, order, "fulfilled")
    lines = {line.id: line for line in store.lines_of(SALES_ORDER, order)}
    left = [OrderQuantity(line.id, line.quantity - line.fulfilled_quantity) for line in lines.values()]
    for delivered in quantities if quantities is not None else left:
        line = lines.get(delivered.line_id)
        if line is None:
            raise ValidationFailed(
                _("sales order {order} has no line {id}").format(order=order, id=delivered.line_id), field="quantities"
            )
        line.fulfilled_quantity += delivered.quantity
        if not 0 <= line.fulfilled_quantity <= line.quantity:
            raise ValidationFailed(
                _("line {line} has {ordered} ordered; {delivered} would be delivered").format(
                    line=line.line_number,
                    ordered=f"{line.quantity.normalize():f}",
                    delivered=f"{line.fulfilled_quantity.normalize():f}",
                ),
                field="quantities",
            )
    SalesOrderLine.objects.bulk_update(lines.values(), ["fulfilled_quantity"])
    store.record(SALES_ORDER, [(order, "fulfilled", {})], actor)
    return order


def _answered(company_id: UUID, document_id: UUID, status: QuoteStatus, actor: Actor) -> Quote:
    quote = store.lock(QUOTE, company_id, document_id)
    if quote.status == status:
        return quote
    if quote.status != QuoteStatus.SENT:
        raise store.refusal(QUOTE, quote, status.value)
    quote.status = status
    quote.save(update_fields=["status", "updated_at"])
    store.record(QUOTE, [(quote, status.value, {})], actor)
    return quote


def _wanted(lines: Sequence[SalesOrderLine], quantities: Sequence[OrderQuantity] | None) -> dict[UUID, Decimal]:
    if quantities is None:
        left = {line.id: line.quantity - line.invoiced_quantity for line in lines}
    else:
        known = {line.id for line in lines}
        left = {}
        for asked in quantities:
            if asked.line_id not in known:
                raise ValidationFailed(
                    _("the sales order has no line {id}").format(id=asked.line_id), field="quantities"
                )
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
