"""Taking a line over into another document: a quote's into an order, an order's into an invoice."""

from decimal import Decimal
from typing import Any, cast

from ledger.currencies.money import quantize
from ledger.documents.lines.line_input import STATED_SOURCES
from ledger.documents.lines.values import LineValues
from ledger.documents.models import DocumentLine, TaxStatus

_KEPT = ("line_key", "line_ref", "line_type", "description", "sku", "product", "class_id", "location_id")


def _is_derived(line: DocumentLine) -> bool:
    """Whether nobody stated the line's tax code: then it is derived anew, for the day and customer of the copy."""
    return line.tax_source not in STATED_SOURCES


def part_of(total: Decimal, line: DocumentLine, *, before: Decimal, quantity: Decimal | None, currency: str) -> Decimal:
    """Return the part of a line's amount that `quantity` pieces have after `before` others: all parts add up to it."""
    if quantity is None or not line.quantity:
        return total
    upto = quantize(total * (before + quantity) / line.quantity, currency)
    return upto - quantize(total * before / line.quantity, currency)


def taxed_as(line: DocumentLine) -> LineValues:
    """Return what a line says of its tax, for a line of another document that is taxed like it."""
    values: dict[str, Any] = {
        "tax_status": line.tax_status if line.tax_status != TaxStatus.TAXABLE else "",
        "tax_exempt_reason": line.tax_exempt_reason,
        "tax_code": line.tax_code,
        "is_copied": True,
    }
    if not line.tax_code and line.tax_rate is not None:
        values["tax_rate"] = line.tax_rate
    return cast("LineValues", values)


def copied_line(line: DocumentLine, *, quantity: Decimal | None = None, before: Decimal = Decimal(0)) -> LineValues:
    """Return what a line says, for `quantity` pieces of it when given: money in proportion to the pieces.

    `before` is how many pieces were taken over already: cents are shared out so that all parts add up to the line.
    Stated tax is taken over in proportion too; tax of our codes and rates is calculated anew, and a code that nobody
    stated is derived anew.
    """
    currency = line.document.currency  # type: ignore[attr-defined]  # every line model has its document

    def part(total: Decimal) -> Decimal:
        return part_of(total, line, before=before, quantity=quantity, currency=currency)

    values: dict[str, Any] = {name: getattr(line, name) for name in _KEPT}
    values |= {
        "quantity": line.quantity if quantity is None else quantity,
        "discount_amount": part(line.discount_amount),
        "amount_includes_tax": line.amount_includes_tax,
        "tax_status": line.tax_status if line.tax_status != TaxStatus.TAXABLE else "",
        "tax_exempt_reason": line.tax_exempt_reason,
        "tax_code": "" if _is_derived(line) else line.tax_code,
        "account_id": line.account_id,
        "product_id": line.item_id,
        "dimensions": line.dimensions,
        "metadata": line.metadata,
    }
    before_discount = line.amount + line.discount_amount
    product = line.quantity * line.unit_amount
    if product == before_discount or (quantity is None and quantize(product, currency) == before_discount):
        values["unit_amount"] = line.unit_amount
    else:  # the price of one is not exact: the amount says what counts
        values["amount"] = part(before_discount) - values["discount_amount"]
    if line.stated_tax is not None:
        values |= {"tax_amount": part(line.stated_tax), "is_copied": True}
    elif not line.tax_code and line.tax_rate is not None:
        values["tax_rate"] = line.tax_rate
    return cast("LineValues", values)
