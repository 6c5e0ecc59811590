"""What a customer says of itself, brought into its one form when it is entered, and checked again before it is billed.

The Bookkeeping contract takes any text as VAT id (its own example has wrong check digits): there a number that is none
is kept as it came, and found when an invoice is confirmed.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from backfill.errors import ValidationFailed
from backfill.letters.addresses import postal_address, with_country_code
from backfill.vat_ids import InvalidVatId, vat_id
from ledger.documents.models import Document
from receivables.customers.tax_ids import vat_id_among, with_vat_ids
from receivables.models import Customer

_ADDRESSES: Final = ("address", "billing_address", "shipping_address")


def check_customer(customer: Customer, before: Customer, values: Mapping[str, Any]) -> None:
    """Bring countries, VAT id and tax ids into their one form, as far as `values` state them. Raises ValidationFailed
    naming the field for one that is none; a VAT id that was stored before may stay."""
    take_countries(customer, values)
    if "direct_debit" in values:
        customer.direct_debit = _mandate(customer.direct_debit)
    if customer.vat_id and customer.vat_id != before.vat_id:
        customer.vat_id = _vat_id(customer, field="vat_id")
    if "tax_ids" in values:
        country = customer_country(customer)
        customer.tax_ids = with_vat_ids(customer.tax_ids, country)
        if not values.get("vat_id") and customer.vat_id in ("", vat_id_among(before.tax_ids, country)):
            customer.vat_id = vat_id_among(customer.tax_ids, country)


def take_countries(customer: Customer, values: Mapping[str, Any]) -> None:
    """Write the countries of the addresses in `values` as ISO codes. Raises ValidationFailed for one that is none."""
    for name in _ADDRESSES:
        if name in values:
            setattr(customer, name, with_country_code(getattr(customer, name) or {}, field=name))


def normalize_vat_id(customer: Customer) -> None:
    """Bring the VAT id into its one form if it is one, else keep it as it is."""
    try:
        customer.vat_id = vat_id(customer.vat_id, customer_country(customer)) if customer.vat_id.strip() else ""
    except InvalidVatId:
        return


def check_billable(document: Document, customer: Customer) -> None:
    """Raise ValidationFailed when the customer of a document to be posted has a VAT id or a country that is none."""
    if customer.vat_id:
        _vat_id(customer, field="customer.vat_id")
    for name in ("billing_address", "shipping_address"):
        with_country_code(getattr(document, name, None) or {}, field=name)
    if getattr(document, "is_direct_debit", False) and not (customer.direct_debit and document.company.creditor_id):
        message = (
            _("for a direct debit, the company's creditor identifier is missing")
            if customer.direct_debit
            else _("for a direct debit, the customer's mandate is missing")
        )
        raise ValidationFailed(message, field="is_direct_debit")


def customer_country(customer: Customer) -> str:
    """Return the ISO code of the customer's country, the company's own where no address names one."""
    for parts in (customer.billing_address, customer.address):
        if found := postal_address({"street": "-", **parts}).country:
            return found
    return customer.company.country


def _mandate(stated: Mapping[str, Any]) -> dict[str, str]:
    """Return a mandate with its plain IBAN; an empty one is none."""
    facts = {name: str(stated.get(name) or "").strip() for name in ("mandate_reference", "iban", "signed_on")}
    if not any(facts.values()):
        return {}
    for name in ("mandate_reference", "iban"):
        if not facts[name]:
            raise ValidationFailed(_("a mandate has a reference and an IBAN"), field=f"direct_debit.{name}")
    try:
        return {**facts, "iban": str(IBAN(facts["iban"].upper()).compact)}
    except SchwiftyException as error:
        raise ValidationFailed(
            _("«{iban}» is not a valid IBAN").format(iban=facts["iban"]), field="direct_debit.iban"
        ) from error


def _vat_id(customer: Customer, *, field: str) -> str:
    try:
        return vat_id(customer.vat_id, customer_country(customer))
    except InvalidVatId as error:
        raise ValidationFailed(str(error), field=field) from error
