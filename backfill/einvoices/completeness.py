"""What an e-invoice must have before it is written, told with the rule that asks for it and the place to set it. Pure.

The rules are those of EN 16931 (BR-…) and, for XRechnung, of its German extension (BR-DE-…) and of Peppol. What they
say about the figures and texts of a document that has everything is in `rules`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.einvoices.errors import EInvoiceNotPossible
from backfill.einvoices.problems import Place, Problem
from backfill.einvoices.rules import Data, broken_everywhere, broken_in_xrechnung

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    What = tuple[StrOrPromise, Place, str]


@dataclass(frozen=True, slots=True)
class _Need:
    problem: Problem
    is_met: Callable[[Data], Any]


def _need(rule: str, term: str, what: "What", is_met: Callable[[Data], Any]) -> _Need:
    message, place, fields = what
    return _Need(Problem(rule, term, message, place, tuple(fields.split("|"))), is_met)


def _seller(*names: str) -> Callable[[Data], Any]:
    return lambda data: any(data["BG-4"].get(name) for name in names)


def _buyer(name: str) -> Callable[[Data], Any]:
    return lambda data: data["BG-7"].get(name)


def _contact(name: str) -> Callable[[Data], Any]:
    return lambda data: any(contact.get(name) for contact in data["BG-4"].get("contacts", ()))


def _place(name: str) -> Callable[[Data], Any]:
    """A place of delivery need not be named; one that is has a town, a postal code and a country."""
    return lambda data: "BG-13" not in data or data["BG-13"].get(name)


# What is missing, and where it is set: the names of fields, any one of which helps, with | between them.
_OWN_VAT_ID: Final = (gettext_lazy("your VAT ID"), Place.COMPANY, "vat_id")
_OWN_NUMBER: Final = (gettext_lazy("your VAT ID or tax number"), Place.COMPANY, "vat_id|tax_number")
_OWN_COUNTRY: Final = (gettext_lazy("your country"), Place.COMPANY, "country")
_OWN_STREET: Final = (gettext_lazy("your street"), Place.COMPANY, "address.street")
_OWN_TOWN: Final = (gettext_lazy("your town"), Place.COMPANY, "address.city")
_OWN_POSTAL_CODE: Final = (gettext_lazy("your postal code"), Place.COMPANY, "address.postal_code")
_OWN_NAME: Final = (gettext_lazy("a name to turn to"), Place.COMPANY, "name")
_OWN_PHONE: Final = (gettext_lazy("your telephone number"), Place.COMPANY, "phone")
_OWN_EMAIL: Final = (gettext_lazy("your e-mail address"), Place.COMPANY, "email")
_OWN_IBAN: Final = (gettext_lazy("your bank account, with a valid IBAN"), Place.COMPANY, "iban")
_VAT_ID: Final = (gettext_lazy("the customer's VAT ID"), Place.CUSTOMER, "vat_id")
_COUNTRY: Final = (gettext_lazy("the customer's country"), Place.CUSTOMER, "billing_address.country")
_TOWN: Final = (gettext_lazy("the customer's town"), Place.CUSTOMER, "billing_address.city")
_POSTAL_CODE: Final = (gettext_lazy("the customer's postal code"), Place.CUSTOMER, "billing_address.postal_code")
_EMAIL: Final = (gettext_lazy("the customer's e-mail address"), Place.CUSTOMER, "email")
_REFERENCE: Final = (gettext_lazy("the buyer reference (Leitweg-ID)"), Place.CUSTOMER, "buyer_reference")
_DELIVERY_COUNTRY: Final = (gettext_lazy("the country of delivery"), Place.DOCUMENT, "shipping_address.country")
_DELIVERY_TOWN: Final = (gettext_lazy("the town of delivery"), Place.DOCUMENT, "shipping_address.city")
_DELIVERY_CODE: Final = (gettext_lazy("the postal code of delivery"), Place.DOCUMENT, "shipping_address.postal_code")

_ALWAYS: Final = (
    _need("BR-CO-26", "BT-31", _OWN_NUMBER, _seller("vat_identifier", "tax_identifier")),
    _need("BR-09", "BT-40", _OWN_COUNTRY, _seller("country_code")),
    _need("BR-11", "BT-55", _COUNTRY, _buyer("country_code")),
    _need("BR-57", "BT-80", _DELIVERY_COUNTRY, _place("country_code")),
)
_XRECHNUNG: Final = (
    _need("BR-DE-15", "BT-10", _REFERENCE, lambda data: data.get("BT-10")),
    _need("§ 14 UStG", "BT-35", _OWN_STREET, _seller("addr_l1")),
    _need("BR-DE-3", "BT-37", _OWN_TOWN, _seller("city")),
    _need("BR-DE-4", "BT-38", _OWN_POSTAL_CODE, _seller("postcode")),
    _need("BR-DE-5", "BT-41", _OWN_NAME, _contact("name")),
    _need("BR-DE-6", "BT-42", _OWN_PHONE, _contact("phone")),
    _need("BR-DE-7", "BT-43", _OWN_EMAIL, _contact("email")),
    _need("PEPPOL-EN16931-R020", "BT-34", _OWN_EMAIL, _seller("einvoicing_addr")),
    _need("PEPPOL-EN16931-R010", "BT-49", _EMAIL, _buyer("einvoicing_addr")),
    _need("BR-DE-8", "BT-52", _TOWN, _buyer("city")),
    _need("BR-DE-9", "BT-53", _POSTAL_CODE, _buyer("postcode")),
    _need("BR-DE-10", "BT-77", _DELIVERY_TOWN, _place("city")),
    _need("BR-DE-11", "BT-78", _DELIVERY_CODE, _place("postcode")),
    _need("BR-DE-1", "BT-81", _OWN_IBAN, lambda data: data.get("BT-81")),
)


def _vat_ids(rule: str, *, of_buyer: bool) -> tuple[_Need, ...]:
    own = _need(rule, "BT-31", _OWN_VAT_ID, _seller("vat_identifier"))
    theirs = _need(rule, "BT-48", _VAT_ID, _buyer("vat_identifier"))
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
        words = (
            _("{document} cannot be written as XRechnung yet. Set: {missing}")
            if xrechnung
            else _("{document} cannot be written as e-invoice yet. Set: {missing}")
        )
        missing = "; ".join(problem.named for problem in problems)
        raise EInvoiceNotPossible(words.format(document=data["BT-1"], missing=missing), problems=problems)


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
        said = str(problem.message), problem.where
        if said not in seen:
            seen.add(said)
            yield problem
