"""The tax of a document by code, as its editor splits it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(slots=True)
class TaxRow:
    """What one code, or tax without one at one rate, makes: `base` without tax, both in the document's currency."""

    code: str
    rate: Decimal | None
    base: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)


def tax_rows(lines: Iterable[Any]) -> list[TaxRow]:
    """Return a row for each code and rate that the lines are taxed with, in their order."""
    found: dict[tuple[str, Decimal | None], TaxRow] = {}
    for line in lines:
        if line.tax_amount:
            row = found.setdefault((line.tax_code, line.tax_rate), TaxRow(line.tax_code, line.tax_rate))
            row.base += line.net_amount
            row.tax += line.tax_amount
    return list(found.values())
