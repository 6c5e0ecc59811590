"""What an e-invoice must have before it can be written, told with the place to set it. Pure.

The rules are those of EN 16931 (BR-…) and, for XRechnung, of its German extension (BR-DE-…) and of Peppol.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Final

from ledger.money import minor_units
from receivables.errors import EInvoiceNotPossible

Data = dict[str, Any]
_PHONE_DIGITS: Final = re.compile(r"\d.*\d.*\d")
CASH_DISCOUNT: Final = re.compile(r"#SKONTO#TAGE=\d+#PROZENT=\d+\.\d{2}(#BASISBETRAG=-?\d+\.\d{2})?#")
_TAX_TOLERANCE: Final = Decimal(1)  # as much as the standard's own rules allow (BR-CO-17)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is missing or cannot be said. `term` is the standard's, `where` the place to set it right."""

    term: str
    message: str
    where: str


@dataclass(frozen=True, slots=True)
class _Need:
    problem: Problem
    is_met: Callable[[Data], Any]


def _need(term: str, message: str, where: str, is_met: Callable[[Data], Any]) -> _Need:
    return _Need(Problem(term, message, where), is_met)


def _seller(*names: str) -> Callable[[Data], Any]:
    return lambda data: any(data["BG-4"].get(name) for name in names)


def _buyer(name: str) -> Callable[[Data], Any]:
    return lambda data: data["BG-7"].get(name)


def _contact(name: str) -> Callable[[Data], Any]:
    return lambda data: any(contact.get(name) for contact in data["BG-4"].get("contacts", ()))


def _place(name: str) -> Callable[[Data], Any]:
    """A place of delivery need not be named; one that is has a town and a postal code (BR-DE-10, -11)."""
    return lambda data: "BG-13" not in data or data["BG-13"].get(name)


_COMPANY, _CUSTOMER = "settings of the company", "customer"
_ALWAYS: Final = (
    _need(
        "BT-31",
        "your VAT ID or tax number",
        f"{_COMPANY}: vat_id or tax_number",
        _seller("vat_identifier", "tax_identifier"),
    ),
    _need("BT-40", "your country", f"{_COMPANY}: country", _seller("country_code")),
    _need("BT-55", "the customer's country", f"{_CUSTOMER}: billing_address.country", _buyer("country_code")),
)
_XRECHNUNG: Final = (
    _need("BT-10", "the buyer reference (Leitweg-ID)", f"{_CUSTOMER}: buyer_reference", lambda data: data.get("BT-10")),
    _need("BT-35", "your street", f"{_COMPANY}: address.street", _seller("addr_l1")),
    _need("BT-37", "your town", f"{_COMPANY}: address.city", _seller("city")),
    _need("BT-38", "your postal code", f"{_COMPANY}: address.postal_code", _seller("postcode")),
    _need("BT-42", "your telephone number", f"{_COMPANY}: phone", _contact("phone")),
    _need("BT-43", "your e-mail address", f"{_COMPANY}: email", _contact("email")),
    _need("BT-49", "the customer's e-mail address", f"{_CUSTOMER}: email", _buyer("einvoicing_addr")),
    _need("BT-52", "the customer's town", f"{_CUSTOMER}: billing_address.city", _buyer("city")),
    _need("BT-53", "the customer's postal code", f"{_CUSTOMER}: billing_address.postal_code", _buyer("postcode")),
    _need("BT-77", "the town of delivery", "document: shipping_address.city", _place("city")),
    _need("BT-78", "the postal code of delivery", "document: shipping_address.postal_code", _place("postcode")),
    _need("BT-81", "your bank account, with a valid IBAN", f"{_COMPANY}: iban", lambda data: data.get("BT-81")),
)
_VAT_ID: Final = _need("BT-31", "your VAT ID", f"{_COMPANY}: vat_id", _seller("vat_identifier"))
_BUYER_VAT_ID: Final = _need("BT-48", "the customer's VAT ID", f"{_CUSTOMER}: vat_id", _buyer("vat_identifier"))
_OF_CATEGORY: Final = {"AE": (_BUYER_VAT_ID,), "K": (_VAT_ID, _BUYER_VAT_ID), "G": (_VAT_ID,)}


def ensure_possible(data: Data, *, xrechnung: bool) -> None:
    """Raise EInvoiceNotPossible, naming everything at once, unless the data can be written in the profile."""
    needs = [*_ALWAYS, *(_XRECHNUNG if xrechnung else ())]
    for group in data["BG-23"]:
        needs += _OF_CATEGORY.get(group.get("BT-118"), ())
    missing = [need.problem for need in dict.fromkeys(needs) if not need.is_met(data)]
    german = [*_phone(data), *_terms(data)] if xrechnung else []
    problems = [*missing, *german, *_figures(data), *_lines(data["BG-25"])]
    if problems:
        named = "; ".join(f"{problem.message} ({problem.where})" for problem in problems)
        kind = "XRechnung" if xrechnung else "e-invoice"
        raise EInvoiceNotPossible(
            f"{data['BT-1']} cannot be written as {kind} yet. Set: {named}",
            problems=[asdict(problem) for problem in problems],
        )


def _phone(data: Data) -> Iterator[Problem]:
    phones = [contact.get("phone", "") for contact in data["BG-4"].get("contacts", ())]
    if any(phone and not _PHONE_DIGITS.search(phone) for phone in phones):
        yield Problem("BT-42", "a telephone number of three digits or more", f"{_COMPANY}: phone")  # BR-DE-27


def _terms(data: Data) -> Iterator[Problem]:
    """A line that begins with # is a cash discount in a form that programs read, and has no other form (BR-DE-18)."""
    lines = [line.strip() for line in data.get("BT-20", "").splitlines()]
    if any(line.startswith("#") and not CASH_DISCOUNT.fullmatch(line) for line in lines):
        yield Problem("BT-20", "terms without #, or as #SKONTO#TAGE=14#PROZENT=2.00#", "document: terms")


def _figures(data: Data) -> Iterator[Problem]:
    if minor_units(data["BT-5"]) > 2:
        yield Problem("BT-5", f"a currency of at most two decimals; {data['BT-5']} has more", "document: currency")
    groups = data["BG-23"]
    if len(groups) > 1 and any(group.get("BT-118") == "O" for group in groups):  # BR-O-11
        yield Problem("BT-118", "lines outside the scope of VAT on a document of their own", "lines: tax_code")
    for group in groups:
        reckoned = Decimal(group["BT-116"]) * Decimal(group.get("BT-119", 0)) / 100
        if abs(reckoned - Decimal(group["BT-117"])) >= _TAX_TOLERANCE:
            yield Problem(
                "BT-117",
                f"a tax of {group['BT-117']} on {group['BT-116']} that its rate of {group.get('BT-119', 0)} % makes",
                "lines: tax_rate or tax_amount",
            )


def _lines(lines: Iterable[Data]) -> Iterator[Problem]:
    for line in lines:
        path = f"lines[{int(line['BT-126']) - 1}]"
        if not line.get("BT-151"):
            yield Problem("BT-151", f"how line {line['BT-126']} is taxed", f"{path}: tax_code or tax_status")
        if not line.get("BT-153"):
            yield Problem("BT-153", f"what line {line['BT-126']} is about", f"{path}: description")
