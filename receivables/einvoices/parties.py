"""Seller, buyer and place of delivery as EN 16931 describes them (BG-4, BG-7, BG-13). Pure."""

import re
from collections.abc import Collection
from typing import Any, Final

from backfill.tenancy.models import Company
from receivables.addresses import PostalAddress
from receivables.particulars import Printable, buyer_address, buyer_names, delivery_address
from receivables.printing.letterhead import seller_address, seller_name

EMAIL: Final = "EM"  # Electronic Address Scheme of CEF for an e-mail address
LEITWEG: Final = "0204"  # … for a Leitweg-ID
_LEITWEG_ID: Final = re.compile(r"\d{2,12}(-[0-9A-Za-z]{0,30})?-\d{2}")

Party = dict[str, Any]


def seller(company: Company, categories: Collection[str]) -> Party:
    """Return the company. Outside the scope of VAT its VAT ID may not be named (BR-O-02); it is then identified by its
    tax number (BR-CO-26)."""
    vat_id = "" if "O" in categories else company.vat_id.replace(" ", "")
    name = seller_name(company)
    return _filled(
        {
            "name": name,
            "biz_name": company.name if company.name != name else "",
            "identifiers": {None: company.tax_number} if company.tax_number and not vat_id else {},
            "vat_identifier": vat_id,
            "tax_identifier": company.tax_number,
            "einvoicing_addr": company.email,
            "einvoicing_addr_schemeid": EMAIL if company.email else "",
            "contacts": _contacts(company.name, company.phone, company.email),
            **_address(seller_address(company)),
            "country_code": seller_address(company).country or company.country,
        }
    )


def buyer(document: Printable, categories: Collection[str]) -> Party:
    """Return the customer, reached under its Leitweg-ID where it has one, else under its e-mail address."""
    customer = document.customer
    name, person = buyer_names(document)
    reference = customer.buyer_reference.strip()
    leitweg = reference if _LEITWEG_ID.fullmatch(reference) else ""
    return _filled(
        {
            "name": name,
            "identifiers": {None: customer.personal_account} if customer.personal_account else {},
            "vat_identifier": "" if "O" in categories else customer.vat_id.replace(" ", ""),
            "einvoicing_addr": leitweg or customer.email,
            "einvoicing_addr_schemeid": LEITWEG if leitweg else EMAIL if customer.email else "",
            "contacts": _contacts(person, customer.phone, customer.email),
            **_address(buyer_address(document)),
        }
    )


def place_of_delivery(document: Printable, categories: Collection[str]) -> Party:
    """Return where it was delivered, when told; within the Community always, as BR-IC-12 asks."""
    place = delivery_address(document) or (buyer_address(document) if "K" in categories else PostalAddress())
    return _filled({"name": place.name or buyer_names(document)[0], **_address(place)}) if place else {}


def _address(address: PostalAddress) -> Party:
    return {
        "addr_l1": address.street,
        "addr_l2": address.line2,
        "addr_l3": address.line3,
        "postcode": address.postal_code,
        "city": address.city,
        "country_subdivision": address.state,
        "country_code": address.country,
    }


def _contacts(name: str, phone: str, email: str) -> list[Party]:
    contact = _filled({"name": name, "phone": phone, "email": email})
    return [contact] if contact else []


def _filled(party: Party) -> Party:
    return {key: value for key, value in party.items() if value}
