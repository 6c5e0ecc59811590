"""PDF through typst. All text of the company goes in as JSON data, never into the source of the template."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import typst
from babel.dates import format_date
from babel.numbers import format_decimal
from django.conf import settings

from backfill.fonts import printable, typst_fonts
from backfill.tenancy.models import Company
from reporting.labels import Language, title
from reporting.tables import Cell, Table

# Countries that print on US Letter; everyone else has A4 (CLDR, measurementData/paperSize).
_LETTER_COUNTRIES = frozenset({"BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"})
# Where the postal code stands behind town and state.
_CODE_LAST_COUNTRIES = frozenset({"AU", "CA", "US"})
_LANDSCAPE_FROM_AMOUNTS = 4


def pdf_bytes(table: Table) -> bytes:
    """Reproducible but for the moment of printing in its footer."""
    folder = settings.BASE_DIR / "templates" / "reporting"
    inputs = {"report": printable(json.dumps(_page(table), ensure_ascii=False))}
    return typst.compile(
        folder / "statement.typ", root=folder, font_paths=typst_fonts(), sys_inputs=inputs, format="pdf"
    )


def _page(table: Table) -> dict[str, Any]:
    company = table.company
    amounts = sum(column.is_amount for column in table.columns)
    printed = datetime.now(ZoneInfo(company.time_zone))
    printed_on = format_date(printed.date(), "medium", locale=table.language)
    return {
        "lang": table.language,
        "paper": "us-letter" if company.country in _LETTER_COUNTRIES else "a4",
        "landscape": amounts >= _LANDSCAPE_FROM_AMOUNTS,
        "company": company.legal_name or company.name,
        "address": _address(company),
        "registration": _registration(company, table.language),
        "title": table.title,
        "subtitle": table.subtitle,
        "currency": title("amounts_in", table.language).format(currency=table.currency),
        "printed": title("printed", table.language).format(at=f"{printed_on} {printed:%H:%M}"),
        "page_of": title("page_of", table.language),
        "columns": [{"title": column.title, "amount": column.is_amount, "key": column.key} for column in table.columns],
        "rows": [
            {"kind": row.kind, "level": row.level, "cells": [_cell(cell, table) for cell in row.cells]}
            for row in table.rows
        ],
    }


def _cell(cell: Cell, table: Table) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return str(format_date(cell, "medium", locale=table.language))
    return cell if isinstance(cell, str) else amount_text(cell, table.language, table.fraction_digits)


def amount_text(amount: Decimal, language: Language, fraction_digits: int) -> str:
    """An amount as people write it: 1,234.50 and (1,234.50) in English, 1.234,50 and −1.234,50 in German."""
    decimals = "." + "0" * fraction_digits if fraction_digits else ""
    pattern = f"#,##0{decimals}"
    negative = f"({pattern})" if language == "en" else f"\N{MINUS SIGN}{pattern}"
    return format_decimal(amount, format=f"{pattern};{negative}", locale=language)


def _address(company: Company) -> str:
    """The parts of the free-form address that are known and filled, in the order of the country's envelopes."""
    parts = {key: str(value) for key, value in company.address.items() if value}
    code = parts.get("zip") or parts.get("postal_code", "")
    town = parts.get("city", "")
    if company.country in _CODE_LAST_COUNTRIES:
        town = ", ".join(filter(None, (town, f"{parts.get('state', '')} {code}".strip())))
    else:
        town = f"{code} {town}".strip()
    street = parts.get("street") or parts.get("line1", "")
    return ", ".join(filter(None, (street, parts.get("line2", ""), town)))


def _registration(company: Company, language: Language) -> str:
    parts = (("vat_id", company.vat_id), ("tax_number", company.tax_number))
    return " · ".join(f"{title(key, language)} {value}" for key, value in parts if value)
