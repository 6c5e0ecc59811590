"""Rules of EN 16931, of XRechnung and of Peppol about what an e-invoice says, checked without Schematron. Pure.

Each problem names its rule. Those that XRechnung's own Schematron only warns of are kept to as well: a portal may take
the warning for a refusal.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from backfill.countries import COUNTRIES
from backfill.currencies import CURRENCIES
from backfill.vat_ids import InvalidVatId, vat_id

Data = dict[str, Any]
CASH_DISCOUNT: Final = re.compile(r"#SKONTO#TAGE=\d+#PROZENT=\d+\.\d{2}(#BASISBETRAG=-?\d+\.\d{2})?#")
TYPE_CODES: Final = frozenset({"326", "380", "381", "384", "389", "875", "876", "877"})  # BR-DE-17
_PHONE_DIGITS: Final = re.compile(r"\d.*\d.*\d")
_EMAIL: Final = re.compile(r"[^@\s]+@([^@.\s]+\.)+[^@.\s]+")
_TAX_TOLERANCE: Final = Decimal(1)  # as much as the standard's own rules allow (BR-CO-17)
_LINE_TOLERANCE: Final = Decimal("0.02")
_COMPANY, _CUSTOMER = "settings of the company", "customer"
_COUNTRIES: Final = COUNTRIES | {"1A"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is missing or cannot be said, by the `rule` that says so. `term` is the standard's, `where` the
    place to set it right."""

    rule: str
    term: str
    message: str
    where: str


def broken_everywhere(data: Data) -> Iterator[Problem]:
    """Yield what breaks EN 16931 in any profile."""
    yield from _parties(data)
    yield from _figures(data)
    yield from _others(data)
    if not data["BG-25"]:
        yield Problem("BR-16", "BG-25", "a line that is not a charge", "lines: is_charge")
    for line in data["BG-25"]:
        yield from _line(line)


def broken_in_xrechnung(data: Data) -> Iterator[Problem]:
    """Yield what breaks the rules of XRechnung beyond those of EN 16931."""
    yield from _contacts(data)
    yield from _terms(data)
    yield from _payment(data)
    yield from _kind(data)
    yield from _attachments(data)
    for group in data["BG-23"]:
        if not group.get("BT-119"):
            yield Problem("BR-DE-14", "BT-119", "a tax rate for each category", "lines: tax_rate")
    for line in data["BG-25"]:
        yield from _line_of_xrechnung(data, line)


def _parties(data: Data) -> Iterator[Problem]:
    for group, term, place in (("BG-4", "BT-31", _COMPANY), ("BG-7", "BT-48", _CUSTOMER)):
        number = data[group].get("vat_identifier", "")
        if number and not _is_vat_id(number):
            yield Problem("BR-CO-09", term, f"a VAT ID that is one; «{number}» is none", f"{place}: vat_id")
    for group, term, where in (
        ("BG-4", "BT-40", f"{_COMPANY}: country"),
        ("BG-7", "BT-55", f"{_CUSTOMER}: billing_address.country"),
        ("BG-13", "BT-80", "document: shipping_address.country"),
    ):
        code = data.get(group, {}).get("country_code", "")
        if code and code not in _COUNTRIES:
            yield Problem("BR-CL-14", term, f"the code of a country; «{code}» is none", where)


def _others(data: Data) -> Iterator[Problem]:
    """Whoever answers for the seller's tax has a country and a VAT ID; a payee is somebody else than the seller."""
    representative, payee = data.get("BG-11"), data.get("BG-10")
    place = f"{_COMPANY}: tax_representative"
    if representative and representative.get("country_code", "") not in _COUNTRIES:
        yield Problem("BR-20", "BT-69", "the tax representative's country", f"{place}.address.country")
    if representative and not _is_vat_id(representative.get("vat_identifier", "")):
        yield Problem("BR-56", "BT-63", "the tax representative's VAT ID", f"{place}.vat_id")
    if payee and payee["name"] == data["BG-4"]["name"]:
        yield Problem("BR-17", "BT-59", "a payee that is not the seller", "document: payee.name")


def _is_vat_id(number: str) -> bool:
    try:
        return vat_id(number) == number
    except InvalidVatId:
        return False


def _figures(data: Data) -> Iterator[Problem]:
    if CURRENCIES[data["BT-5"]].decimals > 2:
        message = f"a currency of at most two decimals; {data['BT-5']} has more"
        yield Problem("BR-DEC-14", "BT-5", message, "document: currency")
    groups = data["BG-23"]
    if len(groups) > 1 and any(group.get("BT-118") == "O" for group in groups):
        message = "lines outside the scope of VAT on a document of their own, or the tax_exempt_reason of exempt ones"
        yield Problem("BR-O-11", "BT-118", message, "lines: tax_code")
    for group in groups:
        calculated = Decimal(group["BT-116"]) * Decimal(group.get("BT-119", 0)) / 100
        if abs(calculated - Decimal(group["BT-117"])) >= _TAX_TOLERANCE:
            yield Problem(
                "BR-CO-17",
                "BT-117",
                f"a tax of {group['BT-117']} on {group['BT-116']} that its rate of {group.get('BT-119', 0)} % makes",
                "lines: tax_rate or tax_amount",
            )


def _line(line: Data) -> Iterator[Problem]:
    path = _path(line)
    if not line.get("BT-151"):
        yield Problem("BR-CO-04", "BT-151", f"how line {line['BT-126']} is taxed", f"{path}: tax_code or tax_status")
    if not line.get("BT-153"):
        yield Problem("BR-25", "BT-153", f"what line {line['BT-126']} is about", f"{path}: description")


def _line_of_xrechnung(data: Data, line: Data) -> Iterator[Problem]:
    path, number = _path(line), line["BT-126"]
    price = Decimal(line["BT-146"]) / Decimal(line.get("BT-149") or 1)
    charges = sum(Decimal(each["amount"]) for each in line.get("BG-28", ()))
    discounts = sum(Decimal(each["amount"]) for each in line.get("BG-27", ()))
    amount = Decimal(line["BT-129"]) * price + charges - discounts
    if abs(amount - Decimal(line["BT-131"])) > _LINE_TOLERANCE:
        message = f"quantity times price, less discount, of line {number} as its amount of {line['BT-131']}"
        yield Problem("PEPPOL-EN16931-R120", "BT-131", message, f"{path}: unit_amount")
    for term, bound, rule, is_outside in (
        ("BT-134", "BT-73", "PEPPOL-EN16931-R110", lambda day, first: day < first),
        ("BT-135", "BT-74", "PEPPOL-EN16931-R111", lambda day, last: day > last),
    ):
        if line.get(term) and data.get(bound) and is_outside(line[term], data[bound]):
            message = f"a period of line {number} within that of the document"
            yield Problem(rule, term, message, f"{path}: billing_period_start")


def _path(line: Data) -> str:
    return f"lines[{int(line['BT-126']) - 1}]"


def _contacts(data: Data) -> Iterator[Problem]:
    contacts = data["BG-4"].get("contacts", ())
    if any(each.get("phone") and not _PHONE_DIGITS.search(each["phone"]) for each in contacts):
        yield Problem("BR-DE-27", "BT-42", "a telephone number of three digits or more", f"{_COMPANY}: phone")
    if any(each.get("email") and not _EMAIL.fullmatch(each["email"]) for each in contacts):
        yield Problem("BR-DE-28", "BT-43", "an e-mail address with one @ and a domain", f"{_COMPANY}: email")


def _terms(data: Data) -> Iterator[Problem]:
    """A line that begins with # is a cash discount in a form that programs read, and has no other form."""
    lines = [line.strip() for line in data.get("BT-20", "").splitlines()]
    if any(line.startswith("#") and not CASH_DISCOUNT.fullmatch(line) for line in lines):
        message = "terms without #, or as #SKONTO#TAGE=14#PROZENT=2.00#"
        yield Problem("BR-DE-18", "BT-20", message, "document: terms")


def _payment(data: Data) -> Iterator[Problem]:
    """A way to pay comes with what it needs (BR-DE-19, -20, -23, -25, -30, -31)."""
    code, iban = data.get("BT-81"), f"{_COMPANY}: iban"
    if code in {"30", "58"} and not data.get("BT-84"):
        yield Problem("BR-DE-23-a", "BT-84", "the account to pay into", iban)
    if code == "58" and data.get("BT-84") and not _is_iban(data["BT-84"]):
        yield Problem("BR-DE-19", "BT-84", "your bank account, with a valid IBAN", iban)
    if code != "59":
        return
    for rule, term, message, where in (
        ("BR-DE-25-a", "BT-89", "the mandate of the direct debit", f"{_CUSTOMER}: direct_debit.mandate_reference"),
        ("BR-DE-30", "BT-90", "your creditor identifier", f"{_COMPANY}: creditor_id"),
        ("BR-DE-31", "BT-91", "the account that is debited", f"{_CUSTOMER}: direct_debit.iban"),
    ):
        if not data.get(term):
            yield Problem(rule, term, message, where)
    if data.get("BT-91") and not _is_iban(data["BT-91"]):
        message = "the account that is debited, with a valid IBAN"
        yield Problem("BR-DE-20", "BT-91", message, f"{_CUSTOMER}: direct_debit.iban")


def _is_iban(text: str) -> bool:
    try:
        return bool(IBAN(text))
    except SchwiftyException:
        return False


def _kind(data: Data) -> Iterator[Problem]:
    if data["BT-3"] not in TYPE_CODES:
        message = f"one of the types {', '.join(sorted(TYPE_CODES))}"
        yield Problem("BR-DE-17", "BT-3", message, "document: invoice_type")
    if data["BT-3"] == "384" and not data.get("BG-3"):
        message = "the invoice that is corrected"
        yield Problem("BR-DE-26", "BT-25", message, "document: preceding_invoices")


def _attachments(data: Data) -> Iterator[Problem]:
    names = [each["BT-125-2"].casefold() for each in data.get("BG-24", ()) if each.get("BT-125-2")]
    if len(names) != len(set(names)):
        yield Problem("BR-DE-22", "BT-125", "attachments whose file names differ", "document: attachments")
