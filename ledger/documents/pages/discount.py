"""A document's discount as one text: `10 %`, `25.00`, or both with a plus between them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from backfill.workspace.formats import Formats
from backfill.workspace.numbers import parse_number
from ledger.currencies.money import quantize
from ledger.documents.lines.line_input import decimal_of

_DIGITS = 9


def discount_text(details: Sequence[Mapping[str, Any]], formats: Formats) -> str:
    """Return the stored discounts as one types them. static/documents/editor.js reads the same."""
    return " + ".join(part for part in (_part(detail, formats) for detail in details) if part)


def discount_details(text: str, formats: Formats) -> list[dict[str, str]]:
    """Return what was typed as the service takes it. Raises NotANumber."""
    found = []
    for part in (one.strip() for one in text.split("+")):
        if not part:
            continue
        name = "discount_percent" if part.endswith("%") else "discount_amount"
        found.append({name: str(parse_number(part.removesuffix("%"), formats))})
    return found


def as_share(
    details: Sequence[Mapping[str, Any]], whole: Decimal, taken: Decimal, currency: str
) -> list[dict[str, Any]]:
    """Return discounts as the shortest percentage of what they were taken from that makes the same amount, so that a
    part of the lines gets its part of them."""
    if not taken or not whole or all(_amount(detail) is None for detail in details):
        return [dict(detail) for detail in details]
    percents = (((taken * 100 / whole).quantize(Decimal(1).scaleb(-digits))) for digits in range(_DIGITS + 1))
    exact = (percent for percent in percents if quantize(whole * percent / 100, currency) == taken)
    return [{"discount_percent": str(percent)} for percent in exact][:1] or [dict(detail) for detail in details]


def _amount(detail: Mapping[str, Any]) -> Any:
    return next((detail[key] for key in ("amount", "discount_amount") if detail.get(key) is not None), None)


def _part(detail: Mapping[str, Any], formats: Formats) -> str:
    amount = _amount(detail)
    if amount is not None:
        return formats.plain(decimal_of(amount, "discount_details"))
    percent = next((detail[key] for key in ("percent", "discount_percent") if detail.get(key) is not None), None)
    return "" if percent is None else f"{formats.plain(decimal_of(percent, 'discount_details').normalize())} %"
