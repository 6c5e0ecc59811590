"""Sales orders: they post nothing; one becomes invoices."""

from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from backfill.tenancy.actors import Actor
from ledger.documents.types import Approval, DocumentType, Policy, Values
from receivables.errors import NotConvertible
from receivables.models import Invoice, SalesOrder, SalesOrderLine, SalesOrderStatus
from receivables.types.quotes import total_as_one_line
from receivables.types.side import SELLING


def _assign_quote(order: SalesOrder, values: Values) -> None:
    if values.get("quote"):
        order.quote = values["quote"]


def _refuse_invoiced(order: SalesOrder, on: date, actor: Actor) -> dict[str, Any]:
    invoiced = Invoice.objects.filter(company_id=order.company_id, sales_order=order).exclude(status="void").first()
    if invoiced is not None:
        raise NotConvertible(
            _("sales order {order} is invoiced by {invoiced}; void that first").format(order=order, invoiced=invoiced)
        )
    return {}


SALES_ORDER: Final = DocumentType[SalesOrder, SalesOrderLine](
    key="sales_order",
    model=SalesOrder,
    side=SELLING,
    prefix="SO-",
    statuses=SalesOrderStatus,
    posted=SalesOrderStatus.OPEN,
    accepts=frozenset({"confirmed", "approved"}),
    approval=Approval.NONE,  # nothing is posted
    needs_party=False,
    internal=("quote",),
    counted_later=("fulfilled_quantity", "invoiced_quantity"),
    numbers_drafts=True,
    policy=Policy(assign=_assign_quote, line_inputs=total_as_one_line, before_void=_refuse_invoiced),
)
