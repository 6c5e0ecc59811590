"""Between a stored line and its arithmetic: a row as it was stated, and what was calculated written to a row."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from ledger.currencies.money import ensure_precision
from ledger.documents.headers import take
from ledger.documents.lines.arithmetic import PricedLine
from ledger.documents.lines.line_input import BY_RATE, COPIED, LineInput
from ledger.documents.models import DocumentLine


@dataclass(frozen=True, slots=True)
class RowTerms:
    """What a document said about its lines when they were calculated: whether prices include tax, and why nothing is
    taxed (the buyer is exempt)."""

    is_inclusive: bool
    exempt_reason: str


def stated_row(row: DocumentLine, before: RowTerms, now: RowTerms, *, currency: str) -> LineInput:
    """Return a line as it was stated, under the document's new terms.

    What it has of the old ones is taken off it: prices with tax, the buyer's exemption. Raises InvalidLine for amounts
    that are too precise for the currency, ValidationFailed where nothing tells how to tax it now.
    """
    path = f"lines[{row.line_number - 1}]"
    for name, amount in (
        ("amount", row.amount),
        ("discount_amount", row.discount_amount),
        ("tax_amount", row.stated_tax or Decimal(0)),
    ):
        ensure_precision(amount, currency, field=f"{path}.{name}")
    line = _as_stated(row, path)
    if line.includes_tax == before.is_inclusive:
        line = replace(line, includes_tax=now.is_inclusive)
    if before.exempt_reason and (line.tax_status, line.tax_exempt_reason) == ("exempt", before.exempt_reason):
        line = replace(line, tax_status="", tax_exempt_reason="", tax_rate=None)
    return line


def refuse_lost_exemption(row: DocumentLine, line: LineInput, before: RowTerms, now: RowTerms) -> None:
    """Raise ValidationFailed when a line was free of tax because its buyer was, and nothing tells how to tax it now."""
    was_exempt = before.exempt_reason and (row.tax_status, row.tax_exempt_reason) == ("exempt", before.exempt_reason)
    if was_exempt and not (line.tax_code or now.exempt_reason or line.stated_tax is not None):
        raise ValidationFailed(
            _("it was free of tax because the buyer was; send the lines again and say how they are taxed"),
            field=f"{line.path}.tax_code",
        )


def _as_stated(row: DocumentLine, path: str) -> LineInput:
    is_derived = row.tax_source not in ("", COPIED)
    states_base = row.taxable_amount != row.net_amount and (row.tax_amount or row.tax_code)
    return LineInput(
        path=path,
        quantity=row.quantity,
        unit_amount=row.unit_amount,
        discount_amount=row.discount_amount,
        discount_percent=row.discount_percent,
        amount=row.amount,
        includes_tax=row.amount_includes_tax,
        tax_status="" if row.tax_status == "taxable" else row.tax_status,
        tax_exempt_reason=row.tax_exempt_reason,
        tax_code="" if is_derived else row.tax_code,
        tax_source=row.tax_source if row.tax_source == COPIED else "",
        tax_rate=None if row.tax_code and row.stated_tax is None and row.tax_source != BY_RATE else row.tax_rate,
        taxable_amount=row.taxable_amount if states_base and not row.amount_includes_tax else None,
        stated_tax=row.stated_tax,
        tax_details=tuple(row.tax_details),
    )


def write_charge(row: DocumentLine, charged: PricedLine) -> None:
    stated = charged.stated
    row.quantity, row.unit_amount = stated.quantity, stated.unit_amount
    row.discount_amount, row.discount_percent = stated.discount_amount, stated.discount_percent
    row.amount, row.amount_includes_tax = stated.amount, stated.includes_tax
    row.stated_tax = stated.stated_tax
    take(row, {"tax_details": [dict(detail) for detail in stated.tax_details]}, ("tax_details",))
    row.document_discount = charged.document_discount
    row.net_amount, row.tax_amount, row.gross_amount = charged.net, charged.tax, charged.gross
    row.tax_code, row.tax_rate, row.tax_source = charged.tax_code, charged.tax_rate, stated.tax_source
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
