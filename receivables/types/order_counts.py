"""How much of a sales order is invoiced: counted anew from the invoices whenever one of them changes."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext as _

from ledger.errors import ReferenceNotFound
from receivables.errors import OverInvoiced
from receivables.models import Invoice, InvoiceLine, SalesOrder, SalesOrderLine, SalesOrderStatus


def count_invoiced(company_id: UUID, order_id: UUID) -> None:
    """Set the invoiced quantities of an order and the status they make. Drafts count, void invoices do not."""
    order = SalesOrder.objects.select_for_update(of=("self",)).get(company_id=company_id, id=order_id)
    lines = list(SalesOrderLine.objects.filter(document=order))
    invoiced = InvoiceLine.objects.filter(company_id=company_id, order_line__in=lines).exclude(document__status="void")
    sums = dict(invoiced.order_by().values("order_line").annotate(sum=Sum("quantity")).values_list("order_line", "sum"))
    for line in lines:
        line.invoiced_quantity = sums.get(line.id, Decimal(0))
        if line.invoiced_quantity > line.quantity:
            raise OverInvoiced(
                _(
                    "sales order {order} has {ordered} of «{description}» (line {line}); {invoiced} would be invoiced"
                ).format(
                    order=order,
                    ordered=f"{line.quantity.normalize():f}",
                    description=line.description,
                    line=line.line_number,
                    invoiced=f"{line.invoiced_quantity.normalize():f}",
                ),
                field="lines",
            )
    SalesOrderLine.objects.bulk_update(lines, ["invoiced_quantity"])
    if order.status in {SalesOrderStatus.DRAFT, SalesOrderStatus.VOID}:
        return
    if all(line.invoiced_quantity >= line.quantity for line in lines):
        order.status = SalesOrderStatus.INVOICED
    else:
        started = any(line.invoiced_quantity for line in lines)
        order.status = SalesOrderStatus.PARTIALLY_INVOICED if started else SalesOrderStatus.OPEN
    order.save(update_fields=["status", "updated_at"])


def sales_order_of(company_id: UUID, order_id: UUID) -> SalesOrder:
    """Return a sales order of the company with its lines read. Raises ReferenceNotFound."""
    order = SalesOrder.objects.filter(company_id=company_id, id=order_id).prefetch_related("lines").first()
    if order is None:
        raise ReferenceNotFound(
            _("sales order {id} does not exist in this company").format(id=order_id), field="sales_order_id"
        )
    return order


def order_line_id(invoice: Invoice, reference: Any) -> UUID | None:
    """Return the line of the invoice's sales order that a line refers to. Raises ReferenceNotFound."""
    if invoice.sales_order is None or not reference:
        return None
    for line in invoice.sales_order.lines.all():
        if str(reference) in {str(line.id), line.line_key, line.line_ref}:
            return line.id
    raise ReferenceNotFound(
        _("sales order {order} has no line {reference}").format(order=invoice.sales_order, reference=reference),
        field="lines.order_line_ref",
    )
