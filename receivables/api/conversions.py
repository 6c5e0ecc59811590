"""The steps of sales orders, with quantities as a request states them."""

from typing import Any
from uuid import UUID

from backfill.tenancy.actors import Actor
from receivables.models import Invoice, SalesOrder
from receivables.services.orders import OrderQuantity, convert_sales_order, fulfil_sales_order


def convert_order(
    *, company_id: UUID, document_id: UUID, actor: Actor, quantities: list[dict[str, Any]] | None = None
) -> Invoice:
    return convert_sales_order(
        company_id=company_id, document_id=document_id, actor=actor, quantities=_quantities(quantities)
    )


def fulfil_order(
    *, company_id: UUID, document_id: UUID, actor: Actor, quantities: list[dict[str, Any]] | None = None
) -> SalesOrder:
    return fulfil_sales_order(
        company_id=company_id, document_id=document_id, actor=actor, quantities=_quantities(quantities)
    )


def _quantities(stated: list[dict[str, Any]] | None) -> list[OrderQuantity] | None:
    return None if stated is None else [OrderQuantity(one["line_id"], one["quantity"]) for one in stated]
