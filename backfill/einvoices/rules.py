"""Rules of EN 16931, of XRechnung and of Peppol about what an e-invoice says, checked without Schematron. Pure.

Each problem names its rule. Those that XRechnung's own Schematron only warns of are kept to as well: a portal may take
the warning for a refusal.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from backfill.countries import COUNTRIES
from backfill.currencies import CURRENCIES
from backfill.einvoices.problems import Place, Problem
from backfill.vat_ids import InvalidVatId, vat_id

Data = dict[str, Any]
CASH_DISCOUNT: Final = re.compile(r"#SKONTO#TAGE=\d+#PROZENT=\d+\.\d{2}(#BASISBETRAG=-?\d+\.\d{2})?#")
TYPE_CODES: Final = frozenset({"326", "380", "381", "384", "389", "875", "876", "877"})  # BR-DE-17
_PHONE_DIGITS: Final = re.compile(r"\d.*\d.*\d")
_EMAIL: Final = re.compile(r"[^@\s]+@([^@.\s]+\.)+[^@.\s]+")
_TAX_TOLERANCE: Final = Decimal(1)  # as much as the standard's own rules allow (BR-CO-17)
_LINE_TOLERANCE: Final = Decimal("0.02")
_COUNTRIES: Final = COUNTRIES | {"1A"}


def broken_everywhere(data: Data) -> Iterator[Problem]:
    """Yield what breaks EN 16931 in any profile."""
    yield from _parties(data)
    yield from _figures(data)
    yield from _others(data)
    if not data["BG-25"]:
        yield Problem("BR-16", "BG-25", _("a line that is not a charge"), Place.LINES, ("is_charge",))
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
            yield Problem("BR-DE-14", "BT-119", _("a tax rate for each category"), Place.LINES, ("tax_rate",))
    for line in data["BG-25"]:
        yield from _line_of_xrechnung(data, line)


def _parties(data: Data) -> Iterator[Problem]:
    for group, term, place in (("BG-4", "BT-31", Place.COMPANY), ("BG-7", "BT-48", Place.CUSTOMER)):
        number = data[group].get("vat_identifier", "")
        if number and not _is_vat_id(number):
            message = _("a VAT ID that is one; «{number}» is none").format(number=number)
            yield Problem("BR-CO-09", term, message, place, ("vat_id",))
    for group, term, place, field in (
        ("BG-4", "BT-40", Place.COMPANY, "country"),
        ("BG-7", "BT-55", Place.CUSTOMER, "billing_address.country"),
        ("BG-13", "BT-80", Place.DOCUMENT, "shipping_address.country"),
    ):
        code = data.get(group, {}).get("country_code", "")
        if code and code not in _COUNTRIES:
            message = _("the code of a country; «{code}» is none").format(code=code)
            yield Problem("BR-CL-14", term, message, place, (field,))


def _others(data: Data) -> Iterator[Problem]:
    """Whoever answers for the seller's tax has a country and a VAT ID; a payee is somebody else than the seller."""
    representative, payee = data.get("BG-11"), data.get("BG-10")
    if representative and representative.get("country_code", "") not in _COUNTRIES:
        message, field = _("the tax representative's country"), "tax_representative.address.country"
        yield Problem("BR-20", "BT-69", message, Place.COMPANY, (field,))
    if representative and not _is_vat_id(representative.get("vat_identifier", "")):
        message, field = _("the tax representative's VAT ID"), "tax_representative.vat_id"
        yield Problem("BR-56", "BT-63", message, Place.COMPANY, (field,))
    if payee and payee["name"] == data["BG-4"]["name"]:
        yield Problem("BR-17", "BT-59", _("a payee that is not the seller"), Place.DOCUMENT, ("payee.name",))


def _is_vat_id(number: str) -> bool:
    try:
        return vat_id(number) == number
    except InvalidVatId:
        return False


def _figures(data: Data) -> Iterator[Problem]:
    if CURRENCIES[data["BT-5"]].decimals > 2:
        message = _("a currency of at most two decimals; {currency} has more").format(currency=data["BT-5"])
        yield Problem("BR-DEC-14", "BT-5", message, Place.DOCUMENT, ("currency",))
    groups = data["BG-23"]
    if len(groups) > 1 and any(group.get("BT-118") == "O" for group in groups):
        message = _(
            "lines outside the scope of VAT on a document of their own, or the tax_exempt_reason of exempt ones"
        )
        yield Problem("BR-O-11", "BT-118", message, Place.LINES, ("tax_code",))
    for group in groups:
        calculated = Decimal(group["BT-116"]) * Decimal(group.get("BT-119", 0)) / 100
        if abs(calculated - Decimal(group["BT-117"])) >= _TAX_TOLERANCE:
            message = _("a tax of {tax} on {net} that its rate of {rate} % makes").format(
                tax=group["BT-117"], net=group["BT-116"], rate=group.get("BT-119", 0)
            )
            yield Problem("BR-CO-17", "BT-117", message, Place.LINES, ("tax_rate", "tax_amount"))


def _line(line: Data) -> Iterator[Problem]:
    number = line["BT-126"]
    if not line.get("BT-151"):
        message = _("how line {line} is taxed").format(line=number)
        yield Problem("BR-CO-04", "BT-151", message, Place.LINES, ("tax_code", "tax_status"), _index(line))
    if not line.get("BT-153"):
        message = _("what line {line} is about").format(line=number)
        yield Problem("BR-25", "BT-153", message, Place.LINES, ("description",), _index(line))


def _line_of_xrechnung(data: Data, line: Data) -> Iterator[Problem]:
    number = line["BT-126"]
    price = Decimal(line["BT-146"]) / Decimal(line.get("BT-149") or 1)
    charges = sum(Decimal(each["amount"]) for each in line.get("BG-28", ()))
    discounts = sum(Decimal(each["amount"]) for each in line.get("BG-27", ()))
    amount = Decimal(line["BT-129"]) * price + charges - discounts
    if abs(amount - Decimal(line["BT-131"])) > _LINE_TOLERANCE:
        message = _("quantity times price, less discount, of line {line} as its amount of {amount}").format(
            line=number, amount=line["BT-131"]
        )
        yield Problem("PEPPOL-EN16931-R120", "BT-131", message, Place.LINES, ("unit_amount",), _index(line))
    for term, bound, rule, is_outside in (
        ("BT-134", "BT-73", "PEPPOL-EN16931-R110", lambda day, first: day < first),
        ("BT-135", "BT-74", "PEPPOL-EN16931-R111", lambda day, last: day > last),
    ):
        if line.get(term) and data.get(bound) and is_outside(line[term], data[bound]):
            message = _("a period of line {line} within that of the document").format(line=number)
            yield Problem(rule, term, message, Place.LINES, ("billing_period_start",), _index(line))


def _index(line: Data) -> int:
    return int(line["BT-126"]) - 1


def _contacts(data: Data) -> Iterator[Problem]:
    contacts = data["BG-4"].get("contacts", ())
    if any(each.get("phone") and not _PHONE_DIGITS.search(each["phone"]) for each in contacts):
        message = _("a telephone number of three digits or more")
        yield Problem("BR-DE-27", "BT-42", message, Place.COMPANY, ("phone",))
    if any(each.get("email") and not _EMAIL.fullmatch(each["email"]) for each in contacts):
        message = _("an e-mail address with one @ and a domain")
        yield Problem("BR-DE-28", "BT-43", message, Place.COMPANY, ("email",))


def _terms(data: Data) -> Iterator[Problem]:
    """A line that begins with # is a cash discount in a form that programs read, and has no other form."""
    lines = [line.strip() for line in data.get("BT-20", "").splitlines()]
    if any(line.startswith("#") and not CASH_DISCOUNT.fullmatch(line) for line in lines):
        message = _("terms without #, or as {form}").format(form="#SKONTO#TAGE=14#PROZENT=2.00#")
        yield Problem("BR-DE-18", "BT-20", message, Place.DOCUMENT, ("terms",))


def _payment(data: Data) -> Iterator[Problem]:
    """A way to pay comes with what it needs (BR-DE-19, -20, -23, -25, -30, -31)."""
    code = data.get("BT-81")
    if code in {"30", "58"} and not data.get("BT-84"):
        yield Problem("BR-DE-23-a", "BT-84", _("the account to pay into"), Place.COMPANY, ("iban",))
    if code == "58" and data.get("BT-84") and not _is_iban(data["BT-84"]):
        message = _("your bank account, with a valid IBAN")
        yield Problem("BR-DE-19", "BT-84", message, Place.COMPANY, ("iban",))
    if code != "59":
        return
    mandate, account = "direct_debit.mandate_reference", "direct_debit.iban"
    for rule, term, message, place, field in (
        ("BR-DE-25-a", "BT-89", _("the mandate of the direct debit"), Place.CUSTOMER, mandate),
        ("BR-DE-30", "BT-90", _("your creditor identifier"), Place.COMPANY, "creditor_id"),
        ("BR-DE-31", "BT-91", _("the account that is debited"), Place.CUSTOMER, account),
    ):
        if not data.get(term):
            yield Problem(rule, term, message, place, (field,))
    if data.get("BT-91") and not _is_iban(data["BT-91"]):
        message = _("the account that is debited, with a valid IBAN")
        yield Problem("BR-DE-20", "BT-91", message, Place.CUSTOMER, (account,))


def _is_iban(text: str) -> bool:
    try:
        return bool(IBAN(text))
    except SchwiftyException:
        return False


def _kind(data: Data) -> Iterator[Problem]:
    if data["BT-3"] not in TYPE_CODES:
        message = _("one of the types {types}").format(types=", ".join(sorted(TYPE_CODES)))
        yield Problem("BR-DE-17", "BT-3", message, Place.DOCUMENT, ("invoice_type",))
    if data["BT-3"] == "384" and not data.get("BG-3"):
        message = _("the invoice that is corrected")
        yield Problem("BR-DE-26", "BT-25", message, Place.DOCUMENT, ("preceding_invoices",))


def _attachments(data: Data) -> Iterator[Problem]:
    names = [each["BT-125-2"].casefold() for each in data.get("BG-24", ()) if each.get("BT-125-2")]
    if len(names) != len(set(names)):
        message = _("attachments whose file names differ")
        yield Problem("BR-DE-22", "BT-125", message, Place.DOCUMENT, ("attachments",))
