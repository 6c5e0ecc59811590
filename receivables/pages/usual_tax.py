"""What the editor knows of tax before a document is saved."""

from collections.abc import Iterable
from datetime import date

from backfill.tenancy.models import Company
from ledger.documents.lines.deriving import LineSources, TaxSources, derived_rule
from ledger.models import TaxCode
from ledger.pages.tax_codes import sales_codes, sales_side
from ledger.tax.calculation import TaxRule
from ledger.tax.rules import book_of
from receivables.models import Customer
from receivables.taxation.tax_position import tax_position


def offered_codes(codes: Iterable[TaxCode], day: date) -> list[TaxCode]:
    """Return the codes for sales, each knowing whether it `is_offered` for a supply on `day`; the editor's script
    offers the others when the day is changed."""
    rows = sales_side(codes)
    valid = {code.pk for code in sales_codes(rows, day)}
    for row in rows:
        row.is_offered = row.pk in valid  # type: ignore[attr-defined]  # told to the template
    return rows


def usual_rule(company: Company, customer: Customer | None, day: date, codes: Iterable[TaxCode]) -> TaxRule | None:
    """Return the tax code of a line of plain text on a document for the customer; `codes` know the `usual_code`."""
    rows = list(codes)
    sources = TaxSources(
        book=book_of(rows),
        day=day,
        position=tax_position(customer, company),
        company_code=company.sales_tax_code,
        usual_code=next((row.usual_code or "" for row in rows), ""),  # type: ignore[attr-defined]  # annotated
    )
    return derived_rule(LineSources(default=customer.default_account if customer else None), sources)
