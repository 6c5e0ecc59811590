"""The sheet that is printed, and the sums below its table. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from backfill.letters.languages import Figures, Language
from backfill.letters.wording import word
from ledger.currencies.money import quantize
from receivables.customers.buyer_details import Printable, PrintableLine
from receivables.models import Invoice
from receivables.taxation.tax_groups import TaxedLine, TaxGroup

ZERO: Final = Decimal(0)
# Countries whose invoices speak of sales tax, not of value added tax.
_SALES_TAX: Final = frozenset({"US"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document with what most of its parts need."""

    document: Printable
    language: Language
    figures: Figures
    lines: Sequence[TaxedLine[PrintableLine]]
    groups: Sequence[TaxGroup]

    @property
    def is_invoice(self) -> bool:
        return isinstance(self.document, Invoice)

    @property
    def shows_tax_included(self) -> bool:
        """Prices are shown with tax when all of them were stated so; a mixture is shown without."""
        return all(taxed.line.amount_includes_tax for taxed in self.lines)

    @property
    def speaks_of_vat(self) -> bool:
        return self.document.company.country not in _SALES_TAX

    def word(self, key: str, **facts: str) -> str:
        return word(key, self.language).format(**facts)

    def tax_name(self, key: str, rate: Decimal, **facts: str) -> str:
        kind = "vat" if self.speaks_of_vat else "sales_tax"
        shown = self.figures.percent(rate) if rate else ""
        return " ".join(self.word(f"{kind}{key}", rate=shown, **facts).split(" "))


def totals(sheet: Sheet) -> list[dict[str, str]]:
    """Return the rows below the table, from the subtotal to the total and what is told about it."""
    document, figures = sheet.document, sheet.figures
    discount = sum((taxed.document_allowance for taxed in sheet.lines), ZERO)
    if sheet.shows_tax_included:
        rows = _discounted(
            sheet, sum((line.line.document_discount for line in sheet.lines), ZERO), document.total_amount
        )
        taxes = [
            _sum("muted", sheet.word("included", tax=_tax_label(sheet, group)), figures.amount(group.tax))
            for group in sheet.groups
            if group.tax
        ]
        return [*rows, _total(sheet), *taxes, *_tax_in_base(sheet), *_prepaid(sheet)]
    net = document.total_amount - document.tax_amount
    rows = _discounted(sheet, discount, net)
    rows.append(_sum("plain", sheet.word("net"), figures.amount(net)))
    rows += [
        _sum("plain", _tax_label(sheet, group), figures.amount(group.tax))
        for group in sheet.groups
        if group.tax or len(sheet.groups) > 1
    ]
    return [*rows, _total(sheet), *_tax_in_base(sheet), *_prepaid(sheet)]


def _prepaid(sheet: Sheet) -> list[dict[str, str]]:
    """What was paid on advance invoices, and what is left to pay."""
    document = sheet.document
    if not isinstance(document, Invoice) or not document.prepaid_amount:
        return []
    left = document.total_amount - document.prepaid_amount
    return [
        _sum("plain", sheet.word("prepaid"), sheet.figures.amount(-document.prepaid_amount)),
        _sum("total", sheet.word("left_to_pay"), sheet.figures.money(left)),
    ]


def _discounted(sheet: Sheet, discount: Decimal, left: Decimal) -> list[dict[str, str]]:
    if not discount:
        return []
    return [
        _sum("plain", sheet.word("subtotal"), sheet.figures.amount(left + discount)),
        _sum("plain", sheet.word("document_discount"), sheet.figures.amount(-discount)),
    ]


def _total(sheet: Sheet) -> dict[str, str]:
    label = sheet.word("total" if sheet.is_invoice else "credit_total")
    return _sum("total", label, sheet.figures.money(sheet.document.total_amount))


def _tax_label(sheet: Sheet, group: TaxGroup) -> str:
    """«VAT 19 %», with the amount it is calculated on where there are several rates."""
    base = sheet.figures.amount(group.base)
    if not group.tax:
        return sheet.word("untaxed_on", base=base)
    return sheet.tax_name("_on", group.rate, base=base) if len(sheet.groups) > 1 else sheet.tax_name("", group.rate)


def _tax_in_base(sheet: Sheet) -> list[dict[str, str]]:
    """The tax in the company's own currency, which Art. 230 of the EU VAT directive asks for."""
    document = sheet.document
    own, rate = document.company.base_currency, document.exchange_rate
    if document.currency == own or not document.tax_amount or rate is None:
        return []
    figures = Figures(sheet.figures.locale, own)
    label = sheet.word("tax_in_base", currency=own, rate=figures.quantity(rate))
    return [_sum("muted", label, figures.amount(quantize(document.tax_amount * rate, own)))]


def _sum(kind: str, label: str, value: str) -> dict[str, str]:
    return {"kind": kind, "label": label, "value": value}
