"""Between a stored line and its arithmetic: a row as it was stated, and what was reckoned written to a row."""

from collections.abc import Sequence
from typing import Any

from ledger.documents.arithmetic import ChargedLine
from ledger.documents.headers import take
from ledger.documents.models import DocumentLine
from ledger.documents.stated import StatedLine


def stated_row(row: DocumentLine) -> StatedLine:
    return StatedLine(
        path=f"lines[{row.line_number - 1}]",
        quantity=row.quantity,
        unit_amount=row.unit_amount,
        discount_amount=row.discount_amount,
        discount_percent=row.discount_percent,
        amount=row.amount,
        includes_tax=row.amount_includes_tax,
        tax_status="" if row.tax_status == "taxable" else row.tax_status,
        tax_exempt_reason=row.tax_exempt_reason,
        tax_code=row.tax_code,
        tax_rate=None if row.tax_code and row.stated_tax is None else row.tax_rate,
        taxable_amount=None,
        stated_tax=row.stated_tax,
        tax_details=tuple(row.tax_details),
    )


def write_charge(row: DocumentLine, charged: ChargedLine) -> None:
    stated = charged.stated
    row.quantity, row.unit_amount = stated.quantity, stated.unit_amount
    row.discount_amount, row.discount_percent = stated.discount_amount, stated.discount_percent
    row.amount, row.amount_includes_tax = stated.amount, stated.includes_tax
    row.stated_tax = stated.stated_tax
    take(row, {"tax_details": [dict(detail) for detail in stated.tax_details]}, ("tax_details",))
    row.document_discount = charged.document_discount
    row.net_amount, row.tax_amount, row.gross_amount = charged.net, charged.tax, charged.gross
    row.tax_code, row.tax_rate = charged.tax_code, charged.tax_rate
    row.tax_status, row.tax_exempt_reason = charged.tax_status, charged.tax_exempt_reason
    taxed = charged.tax or charged.tax_code
    row.taxable_amount = stated.taxable_amount if stated.taxable_amount is not None else charged.net if taxed else 0


def line_facts_of(lines: Sequence[DocumentLine]) -> list[tuple[Any, ...]]:
    """What a posted line must keep saying."""
    return [
        (
            *(line.description, line.quantity, line.unit_amount, line.amount, line.net_amount, line.tax_amount),
            *(line.tax_code, line.account_id, line.item_id, line.location_id),
        )
        for line in lines
    ]
