"""What the editor knows of tax before a document is saved."""

from collections.abc import Iterable
from datetime import date
from types import SimpleNamespace
from typing import Any

from backfill.tenancy.models import Company
from ledger.documents.lines.deriving import LineSources, TaxSources, derived_rule
from ledger.documents.types import Side
from ledger.models import TaxCode
from ledger.pages.tax_codes import side_codes, valid_codes
from ledger.tax.calculation import TaxRule
from ledger.tax.rules import book_of


def offered_codes(side: Side, codes: Iterable[TaxCode], day: date) -> list[TaxCode]:
    """Return the codes of a side, each knowing whether it `is_offered` for a supply on `day`; the editor's script
    offers the others when the day is changed."""
    rows = side_codes(codes, is_purchase=side.is_purchase)
    valid = {code.pk for code in valid_codes(rows, day)}
    for row in rows:
        row.is_offered = row.pk in valid  # type: ignore[attr-defined]  # told to the template
    return rows


def usual_rule(side: Side, company: Company, party: Any, day: date, codes: Iterable[TaxCode]) -> TaxRule | None:
    """Return the tax code of a line of plain text on a document for the party; `codes` know the `usual_code`."""
    rows = list(codes)
    document = SimpleNamespace(company=company, **{side.party: party})  # all that is known of it before it is saved
    sources = TaxSources(
        book=book_of(rows),
        day=day,
        position=side.tax_position(document),
        company_code=side.company_tax_code(company),
        usual_code=next((row.usual_code or "" for row in rows), ""),  # type: ignore[attr-defined]  # annotated
        is_purchase=side.is_purchase,
    )
    return derived_rule(LineSources(default=party.default_account if party else None), sources)
