"""Seller, buyer and place of delivery as EN 16931 describes them (BG-4, BG-7, BG-13). Pure."""

from collections.abc import Collection
from typing import Any, Final

from stdnum.de import leitweg

from backfill.countries import KOSOVO
from backfill.letters.addresses import PostalAddress
from backfill.letters.languages import Language
from backfill.letters.letterhead import registration, seller_address, seller_name
from backfill.tenancy.models import Company
from backfill.vat_ids import InvalidVatId, has_prefix, vat_id
from receivables.customers.buyer_details import Printable, buyer_address, buyer_names, delivery_address

EMAIL: Final = "EM"  # Electronic Address Scheme of CEF for an e-mail address
LEITWEG: Final = "0204"  # … for a Leitweg-ID
_KOSOVO: Final = "1A"  # as the standard's list of countries has it

Party = dict[str, Any]


def seller(company: Company, categories: Collection[str], language: Language) -> Party:
    """Return the company. Outside the scope of VAT its VAT ID may not be named (BR-O-02); it is then identified by its
    tax number (BR-CO-26)."""
    number = "" if "O" in categories else written_vat_id(company.vat_id, company.country)
    name = seller_name(company)
    return _filled(
        {
            "name": name,
            "biz_name": company.name if company.name != name else "",
            "identifiers": {None: company.tax_number} if company.tax_number and not number else {},
            "legal_identifier": company.register_number,
            "legal_info": registration(company, language),
            "vat_identifier": number,
            "tax_identifier": company.tax_number,
            "einvoicing_addr": company.email,
            "einvoicing_addr_schemeid": EMAIL if company.email else "",
            "contacts": _contacts(company.name, company.phone, company.email),
            **address_terms(seller_address(company)),
            "country_code": _country(seller_address(company).country or company.country),
        }
    )


def buyer(document: Printable, categories: Collection[str]) -> Party:
    """Return the customer, reached under its Leitweg-ID where it has one, else under its e-mail address."""
    customer = document.customer
    name, person = buyer_names(document)
    reference = customer.buyer_reference.strip()
    routing = reference if is_leitweg_id(reference) else ""
    address = buyer_address(document)
    return _filled(
        {
            "name": name,
            "identifiers": {None: customer.personal_account} if customer.personal_account else {},
            "vat_identifier": "" if "O" in categories else written_vat_id(customer.vat_id, address.country),
            "einvoicing_addr": routing or customer.email,
            "einvoicing_addr_schemeid": LEITWEG if routing else EMAIL if customer.email else "",
            "contacts": _contacts(person, customer.phone, customer.email),
            **address_terms(address),
        }
    )


def place_of_delivery(document: Printable, categories: Collection[str]) -> Party:
    """Return where it was delivered, when told; within the Community always, as BR-IC-12 asks."""
    place = delivery_address(document) or (buyer_address(document) if "K" in categories else PostalAddress())
    return _filled({"name": place.name or buyer_names(document)[0], **address_terms(place)}) if place else {}


def is_leitweg_id(reference: str) -> bool:
    """Whether a buyer reference is a Leitweg-ID: its form, its Land and its check digits (ISO 7064, mod 97) are right.

    An order's number such as 2026-11 has the form, too. Source: format specification 2.0.2 of the Leitweg-ID.
    """
    return bool(leitweg.is_valid(reference))


def written_vat_id(number: str, country: str) -> str:
    """Return a VAT id as e-invoices have it, with its country before it; empty for the number of a country that has no
    such prefix. What is no VAT id stays as it is and is refused before writing."""
    try:
        known = vat_id(number, country) if number else ""
    except InvalidVatId:
        return number
    return known if has_prefix(known) and not known.startswith(KOSOVO) else ""


def _country(code: str) -> str:
    return _KOSOVO if code == KOSOVO else code


def address_terms(address: PostalAddress) -> Party:
    """Return an address under the names of the parts of a party."""
    return {
        "addr_l1": address.street,
        "addr_l2": address.line2,
        "addr_l3": address.line3,
        "postcode": address.postal_code,
        "city": address.city,
        "country_subdivision": address.state,
        "country_code": _country(address.country),
    }


def _contacts(name: str, phone: str, email: str) -> list[Party]:
    contact = _filled({"name": name, "phone": phone, "email": email})
    return [contact] if contact else []


def _filled(party: Party) -> Party:
    return {key: value for key, value in party.items() if value}
