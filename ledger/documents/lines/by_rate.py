"""The tax code of a line whose sender states a rate, or an amount of tax, and no code. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from ledger.currencies.money import quantize, quantum
from ledger.documents.errors import TotalsMismatch
from ledger.documents.lines.line_input import BY_RATE, LineInput
from ledger.errors import UnknownTaxCode
from ledger.tax.calculation import TaxRule

_HUNDRED: Final = Decimal(100)


def coded_by_rate(
    line: LineInput, rules: Sequence[TaxRule], day: date, *, charged: Decimal, currency: str
) -> LineInput:
    """Return a line with the first of `rules` that has its rate, else that makes its tax.

    `rules` are for a supply on `day`, those first that the line would have had. `charged` is its amount after all
    discounts. A rate of 0 that none of them has stays: nothing says why it is not taxed. Raises UnknownTaxCode naming
    the field and the codes there are; TotalsMismatch for tax at a rate of 0.
    """
    stated = line.tax_rate if line.tax_rate is not None else line.stated_tax
    if line.tax_rate == 0 and line.stated_tax:
        raise TotalsMismatch(
            _("tax_rate is 0, but tax_amount is {stated_tax}").format(stated_tax=line.stated_tax),
            field=f"{line.path}.tax_rate",
            stated=str(line.stated_tax),
            computed="0",
        )
    rule = _of_rate(line.tax_rate, rules) if line.tax_rate is not None else _of_tax(line, rules, charged, currency)
    if rule is not None:
        return replace(line, tax_code=rule.code, tax_source=BY_RATE)
    if not stated or line.tax_code:  # a sender's own code beside tax that it states stays
        return line
    raise _refusal(line, rules, day)


def _of_rate(rate: Decimal, rules: Sequence[TaxRule]) -> TaxRule | None:
    """Return the code of a rate in percent or, as some senders write it, as a fraction."""
    return next((rule for rule in rules if rate in (rule.rate, rule.rate / _HUNDRED)), None)


def _of_tax(line: LineInput, rules: Sequence[TaxRule], charged: Decimal, currency: str) -> TaxRule | None:
    """Return the code that makes the stated tax: to the unit, else within rounding; nothing but 0 makes no tax."""
    if not line.stated_tax:
        return next((rule for rule in rules if not rule.rate), None)
    base = charged if line.includes_tax or line.taxable_amount is None else line.taxable_amount
    for tolerance in (Decimal(0), quantum(currency) * max(1, len(line.tax_details))):
        for rule in rules:
            tax = quantize(base * rule.rate / (_HUNDRED + (rule.rate if line.includes_tax else 0)), currency)
            if rule.rate and abs(tax - line.stated_tax) <= tolerance:
                return rule
    return None


def _refusal(line: LineInput, rules: Sequence[TaxRule], day: date) -> UnknownTaxCode:
    there_are = {rule.code: f"{rule.code} ({rule.rate.normalize():f} %)" for rule in rules if rule.rate}
    codes = ", ".join(there_are.values())
    if line.tax_rate is not None:
        name = "tax_rate"
        message = _no_code_of_rate(bool(codes)).format(rate=line.tax_rate.normalize(), day=day, codes=codes)
    else:
        name = "tax_details" if line.tax_details else "tax_amount"
        message = _no_code_of_amount(bool(codes)).format(tax=line.stated_tax, day=day, codes=codes)
    return UnknownTaxCode(message, field=f"{line.path}.{name}")


def _no_code_of_rate(there_are: bool) -> str:
    if there_are:
        return _(
            "no tax code has {rate:f} % for a supply on {day}: state one of {codes} as tax_code, "
            "or create the tax code that is meant"
        )
    return _("no tax code has {rate:f} % for a supply on {day}: create the tax code that is meant")


def _no_code_of_amount(there_are: bool) -> str:
    if there_are:
        return _(
            "no tax code makes {tax} of tax of this line for a supply on {day}: state one of {codes} as tax_code, "
            "or create the tax code that is meant"
        )
    return _("no tax code makes {tax} of tax of this line for a supply on {day}: create the tax code that is meant")
