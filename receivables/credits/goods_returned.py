"""Goods that come back with a credit memo, and what they are worth: what they cost when they were sold."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from ledger.currencies.money import quantize
from ledger.inventory.models import StockMovement
from ledger.inventory.stock import StockMove
from receivables.models import CreditMemo, CreditMemoLine, CreditMemoStatus

ZERO: Final = Decimal(0)


@dataclass(slots=True)
class _Outside:
    """Pieces of an item that a line of an invoice sold and that did not come back yet, and their cost."""

    quantity: Decimal = ZERO
    value: Decimal = ZERO

    def taken(self, quantity: Decimal, currency: str) -> Decimal | None:
        """Take pieces and return their cost: their share of what is left, so that the last piece takes the last cent.
        None where nothing is known of them."""
        if self.quantity <= 0:
            return None
        value = quantize(self.value * min(quantity / self.quantity, Decimal(1)), currency)
        self.quantity -= quantity
        self.value -= value
        return value


def posted_credits(company_id: UUID, invoice_lines: Collection[UUID]) -> QuerySet[CreditMemoLine]:
    """Return what was credited of lines of invoices so far."""
    rows = CreditMemoLine.objects.filter(company_id=company_id, invoice_line__in=invoice_lines)
    return rows.filter(document__posted_at__isnull=False).exclude(document__status=CreditMemoStatus.VOID)


def goods_returned(memo: CreditMemo, lines: Sequence[CreditMemoLine]) -> list[StockMove]:
    """Return the moves of goods that come back.

    Those of a line of the invoice come back at what they cost when they were sold; the line need not name the item
    again. Others take the moving average. Goods whose stock is not counted move nothing.
    """
    returned = [line for line in lines if line.return_quantity]
    if not returned:
        return []
    outside = _outside(memo.company_id, {line.invoice_line_id for line in returned if line.invoice_line_id})
    moves = []
    for line in returned:
        pieces = line.return_quantity or ZERO
        sold = next((item for key, item in outside if key == line.invoice_line_id), None)
        item_id = line.item_id or sold
        if item_id is None:
            continue
        known = outside.get((line.invoice_line_id, item_id))
        moves.append(
            StockMove(
                item_id=item_id,
                quantity=pieces,
                moved_on=memo.posting_date,
                subject_id=memo.id,
                value=known.taken(pieces, memo.company.base_currency) if known else None,
                location_id=line.location_id,
                line_id=line.id,
                path=f"lines[{line.line_number - 1}]",
            )
        )
    return moves


def _outside(company_id: UUID, invoice_lines: Collection[UUID]) -> dict[tuple[UUID | None, UUID], _Outside]:
    """Return what is outside, by line of the invoice and item."""
    if not invoice_lines:
        return {}
    credited = dict(posted_credits(company_id, invoice_lines).values_list("id", "invoice_line_id"))
    rows = StockMovement.objects.filter(company_id=company_id, line_id__in=[*invoice_lines, *credited])
    found: dict[tuple[UUID | None, UUID], _Outside] = {}
    for row in rows.filter(reason__in=("sale", "return")).order_by("created_at", "id"):
        of = found.setdefault((credited.get(row.line_id, row.line_id), row.item_id), _Outside())  # type: ignore[arg-type]
        of.quantity -= row.quantity
        of.value -= row.value
    return found
