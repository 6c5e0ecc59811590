"""What a customer makes of the tax on its documents: its own code, its exemption, its country. Pure.

Places of supply as the EU VAT directive has them: goods are free of tax when they go to a business in another EU
country (Art. 138) or leave the EU (Art. 146); services to businesses are taxed where the buyer is, who owes the tax
(Art. 44 and 196). A consumer in the EU is charged the seller's own tax.
"""

from collections.abc import Mapping
from typing import Any, Final

from backfill.countries import country_code, country_name
from backfill.letters.addresses import postal_address
from backfill.tenancy.models import Company
from ledger.documents.lines.deriving import TaxPosition
from ledger.models import TaxFamily
from receivables.models import Customer

EU: Final = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU"),
        *("LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "MC"),
    )
)
"""Where Union VAT is charged; Monaco counts as France."""

_EU_GOODS: Final = (TaxFamily.EU_GOODS,)
_EU_SERVICES: Final = (TaxFamily.EU_SERVICES, TaxFamily.FOREIGN_SERVICES)
_EXPORT: Final = (TaxFamily.EXPORT, TaxFamily.OUTSIDE)
_FOREIGN_SERVICES: Final = (TaxFamily.FOREIGN_SERVICES, TaxFamily.OUTSIDE, TaxFamily.EXPORT)


def tax_position(
    customer: Customer | None,
    company: Company,
    *,
    billing: Mapping[str, Any] | None = None,
    shipping: Mapping[str, Any] | None = None,
) -> TaxPosition:
    """Return the customer's position; `billing` and `shipping` are the document's own addresses, where it has some."""
    if customer is None:
        return TaxPosition()
    if customer.tax_exempt:
        return TaxPosition(code=customer.tax_code, is_exempt=True, reason="the customer is tax exempt")
    home = company.country.upper()
    buyer = _country(billing or {}) or _country_of(customer)
    goods_to = _country(shipping or {}) or _country(customer.shipping_address) or buyer
    if not home or not buyer:
        return TaxPosition(code=customer.tax_code, reason=_reason(customer, ""))
    is_business = bool(customer.vat_id)
    reason = f"the customer is in {country_name(buyer, 'en')}" + (" and has a VAT id" if is_business else "")
    return TaxPosition(
        code=customer.tax_code,
        goods=_goods(home, goods_to, customer.vat_id),
        services=_services(home, buyer, is_business=is_business),
        reason=_reason(customer, reason),
    )


def _reason(customer: Customer, otherwise: str) -> str:
    return f"the customer's own tax code is {customer.tax_code}" if customer.tax_code else otherwise


def _goods(home: str, country: str, vat_id: str) -> tuple[str, ...]:
    if country == home:
        return ()
    is_northern_ireland = country == "GB" and vat_id.upper().startswith("XI")
    if home in EU and (country in EU or is_northern_ireland):
        is_foreign_number = bool(vat_id) and vat_id[:2].upper() != home
        return _EU_GOODS if is_foreign_number else ()
    return _EXPORT


def _services(home: str, country: str, *, is_business: bool) -> tuple[str, ...]:
    if country == home:
        return ()
    if home in EU and country in EU:
        return _EU_SERVICES if is_business else ()
    return _FOREIGN_SERVICES


def _country_of(customer: Customer) -> str:
    """Return the customer's country as its addresses name it, else that of its VAT id; "" when nothing does."""
    named = _country(customer.billing_address) or _country(customer.address)
    return named or (country_code(customer.vat_id[:2]) if customer.vat_id[:2].isalpha() else "")


def _country(parts: Mapping[str, Any]) -> str:
    return country_code(postal_address({"street": "-", **parts}).country)
