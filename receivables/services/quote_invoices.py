"""From a quote straight to the invoice."""

from uuid import UUID

from django.db import transaction

from backfill.tenancy.actors import Actor
from receivables.models import Invoice, InvoiceStatus, SalesOrderStatus
from receivables.services.orders import convert_quote, convert_sales_order


@transaction.atomic
def invoice_quote(*, company_id: UUID, document_id: UUID, actor: Actor) -> Invoice:
    """Draft an invoice of all that a quote's sales order has left, making the order where there is none.

    Doing it again returns the invoice that was made. Raises what `convert_quote` and `convert_sales_order` do.
    """
    order = convert_quote(company_id=company_id, document_id=document_id, actor=actor)
    if order.status == SalesOrderStatus.INVOICED:
        made = Invoice.objects.filter(company_id=company_id, sales_order=order).exclude(status=InvoiceStatus.VOID)
        if (invoice := made.order_by("-created_at").first()) is not None:
            return invoice
    return convert_sales_order(company_id=company_id, document_id=order.id, actor=actor)
