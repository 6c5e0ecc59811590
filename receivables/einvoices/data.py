"""An invoice or credit memo as the business terms of EN 16931. Pure.

Keys are the standard's: BT-… a term, BG-… a group of them; amounts are strings with the currency's decimals, days are
dates. The result is what the factur-x package writes as CII or UBL and reads back from either.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from backfill.einvoices.units import unit_code
from backfill.letters.languages import Language
from ledger.currencies.money import quantize
from ledger.models import TaxCode
from receivables.customers.buyer_details import (
    Printable,
    PrintableLine,
    delivery_date,
    line_texts,
    service_period,
    unit_of,
)
from receivables.customers.language import language_of
from receivables.einvoices import billing_facts as facts
from receivables.einvoices.parties import buyer, place_of_delivery, seller
from receivables.models import CreditMemo, Invoice
from receivables.taxation.tax_groups import TaxedLine, TaxGroup, tax_groups, taxed_lines

Data = dict[str, Any]
ZERO: Final = Decimal(0)
_UNSAYABLE: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOTHING: Final[tuple[Any, ...]] = ("", None, [], {})
CREDIT_NOTE: Final = "381"  # UNTDID 1001
_CLEARING: Final = "97"  # UNTDID 4461
_DISCOUNT: Final = "95"  # UNTDID 5189
_EXEMPTION_CODES: Final = {
    "AE": "VATEX-EU-AE",
    "K": "VATEX-EU-IC",
    "G": "VATEX-EU-G",
    "O": "VATEX-EU-O",
}
_WORDS: Final = {
    "discount": ("Discount", "Rabatt"),
    "surcharge": ("Surcharge", "Zuschlag"),
    "on_receipt": ("Payable on receipt", "Zahlbar sofort nach Erhalt"),
    "set_off": ("Set off against open invoices", "Wird mit offenen Rechnungen verrechnet"),
}


def einvoice_data(
    document: Printable,
    lines: Sequence[Any],
    codes: Mapping[str, TaxCode],
    attachments: Sequence[facts.Attachment] = (),
) -> Data:
    """Return everything of the document that EN 16931 can carry: `lines` in order with items, `codes` by upper case."""
    language = language_of(document.customer)
    taxed = taxed_lines(lines, codes, currency=document.currency, language=language, country=document.company.country)
    groups = tax_groups(taxed)
    categories = {group.category for group in groups}
    data: Data = {
        "BT-1": document.document_number,
        "BT-2": document.document_date,
        "BT-3": document.invoice_type if isinstance(document, Invoice) else CREDIT_NOTE,
        "BT-5": document.currency,
        "BT-10": document.customer.buyer_reference,
        "BG-1": facts.notes(document, language),
        "BG-4": seller(document.company, categories, language),
        "BG-7": buyer(document, categories),
        "BG-10": facts.payee(document),
        "BG-11": facts.tax_representative(document),
        "BG-13": place_of_delivery(document, categories),
        **facts.references(document),
        **_delivery(document, lines, categories),
        **_payment(document, language),
        **_tax_in_base(document),
        "BG-20": [_allowance(document, group, taxed, language) for group in groups if group.allowance],
        "BG-21": [_charge(line, document.currency) for line in taxed if is_charge(line.line)],
        "BG-23": [_tax(group, document.currency) for group in groups],
        "BG-24": facts.attachments(attachments),
        **_totals(document, taxed),
        "BG-25": [_line(document, line, language) for line in taxed if not is_charge(line.line)],
    }
    said: Data = _sayable(data)
    return said


def _sayable(value: Any) -> Any:
    """Return data without what XML cannot carry (XML 1.0, 2.2), without the blanks around texts, which it may lose, and
    without what nothing is left of."""
    if isinstance(value, dict):
        parts = ((key, _sayable(part)) for key, part in value.items())
        return {key: part for key, part in parts if part not in _NOTHING}
    if isinstance(value, list):
        return [part for part in map(_sayable, value) if part not in _NOTHING]
    if isinstance(value, str):
        return _UNSAYABLE.sub(" ", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return value


def _delivery(document: Printable, lines: Sequence[PrintableLine], categories: Collection[str]) -> Data:
    """BG-14, the period that is billed for, else BT-72, the day of delivery. A credit memo tells that of its invoice
    where it must, within the Community (BR-IC-11)."""
    period = service_period(document, lines)
    if period is not None:
        return {"BT-73": period[0], "BT-74": period[1]}
    if not isinstance(document, CreditMemo):
        return {"BT-72": delivery_date(document)}
    return {"BT-72": delivery_date(document.invoice or document)} if "K" in categories else {}


def _payment(document: Printable, language: Language) -> Data:
    """How and until when it is paid (BG-16, BT-9, BT-20). A credit memo is set off, not paid."""
    if isinstance(document, CreditMemo):
        return {"BT-81": _CLEARING, "BT-20": _word("set_off", language)}
    terms = facts.terms(document)
    if not (document.terms or document.due_date):
        terms = "\n".join(filter(None, (_word("on_receipt", language), terms)))
    return {"BT-9": document.due_date, "BT-20": terms, **facts.payment(document)}


def _tax_in_base(document: Printable) -> Data:
    """BT-6 and BT-111: the tax in the company's own currency, where the document is in another."""
    own, rate = document.company.base_currency, document.exchange_rate
    if document.currency == own or rate is None:
        return {}
    return {"BT-6": own, "BT-111": _amount(quantize(document.tax_amount * rate, own), own)}


def _allowance(
    document: Printable, group: TaxGroup, lines: Sequence[TaxedLine[PrintableLine]], language: Language
) -> Data:
    """BG-20: the document's discount on what is taxed alike."""
    before = sum((line.amount for line in lines if (line.category, line.rate) == (group.category, group.rate)), ZERO)
    percent = _percent_of(document)
    agrees = percent is not None and abs(before * percent / 100 - group.allowance) <= Decimal("0.02")
    shares = {"base_amount": _amount(before, document.currency), "rate": _number(percent)} if agrees and percent else {}
    return {
        "amount": _amount(group.allowance, document.currency),
        **shares,
        "reason": _word("discount", language),
        "reason_code": _DISCOUNT,
        "vat_category_code": group.category,
        **({} if group.category == "O" else {"vat_rate": _number(group.rate)}),
    }


def _percent_of(document: Printable) -> Decimal | None:
    """Return the percentage of a document's one discount; several, or amounts, have none."""
    if len(document.discount_details) != 1:
        return None
    detail = document.discount_details[0]
    stated = detail.get("percent") or detail.get("discount_percent")
    is_amount = any(detail.get(key) is not None for key in ("amount", "discount_amount"))
    return Decimal(str(stated)) if stated and not is_amount else None


def _tax(group: TaxGroup, currency: str) -> Data:
    """BG-23: base and tax of one category and rate, and why nothing is charged."""
    said = {
        "BT-116": _amount(group.base, currency),
        "BT-117": _amount(group.tax, currency),
        "BT-118": group.category,
        "BT-119": _number(group.rate),  # outside the scope, too: XRechnung wants a rate of each (BR-DE-14)
        "BT-120": group.reason,
        "BT-121": _EXEMPTION_CODES.get(group.category, ""),
    }
    return {key: value for key, value in said.items() if value}


def _charge(taxed: TaxedLine[PrintableLine], currency: str) -> Data:
    """BG-21: a charge on the whole document."""
    name, _ = line_texts(taxed.line)
    return {
        "amount": _amount(taxed.amount, currency),
        "reason": name,
        "vat_category_code": taxed.category,
        **({} if taxed.category == "O" else {"vat_rate": _number(taxed.rate)}),
    }


def _totals(document: Printable, lines: Sequence[TaxedLine[PrintableLine]]) -> Data:
    currency = document.currency
    charges = sum((line.amount for line in lines if is_charge(line.line)), ZERO)
    before = sum((line.amount for line in lines), ZERO) - charges
    prepaid = document.prepaid_amount if isinstance(document, Invoice) else ZERO
    allowance = sum((line.document_allowance for line in lines), ZERO)
    return {
        "BT-106": _amount(before, currency),
        "BT-107": _amount(allowance, currency) if allowance else "",
        "BT-108": _amount(charges, currency) if charges else "",
        "BT-109": _amount(before + charges - allowance, currency),
        "BT-110": _amount(document.tax_amount, currency),
        "BT-112": _amount(document.total_amount, currency),
        "BT-113": _amount(prepaid, currency) if prepaid else "",
        "BT-115": _amount(document.total_amount - prepaid, currency),
    }


def _line(document: Printable, taxed: TaxedLine[PrintableLine], language: Language) -> Data:
    """BG-25: one line, without tax."""
    line, currency = taxed.line, document.currency
    name, detail = line_texts(line)
    period = service_period(document, [line])
    said: Data = {
        "BT-126": str(line.line_number),
        "BT-129": _number(taxed.quantity),
        "BT-130": unit_code(unit_of(line)),
        "BT-131": _amount(taxed.amount, currency),
        "BT-134": period[0] if period else None,
        "BT-135": period[1] if period else None,
        "BT-146": _price(taxed.price, currency),
        **_list_price(taxed, currency),
        "BT-151": taxed.category,
        "BT-152": "" if taxed.category == "O" else _number(taxed.rate),
        "BT-153": name,
        "BT-154": detail,
        "BT-155": line.sku or (line.item.sku if line.item else ""),
        **facts.line_facts(line),
        **_line_discount(taxed, currency, language),
    }
    return {key: value for key, value in said.items() if value not in ("", None)}


def _list_price(taxed: TaxedLine[PrintableLine], currency: str) -> Data:
    """BT-148 and BT-147: the price before the discount on it, where it is told and prices are without tax."""
    listed = getattr(taxed.line, "list_price", None)
    if listed is None or taxed.price != taxed.line.unit_amount or listed < taxed.price:
        return {}
    return {"BT-147-00": [{"BT-147": _price(listed - taxed.price, currency)}], "BT-148": _price(listed, currency)}


def is_charge(line: PrintableLine) -> bool:
    """Whether a line is a charge on the whole document."""
    return bool(getattr(line, "is_charge", False))


def _line_discount(taxed: TaxedLine[PrintableLine], currency: str, language: Language) -> Data:
    """BG-27, the line's own discount; on a negative line, where it lowers what is taken back, BG-28, a charge."""
    if not taxed.allowance:
        return {}
    percent = taxed.line.discount_percent
    shares = {"base_amount": _amount(abs(taxed.amount + taxed.allowance), currency), "rate": _number(percent or ZERO)}
    amount = {"amount": _amount(abs(taxed.allowance), currency), **(shares if percent else {})}
    if taxed.allowance < 0:
        return {"BG-28": [{**amount, "reason": _word("surcharge", language)}]}
    return {"BG-27": [{**amount, "reason": _word("discount", language), "reason_code": _DISCOUNT}]}


def _amount(value: Decimal, currency: str) -> str:
    return f"{quantize(value, currency):f}"


def _price(value: Decimal, currency: str) -> str:
    """The currency's decimals, or as many as the price has."""
    rounded = quantize(value, currency)
    return f"{rounded if rounded == value else value.normalize():f}"


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _word(key: str, language: Language) -> str:
    return _WORDS[key][1 if language == "de" else 0]
