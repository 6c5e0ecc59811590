"""What an e-invoice must have before it is written, told with the rule that asks for it and the place to set it. Pure.

The rules are those of EN 16931 (BR-…) and, for XRechnung, of its German extension (BR-DE-…) and of Peppol. What they
say about the figures and texts of a document that has everything is in `rules`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from backfill.einvoices.errors import EInvoiceNotPossible
from backfill.einvoices.rules import Data, Problem, broken_everywhere, broken_in_xrechnung


@dataclass(frozen=True, slots=True)
class _Need:
    problem: Problem
    is_met: Callable[[Data], Any]


def _need(rule: str, term: str, message: str, where: str, is_met: Callable[[Data], Any]) -> _Need:
    return _Need(Problem(rule, term, message, where), is_met)


def _seller(*names: str) -> Callable[[Data], Any]:
    return lambda data: any(data["BG-4"].get(name) for name in names)


def _buyer(name: str) -> Callable[[Data], Any]:
    return lambda data: data["BG-7"].get(name)


def _contact(name: str) -> Callable[[Data], Any]:
    return lambda data: any(contact.get(name) for contact in data["BG-4"].get("contacts", ()))


def _place(name: str) -> Callable[[Data], Any]:
    """A place of delivery need not be named; one that is has a town, a postal code and a country."""
    return lambda data: "BG-13" not in data or data["BG-13"].get(name)


_COMPANY, _CUSTOMER = "settings of the company", "customer"
_ALWAYS: Final = (
    _need(
        "BR-CO-26",
        "BT-31",
        "your VAT ID or tax number",
        f"{_COMPANY}: vat_id or tax_number",
        _seller("vat_identifier", "tax_identifier"),
    ),
    _need("BR-09", "BT-40", "your country", f"{_COMPANY}: country", _seller("country_code")),
    _need("BR-11", "BT-55", "the customer's country", f"{_CUSTOMER}: billing_address.country", _buyer("country_code")),
    _need("BR-57", "BT-80", "the country of delivery", "document: shipping_address.country", _place("country_code")),
)
_XRECHNUNG: Final = (
    _need(
        "BR-DE-15",
        "BT-10",
        "the buyer reference (Leitweg-ID)",
        f"{_CUSTOMER}: buyer_reference",
        lambda data: data.get("BT-10"),
    ),
    _need("§ 14 UStG", "BT-35", "your street", f"{_COMPANY}: address.street", _seller("addr_l1")),
    _need("BR-DE-3", "BT-37", "your town", f"{_COMPANY}: address.city", _seller("city")),
    _need("BR-DE-4", "BT-38", "your postal code", f"{_COMPANY}: address.postal_code", _seller("postcode")),
    _need("BR-DE-5", "BT-41", "a name to turn to", f"{_COMPANY}: name", _contact("name")),
    _need("BR-DE-6", "BT-42", "your telephone number", f"{_COMPANY}: phone", _contact("phone")),
    _need("BR-DE-7", "BT-43", "your e-mail address", f"{_COMPANY}: email", _contact("email")),
    _need("PEPPOL-EN16931-R020", "BT-34", "your e-mail address", f"{_COMPANY}: email", _seller("einvoicing_addr")),
    _need(
        "PEPPOL-EN16931-R010",
        "BT-49",
        "the customer's e-mail address",
        f"{_CUSTOMER}: email",
        _buyer("einvoicing_addr"),
    ),
    _need("BR-DE-8", "BT-52", "the customer's town", f"{_CUSTOMER}: billing_address.city", _buyer("city")),
    _need(
        "BR-DE-9",
        "BT-53",
        "the customer's postal code",
        f"{_CUSTOMER}: billing_address.postal_code",
        _buyer("postcode"),
    ),
    _need("BR-DE-10", "BT-77", "the town of delivery", "document: shipping_address.city", _place("city")),
    _need(
        "BR-DE-11", "BT-78", "the postal code of delivery", "document: shipping_address.postal_code", _place("postcode")
    ),
    _need(
        "BR-DE-1",
        "BT-81",
        "your bank account, with a valid IBAN",
        f"{_COMPANY}: iban",
        lambda data: data.get("BT-81"),
    ),
)


def _vat_ids(rule: str, *, of_buyer: bool) -> tuple[_Need, ...]:
    own = _need(rule, "BT-31", "your VAT ID", f"{_COMPANY}: vat_id", _seller("vat_identifier"))
    theirs = _need(rule, "BT-48", "the customer's VAT ID", f"{_CUSTOMER}: vat_id", _buyer("vat_identifier"))
    return (own, theirs) if of_buyer else (own,)


# Reverse charge may name the seller's tax number instead (BR-AE-02), which is asked for anyway.
_OF_CATEGORY: Final = {
    "AE": _vat_ids("BR-AE-02", of_buyer=True)[1:],
    "K": _vat_ids("BR-IC-02", of_buyer=True),
    "G": _vat_ids("BR-G-02", of_buyer=False),
}


def ensure_possible(data: Data, *, xrechnung: bool) -> None:
    """Raise EInvoiceNotPossible, naming everything at once, unless the data can be written in the profile."""
    problems = _problems(data, xrechnung=xrechnung)
    if problems:
        named = "; ".join(f"{problem.message} ({problem.where}; {problem.rule})" for problem in problems)
        kind = "XRechnung" if xrechnung else "e-invoice"
        raise EInvoiceNotPossible(
            f"{data['BT-1']} cannot be written as {kind} yet. Set: {named}",
            problems=[asdict(problem) for problem in problems],
        )


def _problems(data: Data, *, xrechnung: bool) -> list[Problem]:
    needs = [*_ALWAYS, *(_XRECHNUNG if xrechnung else ())]
    for group in data["BG-23"]:
        needs += _OF_CATEGORY.get(group.get("BT-118"), ())
    missing = [need.problem for need in dict.fromkeys(needs) if not need.is_met(data)]
    found = [*missing, *(broken_in_xrechnung(data) if xrechnung else ()), *broken_everywhere(data)]
    return list(_each_place_once(found))


def _each_place_once(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Two rules may ask for the same: it is named once."""
    seen: set[tuple[str, str]] = set()
    for problem in problems:
        if (problem.message, problem.where) not in seen:
            seen.add((problem.message, problem.where))
            yield problem
